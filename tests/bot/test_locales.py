"""The catalogues: complete, in step with the code, and true to each sentence's values and commands."""

import ast
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from bot.commands import COMMANDS
from bot.locales import FOLDER, Translator, load_translators
from bot.locales.catalogues import extract, list_missing, read, update

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PATHS = sorted(FOLDER.glob("*/LC_MESSAGES/loa.po"))


@pytest.fixture(params=PATHS, ids=lambda path: path.parts[-3])
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return read(request.param)


@pytest.fixture
def vietnamese() -> Translator:
    return load_translators().get("vi", ZONE)


@pytest.fixture
def english() -> Translator:
    return load_translators().get("en-GB", ZONE)


def _ids(catalogue: Catalog) -> set[object]:
    return {message.id for message in catalogue if message.id}


def _forms(message: Message) -> list[tuple[str, str]]:
    """Each translated form beside the sentence it says."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[-1], form) for form in message.string]


def _fields(text: str) -> set[str | None]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


def test_each_catalogue_holds_what_the_code_says(catalogue: Catalog) -> None:
    """`python -m bot.locales` brings them in step."""
    assert _ids(catalogue) == _ids(extract())


def test_no_sentence_stands_within_another_string() -> None:
    """Python before 3.12 shows what collects the sentences nothing of what stands in an f-string's braces."""
    hidden = [
        f"{path}: {ast.unparse(call)}"
        for path in FOLDER.parent.rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] in ("_", "N_", "plural")
        if call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert hidden == []


def test_bringing_them_in_step_again_changes_nothing(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    assert [missing for _, missing in update(tmp_path)] == [[], []]
    assert [(tmp_path / path.relative_to(FOLDER)).read_bytes() for path in PATHS] == [
        path.read_bytes() for path in PATHS
    ]


def test_a_new_sentence_waits_for_its_translation(tmp_path: Path) -> None:
    for language in ("en", "vi"):
        path = tmp_path / language / "LC_MESSAGES" / "loa.po"
        path.parent.mkdir(parents=True)
        with path.open("wb") as file:
            write_po(file, Catalog(locale=language, fuzzy=False))
    (_, english), (_, vietnamese) = update(tmp_path)
    assert english == []
    assert len(vietnamese) == len(_ids(extract()))


def test_nothing_is_left_untranslated(catalogue: Catalog) -> None:
    assert list_missing(catalogue) == []


def test_each_count_has_the_forms_of_its_language(catalogue: Catalog) -> None:
    counted = [message for message in catalogue if not isinstance(message.id, str)]
    assert counted
    assert all(len(message.string) == catalogue.num_plurals for message in counted)


def test_translations_keep_their_values(catalogue: Catalog) -> None:
    forms = [form for message in catalogue if message.id for form in _forms(message)]
    assert [form for form in forms if _fields(form[0]) != _fields(form[1])] == []


def test_commands_in_sentences_exist(catalogue: Catalog) -> None:
    names = {name for command in COMMANDS for name in (command.name, command.vi)}
    said = {
        name
        for message in catalogue
        if message.id
        for _, form in _forms(message)
        for name in re.findall(r"(?<![\w/:.])/([a-z]+)", form)
    }
    assert said
    assert said <= names


def test_vietnamese_sentences_name_vietnamese_commands() -> None:
    english_names = {command.name for command in COMMANDS}
    forms = [form for message in read(PATHS[-1]) if message.id for _, form in _forms(message)]
    assert not [form for form in forms if set(re.findall(r"(?<![\w/:.])/([a-z]+)", form)) & english_names]


def test_a_name_with_braces_is_said_as_it_is(vietnamese: Translator) -> None:
    """C1"""
    assert vietnamese("Hello {name}!", name="{office} {0} {") == "Xin chào anh/chị {office} {0} {!"


def test_times_are_the_offices(vietnamese: Translator, english: Translator) -> None:
    moment = datetime(2026, 8, 6, 1, 30, tzinfo=UTC)
    assert vietnamese.date(moment) == "08:30 06/08/2026"
    assert english.date(moment) == "6 Aug 2026, 08:30"


def test_news_of_a_day_without_an_hour_is_given_none(vietnamese: Translator, english: Translator) -> None:
    """F6: a page that names only a day is stored with midnight."""
    day, moment = datetime(2026, 8, 5, 17, tzinfo=UTC), datetime(2026, 8, 6, 1, 30, tzinfo=UTC)
    assert (vietnamese.published(day), english.published(day)) == ("06/08/2026", "6 Aug 2026")
    assert (vietnamese.published(moment), english.published(moment)) == ("08:30 06/08/2026", "6 Aug 2026, 08:30")


def test_numbers_are_written_as_the_language_writes_them(vietnamese: Translator, english: Translator) -> None:
    assert vietnamese.plural("{n} article", "{n} articles", 1234567) == "1.234.567 bài"
    assert english.plural("{n} article", "{n} articles", 1) == "1 article"
    assert vietnamese.join(["Giá cả", "Dân số", "Lao động"]) == "Giá cả, Dân số và Lao động"


def test_a_language_without_a_catalogue_is_answered_in_vietnamese() -> None:
    translators = load_translators()
    assert translators.get("fr-CA", ZONE).language == "vi"
    assert translators.match("") is None
    assert translators.languages == ("vi", "en")


def test_nothing_is_said_for_nothing(vietnamese: Translator) -> None:
    assert vietnamese("") == ""
