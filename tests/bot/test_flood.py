"""Bursts are borne, a flood is answered once."""

from bot.flood import Flood, Verdict


async def test_who_asks_too_much_is_told_once_and_then_ignored() -> None:
    flood = Flood(3, 3600)
    assert [await flood.judge("hoa") for _ in range(5)] == [Verdict.HEARD] * 3 + [Verdict.TOLD, Verdict.IGNORED]
    assert await flood.judge("an") is Verdict.HEARD


async def test_who_waited_is_heard_again() -> None:
    flood = Flood(1, 0.000_001)
    assert [await flood.judge("hoa") for _ in range(3)] == [Verdict.HEARD] * 3


async def test_only_people_of_lately_are_remembered() -> None:
    flood = Flood(1, 3600)
    for number in range(10_001):
        await flood.judge(str(number))
    assert await flood.judge("0") is Verdict.HEARD
    assert await flood.judge("10000") is Verdict.TOLD
