"""What admins and editors do: people and sources."""

import pytest
from sqlalchemy import select

from bot.asked import Asked
from bot.config import AccessMode
from bot.conversation import Conversation, Rules
from db import following, polling
from db.models import ChatKind, Preview, PreviewState, Role, Source, SourceState
from tests import make
from tests.bot.talk import ADMIN, ZONE, Talk, get_actions, get_buttons, get_text

EDITOR = "400"


@pytest.fixture
async def office(talk: Talk) -> Talk:
    """With an admin and an editor."""
    await talk.add_reader(ADMIN, Role.ADMIN, name="Phạm Quốc Hùng")
    await talk.add_reader(EDITOR, Role.EDITOR)
    return talk


async def _get_sources(talk: Talk) -> list[Source]:
    async with talk.database.read() as session:
        return [row.source for row in await polling.list_sources(session)]


async def test_pending_people_are_listed_and_decided_by_buttons(office: Talk) -> None:
    assert "không có ai" in get_text(await office.say(ADMIN, "/pending"))
    for number in range(10):
        await office.say(str(500 + number), "/start", name=f"Lê Minh {number}")
    board = await office.say(ADMIN, "/choduyet")
    assert "10 người đang chờ duyệt" in get_text(board)
    assert "Lê Minh 0 · 08:30 06/08/2026" in get_text(board)
    approve, refuse = get_actions(board)[:2]
    after = await office.press(ADMIN, approve)
    assert (after.edit, after.toast) == (True, "✅ Đã duyệt Lê Minh 0.")
    assert "9 người đang chờ duyệt" in get_text(after)
    assert get_actions(await office.press(ADMIN, "pending:1"))[-1] == "pending:0"
    late = await office.press(ADMIN, refuse)
    assert late.toast == "Lê Minh 0 đã được duyệt từ trước."


async def test_members_are_listed_for_admins_in_private_only(office: Talk) -> None:
    """A1, A2"""
    listed = get_text(await office.say(ADMIN, "/thanhvien"))
    assert "2 thành viên" in listed
    assert "Phạm Quốc Hùng · quản trị · Telegram" in listed
    assert "người quản lý loa" in get_text(await office.say(EDITOR, "/members"))
    assert "nhắn riêng" in get_text(await office.say_in_group(ADMIN, "/members", may_manage=True))


async def test_people_whose_names_are_alike_are_told_apart(office: Talk) -> None:
    for number, name in (("501", "Lê Minh"), ("502", "lê  minh"), ("503", "An")):
        await office.say(number, "/start", name=name)
    board = await office.say(ADMIN, "/pending")
    assert [word in get_text(board) for word in ("Lê Minh (501) ·", "lê minh (502) ·", "An ·")] == [True] * 3
    assert [button.label for button in get_buttons(board)][:3] == [
        "Duyệt Lê Minh (501)",
        "Từ chối Lê Minh (501)",
        "Duyệt lê minh (502)",
    ]


async def test_an_invitation_is_the_platforms_link_where_there_is_one(office: Talk) -> None:
    rules = Rules(access=AccessMode.INVITE, language="vi", timezone=ZONE, office="", first_topic="Tin chung")
    conversation = Conversation(
        office.database, rules, office.clock, get_link=lambda channel, code: f"https://{channel}.example/{code}"
    )
    answer = await conversation.answer(Asked("telegram", ADMIN, ChatKind.PRIVATE, ADMIN, text="/loimoi"))
    assert "dùng được đến 08:30 13/08/2026" in get_text(answer)
    assert answer.messages[0].spans[-1].url.startswith("https://telegram.example/")
    file = answer.messages[0].file
    assert file is not None
    assert file.is_picture
    assert file.content.startswith(b"\x89PNG")


async def find(office: Talk, **values: object) -> int:
    """What feeds does: the address that was asked for last gives something."""
    async with office.database.write() as session:
        preview = (await session.scalars(select(Preview).order_by(Preview.id.desc()).limit(1))).one()
        preview.state = PreviewState.FOUND
        for name, value in ({"kind": "feed", "name": "Thống kê tỉnh"} | values).items():
            setattr(preview, name, value)
    return preview.id


