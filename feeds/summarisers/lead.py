"""Tells a story's good lead from one that only repeats the title or breaks off."""

from db.text import fold, syllables
from feeds.types import Story

#: A shorter text tells no news.
LEAST_SYLLABLES = 8
_LEAST_NEW = 0.3


def is_good(story: Story) -> bool:
    """Whether the story's lead is one, and neither repeats the title nor breaks off."""
    return is_lead(story.lead, story.title) and not _is_teaser(story)


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
