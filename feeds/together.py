"""Does in one go what several ask for at the same time; it knows nothing of what is done."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

_Ask = TypeVar("_Ask")
_Answer = TypeVar("_Answer")


class Together(Generic[_Ask, _Answer]):
    """Who asks while `work` is at the asks of others is served in the next go, with all who asked meanwhile.

    `work` answers each ask, in their order. When it fails or is cut off, the one who began the go is told so, and the
    others are served by the next go. The answer to somebody who was cancelled is lost.
    """

    def __init__(self, work: Callable[[Sequence[_Ask]], Awaitable[Sequence[_Answer]]]) -> None:
        self._work = work
        self._waiting: dict[asyncio.Future[_Answer], _Ask] = {}
        self._turn = asyncio.Lock()

    async def ask(self, ask: _Ask) -> _Answer:
        place: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
        self._waiting[place] = ask
        try:
            async with self._turn:
                if not place.done():
                    await self._serve()
        finally:
            self._waiting.pop(place, None)
        return place.result()

    async def _serve(self) -> None:
        count = 0
        while count < len(self._waiting):  # those who are about to ask may
            count = len(self._waiting)
            await asyncio.sleep(0)
        places = list(self._waiting)
        answers = await self._work([self._waiting[place] for place in places])
        for place, answer in zip(places, answers, strict=True):
            self._waiting.pop(place, None)
            place.set_result(answer)
