"""Several asks, one go: everyone is answered, whoever is cut off or fails."""

import asyncio
from collections.abc import Sequence

import pytest

from feeds.together import Together


class Work:
    """Doubles numbers while its gate is open; a nought fails."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.begun = asyncio.Event()
        self.goes: list[list[int]] = []

    async def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.goes.append(list(numbers))
        self.begun.set()
        await self.gate.wait()
        if 0 in numbers:
            raise ZeroDivisionError
        return [2 * number for number in numbers]


async def begin(work: Work, *numbers: int) -> list[asyncio.Task[int]]:
    """The first one is at work, and the others wait for the next go."""
    together = Together(work)
    first = asyncio.create_task(together.ask(numbers[0]))
    await work.begun.wait()
    others = [asyncio.create_task(together.ask(number)) for number in numbers[1:]]
    await asyncio.sleep(0)
    return [first, *others]


async def test_who_asks_meanwhile_is_served_in_one_go() -> None:
    work = Work()
    asked = await begin(work, 1, 2, 3, 4)
    work.gate.set()
    assert await asyncio.gather(*asked) == [2, 4, 6, 8]
    assert work.goes == [[1], [2, 3, 4]]


async def test_a_go_that_fails_is_the_misfortune_of_one() -> None:
    work = Work()
    asked = await begin(work, 0, 2, 3)
    work.gate.set()
    failed, *answers = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(failed, ZeroDivisionError)
    assert answers == [4, 6]


@pytest.mark.parametrize("place", [0, 1], ids=["who began the go", "who waits for the next one"])
async def test_one_who_is_cut_off_keeps_nobody_from_an_answer(place: int) -> None:
    """P3"""
    work = Work()
    asked = await begin(work, 1, 2, 3)
    asked.pop(place).cancel()
    await asyncio.sleep(0)
    work.gate.set()
    assert len(await asyncio.gather(*asked)) == 2
