"""Keeps the catalogues in step with the sentences in the code; translations themselves are written by people."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.locales import FOLDER, SOURCE_LANGUAGE

_CODE = FOLDER.parent
_KEYWORDS = {"_": None, "N_": None, "plural": (1, 2)}


def extract() -> Catalog:
    """Every sentence that the bot's modules say."""
    catalogue = Catalog(project="loa", charset="utf-8")
    found = extract_from_dir(_CODE, method_map=[("**.py", "python")], keywords=_KEYWORDS)
    for path, _line, message, _comments, _context in sorted(found, key=lambda row: (row[0], row[1])):
        catalogue.add(message, locations=[(f"bot/{path}", 0)])
    return catalogue


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def update(folder: Path = FOLDER) -> Iterator[tuple[Path, list[str]]]:
    """Bring every catalogue up to date; gives each with the sentences that still want a translation."""
    for path in sorted(folder.glob("*/LC_MESSAGES/loa.po")):
        catalogue = read(path)
        catalogue.update(extract(), no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        catalogue.header_comment = f"# loa's words, language: {path.parts[-3]}"
        if path.parts[-3] == SOURCE_LANGUAGE:
            _copy_source(catalogue)
        with path.open("wb") as file:
            write_po(file, catalogue, width=0, include_lineno=False, omit_header=False, sort_by_file=True)
        yield path, list_missing(catalogue)


def list_missing(catalogue: Catalog) -> list[str]:
    """The sentences without a translation, or with one that is marked as uncertain."""
    return [
        str(message.id) for message in catalogue if message.id and (message.fuzzy or not _is_translated(message.string))
    ]


def _is_translated(string: object) -> bool:
    return all(string) if isinstance(string, list | tuple) else bool(string)


def _copy_source(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.id and not _is_translated(message.string):
            message.string = message.id
