"""The rest of a day in the office, for the tour: what staff set up for themselves, and what an admin does for all."""

from sqlalchemy import func, select

from bot.demo.guide import Guide, check, find_button, get_words
from bot.demo.pages import OFFICE
from bot.demo.stage import ADMIN, NEWCOMER, STRANGER
from bot.message import Message
from db.models import Member, MemberState, Role, Source, SourceState

SECOND_TOPIC = "Trang tin"
WORDS = "thống kê"


async def add_source(guide: Guide) -> None:
    """What an address gives is shown first; it is kept, and paused again."""
    admin, seen = guide.stage.admin, len(guide.stage.channel.pushes)
    address = f"{guide.stage.newsroom.feed_url}?muc=thong-bao"
    await guide.type(admin, f"/themnguon {address} {SECOND_TOPIC}")
    preview = await guide.wait_for_push(ADMIN, address, after=seen)
    await guide.press(admin, preview, "keep")
    number = await guide.count(select(func.max(Source.id)))
    await guide.type(admin, f"/tamdung {number}")
    paused = select(func.count(Source.id)).where(Source.id == number, Source.state == SourceState.PAUSED)
    check(await guide.count(paused) == 1, f"/tamdung {number} did not pause the new source.")


async def choose_topics(guide: Guide) -> None:
    lan = guide.stage.newcomer
    sure = await guide.press(lan, await guide.ask(lan, "/chude"), "askmuteall")
    board = (await guide.press(lan, sure.messages[0], "muteall")).messages[0]
    check(find_button(board, "mute") is None, "All topics were left, but one is still followed.")
    for _ in range(2):
        board = (await guide.press(lan, board, "follow")).messages[0]
    check(
        len([1 for row in board.buttons for one in row if one.action.startswith("mute:")]) == 2,
        "Not both topics are followed.",
    )


async def watch_and_save(guide: Guide) -> None:
    lan, seen = guide.stage.newcomer, len(guide.stage.channel.pushes)
    check(WORDS in await guide.type(lan, f"/tukhoa {WORDS}"), "The watched words are not listed.")
    post = await guide.publish()
    push = await guide.wait_for_push(NEWCOMER, post.article.title, after=seen)
    await guide.press(lan, push, "save")
    check(post.article.title in await guide.type(lan, "/daluu"), "What was saved is not in the list.")
    answer = await guide.press(lan, await guide.ask(lan, "/tukhoa"), "unwatch")
    check(find_button(answer.messages[0], "unwatch") is None, "The words are still watched.")


async def wait_for_digest(guide: Guide) -> None:
    """News waits for its time, and comes when the person wants it at once again."""
    lan, seen = guide.stage.newcomer, len(guide.stage.channel.pushes)
    check("07:30" in await guide.type(lan, "/diemtin 7:30"), "The time of the digest is not told.")
    posts = guide.stage.newsroom.publish(2)
    await guide.wait_until_read(posts)
    check(not guide.find_pushes(NEWCOMER, posts[0].article.title, after=seen), "The news did not wait.")
    await guide.type(lan, "/diemtin ngay")
    for post in posts:
        push = await guide.wait_for_push(NEWCOMER, post.article.title[:60], after=seen)
    await _mute_and_follow(guide, push)


async def _mute_and_follow(guide: Guide, push: Message) -> None:
    lan = guide.stage.newcomer
    if find_button(push, "mute"):
        hint = await guide.press(lan, push, "mute")
        await guide.press(lan, hint.messages[0], "follow")


async def invite(guide: Guide) -> None:
    stage = guide.stage
    message = await guide.ask(stage.admin, "/loimoi")
    check(message.file and message.file.is_picture, "The invitation has no picture of its link.")
    address = next((span.url for span in message.spans if span.url), "")
    await guide.type(stage.stranger, f"/start {address.rpartition('=')[2]}", "(t.me)")
    check(STRANGER in await guide.type(stage.admin, "/thanhvien"), f"The invitation did not let {STRANGER} in.")
    await guide.type(stage.stranger, "/dung")


async def promote(guide: Guide) -> None:
    stage, seen = guide.stage, len(guide.stage.channel.pushes)
    await guide.type(stage.admin, f"/vaitro {NEWCOMER} editor")
    await guide.wait_for_push(NEWCOMER, "", after=seen)
    editors = select(func.count(Member.id)).where(Member.role == Role.EDITOR)
    check(await guide.count(editors) == 1, f"{NEWCOMER} is no editor.")
    check(OFFICE in await guide.type(stage.newcomer, "/nguon"), "An editor does not see the sources.")


async def broadcast(guide: Guide) -> None:
    stage, seen = guide.stage, len(guide.stage.channel.pushes)
    words = "Chiều nay họp lúc 15 giờ tại phòng họp tầng 2."
    shown = await guide.ask_all(stage.admin, f"/thongbao {words}")
    check(words in get_words(shown), "The message is not shown before it is sent.")
    await guide.press(stage.admin, shown.messages[-1], "broadcast")
    await guide.wait_for_push(NEWCOMER, words, after=seen)


async def look_back(guide: Guide) -> None:
    admin = guide.stage.admin
    stats = await guide.ask(admin, "/sudung")
    check(stats.file and stats.file.is_picture, "/sudung shows no picture.")
    check(NEWCOMER in await guide.type(admin, "/nhatky"), f"/nhatky does not tell that {NEWCOMER} was let in.")


async def forget(guide: Guide) -> None:
    stage = guide.stage
    await guide.press(stage.newcomer, await guide.ask(stage.newcomer, "/quenminh"), "forget")
    known = select(func.count(Member.id)).where(Member.name == NEWCOMER, Member.state == MemberState.ACCEPTED)
    check(await guide.count(known) == 0, f"{NEWCOMER} is still known.")
    check(NEWCOMER not in await guide.type(stage.admin, "/nhatky"), f"The audit still names {NEWCOMER}.")
