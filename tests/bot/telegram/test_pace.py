"""How many messages leave in a second, by a clock that jumps instead of waiting."""

import asyncio
import selectors

import pytest

from bot.telegram.channel import create_pace
from tests.bot_api.limits import Limiter, Limits


class _Jump(selectors.SelectSelector):
    """Lets time pass on the loop's own clock only: what it would wait, and a microsecond for the work."""

    now = 1000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += (timeout or 0.0) + 1e-6
        return super().select(0)


class JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.now


async def leave(messages: int, rate: int) -> list[float]:
    pace, times = create_pace(rate), []

    async def send() -> None:
        async with pace:
            times.append(asyncio.get_running_loop().time())

    await asyncio.gather(*(send() for _ in range(messages)))
    return times


@pytest.mark.parametrize("rate", [1, 30, 1000])
def test_no_second_holds_more_than_it_may(rate: int) -> None:
    """D2 D3"""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        times = runner.run(leave(rate * 4 + 1, rate))
    fullest = max(sum(begin <= time < begin + 1 - 1e-6 for time in times) for begin in times[:: max(1, rate // 30)])
    assert fullest <= rate
    assert times[-1] - times[0] == pytest.approx(4, rel=0.02)


def test_telegram_refuses_none_of_a_large_fan_out() -> None:
    """D2"""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        times = iter(runner.run(leave(200, 30)))
    limiter = Limiter(Limits(burst=0), lambda: next(times))
    for chat in range(200):
        limiter.take(chat, is_group=False)
