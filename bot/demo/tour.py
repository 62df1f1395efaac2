"""The tour: the whole road and every command once, played by made-up people; each step is printed and checked."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from rich.console import Console
from rich.rule import Rule
from rich.text import Text
from sqlalchemy import func, select

from bot.demo import day
from bot.demo.archive import OFFICE_TIME
from bot.demo.guide import Guide, TourError, check, find_button, get_words
from bot.demo.pages import OFFICE
from bot.demo.stage import ADMIN, NEWCOMER, STRANGER, TOPIC
from bot.message import Message
from db.models import Delivery, Source, SourceState

PAGE = 10


class Step(NamedTuple):
    """One scene of the tour, titled in both languages."""

    title: str
    play: Callable[[Guide], Awaitable[None]]


async def look_first(guide: Guide) -> None:
    posts = guide.stage.newsroom.published
    guide.note(f"Tòa soạn · The newsroom: {guide.stage.newsroom.feed_url}")
    await guide.wait_until_read(posts)
    owed = await guide.count(select(func.count(Delivery.id)))
    check(owed == 0, f"{owed} messages are owed for news that was there before the first look.")
    guide.note(f"Đã đọc và lưu {len(posts)} bài, chưa gửi ai · {len(posts)} articles read and stored, none sent")


async def start(guide: Guide) -> None:
    words = await guide.type(guide.stage.admin, "/start")
    check(TOPIC in words, f"The welcome does not name the topic “{TOPIC}”, which is followed now.")


async def read_latest(guide: Guide) -> None:
    answer = await guide.ask(guide.stage.admin, "/latest 3")
    newest = [post.article.title for post in guide.stage.newsroom.published[:3]]
    check(get_titles(answer) == newest, "/latest 3 does not show the three newest articles.")


async def search(guide: Guide) -> None:
    answer = await guide.ask(guide.stage.admin, "/search hoi nghi so ket")
    titles = get_titles(answer)
    check(titles and "Hội nghị sơ kết" in titles[0], "Words without marks did not find the title with marks.")


async def turn_pages(guide: Guide) -> None:
    answer = await guide.ask(guide.stage.admin, "/timkiem tỉnh")
    first = get_titles(answer)
    check(len(first) == PAGE, f"The search shows {len(first)} articles on its first page, not {PAGE}.")
    turned = await guide.press(guide.stage.admin, answer, "page")
    second = get_titles(turned.messages[0])
    check(second and not set(first) & set(second), "The second page does not show other articles than the first.")


async def get_push(guide: Guide) -> Message:
    """The next article comes to the admin as it should look."""
    post = await guide.publish()
    push = await guide.wait_for_push(ADMIN, post.article.title)
    check(post.article.lead and post.article.lead in push.text, "The push does not have the article's lead.")
    about = push.text.replace(post.article.title, "").replace(post.article.lead, "")
    check(OFFICE in about, "The push does not name its source.")
    check(f"{post.published_at.astimezone(OFFICE_TIME):%d/%m/%Y}" in about, "The push does not have its date.")
    check(any(span.url == guide.get_url(post) for span in push.spans), "The push has no link to the article.")
    check(find_button(push, "mute"), "The push has no button to mute its topic.")
    return push


async def mute(guide: Guide) -> None:
    push = await get_push(guide)
    answer = await guide.press(guide.stage.admin, push, "mute")
    check(TOPIC in get_words(answer), "Muting does not say which topic is muted.")
    post = await guide.publish()
    check(ADMIN not in await guide.get_readers(post), "News of the muted topic is owed all the same.")
    guide.note("Chủ đề đã tắt: không gửi · The topic is muted: nothing is sent")


async def follow_again(guide: Guide) -> None:
    board = await guide.ask(guide.stage.admin, "/topics")
    button = next((one for row in board.buttons for one in row if TOPIC in one.label), None)
    check(button and button.action.startswith("follow:"), f"/topics does not offer to follow “{TOPIC}”.")
    verb, _, number = button.action.partition(":") if button else ("", "", "")
    answer = await guide.press(guide.stage.admin, board, verb, number)
    check(find_button(answer.messages[0], "mute", number), "The topic is not marked as followed.")


async def let_in(guide: Guide) -> None:
    seen = len(guide.stage.channel.pushes)
    await guide.type(guide.stage.newcomer, "/start")
    request = await guide.wait_for_push(ADMIN, NEWCOMER, after=seen)
    await guide.press(guide.stage.admin, request, "approve")
    await guide.wait_for_push(NEWCOMER, TOPIC, after=seen)
    post = await guide.publish()
    for name in (ADMIN, NEWCOMER):
        await guide.wait_for_push(name, post.article.title, after=seen)


async def refuse(guide: Guide) -> None:
    stage, seen = guide.stage, len(guide.stage.channel.pushes)
    words = await guide.type(stage.stranger, "/latest")
    leaked = [post.article.title for post in stage.newsroom.published if post.article.title in words]
    check(not leaked, "A stranger was shown an article.")
    await guide.type(stage.stranger, "/start")
    await guide.wait_for_push(ADMIN, STRANGER, after=seen)
    board = await guide.ask(stage.admin, "/pending")
    check(STRANGER in board.text, f"/pending does not show that {STRANGER} asked.")
    await guide.press(stage.admin, board, "refuse")
    await guide.wait_for_push(STRANGER, "", after=seen)
    members = await guide.type(stage.admin, "/members")
    check(NEWCOMER in members and STRANGER not in members, "/members does not show who was let in, and only them.")


async def change_language(guide: Guide) -> None:
    admin = guide.stage.admin
    await guide.press(admin, await guide.ask(admin, "/settings"), "language", "en")
    check("The latest" in await guide.type(admin, "/latest 1"), "The answer is not in English.")
    await guide.press(admin, await guide.ask(admin, "/settings"), "language", "vi")
    check("The latest" not in await guide.type(admin, "/moinhat 1"), "The answer is still in English.")


async def manage_sources(guide: Guide) -> None:
    admin, seen = guide.stage.admin, len(guide.stage.channel.pushes)
    check(OFFICE in await guide.type(admin, "/sources"), "/sources does not show the newsroom.")
    paused = select(func.count(Source.id)).where(Source.state == SourceState.PAUSED)
    await guide.type(admin, "/pause 1")
    check(await guide.count(paused) == 1, "/pause 1 did not pause the source.")
    await guide.type(admin, "/resume 1")
    check(await guide.count(paused) == 0, "/resume 1 did not resume the source.")
    wrong = f"{guide.stage.newsroom.url}/khong-co.xml"
    await guide.type(admin, f"/addsource {wrong}")
    await guide.wait_for_push(ADMIN, wrong, after=seen)


async def find_the_way(guide: Guide) -> None:
    admin = guide.stage.admin
    titles = get_titles(await guide.ask(admin, "gia tieu dung"))
    check(titles and "giá tiêu dùng" in titles[0], "Plain words did not find what a search finds.")
    check("/latest" in await guide.type(admin, "/lastest"), "A mistyped command was not understood.")
    check("/themnguon" in await guide.type(admin, "/help"), "/help does not show an admin what admins can do.")


async def stop(guide: Guide) -> None:
    seen = len(guide.stage.channel.pushes)
    await guide.type(guide.stage.admin, "/stop")
    post = await guide.publish()
    await guide.wait_for_push(NEWCOMER, post.article.title, after=seen)
    readers = await guide.get_readers(post)
    check(readers == {NEWCOMER}, f"The article went to {readers}, not to {NEWCOMER} alone.")
    guide.note(f"{ADMIN} đã dừng: chỉ {NEWCOMER} nhận tin · {ADMIN} has stopped: only {NEWCOMER} gets the news")


STEPS = (
    Step("Lần đọc đầu tiên · The first look at the source", look_first),
    Step("Bắt đầu · Begin", start),
    Step("Tin mới nhất · The latest news", read_latest),
    Step("Tìm kiếm không dấu · Search without marks", search),
    Step("Lật trang · Turn pages", turn_pages),
    Step("Có tin mới, rồi tắt chủ đề · News comes, then its topic is muted", mute),
    Step("Theo dõi lại · Follow again", follow_again),
    Step("Duyệt người mới · Let a newcomer in", let_in),
    Step("Từ chối người lạ · Turn a stranger away", refuse),
    Step("Tiếng Anh và tiếng Việt · English and Vietnamese", change_language),
    Step("Nguồn tin · The sources", manage_sources),
    Step("Hỏi sao cũng được · Ask in any way", find_the_way),
    Step("Thêm nguồn, xem trước rồi tạm dừng · Add a source, see it first, pause it", day.add_source),
    Step("Hai chủ đề · Two topics", day.choose_topics),
    Step("Từ khóa, và lưu bài · Watched words, and an article saved", day.watch_and_save),
    Step("Điểm tin gộp · A digest", day.wait_for_digest),
    Step("Lời mời bằng mã QR · An invitation as a QR code", day.invite),
    Step("Vai trò · A role", day.promote),
    Step("Thông báo cho mọi người · A message to all", day.broadcast),
    Step("Số liệu và nhật ký · Figures, and who did what", day.look_back),
    Step("Dừng · Stop", stop),
    Step("Quên · Forgotten", day.forget),
)


async def play_tour(guide: Guide) -> None:
    """Play every step. Raises TourError, which names the step that failed."""
    console = guide.stage.console
    for number, step in enumerate(STEPS, start=1):
        print_title(console, f"{number}/{len(STEPS)} · {step.title}", width=guide.stage.channel.width)
        try:
            await step.play(guide)
        except TourError as error:
            raise TourError(f"Step {number} ({step.title}): {error}") from error
    pushes = len(guide.stage.channel.pushes)
    console.print(f"✓ xong: {len(STEPS)} bước, {pushes} tin đã gửi", style="bold green")
    console.print(f"✓ the tour is done: {len(STEPS)} steps, {pushes} pushes", style="bold green")


def print_title(console: Console, title: str, *, width: int) -> None:
    console.print(Rule(Text(title, style="bold"), align="left", style="dim"), width=width)
    console.print()


def get_titles(message: Message) -> list[str]:
    """The words of a list's links."""
    return [span.text for span in message.spans if span.url]
