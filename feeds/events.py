"""Finds the day that an article tells of, in its first sentences: right or absent, never guessed."""

import re
from datetime import date, timedelta

from db.text import fold

_DAY = re.compile(
    r"\b(?P<word>(?:sang|trua|chieu|toi|dem|ngay|tu|hom)(?: nay)?(?: ngay)?,?)"
    r" \(?(?P<day>\d{1,2})(?:\s*[/.-]\s*|\s+thang\s+)(?P<month>\d{1,2})"
    r"(?:(?:\s*[/.-]\s*|\s+nam\s+)(?P<year>(?:19|20)\d\d))?(?![\d/]|[.,-]\d|\s*(?:%|nam\b|-\s*\d))"
)
#: Words before a day that make it the day of a paper, a deadline or a reckoning.
_OTHER = re.compile(
    r"(?:\b(?:so|quyet dinh|ke hoach|chi thi|nghi quyet|nghi dinh|cong van|thong tu|ket luan):? \d[\w/.-]*,?"
    r"|/[\w-]+,?|\b(?:den|truoc|sau|ke tu|qua|han)) ?$"
)
_REACH = 400  # characters from the beginning
_NEAR = timedelta(days=183)
_FAR = timedelta(days=92)


def find_event_date(text: str, published: date | None) -> date | None:
    """The first day named in the first sentences of NFC text that is no paper's day nor a deadline.

    A day without a year takes that of publication, or its neighbour at the turn of the year. A day further than
    three months from publication is no news, and is left out.
    """
    folded = fold(text[:_REACH])
    for match in _DAY.finditer(folded):
        if _OTHER.search(folded[: match.start()]):
            continue
        day = _read_day(match, published)
        if day and (published is None or abs(day - published) <= _FAR):
            return day
    return None


def _read_day(match: re.Match[str], published: date | None) -> date | None:
    if match["year"]:
        return _make(int(match["year"]), match)
    if published is None:
        return None
    years = (published.year, published.year - 1, published.year + 1)
    days = (day for year in years if (day := _make(year, match)))
    return next((day for day in days if abs(day - published) <= _NEAR), None)


def _make(year: int, match: re.Match[str]) -> date | None:
    try:
        return date(year, int(match["month"]), int(match["day"]))
    except ValueError:
        return None
