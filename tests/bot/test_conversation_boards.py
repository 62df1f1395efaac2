"""Editors' boards: a source is paused, moved, renamed, removed and brought back; topics are made, renamed, merged."""

from datetime import timedelta

import pytest

from bot.asked import Answer
from db import audit, following, polling
from db.models import Act, Role, Source, SourceState
from tests import make
from tests.bot.talk import Talk, get_actions, get_buttons, get_text

EDITOR, HOA = "400", "300"


@pytest.fixture
async def office(talk: Talk) -> Talk:
    await talk.add_reader(EDITOR, Role.EDITOR, name="Lê Biên Tập")
    return talk


async def _add_source(talk: Talk, name: str = "Báo tỉnh", topic: str = "Giá cả") -> int:
    async with talk.database.write() as session:
        row = await following.get_or_add_topic(session, topic, talk.clock())
        return (await make.source(session, topic_id=row.id, name=name, url=f"https://bao.example.vn/{name}")).id


async def _get_source(talk: Talk, source_id: int) -> Source:
    async with talk.database.read() as session:
        return await session.get_one(Source, source_id)


async def _get_acts(talk: Talk) -> list[tuple[Act, str, str]]:
    async with talk.database.read() as session:
        return [(row.entry.act, row.entry.what, row.entry.detail) async for row in audit.walk_acts(session)]


def _labels(answer: Answer) -> list[str]:
    return [button.label for button in get_buttons(answer)]


async def test_a_source_is_opened_paused_and_resumed_from_the_board(office: Talk) -> None:
    source = await _add_source(office)
    board = await office.say(EDITOR, "/nguon")
    assert get_actions(board) == [f"source:{source}:0"]
    card = await office.press(EDITOR, f"source:{source}:0")
    assert _labels(card) == ["Tạm dừng", "Chủ đề", "Xóa", "← Tất cả nguồn tin"]
    assert f"/motnguon {source} = tên mới" in get_text(card)
    paused = await office.press(EDITOR, f"halt:{source}:0")
    assert (paused.edit, _labels(paused)[0]) == (True, "Tiếp tục")
    assert "đang tạm dừng" in get_text(paused)
    assert _labels(await office.press(EDITOR, f"wake:{source}:0"))[0] == "Tạm dừng"
    assert [act for act, _, _ in await _get_acts(office)] == [Act.SOURCE_PAUSED, Act.SOURCE_RESUMED]


async def test_a_source_is_renamed_and_put_under_another_topic(office: Talk) -> None:
    source = await _add_source(office)
    [people] = await office.add_topics("Dân số")
    assert "Từ giờ Báo tỉnh có tên là Báo mới" in get_text(await office.say(EDITOR, f"/source {source} = Báo  mới"))
    choice = await office.press(EDITOR, f"totopic:{source}:0:0")
    assert f"puttopic:{source}:{people}:0" in get_actions(choice)
    moved = await office.press(EDITOR, f"puttopic:{source}:{people}:0")
    assert moved.toast == "Từ giờ Báo mới thuộc chủ đề Dân số."
    assert "Dân số" in get_text(moved)
    assert await _get_acts(office) == [
        (Act.SOURCE_RENAMED, "Báo mới", "Báo tỉnh"),
        (Act.SOURCE_MOVED, "Báo mới", "Dân số"),
    ]
    assert "vui lòng gửi kèm số" in get_text(await office.say(EDITOR, "/motnguon"))
    assert "Không có nguồn tin nào mang số 99" in get_text(await office.say(EDITOR, "/motnguon 99 = x"))


async def test_a_removed_source_stands_in_no_list_until_it_is_undone(office: Talk) -> None:
    """A6"""
    source = await _add_source(office)
    await office.press(EDITOR, f"halt:{source}:0")
    assert get_actions(await office.press(EDITOR, f"askdrop:{source}:0")) == [f"drop:{source}:0", f"source:{source}:0"]
    gone = await office.press(EDITOR, f"drop:{source}:0")
    assert get_actions(gone)[0] == f"undrop:{source}:0"
    assert "Chưa có nguồn tin nào" in get_text(await office.say(EDITOR, "/sources"))
    for action in (f"drop:{source}:0", f"wake:{source}:0", f"pause:{source}", f"resume:{source}"):
        assert (await office.press(EDITOR, action)).messages == ()
    assert "Không có nguồn tin nào" in get_text(await office.say(EDITOR, f"/resume {source}"))
    back = await office.press(EDITOR, f"undrop:{source}:0")
    assert back.toast == "Báo tỉnh đã trở lại danh sách."
    assert (await _get_source(office, source)).state is SourceState.PAUSED
    assert (await office.press(EDITOR, f"undrop:{source}:0")).messages == ()


