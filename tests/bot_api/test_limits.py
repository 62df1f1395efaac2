"""The fake's limits, by a clock that the test turns."""

import pytest

from tests.bot_api.errors import ApiError
from tests.bot_api.limits import Limiter, Limits


class Turned:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Turned:
    return Turned()


@pytest.fixture
def limiter(clock: Turned) -> Limiter:
    return Limiter(Limits(), clock)


def refused_for(limiter: Limiter, chat_id: int, *, is_group: bool = False) -> int:
    with pytest.raises(ApiError) as caught:
        limiter.take(chat_id, is_group=is_group)
    assert caught.value.status == 429
    return caught.value.parameters["retry_after"]


def test_a_chat_takes_a_short_burst_then_one_a_second(limiter: Limiter, clock: Turned) -> None:
    for _ in range(6):
        limiter.take(1, is_group=False)
    assert refused_for(limiter, 1) == 1
    clock.now += 1
    limiter.take(1, is_group=False)
    assert refused_for(limiter, 1) == 1


def test_a_full_chat_hinders_no_other(limiter: Limiter) -> None:
    """D3"""
    for _ in range(6):
        limiter.take(1, is_group=False)
    limiter.take(2, is_group=False)


def test_the_bot_takes_thirty_a_second_and_a_short_burst(limiter: Limiter, clock: Turned) -> None:
    for chat_id in range(35):
        limiter.take(chat_id, is_group=False)
    clock.now += 0.5
    assert refused_for(limiter, 99) == 1
    clock.now += 0.5
    limiter.take(99, is_group=False)


def test_a_group_takes_twenty_a_minute(limiter: Limiter, clock: Turned) -> None:
    """D2"""
    for _ in range(20):
        limiter.take(-1, is_group=True)
        clock.now += 1
    assert refused_for(limiter, -1, is_group=True) == 40
    clock.now += 40
    limiter.take(-1, is_group=True)
    assert refused_for(limiter, -1, is_group=True) == 1


def test_a_refusal_costs_nothing(limiter: Limiter, clock: Turned) -> None:
    for _ in range(6):
        limiter.take(1, is_group=False)
    for _ in range(50):
        refused_for(limiter, 1)
    clock.now += 1
    limiter.take(1, is_group=False)


def test_without_limits_everything_passes(clock: Turned) -> None:
    limiter = Limiter(None, clock)
    for _ in range(1000):
        limiter.take(-1, is_group=True)