async def test_an_address_is_looked_at_and_watched_only_on_a_yes(office: Talk) -> None:
    answer = await office.say(EDITOR, "/themnguon https://ThongKe.example.vn/rss  Giá cả")
    assert "Loa sẽ đọc thử https://ThongKe.example.vn/rss" in get_text(answer)
    assert await _get_sources(office) == []
    number = await find(office)
    kept = await office.press(EDITOR, f"keep:{number}")
    assert "Từ giờ loa theo dõi Thống kê tỉnh, thuộc chủ đề Giá cả" in get_text(kept)
    [source] = await _get_sources(office)
    assert (source.url, source.host, source.kind) == ("https://ThongKe.example.vn/rss", "thongke.example.vn", "feed")
    assert source.added_by_chat_id == (await office.get_chat(EDITOR)).id
    assert source.next_poll_at == office.clock()
    again = await office.say(ADMIN, "/addsource https://ThongKe.example.vn/rss")
    assert "đã có trong danh sách" in get_text(again)


async def test_a_no_keeps_nothing(office: Talk) -> None:
    await office.say(EDITOR, "/addsource https://example.vn/tin")
    number = await find(office)
    assert "không lưu gì" in get_text(await office.press(EDITOR, f"discard:{number}"))
    assert (await office.press(EDITOR, f"keep:{number}")).toast
    assert await _get_sources(office) == []


async def test_only_who_asked_can_say_yes(office: Talk) -> None:
    """A6"""
    await office.say(EDITOR, "/addsource https://example.vn/tin")
    number = await find(office)
    assert (await office.press(ADMIN, f"keep:{number}")).toast
    assert (await office.press(EDITOR, "keep:999")).toast
    assert await _get_sources(office) == []


async def test_an_address_that_was_not_looked_at_yet_cannot_be_kept(office: Talk) -> None:
    """A6"""
    await office.say(EDITOR, "/addsource https://example.vn/tin")
    assert (await office.press(EDITOR, "keep:1")).toast
    assert await _get_sources(office) == []


async def test_rules_are_given_by_hand_and_mend_a_page(office: Talk) -> None:
    """N16"""
    async with office.database.write() as session:
        page = await make.source(session, url="https://example.vn/tin", host="example.vn", name="Báo tỉnh")
        page.kind, page.rules, page.failures = "page", {"item": ".old"}, 4
    await office.say(EDITOR, "/addsource https://example.vn/tin\nitem: .news li\ntitle: h3 a")
    async with office.database.read() as session:
        [preview] = await session.scalars(select(Preview))
    assert (preview.kind, preview.rules) == ("page", {"item": ".news li", "title": "h3 a"})
    number = await find(office, kind="page")
    assert "Báo tỉnh theo cách mới" in get_text(await office.press(EDITOR, f"keep:{number}"))
    [source] = await _get_sources(office)
    assert (source.rules, source.failures) == ({"item": ".news li", "title": "h3 a"}, 0)


async def test_the_pages_of_articles_are_read_by_rules_of_their_own(office: Talk) -> None:
    """N16"""
    async with office.database.write() as session:
        await make.source(session, url="https://example.vn/rss", host="example.vn", name="Báo tỉnh")
    await office.say(EDITOR, "/addsource https://example.vn/rss\narticle_body: .content\narticle_remove: .related")
    await office.press(EDITOR, f"keep:{await find(office)}")
    [source] = await _get_sources(office)
    assert source.article_rules == {"body": ".content", "remove": ".related"}
    await office.say(EDITOR, "/addsource https://example.vn/rss\nitem: .news li")
    await office.press(EDITOR, f"keep:{await find(office, kind='page')}")
    [source] = await _get_sources(office)
    assert (source.rules, source.article_rules["body"]) == ({"item": ".news li"}, ".content")


@pytest.mark.parametrize("rule", ["title: h3", "li.news", "item:", "item: " + "x" * 400, "colour: red"])
async def test_what_is_no_rule_is_refused(office: Talk, rule: str) -> None:
    answer = await office.say(EDITOR, f"/addsource https://example.vn/tin\n{rule}")
    assert "quy tắc" in get_text(answer)


async def test_a_source_without_a_topic_goes_to_the_first_one(office: Talk) -> None:
    await office.say(ADMIN, "/addsource thongke.example.vn/rss")
    await office.press(ADMIN, f"keep:{await find(office)}")
    [source] = await _get_sources(office)
    assert source.url == "https://thongke.example.vn/rss"
    async with office.database.read() as session:
        topic = await following.get_topic(session, source.topic_id)
    assert topic is not None
    assert topic.name == "Tin chung"


async def test_a_password_in_an_address_is_kept_but_never_shown(office: Talk) -> None:
    """A8"""
    added = await office.say(ADMIN, "/addsource https://hoa:secret@example.vn/rss")
    kept = await office.press(ADMIN, f"keep:{await find(office)}")
    again = await office.say(ADMIN, "/addsource https://hoa:secret@example.vn/rss")
    board = await office.say(ADMIN, "/sources")
    for answer in (added, kept, again, board):
        assert "secret" not in get_text(answer)
        assert not [span for message in answer.messages for span in message.spans if "secret" in span.url]
    [source] = await _get_sources(office)
    assert source.url == "https://hoa:secret@example.vn/rss"