async def test_a_removed_source_is_not_polled_and_comes_back_when_it_is_added_again(office: Talk) -> None:
    source = await _add_source(office)
    url = (await _get_source(office, source)).url
    await office.press(EDITOR, f"drop:{source}:0")
    async with office.database.write() as session:
        assert await polling.claim_sources(session, office.clock(), timedelta(seconds=9)) == []
        topic = await following.get_or_add_topic(session, "Việc làm", office.clock())
        values = {"url": url, "host": "bao.example.vn", "name": "Báo", "topic_id": topic.id, "now": office.clock()}
        added = await polling.add_source(session, **values)
        assert added is not None
        assert (added.id, added.state, added.topic_id) == (source, SourceState.ACTIVE, topic.id)
        assert await polling.add_source(session, **values) is None


async def test_a_topic_is_made_renamed_and_merged(office: Talk) -> None:
    await _add_source(office, topic="Giá")
    hoa = await office.add_reader(HOA)
    assert hoa
    made = await office.say(EDITOR, "/suachude Dân số")
    assert "0 nguồn tin" in get_text(made)
    assert "có tên là Giá cả" in get_text(await office.say(EDITOR, "/topic giá = Giá cả"))
    clash = await office.say(EDITOR, "/topic Dân số = giá  CẢ")
    [ask_merge] = get_actions(clash)
    question = await office.press(EDITOR, ask_merge)
    assert "không hoàn tác được" in get_text(question)
    merged = await office.press(EDITOR, get_actions(question)[0])
    assert merged.toast == "Đã gộp Dân số vào Giá cả."
    assert "1 nguồn tin · 1 nơi theo dõi" in get_text(merged)
    assert await office.get_follows(HOA) == ["Giá cả"]
    assert [act for act, _, _ in await _get_acts(office)] == [Act.TOPIC_ADDED, Act.TOPIC_RENAMED, Act.TOPIC_MERGED]
    assert (await office.press(EDITOR, get_actions(question)[0])).messages == ()


async def test_newcomers_follow_what_editors_give_them(office: Talk) -> None:
    [prices, _people] = await office.add_topics("Giá cả", "Dân số")
    card = await office.press(EDITOR, f"default:{prices}:0")
    assert "không tự động theo dõi" in get_text(card)
    await office.add_reader(HOA)
    assert await office.get_follows(HOA) == ["Dân số"]
    assert "theo dõi ngay" in get_text(await office.press(EDITOR, f"default:{prices}:0"))


async def test_five_hundred_topics_and_long_names_stay_within_the_limits(office: Talk) -> None:
    ids = await office.add_topics(*(f"{number:03} {'שלום ' * 60}"[:255] for number in range(500)))
    source = await _add_source(office, name="Nguồn " + "Ð" * 255, topic="Giá cả")
    for action in ("edittopics:0", "edittopics:62", f"mergeinto:{ids[0]}:3:0", f"totopic:{source}:7:0"):
        assert len(get_buttons(await office.press(EDITOR, action))) >= 5
    for action in (f"source:{source}:0", f"askdrop:{source}:0", f"askmerge:{ids[0]}:{ids[1]}:0", "edittopics"):
        assert (await office.press(EDITOR, action)).messages
    assert "501 chủ đề" in get_text(await office.say(EDITOR, "/topic"))


@pytest.mark.parametrize("typed", ["/topic =", "/topic = x", "/topic x =", "/topic !!!"])
async def test_what_is_no_name_gets_an_explanation(office: Talk, typed: str) -> None:
    assert "Gửi /suachude kèm tên" in get_text(await office.say(EDITOR, typed))


@pytest.mark.parametrize("action", ["drop:1:0", "merge:1:2:0", "default:1:0", "halt:1:0", "puttopic:1:1:0"])
async def test_readers_manage_nothing(office: Talk, action: str) -> None:
    """A6"""
    await office.add_reader(HOA)
    assert "người quản lý loa" in (await office.press(HOA, action)).toast
