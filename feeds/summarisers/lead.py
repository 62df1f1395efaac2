"""Summarises a story by its own lead; never by one that only repeats the title or breaks off."""

from db.text import fold, syllables
from feeds.summarisers.fit import fit, trim_end_mark
from feeds.types import Story, Summary

_LEAST_SYLLABLES = 8
_LEAST_NEW = 0.3
_ELLIPSIS = (".", "…", " ")


def summarise(story: Story, *, sentences: int, limit: int) -> Summary | None:
    """The whole lead, however many sentences it has, when it is a good one."""
    if not is_lead(story.lead, story.title) or _is_teaser(story):
        return None
    return Summary(fit(trim_end_mark(story.lead), limit), "lead")


def is_lead(text: str, title: str) -> bool:
    """Whether the text says more than the title does."""
    words = syllables(text)
    new = set(words) - set(syllables(title))
    return len(words) >= _LEAST_SYLLABLES and len(new) >= _LEAST_NEW * len(set(words))


def _is_teaser(story: Story) -> bool:
    """Whether the lead breaks off where a paragraph goes on."""
    if not story.lead.endswith(("...", "…")):
        return False
    begun = fold(story.lead.rstrip("".join(_ELLIPSIS)))
    return any(fold(paragraph).startswith(begun) for paragraph in story.paragraphs)
