"""What a source says otherwise than before: taken over, and owed as a correction where it was told already."""

import logging
import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from db import corrections, stories
from db.models import TextOrigin
from db.stories import Revised
from db.text import syllables
from feeds.summarisers import summarise_description
from feeds.types import Size, Summary

log = logging.getLogger(__name__)

_FIGURE = re.compile(r"\d+(?:[.,:/]\d+)*%?")


async def correct(
    session: AsyncSession, source_id: int, said: Mapping[int, tuple[str, str]], now: datetime, *, size: Size
) -> None:
    """Take over what is said now of articles, by their ids, as title and description."""
    revised = await stories.revise(session, source_id, said, now)
    for one in revised:
        summary = resummarise(one, size)
        if summary is not None:
            await stories.replace_summary(session, one.article_id, summary.text, summary.kind)
        if summary is not None or one.title != one.old_title:
            matters = _says_another(one.old_title, one.title) or _counts_otherwise(one.old_summary, summary)
            await corrections.owe_correction(session, one.article_id, now, matters=matters)
    if revised:
        log.info("source %s: %s articles that were out are revised", source_id, len(revised))


def resummarise(one: Revised, size: Size) -> Summary | None:
    """A new summary where the old one was made of the description, or has a figure that it says otherwise now."""
    if one.description == one.old_description:
        return None
    mended = _list_figures(one.old_description) - _list_figures(one.description)
    if one.origin is not TextOrigin.FEED and not mended & _list_figures(one.old_summary):
        return None
    summary = summarise_description(one.description, one.title, sentences=size.sentences, limit=size.characters)
    return summary if summary.text != one.old_summary else None


def _list_figures(text: str) -> set[str]:
    return set(_FIGURE.findall(text))


def _says_another(old: str, new: str) -> bool:
    """Other words, not only other marks between them."""
    return syllables(old) != syllables(new)


def _counts_otherwise(old: str, new: Summary | None) -> bool:
    return new is not None and _list_figures(old) != _list_figures(new.text)
