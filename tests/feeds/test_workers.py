"""Work in processes of their own: what it gives, what it may not take, and how the processes end."""

import asyncio
import os
import pickle
import re
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import pytest

from db.models import Source, VerdictKind
from feeds.apart import run_apart
from feeds.errors import (
    ArticleError,
    FeedsError,
    FetchError,
    GoneError,
    LayoutError,
    ModelError,
    ParseError,
    RulesError,
)
from feeds.poll import Poller
from feeds.reading import read_feed
from feeds.rules import PageRules
from feeds.types import Page
from feeds.workers import Workers, count_workers, open_workers
from tests.make import NOW
from tests.papers import item, items, rss
from tests.road import FEED, Road

FEED_PAGE = Page(FEED, 200, rss(items(1, 0)).encode())
HANG = partial(re.match, "(a+)+$", "a" * 60 + "b")
#: One that is idle or at work when it is killed.
PARENT = """
import asyncio, re
from functools import partial
from feeds.workers import Workers

async def main():
    workers = Workers(1, seconds=1)
    print(await workers.run(partial(int, 1)), flush=True)
    await {then}

asyncio.run(main())
"""


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    """One, with little time and memory."""
    workers = Workers(1, seconds=1.0, megabytes=400)
    yield workers
    await workers.close()


@asynccontextmanager
async def hurried_workers() -> AsyncIterator[Workers]:
    workers = Workers(1, seconds=0.001)
    yield workers
    await workers.close()


async def test_work_is_done_in_another_process_which_is_kept_and_knows_no_secret(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_TELEGRAM__TOKEN", "12345:secret")
    pid = await workers.run(os.getpid)
    assert pid != os.getpid()
    assert await workers.run(partial(os.getenv, "LOA_TELEGRAM__TOKEN")) is None
    assert await workers.run(partial(read_feed, FEED_PAGE, NOW)) == read_feed(FEED_PAGE, NOW)
    os.kill(pid, signal.SIGTERM)  # as a service manager stops all processes of a service: this one's parent decides
    os.kill(pid, signal.SIGINT)
    assert await workers.run(os.getpid) == pid


async def test_what_work_raises_comes_back(workers: Workers, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ParseError, match="the answer is empty"):
        await workers.run(partial(read_feed, Page(FEED, 200), NOW))
    with pytest.raises(RulesError) as caught:
        await workers.run(PageRules(item="###").check)
    assert (caught.value.rule, caught.value.selector) == ("item", "###")
    with pytest.raises(ParseError, match="loa failed"):
        await run_apart(partial(int, "x"), "source 7", or_else="loa failed", workers=workers)
    assert "source 7 could not be read because of a fault in loa" in caplog.text
    assert "invalid literal for int() with base 10: 'x'" in caplog.text


@pytest.mark.parametrize("work", [HANG, partial(bytes, 2**30)], ids=["time", "memory"])
async def test_work_that_takes_too_much_is_ended_and_the_next_is_done(
    workers: Workers, work: Callable[[], object]
) -> None:
    """F1"""
    before, *rest = await asyncio.gather(
        workers.run(os.getpid), workers.run(work), workers.run(os.getpid), return_exceptions=True
    )
    assert isinstance(rest[0], ParseError)
    assert str(rest[0]) == "reading it took too long or too much memory"
    assert rest[1] not in (before, os.getpid())


async def test_a_process_that_was_ended_while_it_waited_is_replaced(workers: Workers) -> None:
    """F1: it may be noticed only when the next work is there, which is none the worse for it."""
    pid = await workers.run(os.getpid)
    os.kill(pid, signal.SIGKILL)
    assert await workers.run(os.getpid) not in (pid, os.getpid())


async def test_work_that_ends_every_process_fails(workers: Workers) -> None:
    pid = await workers.run(os.getpid)
    with pytest.raises(ParseError, match="too long or too much memory"):
        await workers.run(partial(signal.raise_signal, signal.SIGKILL))
    assert await workers.run(os.getpid) not in (pid, os.getpid())


async def test_where_no_process_can_be_started_a_thread_serves(
    workers: Workers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """F1: nothing is given up because the machine has no room for one."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert await workers.run(os.getpid) == os.getpid()
    with pytest.raises(ParseError, match="the answer is empty"):
        await workers.run(partial(read_feed, Page(FEED, 200), NOW))
    assert "no process can be started, a thread serves: No such file or directory" in caplog.text


async def test_work_that_is_called_off_ends_with_its_process(workers: Workers) -> None:
    process = os.pidfd_open(await workers.run(os.getpid))
    working = asyncio.create_task(workers.run(HANG))
    await asyncio.sleep(0)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert await asyncio.to_thread(select.select, [process], [], [], 10) == ([process], [], [])
    os.close(process)
    assert await workers.run(partial(int, "7")) == 7


@pytest.mark.parametrize(
    "then", ["asyncio.Event().wait()", "workers.run(partial(re.match, '(a+)+$', 60 * 'a' + 'b'))"], ids=["idle", "busy"]
)
def test_no_process_outlives_a_parent_that_was_killed(then: str) -> None:
    """D1"""
    command = [sys.executable, "-c", PARENT.format(then=then)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"1\n"
        parent.kill()
        assert parent.communicate(timeout=10) == (b"", b"")  # it has the end of the one that the worker holds, too


@pytest.mark.parametrize(
    "error",
    [
        FetchError("no whole answer", retry_in=7.0, status=503),
        GoneError("gone for good (410)", status=410),
        ArticleError("no article", url=FEED),
        LayoutError("no news", kind="news"),
        ModelError(VerdictKind.FIGURE, "12"),
    ],
    ids=repr,
)
def test_errors_of_feeds_go_from_one_process_to_another(error: FeedsError) -> None:
    found = pickle.loads(pickle.dumps(error))
    assert (type(found), str(found), vars(found)) == (type(error), str(error), vars(error))


async def test_a_source_is_read_in_a_process(road: Road) -> None:
    """F1: what can be read is stored, and what cannot fails as any other source does."""
    source_id = await road.source()
    road.web.put(FEED, rss(items(1, 0)))
    async with open_workers(1) as workers:
        assert await Poller(road.database, road.fetcher, road.rules, road.clock, workers).poll_one()
    assert await road.titles() == [item(0).title, item(1).title]
    road.web.put(FEED, rss(items(2, 1, 0)))
    async with hurried_workers() as workers:
        road.clock.advance(timedelta(days=1))
        assert await Poller(road.database, road.fetcher, road.rules, road.clock, workers).poll_one()
    row = await road.get(Source, source_id)
    assert (row.failures, row.reason) == (1, "reading it took too long or too much memory")
    await road.poll_next()
    assert await road.titles(announced=True) == [item(2).title]


async def test_where_there_are_no_workers_a_thread_serves() -> None:
    async with open_workers(0) as workers:
        assert workers is None
        assert await run_apart(os.getpid, "this test", or_else="no", workers=workers) == os.getpid()
    assert count_workers() in (0, *range(2, (os.cpu_count() or 1) + 1))
