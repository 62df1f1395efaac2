"""The pictures of articles as Telegram has them: each is uploaded once, with the first push that shows it.

It sends nothing, and it waits for no picture longer than `PATIENCE`.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

#: Gives an article's picture as a JPEG; None where there is none.
Load = Callable[[int], Awaitable[bytes | None]]

#: How long a push waits for a picture that another one is uploading, in seconds; then it goes without.
PATIENCE = 2.0
#: A picture whose upload failed so often is left out.
_MOST_FAILURES = 2
#: So many pictures are remembered by their names; what is older is hardly sent any more.
_REMEMBERED = 1000


@dataclass(slots=True)
class _Shot:
    """What is known of one picture. `failed_in` are the chats whose push was not sent with it."""

    file_id: str = ""
    failed_in: set[str] = field(default_factory=set)
    uploading: asyncio.Future[None] | None = None
    is_slow: bool = False


@dataclass(slots=True)
class Loan:
    """A picture lent to one push: Telegram's name for it, or its bytes. What came of it is noted here.

    `file_id` is set when Telegram took an upload, `is_blameless` where the picture had no part in the refusal.
    """

    photo: str | bytes | None = None
    file_id: str = ""
    is_blameless: bool = False


class Album:
    """Lends pictures to pushes, to one at a time until it is uploaded."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._shots: OrderedDict[int, _Shot] = OrderedDict()

    def is_busy(self, article_id: int) -> bool:
        """Whether a push would have to wait for the picture."""
        shot = self._shots.get(article_id)
        return shot is not None and shot.uploading is not None and not shot.is_slow

    @asynccontextmanager
    async def lend(self, article_id: int, address: str) -> AsyncIterator[Loan]:
        """For the push to one chat; nothing where the picture cannot be had in time, or failed before."""
        shot = self._get(article_id)
        await self._wait(shot)
        if shot.file_id or shot.uploading or address in shot.failed_in or len(shot.failed_in) >= _MOST_FAILURES:
            yield Loan(shot.file_id or None)
            return
        shot.uploading = asyncio.get_running_loop().create_future()
        loan = Loan()
        try:
            loan.photo = await self._get_content(article_id)
            yield loan
        finally:
            shot.uploading.set_result(None)
            shot.uploading, shot.is_slow, shot.file_id = None, False, loan.file_id
            if not loan.file_id and not loan.is_blameless:
                shot.failed_in.add(address)

    async def _get_content(self, article_id: int) -> bytes | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._load(article_id)
        except TimeoutError:
            return None

    async def _wait(self, shot: _Shot) -> None:
        """While another push uploads it. Where that takes long, nobody else waits for it."""
        try:
            async with asyncio.timeout(PATIENCE):
                while shot.uploading and not shot.is_slow:
                    await asyncio.shield(shot.uploading)
        except TimeoutError:
            shot.is_slow = True
            log.info("a picture takes long to upload; news goes without it meanwhile")

    def _get(self, article_id: int) -> _Shot:
        shot = self._shots.setdefault(article_id, _Shot())
        self._shots.move_to_end(article_id)
        while len(self._shots) > _REMEMBERED:
            self._shots.popitem(last=False)
        return shot
