"""Summarises a story by its own lead; never by one that only repeats the title or breaks off."""

from db.text import fold, syllables
from feeds.summarisers.fit import fit, trim_end_mark
from feeds.types import Story, Summary

#: A shorter text tells no news.
LEAST_SYLLABLES = 8
_LEAST_NEW = 0.3


def summarise(story: Story, *, sentences: int, limit: int) -> Summary | None:
    """The whole lead, however many sentences it has, when it is a good one."""
    if not is_lead(story.lead, story.title) or _is_teaser(story):
        return None
    return Summary(fit(trim_end_mark(story.lead), limit), "lead")


def is_lead(text: str, title: str) -> bool:
    """Whether the text is more than a few words and than the title."""
    return len(syllables(text)) >= LEAST_SYLLABLES and not repeats_title(text, title)


def repeats_title(text: str, title: str) -> bool:
    """Whether few of its syllables are new, and no figure."""
    words = set(syllables(text))
    new = words - set(syllables(title))
    return len(new) < _LEAST_NEW * len(words) and not any(char.isdigit() for char in "".join(new))


def _is_teaser(story: Story) -> bool:
    """Whether the lead breaks off where a paragraph goes on."""
    if not story.lead.endswith(("...", "…")):
        return False
    begun = fold(story.lead.rstrip(".… "))
    return any(fold(paragraph).startswith(begun) for paragraph in story.paragraphs)
