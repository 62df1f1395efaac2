"""The verbs that only read what is stored: loaded without the others, which need all the parts of a loa."""

import typer

from bot.cli.search import search_words
from bot.cli.stats import show_stats

readers_cli = typer.Typer()
readers_cli.command("search")(search_words)
readers_cli.command("stats")(show_stats)
