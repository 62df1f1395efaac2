"""Tells other programs whether loa is alive and whether it does its work: /healthz and /readyz. It mends nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from db.engine import Database, get_cause

#: One thing that must be well: what is not, in words that hold no secret; empty if it is.
Check = Callable[[], Awaitable[str]]

#: Seconds within which a check must have answered.
PATIENCE = 3.0


def make_health_routes(checks: Mapping[str, Check]) -> Sequence[web.RouteDef]:
    """`/healthz` answers as long as the process does; `/readyz` is 503 and says why while something is not well."""

    async def tell_alive(_request: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def tell_ready(_request: web.Request) -> web.Response:
        found = await asyncio.gather(*(_ask(check) for check in checks.values()))
        troubles = {name: words for name, words in zip(checks, found, strict=True) if words}
        lines = [f"{name}: {troubles.get(name, 'well')}\n" for name in checks]
        return web.Response(text="".join(lines), status=503 if troubles else 200)

    return [web.get("/healthz", tell_alive), web.get("/readyz", tell_ready)]


async def _ask(check: Check) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            return await check()
    except TimeoutError:
        return "no answer in time"


def check_database(database: Database) -> Check:
    """Whether the store answers."""

    async def check() -> str:
        try:
            async with database.read() as session:
                await session.execute(text("SELECT 1"))
        except SQLAlchemyError as error:
            return get_cause(error)
        return ""

    return check
