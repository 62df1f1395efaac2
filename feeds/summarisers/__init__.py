"""Summarises stories in the words of their own text: the lead when there is a good one, else the best sentences."""

from feeds.summarisers import extractive, lead
from feeds.summarisers.base import Summariser
from feeds.summarisers.fit import fit, trim_end_mark
from feeds.types import Story, Summary

_IN_TURN: tuple[Summariser, ...] = (lead.summarise, extractive.summarise)


def summarise(story: Story, *, sentences: int = 2, limit: int = 600) -> Summary:
    """At most `limit` characters; a lead that only repeats the title serves if there is nothing else."""
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
