"""Health over HTTP: that loa lives, and whether it does its work."""

import asyncio
import socket
from collections.abc import Iterator

import aiohttp
import pytest
from aiohttp import web

from bot import health
from bot.config import HttpSettings
from bot.health import Check, check_database, make_health_routes
from bot.http import AddressError, serve
from bot.metrics import Metrics
from db.engine import Database


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


def say(words: str) -> Check:
    async def check() -> str:
        return words

    return check


async def test_loa_is_alive_and_ready_when_all_is_well(settings: HttpSettings, database: Database) -> None:
    async with serve(settings, make_health_routes({"database": check_database(database)})):
        assert (await read(settings, "/healthz"))[0] == 200
        assert await read(settings, "/readyz") == (200, "database: well\n")


async def test_what_is_not_well_is_named(settings: HttpSettings) -> None:
    async with serve(settings, make_health_routes({"database": say(""), "telegram": say("not connected")})):
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


async def test_what_was_done_is_counted(settings: HttpSettings) -> None:
    metrics = Metrics()
    metrics.polls.inc()
    async with serve(settings, metrics.make_routes()):
        status, page = await read(settings, "/metrics")
    assert status == 200
    assert "loa_polls_total 1.0" in page


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
