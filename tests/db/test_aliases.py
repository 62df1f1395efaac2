"""Abbreviations and old names, both ways."""

import pytest

from db import aliases
from db.aliases import Aliases, find_alias_pairs, get_aliases, make_pair
from db.engine import Database


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("Tổng cục Thống kê (TCTK) cho biết", "TCTK", "Tổng cục Thống kê"),
        ("Phát triển kinh tế - xã hội (KT-XH)", "KT-XH", "kinh tế xã hội"),
        ("Sáng nay, Ban Chỉ đạo (BCĐ) họp", "BCĐ", "Ban Chỉ đạo"),
    ],
)
def test_a_text_teaches_its_abbreviations(text: str, short: str, long: str) -> None:
    assert find_alias_pairs(text) == [make_pair(short, long)]


@pytest.mark.parametrize(
    "text", ["Ông A (Bí thư)", "(TCTK)", "năm nay (2023)", "Cục Thống kê (abc)", "tăng (XYZ)", "a (", ""]
)
def test_other_brackets_teach_nothing(text: str) -> None:
    assert find_alias_pairs(text) == []


def test_a_pair_goes_both_ways() -> None:
    known = Aliases([make_pair("CPI", "chỉ số giá tiêu dùng")])
    assert known.get(("cpi",)) == [("chi", "so", "gia", "tieu", "dung")]
    assert known.get(("chi", "so", "gia", "tieu", "dung")) == [("cpi",)]
    assert known.get(("chi",)) == ()


async def test_an_admin_adds_and_removes_pairs(database: Database) -> None:
    async with database.write() as session:
        assert await aliases.add_alias(session, "VKS", "Viện kiểm sát")
        assert not await aliases.add_alias(session, "vks", "viện Kiểm sát")
        assert not await aliases.add_alias(session, "UBND", "Uỷ ban nhân dân")
        assert not await aliases.add_alias(session, "...", "Viện")
        assert not await aliases.add_alias(session, "giá", "gia")
    async with database.read() as session:
        assert (await get_aliases(session)).get(("vks",)) == [("vien", "kiem", "sat")]
        (row,) = await aliases.list_aliases(session)
    async with database.write() as session:
        assert await aliases.remove_alias(session, row.id)
        assert not await aliases.remove_alias(session, row.id)
