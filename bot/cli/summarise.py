"""`loa summarise`: how one article would be told, and why. It keeps nothing and sends nothing."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.app import open_fetcher, open_language_model
from bot.check import get_remedy
from bot.cli.shared import DEFAULT_CONFIG, ConfigOption, JsonOption, fail, load, out, print_json, print_table
from bot.clock import utcnow
from bot.config import Settings
from bot.outside import hide_user
from feeds.article import read_story
from feeds.errors import ArticleError, FetchError
from feeds.machine import Consulted, consult
from feeds.summarisers.explain import Explained, explain
from feeds.textfile import read_file
from feeds.types import Size, Story

_FAULTS = {
    "absent": "the article has no such figure",
    "unit": "it counts something else in the article",
    "sign": "it rises where it falls in the article, or the other way round",
    "place": "the article has another figure in its place",
}


def summarise_article(
    article: Annotated[str, typer.Argument(help="The address of an article's page, or a file: a saved page or text.")],
    model: Annotated[
        bool, typer.Option("--model", help="Ask the language model, too, and show what the checks say of its answer.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show how an article would be summarised, what each sentence was worth, and whether its figures hold."""
    settings = load(config)
    if model and settings.model.base_url is None:
        fail("There is no language model to ask. Name its server in the settings, as base_url below [model].", 2)
    story = _read(settings, article)
    size = Size(settings.summaries.sentences, settings.summaries.characters)
    explained = explain(story, size)
    consulted = asyncio.run(_consult(settings, story, size)) if model else None
    if as_json:
        print_json(_describe(story, explained, consulted))
    else:
        _show(story, explained, consulted)


async def _consult(settings: Settings, story: Story, size: Size) -> Consulted | None:
    async with open_language_model(settings) as model:
        return await consult(model, story, size, utcnow()) if model else None


def _read(settings: Settings, article: str) -> Story:
    try:
        if article.lower().startswith(("http://", "https://")):
            return asyncio.run(_fetch(settings, article))
        return read_file(Path(article).read_bytes())
    except FetchError as error:
        fail(f"{hide_user(article)}: {error}. {get_remedy(error)}", 1)
    except ArticleError as error:
        fail(f"{hide_user(article)}: {error}. A page or a text with at least one sentence can be summarised.", 1)
    except OSError as error:
        fail(f"{article}: {error.strerror}. Name a file, or an address that begins with https://", 1)


async def _fetch(settings: Settings, url: str) -> Story:
    async with open_fetcher(settings) as fetcher:
        page = await fetcher.get(url)
    return read_story(page.body, page.url, page.content_type)


def _describe(story: Story, explained: Explained, consulted: Consulted | None) -> dict[str, object]:
    problems = [{"figure": one.figure, "fault": one.fault.value} for one in explained.problems]
    sentences = [
        {
            "text": one.text,
            "score": round(one.score, 2),
            "news": None if one.news is None else round(one.news, 2),
            "is_told": one.is_told,
        }
        for one in explained.sentences
    ]
    summary = explained.summary
    return {
        "title": story.title,
        "summary": summary.text,
        "kind": summary.kind,
        "problems": problems,
        "sentences": sentences,
        "model": {"text": consulted.text, "verdict": str(consulted.verdict)} if consulted else None,
    }


def _show(story: Story, explained: Explained, consulted: Consulted | None) -> None:
    for text in (story.title, explained.summary.text or "There is nothing to tell but the title."):
        out.print(f"{text}\n", markup=False, highlight=False, soft_wrap=True)
    out.print(f"Kind: {explained.summary.kind}", markup=False, highlight=False)
    out.print(f"Figures: {_judge(explained)}", markup=False, highlight=False, soft_wrap=True)
    if consulted:
        for line in (f"Model: {consulted.text}", f"Verdict: {consulted.verdict}"):
            out.print(line, markup=False, highlight=False, soft_wrap=True)
    rows = [
        ("✓" if one.is_told else "", f"{one.score:.1f}", "" if one.news is None else f"{one.news:.1f}", one.text)
        for one in explained.sentences
    ]
    print_table(("Told", "Score", "New", "Sentence"), rows, empty="The text has no sentences.")


def _judge(explained: Explained) -> str:
    faults = [f"{one.figure}: {_FAULTS[one.fault]}" for one in explained.problems]
    return "; ".join(faults) or "each stands in the article"
