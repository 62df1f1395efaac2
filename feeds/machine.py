"""Has a language model tell a story, within the day's tokens; its words count only where every check lets them pass.

Whatever is wrong, the summary in the story's own words serves, and the reason is told.
"""

import asyncio
import logging
from datetime import datetime
from typing import NamedTuple

from db import model_use
from db.engine import Database
from db.models import VerdictKind
from db.outbox import BY_MACHINE
from feeds.dates import LOCAL
from feeds.errors import ModelError
from feeds.model import Model
from feeds.summarisers.orders import drop_orders
from feeds.summarisers.verdict import Verdict, clean_answer, is_vietnamese, judge
from feeds.types import Size, Story, Summary

log = logging.getLogger(__name__)


class Consulted(NamedTuple):
    """What a model said, the verdict, and the tokens that took; None where nobody counted them."""

    text: str
    verdict: Verdict
    tokens: int | None


def may_be_told(story: Story) -> bool:
    """Whether a model is asked at all: of what is there to be read, in Vietnamese."""
    return len(story.text) > 0 and is_vietnamese(story.text)


async def tell(database: Database, model: Model, story: Story, size: Size, now: datetime) -> tuple[Summary | None, str]:
    """The model's summary, or None and why there is none; in bounded time."""
    day = now.astimezone(LOCAL).date()
    text, verdict, _ = await _ask(database, model, story, size, now)
    async with database.write() as session:
        await model_use.record(session, day, verdict.kind)
    if verdict.kind is not VerdictKind.TAKEN:
        log.info("the model is overruled: %s", verdict.kind)
        return None, str(verdict)
    return Summary(text, BY_MACHINE), ""


async def consult(model: Model, story: Story, size: Size, now: datetime) -> Consulted:
    """What the model says and how that is judged; it counts no tokens."""
    try:
        said = await model.ask(drop_orders(story), size, now)
    except ModelError as error:
        return Consulted("", Verdict(error.kind, error.detail), 0 if error.kind is VerdictKind.REFUSED else None)
    text = clean_answer(said.text)
    return Consulted(text, await asyncio.to_thread(judge, text, story, size), said.tokens)


async def _ask(database: Database, model: Model, story: Story, size: Size, now: datetime) -> Consulted:
    day = now.astimezone(LOCAL).date()
    if model.is_paused(now):
        return Consulted("", Verdict(VerdictKind.PAUSED), 0)
    reserved = model.estimate(story, size)
    async with database.write() as session:
        if not await model_use.reserve(session, day, reserved, budget=model.rules.tokens_per_day):
            return Consulted("", Verdict(VerdictKind.BUDGET), 0)
    consulted = await consult(model, story, size, now)
    if consulted.tokens is not None:
        async with database.write() as session:
            await model_use.settle(session, day, reserved=reserved, tokens=consulted.tokens)
    return consulted
