"""Health over HTTP: that loa lives, and whether it does its work."""

import asyncio
import socket
from collections.abc import Iterator
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot import health
from bot.channel import PermanentError, TemporaryError, UnknownOutcomeError
from bot.config import HttpSettings
from bot.deliver import Courier
from bot.health import Check, check_database, make_health_routes
from bot.http import AddressError, serve
from bot.message import say
from bot.metrics import Measured, Metrics
from db import gauges, outbox
from db.engine import Database
from db.models import Source
from tests import make
from tests.fakes import Clock, FakeChannel


@pytest.fixture
def settings() -> Iterator[HttpSettings]:
    """A port that is free."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return HttpSettings(port=port)


async def read(settings: HttpSettings, path: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"http://{settings.host}:{settings.port}{path}") as answer,
    ):
        return answer.status, await answer.text()


def tell(words: str) -> Check:
    async def check() -> str:
        return words

    return check


async def test_loa_is_alive_and_ready_when_all_is_well(settings: HttpSettings, database: Database) -> None:
    async with serve(settings, make_health_routes({"database": check_database(database)})):
        assert (await read(settings, "/healthz"))[0] == 200
        assert await read(settings, "/readyz") == (200, "database: well\n")


async def test_what_is_not_well_is_named(settings: HttpSettings) -> None:
    async with serve(settings, make_health_routes({"database": tell(""), "telegram": tell("not connected")})):
        assert await read(settings, "/readyz") == (503, "database: well\ntelegram: not connected\n")
        assert (await read(settings, "/healthz"))[0] == 200


async def test_what_hangs_is_not_well(settings: HttpSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.01)

    async def hang() -> str:
        await asyncio.Event().wait()
        return ""

    async with serve(settings, make_health_routes({"database": hang})):
        assert await read(settings, "/readyz") == (503, "database: no answer in time\n")


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
async def test_a_database_that_is_gone_is_told_without_its_password(database: Database) -> None:
    """A8 P2"""
    gone = Database(database.url.set(database="gone", password="hunter2").render_as_string(hide_password=False))
    words = await check_database(gone)()
    await gone.close()
    assert "gone" in words
    assert "hunter2" not in words


async def test_what_was_done_and_what_waits_is_counted(
    settings: HttpSettings, database: Database, clock: Clock
) -> None:
    """D5 D6 D9: what was sent, refused and is owed, and how long news took, from outside."""
    metrics, channel = Metrics(), FakeChannel()
    await owe_news(database, "1", "2", "3", "4")
    channel.will("2", TemporaryError("Too Many Requests", retry_in=30))
    channel.will("3", PermanentError("bot was blocked by the user"))
    channel.will("4", UnknownOutcomeError("the connection broke"))
    clock.advance(timedelta(seconds=40))
    await Courier(database, channel, lambda _: say("Tin"), lanes=9, now=clock, count=metrics.count).deliver()

    async def measure() -> Measured:
        async with database.read() as session:
            return Measured(await gauges.measure(session, clock()), 3, clock())

    async with serve(settings, metrics.make_routes(measure)):
        status, page = await read(settings, "/metrics")
    assert status == 200
    for line in (
        'loa_deliveries_total{channel="telegram",outcome="sent"} 1.0',
        'loa_deliveries_total{channel="telegram",outcome="retried"} 1.0',
        'loa_deliveries_total{channel="telegram",outcome="parked"} 1.0',
        'loa_deliveries_total{channel="telegram",outcome="unknown"} 1.0',
        'loa_delivery_refusals_total{channel="telegram",why="told_to_wait"} 1.0',
        'loa_owed{channel="telegram",chat="active"} 2.0',
        'loa_owed{channel="telegram",chat="parked"} 1.0',
        'loa_oldest_debt_seconds{channel="telegram",chat="active"} 40.0',
        'loa_found_to_sent_seconds_bucket{channel="telegram",le="30.0"} 0.0',
        'loa_found_to_sent_seconds_bucket{channel="telegram",le="60.0"} 1.0',
        'loa_sources{health="well"} 1.0',
        "loa_poll_lag_seconds 40.0",
        "loa_index_behind 3.0",
        "loa_database_up 1.0",
    ):
        assert line in page


async def test_counters_are_told_while_the_database_is_away(settings: HttpSettings) -> None:
    """P2"""
    metrics = Metrics()
    metrics.polls.inc()

    async def measure() -> Measured:
        raise SQLAlchemyError

    async with serve(settings, metrics.make_routes(measure)):
        _, page = await read(settings, "/metrics")
    assert "loa_database_up 0.0" in page
    assert "loa_articles_to_read NaN" in page
    assert "loa_polls_total 1.0" in page


async def owe_news(database: Database, *addresses: str) -> None:
    async with database.write() as session:
        article = await make.article(session)
        topic_id = (await session.get_one(Source, article.source_id)).topic_id
        for address in addresses:
            await make.chat(session, address=address, follows=(topic_id,))
        await outbox.owe_article(session, article.id, make.NOW)


async def test_routes_of_others_are_served_beside(settings: HttpSettings) -> None:
    async def take(request: web.Request) -> web.Response:
        return web.Response(text=await request.text())

    async with (
        serve(settings, [*make_health_routes({}), web.post("/zalo", take)]),
        aiohttp.ClientSession() as client,
        client.post(f"http://127.0.0.1:{settings.port}/zalo", data="chào") as answer,
    ):
        assert await answer.text() == "chào"


async def test_a_port_that_is_taken_is_told(settings: HttpSettings) -> None:
    async with serve(settings, []):
        with pytest.raises(AddressError) as caught:
            async with serve(settings, []):
                pass
    assert str(settings.port) in caught.value.place


async def test_nothing_is_served_where_no_port_is_set() -> None:
    async with serve(HttpSettings(), make_health_routes({})) as port:
        assert port == 0
