"""Writes rows as a CSV file that spreadsheets open as it is meant. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence

from bot.outside import clean

#: What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def render_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """In UTF-8 with the mark that spreadsheets know it by; no cell is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_disarm(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _disarm(cell: object) -> str:
    """A number is left as it is; words that look like a formula get an apostrophe, which shows that they are words."""
    if isinstance(cell, int):
        return str(cell)
    text = clean(str(cell))
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) or text.startswith(_FORMULA) else text
