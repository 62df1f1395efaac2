"""/export: lists as files that spreadsheets and feed readers take."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.message import File
from bot.sheets import render_csv
from db import audit
from db.engine import Database
from db.models import Act, Role
from tests import make
from tests.bot.talk import ADMIN, Talk, get_actions, get_text
from tests.fakes import Clock

EDITOR = "400"


@pytest.fixture
async def office(talk: Talk) -> Talk:
    await talk.add_reader(ADMIN, Role.ADMIN, name="Phạm Quốc Hùng")
    return talk


async def _get_file(talk: Talk, action: str) -> File:
    answer = await talk.press(ADMIN, action)
    file = answer.messages[0].file
    assert file is not None
    return file


def _read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


async def test_each_list_is_sent_as_a_file_and_the_audit_tells_of_it(office: Talk) -> None:
    """A8"""
    async with office.database.write() as session:
        topic = await make.topic(session, "Giá cả")
        await make.source(session, topic_id=topic.id, name="Báo tỉnh", url="https://me:secret@bao.example.vn/rss")
    choice = await office.say(ADMIN, "/xuat")
    assert get_actions(choice) == ["export:0", "export:1", "export:2", "export:3"]
    people = await _get_file(office, "export:0")
    assert people.name == "members.csv"
    assert _read(people.content)[1][1:5] == ["Phạm Quốc Hùng", "quản trị", "đã duyệt", "08:30 06/08/2026"]
    sources = await _get_file(office, "export:1")
    assert _read(sources.content)[1][1:4] == ["Báo tỉnh", "https://bao.example.vn/rss", "Giá cả"]
    assert (await _get_file(office, "export:2")).content == "['Giá cả']".encode()
    deeds = _read((await _get_file(office, "export:3")).content)
    assert [row[1:] for row in deeds[1:]] == [
        ["Phạm Quốc Hùng", f"Phạm Quốc Hùng xuất {name}", "exported"]
        for name in ("members.csv", "sources.csv", "sources.opml")
    ]
    assert deeds[1][0] == "2026-08-06 08:30:00+07:00"


async def test_only_admins_take_lists_out(office: Talk) -> None:
    """A6"""
    await office.add_reader(EDITOR, Role.EDITOR)
    assert "người quản lý loa" in (await office.press(EDITOR, "export:0")).toast
    assert (await office.press(ADMIN, "export:4")).messages == ()
    async with office.database.read() as session:
        assert Act.EXPORTED not in [row.entry.act async for row in audit.walk_acts(session)]


async def test_a_channel_without_files_says_so(database: Database, clock: Clock) -> None:
    talk = Talk(database, clock, fileless={"telegram"})
    await talk.add_reader(ADMIN, Role.ADMIN)
    assert "Ở đây loa không gửi được tệp" in get_text(await talk.say(ADMIN, "/export"))
    assert (await talk.press(ADMIN, "export:0")).messages == ()


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), min_size=1))
def test_no_cell_is_a_formula_and_none_is_lost(cells: list[str]) -> None:
    [head, *rows] = _read(render_csv(["a"], [[cell] for cell in cells]))
    assert head == ["a"]
    assert len([row for row in rows if row]) <= len(cells)
    assert not any(cell.strip().startswith(("=", "+", "-", "@")) for row in rows for cell in row)


@pytest.mark.parametrize("evil", ["=cmd|' /C calc'!A0", "  =1+1", "@SUM(1)", "-2+3", "+84", "\t=1", "＝1"])
def test_a_formula_becomes_words(evil: str) -> None:
    assert _read(render_csv(["a"], [[evil]]))[1][0].startswith("'")
