"""Tells why a story is summarised as it is: what each of its sentences was worth. It decides nothing."""

from dataclasses import dataclass

from feeds.figures import Problem, check_figures
from feeds.summarisers import get_source, list_sentences, summarise
from feeds.summarisers.extractive import score
from feeds.summarisers.features import hear
from feeds.summarisers.news import rate_news
from feeds.summarisers.shorten import shorten
from feeds.types import Size, Story, Summary


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence of the text: its learned score, and how new it is beside the lead; None where it is not.

    `is_told` is whether the summary has it, whole or ended at a clause.
    """

    text: str
    score: float
    news: float | None
    is_told: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """A summary, the sentences it was chosen from, and what the checker of figures says of it."""

    summary: Summary
    sentences: tuple[Judged, ...]
    problems: tuple[Problem, ...]


def explain(story: Story, size: Size) -> Explained:
    summary = summarise(story, sentences=size.sentences, limit=size.characters)
    sentences = list_sentences(story)
    scores = score(sentences, [hear(one) for one in sentences], hear(story.title))
    news = rate_news(sentences, story.lead, story.title)
    judged = (
        Judged(text, value, news.get(index), shorten(text) in summary.text)
        for index, (text, value) in enumerate(zip(sentences, scores, strict=True))
    )
    return Explained(summary, tuple(judged), check_figures(summary.text, get_source(story)))
