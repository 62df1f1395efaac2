"""Summarises stories in the words of their own text: the lead when there is a good one, else the best sentences."""

from dataclasses import replace

from feeds.summarisers import extractive, lead
from feeds.summarisers.base import Summariser
from feeds.summarisers.fit import fit, trim_end_mark
from feeds.types import CELL_BREAK, Story, Summary

_IN_TURN: tuple[Summariser, ...] = (lead.summarise, extractive.summarise)


def summarise(story: Story, *, sentences: int = 2, limit: int = 600) -> Summary:
    """At most `limit` characters, of no table's row; a lead that only repeats the title serves if there is no other."""
    story = replace(story, paragraphs=tuple(text for text in story.paragraphs if CELL_BREAK not in text))
    for summariser in _IN_TURN:
        if found := summariser(story, sentences=sentences, limit=limit):
            return found
    return Summary(fit(trim_end_mark(story.lead), limit), "lead")


def summarise_description(description: str, title: str, *, sentences: int = 2, limit: int = 600) -> Summary:
    """What the feed says of an article whose page cannot be had, NFC text without markup; empty if only the title."""
    text = trim_end_mark(description)
    if not lead.is_lead(text, title):
        return Summary("", "feed")
    if len(text) > limit:
        story = Story(title, paragraphs=(text,))
        found = extractive.summarise(story, sentences=sentences, limit=limit)
        text = found.text if found else ""
    return Summary(text, "feed")
