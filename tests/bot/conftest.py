"""What the tests of the bot share: a conversation, and catalogues that refuse what they do not hold."""

import gettext
from typing import NoReturn

import pytest

from bot.locales import load_translators
from db.engine import Database
from tests.bot.talk import Talk
from tests.fakes import Clock


class _Strict(gettext.NullTranslations):
    """Asked only for what a catalogue lacks."""

    def gettext(self, message: str) -> NoReturn:
        raise AssertionError(f"not in the catalogue: {message}")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> NoReturn:
        raise AssertionError(f"not in the catalogue: {msgid1}")


@pytest.fixture(scope="session", autouse=True)
def _refuse_missing_sentences() -> None:
    for catalogue in load_translators().catalogues.values():
        catalogue.add_fallback(_Strict())


@pytest.fixture
def talk(database: Database, clock: Clock) -> Talk:
    """An office that lets people in by approval."""
    return Talk(database, clock)
