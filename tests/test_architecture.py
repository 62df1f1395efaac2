"""Who may import whom, and the other rules of how loa is built that a machine can hold."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "feeds", "db")
MODULES = [str(path.relative_to(ROOT)) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
TESTS = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests").rglob("*.py"))]

#: The composition root, and what stands beside it.
COMPOSITION = ("bot/app.py", "bot/run.py", "bot/lines.py", "bot/speak.py", "bot/cli/", "bot/check.py", "bot/demo/")
#: What pure code may take of the models: their enums.
ENUMS = ("Kind", "State", "Role", "Origin")
#: Values in, values out: no database, no network, no loop.
PURE = (
    *(
        "feeds/parse.py",
        "feeds/jsonfeed.py",
        "feeds/published.py",
        "feeds/decode.py",
        "feeds/clean.py",
        "feeds/links.py",
        "feeds/fit.py",
        "feeds/opml.py",
    ),
    *("feeds/decide.py", "feeds/rhythm.py", "feeds/article.py", "feeds/body.py", "feeds/blocks.py", "feeds/dates.py"),
    *("feeds/rules.py", "feeds/stamps.py", "feeds/lines.py", "feeds/regions.py", "feeds/items.py"),
    *("feeds/selectors.py", "feeds/candidates.py", "feeds/listing.py", "feeds/pagekind.py", "feeds/pager.py"),
    *("feeds/metadata.py", "feeds/summarisers/", "db/text.py", "bot/message.py", "bot/cut.py", "bot/access.py"),
    *("bot/outside.py", "bot/telegram/render.py", "bot/telegram/updates.py", "bot/terminal/render.py"),
    *("bot/zalo/render.py", "bot/zalo/updates.py", "bot/zalo/errors.py", "bot/menus.py", "bot/spoken.py"),
)
IMPURE = {"aiohttp", "asyncio", "httpx", "random", "socket", "sqlalchemy", "time"}
#: Where whatever goes wrong must not end the loop or the conversation; each logs the exception.
LAST_LINES = (
    "bot/loop.py",
    "bot/telegram/listen.py",
    "bot/telegram/receive.py",
    "bot/terminal/face.py",
    "bot/zalo/receive.py",
)
LONGEST_FILE, LONGEST_FUNCTION = 400, 40


@cache
def parse(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text(encoding="utf-8"))


def list_imports(name: str) -> Iterator[str]:
    """Full names: `from db import outbox` is `db.outbox`."""
    for node in ast.walk(parse(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def get_packages(name: str) -> set[str]:
    return {imported.split(".")[0] for imported in list_imports(name)}


def list_calls(name: str) -> Iterator[str]:
    yield from (ast.unparse(node.func) for node in ast.walk(parse(name)) if isinstance(node, ast.Call))


@pytest.mark.parametrize("name", [*PURE, *LAST_LINES])
def test_the_rules_speak_of_what_there_is(name: str) -> None:
    assert (ROOT / name).exists()


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("db/")])
def test_the_store_knows_nobody(name: str) -> None:
    assert not get_packages(name) & {"bot", "feeds", "tests"}


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("feeds/")])
def test_feeds_know_only_the_store(name: str) -> None:
    assert not get_packages(name) & {"bot", "tests"}


@pytest.mark.parametrize("name", [name for name in MODULES if not name.startswith(COMPOSITION)])
def test_only_the_composition_root_joins_feeds_and_bot(name: str) -> None:
    assert not name.startswith("bot/") or "feeds" not in get_packages(name)
    assert not any(imported.startswith(("bot.app.", "bot.cli.")) for imported in list_imports(name))


@pytest.mark.parametrize("name", [name for name in MODULES if not name.startswith("bot/telegram/")])
def test_only_telegrams_own_package_knows_its_library(name: str) -> None:
    assert "telegram" not in get_packages(name)


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("bot/commands/")])
def test_commands_know_no_platform(name: str) -> None:
    assert not any(imported.startswith(("bot.telegram", "bot.terminal", "bot.zalo")) for imported in list_imports(name))


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith(PURE)])
def test_pure_modules_touch_nothing(name: str) -> None:
    assert not get_packages(name) & IMPURE
    assert not any(imported.startswith("db.") and not _is_value(imported) for imported in list_imports(name))


def _is_value(imported: str) -> bool:
    """What pure code may take of the store: text handling, and the enums of the models."""
    return imported.startswith("db.text.") or (imported.startswith("db.models.") and imported.endswith(ENUMS))


@pytest.mark.parametrize("name", MODULES)
def test_only_the_composition_root_reads_the_clock(name: str) -> None:
    readings = [
        call for call in list_calls(name) if call.endswith((".utcnow", "datetime.now", "date.today", "time.time"))
    ]
    assert readings == (["datetime.now"] if name == "bot/app.py" else [])


@pytest.mark.parametrize("name", MODULES)
def test_unforeseen_errors_are_caught_only_on_the_last_line(name: str) -> None:
    caught = [node for node in ast.walk(parse(name)) if isinstance(node, ast.ExceptHandler) and _is_broad(node)]
    assert not caught or name in LAST_LINES
    assert all("log.exception(" in ast.unparse(node) for node in caught)


def _is_broad(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or ast.unparse(handler.type) in ("Exception", "BaseException")


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_does(name: str) -> None:
    is_empty = not parse(name).body
    assert is_empty or ast.get_docstring(parse(name))


@pytest.mark.parametrize("name", MODULES)
def test_files_and_functions_are_short(name: str) -> None:
    is_migration = "/versions/" in name  # as long as the tables they make
    assert is_migration or len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    functions = [node for node in ast.walk(parse(name)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert is_migration or [function for function, lines in lengths.items() if lines > LONGEST_FUNCTION] == []


@pytest.mark.parametrize("name", [*MODULES, *TESTS])
def test_imports_are_absolute(name: str) -> None:
    assert not any(imported.startswith(".") for imported in list_imports(name))


@pytest.mark.parametrize("name", TESTS)
def test_tests_neither_mock_nor_sleep(name: str) -> None:
    assert not any(imported.startswith("unittest") for imported in list_imports(name))
    assert "time.sleep" not in list_calls(name)
