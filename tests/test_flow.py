"""The whole road, from a feed to a chat; then each part of it is broken in turn, and nothing is lost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import httpx
import pytest

from db import following, outbox, polling, storing, summaries
from db.lease import LEASE
from db.models import Article, Chat, ChatState, TextOrigin
from tests.bot_api import faults
from tests.bot_api.faults import Fault
from tests.flow import Flow, open_flow
from tests.papers import item
from tests.road import FEED, Road

HOA, AN = 11, 12
GROUP, SUPERGROUP = -500, -1001
NEWS = [item(1), item(2)]
TITLES = [one.title for one in NEWS]


@pytest.fixture
async def flow(road: Road) -> AsyncIterator[Flow]:
    """Two people follow a source that has published nothing yet."""
    async with open_flow(road) as flow:
        await flow.begin(HOA, AN)
        yield flow


async def test_news_travels_the_whole_road(flow: Flow) -> None:
    lead = "Sáng 6/8/2026, tại huyện đảo Phú Quý, Chi cục Thống kê đã khai mạc hội nghị với 17 điều tra viên."
    flow.publish(NEWS[0], section="HOẠT ĐỘNG NGÀNH", lead=lead)
    await flow.travel(minutes=8)
    for person_id in (HOA, AN):
        (push,) = flow.pushes(person_id)
        assert push.text.startswith(f"{NEWS[0].title}\n\n{lead} ")
        assert "Thống kê" in push.text
        assert "HOẠT ĐỘNG NGÀNH" in push.text
        assert push.links[NEWS[0].title] == NEWS[0].url
        mute, save = push.buttons.values()
        assert mute.startswith("mute:")
        assert save.startswith("save:")
    assert flow.telegram.refusals == []


async def test_more_news_comes_in_order_and_nothing_twice(flow: Flow) -> None:
    for number in range(1, 6):
        flow.publish(*[item(n) for n in range(number, 0, -1)])
        await flow.travel(minutes=8)
    assert flow.headlines(HOA) == flow.headlines(AN) == [item(n).title for n in range(1, 6)]
    assert await flow.repeats() == 0


def break_web(url: str, **answer: object) -> Callable[[Flow], None]:
    def breaks(flow: Flow) -> None:
        flow.road.web.put(url, **answer)  # type: ignore[arg-type]

    return breaks


WEB = {
    "the feed's host is down": break_web(FEED, error=httpx.ConnectError("down")),
    "the feed hangs": break_web(FEED, error=httpx.ReadTimeout("slow")),
    "the feed fails": break_web(FEED, status=500),
    "the feed is a captive portal": break_web(FEED, body="<html><body>Sign in</body></html>"),
    "the feed is empty": break_web(FEED, body="<rss><channel></channel></rss>"),
    "the feed asks for patience": break_web(FEED, status=503, retry_after="900"),
    "a page fails": break_web(NEWS[0].url, status=502),
    "a page is not there yet": break_web(NEWS[1].url, status=404),
}


@pytest.mark.parametrize("breaks", WEB.values(), ids=WEB)
async def test_a_web_that_fails_for_a_while_loses_nothing(flow: Flow, breaks: Callable[[Flow], None]) -> None:
    """F3"""
    flow.publish(*NEWS)
    breaks(flow)
    await flow.work()
    flow.publish(*NEWS)
    await flow.travel()
    for person_id in (HOA, AN):
        assert sorted(flow.headlines(person_id)) == sorted(TITLES)
    assert {row.origin for row in await flow.road.rows(Article)} == {TextOrigin.PAGE}


async def test_a_page_that_is_never_had_is_told_by_its_feed(flow: Flow) -> None:
    flow.publish(*NEWS)
    flow.road.web.put(NEWS[0].url, status=403)
    await flow.travel()
    assert sorted(flow.headlines(HOA)) == sorted(TITLES)
    (push,) = [push for push in flow.pushes(HOA) if push.text.startswith(TITLES[0])]
    assert NEWS[0].description in push.text
    rows = {row.title: (row.origin, row.reason) for row in await flow.road.rows(Article)}
    assert rows[TITLES[0]] == (TextOrigin.FEED, "the server answered 403 Forbidden")
    assert rows[TITLES[1]] == (TextOrigin.PAGE, "")


REFUSALS = {
    "a flood": faults.flood(7),
    "500": faults.server_error(),
    "502": faults.bad_gateway(),
    "a captive portal": faults.captive_portal(),
    "invalid JSON": faults.invalid_json(),
    "a reset before it is taken": faults.reset_before(),
}


@pytest.mark.parametrize("fault", REFUSALS.values(), ids=REFUSALS)
async def test_a_telegram_that_fails_for_a_while_loses_nothing(flow: Flow, fault: Fault) -> None:
    """D3 D6"""
    flow.publish(*NEWS)
    flow.telegram.fail(fault, chat=HOA)
    await flow.travel()
    assert flow.headlines(HOA) == flow.headlines(AN)
    assert sorted(flow.headlines(HOA)) == sorted(TITLES)


async def test_a_message_taken_before_the_connection_broke_comes_twice_at_most_and_is_counted(flow: Flow) -> None:
    """D5"""
    flow.publish(NEWS[0])
    flow.telegram.fail(faults.reset_after(), chat=HOA)
    await flow.travel(minutes=8)
    assert flow.headlines(HOA) == [TITLES[0]] * 2
    assert flow.headlines(AN) == [TITLES[0]]
    assert await flow.repeats() == 1


async def test_one_who_blocked_the_bot_keeps_no_news_from_the_others(flow: Flow) -> None:
    """D9"""
    flow.telegram.block(flow.telegram.persons[HOA])
    flow.publish(*NEWS)
    await flow.travel()
    assert sorted(flow.headlines(AN)) == sorted(TITLES)
    chats = await flow.road.rows(Chat)
    assert {chat.address: chat.state for chat in chats} == {str(HOA): ChatState.PARKED, str(AN): ChatState.ACTIVE}


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("fold_over", "items", "messages"), [(None, 25, 25), (5, 160, 2)])
async def test_a_group_gets_all_of_a_burst_in_order_and_telegram_has_to_refuse_none(
    flow: Flow, fold_over: int | None, items: int, messages: int
) -> None:
    """D2"""
    await flow.add_group(GROUP)
    flow.courier = flow.make_courier(fold_over=fold_over)
    titles = [f"Bản tin số {number:03}" for number in range(items)]
    await flow.owe(GROUP, *titles)
    for _ in range(messages):
        await flow.deliver()
        flow.road.clock.advance(timedelta(seconds=3.4))
    told = [title for push in flow.pushes(GROUP) for title in push.links if title in titles]
    assert (len(flow.pushes(GROUP)), told) == (messages, titles)
    assert flow.telegram.refusals == []


async def test_a_group_that_becomes_a_supergroup_in_the_middle_of_a_fan_out_misses_nothing(flow: Flow) -> None:
    """D8"""
    await flow.add_group(GROUP)
    flow.publish(NEWS[0])
    await flow.travel(minutes=4)
    flow.telegram.migrate(flow.telegram.rooms[GROUP], SUPERGROUP)
    flow.publish(*NEWS)
    await flow.travel(minutes=8)
    assert (flow.headlines(GROUP), flow.headlines(SUPERGROUP)) == (TITLES[:1], TITLES[1:])
    assert flow.headlines(HOA) == flow.headlines(AN) == TITLES
    addresses = {chat.address: chat.id for chat in await flow.road.rows(Chat)}
    assert set(addresses) == {str(HOA), str(AN), str(SUPERGROUP)}
    async with flow.road.database.write() as session:
        await following.move_chat(session, addresses[str(SUPERGROUP)], str(SUPERGROUP))
    assert await flow.repeats() == 0


CRASHES = {
    "storing what a poll found": (storing, "add_all_articles"),
    "ending a poll": (polling, "record_finds"),
    "storing what was read": (summaries, "record_reading"),
    "owing it": (outbox, "owe_article"),
    "recording that it was sent": (outbox, "record_all_sent"),
}


@pytest.mark.each_on_both
@pytest.mark.parametrize(("module", "function"), CRASHES.values(), ids=CRASHES)
async def test_a_crash_at_any_point_loses_nothing(
    flow: Flow, module: object, function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D1"""
    flow.publish(*NEWS)
    with monkeypatch.context() as patch:
        patch.setattr(module, function, _crash)
        with pytest.raises(OSError, match="disk full"):
            await flow.travel(minutes=8)
    flow.road.clock.advance(LEASE)
    await flow.travel()
    for person_id in (HOA, AN):
        assert set(flow.headlines(person_id)) == set(TITLES)
    assert await flow.repeats() == len(flow.telegram.sent) - 4


async def test_a_sender_killed_in_flight_loses_nothing(flow: Flow) -> None:
    """D1"""
    gate = asyncio.Event()
    flow.publish(NEWS[0])
    flow.telegram.fail(faults.held(gate, taken=True), chat=HOA)
    travelling = asyncio.create_task(flow.travel(minutes=8))
    await flow.telegram.wait_for(lambda: flow.pushes(HOA) and flow.pushes(AN))
    travelling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await travelling
    gate.set()
    await flow.travel(minutes=8)
    assert flow.headlines(HOA) == [TITLES[0]] * 2
    assert await flow.repeats() == len(flow.telegram.sent) - 2


async def _crash(*_: object, **__: object) -> None:
    raise OSError("disk full")
