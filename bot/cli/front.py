"""The names of the verbs, known before anything heavy is loaded; whichever is run, the real ones take over."""

from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

ABOUT = "loa, the ward loudspeaker: brings an office's news to its staff."
#: As the verbs say of themselves; a test holds them together.
VERBS = {
    "run": (
        "Watch the sources, push the news, answer on Telegram and Zalo. Ctrl+C stops it. On PostgreSQL several may run."
    ),
    "demo": "Show the main job without token or network: a newsroom and a chat, or a tour where there is no terminal.",
    "check": "Test the settings, the database, the token and each source; say what to mend.",
    "poll": "Poll every active source and read what is new, now; the pushes are sent by a running loa.",
    "search": "Search the stored articles, as /search does.",
    "summarise": "Show how an article would be summarised, what each sentence was worth, and whether its figures hold.",
    "backfill": "Bring in the older pages of a page that lists news, to be found by search; "
    "nothing of it is announced.",
    "stats": "Count sources, articles, chats, messages and searches: all, today's, and those of the last 30 days.",
    "sources": "The sources that are watched.",
    "members": "The people who read.",
    "db": "The database.",
    "index": "The search index.",
}
#: Those that come sooner: they are loaded without the others.
READERS = ("search", "stats")


class _Front(TyperGroup):
    """Shows the verbs without loading them."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return TyperCommand(cmd_name, help=VERBS[cmd_name]) if cmd_name in VERBS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        group: Any = typer.main.get_command(_load_readers() if args[0] in READERS else _load_all())
        return group.resolve_command(ctx, args)


def _load_readers() -> typer.Typer:
    from bot.cli.readers import readers_cli

    return readers_cli


def _load_all() -> typer.Typer:
    from bot.cli.verbs import cli

    return cli


front = typer.Typer(cls=_Front, help=ABOUT, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"loa {version('loa')}")
        raise typer.Exit


@front.callback()
def open_front(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """What stands before any verb."""
