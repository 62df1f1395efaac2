"""What sites ask of programs in robots.txt, and how long loa remembers it."""

from datetime import timedelta

import pytest

from feeds.errors import FetchError, RobotsError
from feeds.fetch import Fetcher
from feeds.robots import AGAIN, FRESH, LONGEST_DELAY, STALE, Robots
from tests.fakes import Clock, Web

SITE = "https://thongke.example.vn"
RULES, PAGE = f"{SITE}/robots.txt", f"{SITE}/tin-tuc?page=2"


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def robots(web: Web) -> Robots:
    return Fetcher(web).robots


async def may_fetch(robots: Robots, clock: Clock, url: str = PAGE) -> bool:
    try:
        await robots.check(url, clock())
    except RobotsError:
        return False
    return True


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: loa\nAllow: /", True),
        ("User-agent: *\nAllow: /\n\nUser-agent: LOA\nDisallow: /tin-tuc", False),
        ("User-agent: loader\nDisallow: /", True),
        ("User-agent: *\nDisallow: /*?page=", False),
        ("User-agent: *\nDisallow: /tin\nAllow: /tin-tuc", True),
        ("\ufeffUser-agent: *\r\nDisallow: /tin-tuc # cấm\r\n", False),
        ("<html><body>Không tìm thấy trang</body></html>", True),
        ("Disallow: /\n\x00\x01", True),
    ],
)
async def test_rules_are_obeyed(robots: Robots, web: Web, clock: Clock, rules: str, allowed: bool) -> None:
    """N18"""
    web.put(RULES, rules)
    assert await may_fetch(robots, clock) is allowed


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_site_that_has_none_allows_all(robots: Robots, web: Web, clock: Clock, status: int) -> None:
    web.put(RULES, status=status)
    assert await may_fetch(robots, clock)


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_site_that_cannot_tell_is_left_alone(robots: Robots, web: Web, clock: Clock, status: int) -> None:
    """F3"""
    web.put(RULES, status=status, retry_after="90")
    with pytest.raises(FetchError, match=r"robots\.txt cannot be had") as caught:
        await robots.check(PAGE, clock())
    assert caught.value.retry_in == 90


async def test_a_site_is_asked_once_a_day(robots: Robots, web: Web, clock: Clock) -> None:
    web.put(RULES, "User-agent: *\nDisallow: /cam")
    for _ in range(3):
        assert await may_fetch(robots, clock)
        assert not await may_fetch(robots, clock, f"{SITE}/cam/1")
    assert len(web.requests) == 1
    clock.advance(FRESH)
    web.put(RULES, "User-agent: *\nDisallow: /")
    assert not await may_fetch(robots, clock)
    assert len(web.requests) == 2


async def test_known_rules_outlive_an_outage_but_not_for_ever(robots: Robots, web: Web, clock: Clock) -> None:
    web.put(RULES, "User-agent: *\nDisallow: /")
    assert not await may_fetch(robots, clock)
    web.put(RULES, status=500)
    clock.advance(FRESH)
    assert not await may_fetch(robots, clock)
    assert not await may_fetch(robots, clock)
    assert len(web.requests) == 2
    clock.advance(AGAIN)
    assert not await may_fetch(robots, clock)
    assert len(web.requests) == 3
    clock.advance(STALE)
    with pytest.raises(FetchError):
        await robots.check(PAGE, clock())


async def test_each_site_has_its_own_rules(robots: Robots, web: Web, clock: Clock) -> None:
    web.put(RULES, "User-agent: *\nDisallow: /")
    assert await may_fetch(robots, clock, "https://thongke.example.vn:8443/tin-tuc")
    assert await may_fetch(robots, clock, "http://thongke.example.vn/tin-tuc")
    assert not await may_fetch(robots, clock)


async def test_a_thousand_sites_are_remembered_and_no_more(robots: Robots, web: Web, clock: Clock) -> None:
    """P6"""
    for number in range(1001):
        await robots.check(f"https://a{number}.example.vn/", clock())
    for number in (1000, 1, 0):
        await robots.check(f"https://a{number}.example.vn/", clock())
    assert len(web.requests) == 1002


@pytest.mark.parametrize(
    ("rules", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 10", 10),
        ("User-agent: *\nCrawl-delay: 10\n\nUser-agent: loa\nCrawl-delay: 2.5", 2.5),
        ("User-agent: *\nRequest-rate: 1/30", 30),
        ("User-agent: *\nCrawl-delay: chậm", 0),
        ("User-agent: *\nCrawl-delay: -5", 0),
        ("User-agent: *\nCrawl-delay: 99999999999999", LONGEST_DELAY.total_seconds()),
        ("User-agent: *\nRequest-rate: 0/30", 0),
    ],
)
async def test_the_delay_is_what_the_site_wishes_within_reason(
    robots: Robots, web: Web, clock: Clock, rules: str, delay: float
) -> None:
    web.put(RULES, rules)
    assert robots.get_delay(PAGE) == timedelta()
    await robots.check(PAGE, clock())
    assert robots.get_delay(PAGE) == timedelta(seconds=delay)