@pytest.mark.parametrize(
    "address",
    [
        *("", "rss", "javascript:alert(1)", "file:///etc/passwd", "ftp://example.vn/rss", "mailto:hoa@example.vn"),
        *("https://", "http:///rss", "http://[::1", "https://example.vn:99999/", "https://example.vn/" + "a" * 3000),
    ],
)
async def test_what_is_no_web_address_is_not_added(office: Talk, address: str) -> None:
    """F2, P5"""
    assert "địa chỉ đầy đủ" in get_text(await office.say(ADMIN, f"/addsource {address}"))
    assert await _get_sources(office) == []


async def test_a_topic_with_an_endless_name_is_not_made(office: Talk) -> None:
    answer = await office.say(ADMIN, f"/addsource https://example.vn/rss {'dài ' * 30}")
    assert "dài quá" in get_text(answer)


async def test_the_board_of_sources_shows_how_each_is_doing(office: Talk) -> None:
    assert "Chưa có nguồn tin nào" in get_text(await office.say(EDITOR, "/sources"))
    async with office.database.write() as session:
        new = await make.source(session, name="Mới")
        well = await make.source(session, name="Tốt")
        well.last_ok_at, well.interval = make.NOW, 900.0
        ill = await make.source(session, name="")
        ill.failures, ill.reason = 3, "the server answered 503 Service Unavailable"
        await make.source(session, name="Nghỉ", state=SourceState.PAUSED)
        await make.source(session, name="Hết", state=SourceState.GONE)
        await make.article(session, source_id=new.id)
    board = get_text(await office.say(EDITOR, "/nguon"))
    assert "5 nguồn tin" in board
    assert "Mới · Kinh tế" in board
    assert "1 bài\nchưa đọc lần nào" in board
    assert "✅ đã đọc lúc 08:30 06/08/2026" in board
    assert "⚠ lỗi 3 lần liên tiếp: máy chủ báo lỗi 503" in board
    assert "⏸ đang tạm dừng" in board
    assert "⛔ đã ngừng" in board


async def test_two_hundred_sources_come_in_pages(office: Talk) -> None:
    """P6"""
    async with office.database.write() as session:
        topic = await make.topic(session, "Chủ đề " * 40)
        for _ in range(200):
            source = await make.source(session, topic_id=topic.id, name="Nguồn " * 50)
            source.failures, source.reason = 9, "x" * 900
    assert get_actions(await office.say(ADMIN, "/sources"))[-1] == "sources:1"
    assert get_actions(await office.press(ADMIN, "sources:24"))[-1] == "sources:23"


async def test_a_source_is_paused_and_resumed(office: Talk) -> None:
    async with office.database.write() as session:
        source_id = (await make.source(session)).id
    paused = await office.say(EDITOR, f"/tamdung {source_id}")
    assert "Đã tạm dừng Chi cục Thống kê" in get_text(paused)
    assert get_actions(paused) == [f"resume:{source_id}"]
    assert "không đọc" in get_text(await office.say(EDITOR, f"/pause {source_id}"))
    assert "sẽ đọc lại" in get_text(await office.press(EDITOR, f"resume:{source_id}"))
    assert "vẫn đang đọc" in get_text(await office.say(EDITOR, f"/tieptuc {source_id}"))
    assert "Đã tạm dừng" in get_text(await office.press(EDITOR, f"pause:{source_id}"))
    [source] = await _get_sources(office)
    assert source.state is SourceState.PAUSED


@pytest.mark.parametrize("number", ["", "x", "-1", "99999999999999999999"])
async def test_pausing_wants_the_number_of_a_source(office: Talk, number: str) -> None:
    assert "số của nguồn tin" in get_text(await office.say(EDITOR, f"/pause {number}"))


async def test_a_number_that_no_source_has_is_named(office: Talk) -> None:
    assert "Không có nguồn tin nào mang số 999" in get_text(await office.say(EDITOR, "/pause 999"))


async def test_sources_are_not_for_readers(office: Talk) -> None:
    await office.add_reader("300")
    for text in ("/sources", "/addsource https://example.vn/rss", "/pause 1", "/resume 1"):
        assert "người quản lý loa" in get_text(await office.say("300", text))
    async with office.database.read() as session:
        assert (await session.scalars(select(Source))).all() == []
