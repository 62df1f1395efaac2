"""Serves over HTTP what it is handed: health, metrics, what platforms send in. It knows none of them.

Whatever goes over this wire is plain HTTP: what is for the world stands behind the office's own TLS server.
"""

import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.config import HttpSettings

log = logging.getLogger(__name__)

#: The longest request that is read, in bytes.
LONGEST_BODY = 2**20
#: Seconds that requests at work have when loa stops.
GRACE = 2.0


class AddressError(Exception):
    """The address cannot be served from; `place` is the one that was asked for, `reason` the system's words."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(place, reason)
        self.place = place
        self.reason = reason


@asynccontextmanager
async def serve(settings: HttpSettings, routes: Iterable[web.RouteDef]) -> AsyncIterator[int]:
    """Serve the routes while it is open, on the port that it gives; 0 and nothing where no port is set.

    Raises AddressError.
    """
    if not settings.port:
        yield 0
        return
    server = web.Application(client_max_size=LONGEST_BODY)
    server.add_routes(routes)
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=GRACE)
    await runner.setup()
    try:
        await _listen(runner, settings)
        yield settings.port
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, settings: HttpSettings) -> None:
    place = f"{settings.host}:{settings.port}"
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        raise AddressError(place, error.strerror or type(error).__name__) from error
    log.info("health and metrics are served on %s", place)
