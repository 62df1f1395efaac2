"""Of tests with many cases: each test runs on both databases, each of its cases on one, in turn."""

import re
from collections import defaultdict
from collections.abc import Iterable

import pytest

_DATABASES = ("sqlite", "postgresql")
_ID = re.compile(r"\[(?P<database>sqlite|postgresql)-(?P<case>.*)\]$", re.DOTALL)


def list_spared(items: Iterable[pytest.Item]) -> set[pytest.Item]:
    """What need not run: a case's twin on the other database. Those of the store itself run every case on both."""
    tests: dict[str, dict[str, dict[str, pytest.Item]]] = defaultdict(lambda: defaultdict(dict))
    for item in items:
        if (found := _ID.search(item.nodeid)) and not _is_of_the_store(item):
            tests[item.nodeid[: found.start()]][found["case"]][found["database"]] = item
    spared = set()
    for cases in tests.values():
        twins = [case for case in cases.values() if len(case) == len(_DATABASES)]
        if len(twins) > 1:
            spared |= {case[_DATABASES[(number + 1) % 2]] for number, case in enumerate(twins)}
    return spared


def _is_of_the_store(item: pytest.Item) -> bool:
    return item.nodeid.startswith("tests/db/") or item.get_closest_marker("each_on_both") is not None
