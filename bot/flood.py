"""How much one person may ask: bursts are borne, a flood is not. It knows people by a key, and only those of lately."""

from collections import OrderedDict
from enum import Enum, auto

from aiolimiter import AsyncLimiter

#: So many people are remembered at once; of more, those who were silent for longest are forgotten.
_MOST = 10_000


class Verdict(Enum):
    """Whether somebody is heard."""

    HEARD = auto()
    TOLD = auto()  #: not now, and they are to be told so
    IGNORED = auto()  #: not now, and they were told already


class Flood:
    """`most` at once, and as many again in `seconds`."""

    def __init__(self, most: float, seconds: float) -> None:
        self._rate = (most, seconds)
        self._limiters: OrderedDict[str, AsyncLimiter] = OrderedDict()
        self._told: set[str] = set()

    async def judge(self, key: str) -> Verdict:
        limiter = self._limiters.setdefault(key, AsyncLimiter(*self._rate))
        self._limiters.move_to_end(key)
        if len(self._limiters) > _MOST:
            self._told.discard(self._limiters.popitem(last=False)[0])
        if limiter.has_capacity():
            await limiter.acquire()
            self._told.discard(key)
            return Verdict.HEARD
        verdict = Verdict.IGNORED if key in self._told else Verdict.TOLD
        self._told.add(key)
        return verdict
