"""Two ways to write one thing: abbreviations and old names, from a table, from admins and from the texts themselves."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Alias
from db.statements import execute_count, get_table, insert
from db.text import nfc, syllables

#: What Vietnamese offices write short, and names that have changed. Each goes both ways.
BUILT_IN = (
    ("UBND", "Ủy ban nhân dân"),
    ("HĐND", "Hội đồng nhân dân"),
    ("TCTK", "Tổng cục Thống kê"),
    ("CTK", "Cục Thống kê"),
    ("CCTK", "Chi cục Thống kê"),
    ("BCĐ", "Ban Chỉ đạo"),
    ("MTTQ", "Mặt trận Tổ quốc"),
    ("HTX", "hợp tác xã"),
    ("GRDP", "tổng sản phẩm trên địa bàn"),
    ("CPI", "chỉ số giá tiêu dùng"),
    ("IIP", "chỉ số sản xuất công nghiệp"),
    ("KT-XH", "kinh tế - xã hội"),
    ("CCHC", "cải cách hành chính"),
    ("TTHC", "thủ tục hành chính"),
    ("CNTT", "công nghệ thông tin"),
    ("CĐS", "chuyển đổi số"),
    ("NSNN", "ngân sách nhà nước"),
    ("NTM", "nông thôn mới"),
    ("BHXH", "bảo hiểm xã hội"),
    ("BHYT", "bảo hiểm y tế"),
    ("TW", "Trung ương"),
    ("TP", "thành phố"),
    ("TX", "thị xã"),
    ("TPHCM", "Thành phố Hồ Chí Minh"),
    ("Tổng cục Thống kê", "Cục Thống kê"),  # its name since 2025
    ("Bình Thuận", "Lâm Đồng"),  # a part of it since 1/7/2025
    ("Đắk Lắk", "Đắc Lắc"),  # as older papers write them
    ("Đắk Nông", "Đắc Nông"),
)
#: The most syllables that either side of a pair has.
LONGEST = 8
#: The most letters.
_LONGEST_SIDE = 80

_SHORT = re.compile(r"\(([^\W\d_]{2,8}(?:-[^\W\d_]{1,4})?)\)")
#: Where the words before an abbreviation cannot have begun.
_BREAK = re.compile(r"[^\w\s–-]|\d")
#: How many letters eight syllables have at most.
_LOOK_BACK = 80

Words = tuple[str, ...]


class AliasPair(NamedTuple):
    """Folded syllables, and other ones that mean the same."""

    short: Words
    long: Words


def make_pair(short: str, long: str) -> AliasPair:
    return AliasPair(tuple(syllables(short)), tuple(syllables(long)))


@cache
def _get_built_in() -> tuple[AliasPair, ...]:
    return tuple(make_pair(*pair) for pair in BUILT_IN)


def find_alias_pairs(text: str) -> list[AliasPair]:
    """The abbreviations a text explains: `Tổng cục Thống kê (TCTK)`, whose letters begin the words before it."""
    text = nfc(text)
    found = (_match_initials(_get_before(text, match.start()), match[1]) for match in _SHORT.finditer(text))
    return list(dict.fromkeys(pair for pair in found if pair))


def _get_before(text: str, end: int) -> str:
    return _BREAK.split(text[max(0, end - _LOOK_BACK) : end])[-1]


def _match_initials(before: str, short: str) -> AliasPair | None:
    letters = "".join(syllables(short))
    words = syllables(before)[-len(letters) :]
    is_abbreviation = short.replace("-", "").isupper() and [word[0] for word in words] == list(letters)
    return AliasPair(tuple(syllables(short)), tuple(words)) if is_abbreviation else None


class Alternative(NamedTuple):
    """Other words for those from `start` to `end` of a query."""

    start: int
    end: int
    words: Words


class Aliases:
    """Pairs that are known beforehand, looked up both ways."""

    def __init__(self, pairs: Iterable[AliasPair]) -> None:
        self._others: dict[Words, list[Words]] = {}
        for short, long in pairs:
            if short and long and short != long:
                self._others.setdefault(short, []).append(long)
                self._others.setdefault(long, []).append(short)

    def get(self, words: Words) -> Sequence[Words]:
        return self._others.get(words, ())


def list_runs(words: Sequence[str]) -> Iterable[tuple[int, int]]:
    """Where each run of neighbours that may be one side of a pair begins and ends."""
    return (
        (start, end) for start in range(len(words)) for end in range(start + 1, min(start + LONGEST, len(words)) + 1)
    )


_ALIASES = get_table(Alias)
_ADDED = select(_ALIASES.c.short, _ALIASES.c.long)


async def get_aliases(session: AsyncSession) -> Aliases:
    """The built-in table, and what admins added to it."""
    return _join(await session.execute(_ADDED))


def read_aliases(connection: Connection) -> Aliases:
    """The same, in a thread."""
    return _join(connection.execute(_ADDED))


def _join(added: Iterable[Row[str, str]]) -> Aliases:
    return Aliases([*_get_built_in(), *(make_pair(short, long) for short, long in added)])


def is_pair(short: str, long: str) -> bool:
    """Whether both sides have words, not too many, and not the same ones."""
    pair = make_pair(short, long)
    fits = all(0 < len(side) <= LONGEST and len(" ".join(side)) <= _LONGEST_SIDE for side in pair)
    return fits and pair.short != pair.long


async def add_alias(session: AsyncSession, short: str, long: str) -> bool:
    """False when the pair is no pair, or known already."""
    pair = make_pair(short, long)
    if not is_pair(short, long) or pair in _get_built_in():
        return False
    keys = {"short_key": " ".join(pair.short), "long_key": " ".join(pair.long)}
    statement = insert(session, Alias).values(short=nfc(short).strip(), long=nfc(long).strip(), **keys)
    return await execute_count(session, statement.on_conflict_do_nothing()) == 1


async def get_alias(session: AsyncSession, alias_id: int) -> Alias | None:
    return await session.get(Alias, alias_id)


async def list_aliases(session: AsyncSession) -> Sequence[Alias]:
    return (await session.scalars(select(Alias).order_by(Alias.short, Alias.id))).all()


async def remove_alias(session: AsyncSession, alias_id: int) -> bool:
    return await execute_count(session, delete(Alias).where(Alias.id == alias_id)) == 1
