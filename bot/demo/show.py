"""`loa demo`: a chat in the terminal while a newsroom publishes, or the tour where there is no terminal."""

import asyncio
import contextlib
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot.clock import utcnow
from bot.commands import COMMANDS
from bot.demo.archive import OFFICE_TIME, load_articles
from bot.demo.guide import PATIENCE, Guide, TourError
from bot.demo.newsroom import Newsroom
from bot.demo.stage import ADMIN, LOG_FILE, Stage, StageError, open_stage
from bot.demo.tour import play_tour
from bot.locales import load_translators
from bot.loop import Step, repeat
from bot.terminal.face import QUIT, read_lines
from bot.terminal.render import WIDEST

#: Seconds between two articles while somebody watches.
PACE = 15.0
#: With which article somebody asks to be let in.
NEWCOMER_AT = 3
#: How much of the log is shown when the tour fails.
LOG_LINES = 15
INTERRUPTED = 130

_ALL_OUT = "Tòa soạn đã đăng hết tin; anh/chị vẫn hỏi được. · All the news is out; you can go on asking."

_WELCOME = """\
Tòa soạn mẫu vừa mở trên máy này; vài giây nữa tin mới sẽ hiện ra ở đây.
Gõ:  /moinhat   /timkiem hoi nghi so ket   /chude   /trogiup   hoặc chữ bất kỳ để tìm.
Gõ số để bấm nút, ví dụ 1. Một lát nữa Lan sẽ xin vào: anh/chị là quản trị, hãy duyệt. /quit để thoát.

A made-up newsroom has opened on this machine; in a few seconds its news appears here.
Type:  /latest   /search hoi nghi so ket   /topics   /help   or any words to search.
A number presses that button, such as 1.
In a while Lan asks to be let in: you are the admin, press Approve. /quit or Ctrl+D ends it."""


async def run_demo(folder: Path | None, *, newsroom: Newsroom | None = None, patience: float = PATIENCE) -> int:
    """Show loa at work; returns the exit code. Without a folder everything is gone afterwards."""
    is_watched = sys.stdin.isatty() and sys.stdout.isatty()
    console = make_console()
    newsroom = newsroom or Newsroom(load_articles(), now=utcnow)
    try:
        with _choose_folder(folder) as place, _cancel_on_signals():
            async with open_stage(place, console, newsroom) as stage:
                return await chat(stage) if is_watched else await tour(stage, place, patience)
    except (StageError, TourError) as error:
        _print_failure(console, str(error))
        return 1
    except asyncio.CancelledError:
        console.print("Đã dừng · Stopped.")
        return 0 if is_watched else INTERRUPTED


async def tour(stage: Stage, folder: Path, patience: float) -> int:
    """Play the tour; 1 when a step fails, with the reason and the end of the log."""
    try:
        await play_tour(Guide(stage, patience))
    except TourError as error:
        _print_failure(stage.console, str(error))
        for line in (folder / LOG_FILE).read_text(encoding="utf-8").splitlines()[-LOG_LINES:]:
            stage.console.print(f"  {line}", style="dim", soft_wrap=True)
        return 1
    return 0


async def chat(stage: Stage) -> int:
    """Let the person at the terminal talk with loa while the newsroom publishes, until they leave."""
    with stage.console.status("Đang mở tòa soạn mẫu… · Opening the newsroom…"):
        await Guide(stage).wait_until_read(stage.newsroom.published)
    stage.console.print(Panel(Text(_WELCOME), title=" loa ", border_style="cyan", width=stage.channel.width))
    stage.console.print(Text(f"\n{ADMIN} ▸ /start"))
    await stage.admin.enter("/start")
    stop = asyncio.Event()
    scenes = asyncio.create_task(repeat(_make_scenes(stage), stop, idle=PACE))
    try:
        await read_lines(stage.admin, _list_commands())
    finally:
        stop.set()
        await scenes
    stage.console.print("Tạm biệt! · Goodbye!")
    return 0


def make_console() -> Console:
    """The screen, or a hundred columns of plain text where there is none."""
    console = Console(markup=False, highlight=False, emoji=False)
    return console if console.is_terminal else Console(width=WIDEST, markup=False, highlight=False, emoji=False)


def _make_scenes(stage: Stage) -> Step:
    """What happens by itself: one article a time, a newcomer among them, and a word when all the news is out."""
    opening = len(stage.newsroom.published)

    async def play_next() -> bool:
        for post in stage.newsroom.publish():
            stage.channel.print(Text(f"Tòa soạn đăng · The newsroom publishes: {post.article.title}", style="dim"))
            if len(stage.newsroom.published) == opening + NEWCOMER_AT:
                await stage.newcomer.ask("/start")
            if not stage.newsroom.waiting:
                stage.console.print(Text(_ALL_OUT, style="dim italic"))
        return False

    return play_next


def _list_commands() -> list[tuple[str, str]]:
    """Both names of every command with what it does, in the language of the name."""
    english, vietnamese = (load_translators().get(language, OFFICE_TIME) for language in ("en", "vi"))
    named = [(command.name, english(command.summary)) for command in COMMANDS]
    named += [(command.vi, vietnamese(command.summary)) for command in COMMANDS]
    return [*named, (QUIT[0].removeprefix("/"), "thoát · leave the demo")]


@contextlib.contextmanager
def _choose_folder(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    try:
        fresh = tempfile.TemporaryDirectory(prefix="loa-demo-", ignore_cleanup_errors=True)
    except OSError as error:
        raise StageError(f"No temporary folder can be made ({error.strerror}); name one by --folder.") from error
    with fresh as name:
        yield Path(name)


@contextlib.contextmanager
def _cancel_on_signals() -> Iterator[None]:
    """Ctrl+C cancels by itself; to be killed, or to lose the terminal, has to be made to do the same."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None  # noqa: S101 - a coroutine that runs has a task
    names = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    with contextlib.suppress(NotImplementedError, RuntimeError):  # Windows, or not in the main thread
        for name in names:
            loop.add_signal_handler(name, task.cancel)
    try:
        yield
    finally:
        with contextlib.suppress(NotImplementedError):
            for name in names:
                loop.remove_signal_handler(name)


def _print_failure(console: Console, reason: str) -> None:
    console.print(f"✗ {reason}", style="bold red")
