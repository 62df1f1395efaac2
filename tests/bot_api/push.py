"""How Telegram brings updates to a webhook: in order, each until it is taken."""

import asyncio
import contextlib
import time
from typing import Any

import httpx

from tests.bot_api.ledger import Bell
from tests.bot_api.updates import Updates


class Pusher:
    """`roads` say where a public address lies on this machine. What was refused comes again when anything changes."""

    def __init__(self, updates: Updates, bell: Bell) -> None:
        self.roads: dict[str, str] = {}
        self.statuses: list[int] = []
        self.error: dict[str, Any] = {}
        self._updates = updates
        self._bell = bell
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Once there is a webhook."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def push(self, update: dict[str, Any], secret: str | None = None) -> int:
        """Bring one update, with another secret if one is named, and return the status of the answer."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._updates.secret if secret is None else secret}
        headers = {name: value for name, value in headers.items() if value}
        async with httpx.AsyncClient(verify=False) as client:
            answer = await client.post(self.roads[self._updates.webhook], json=update, headers=headers)
        self.statuses.append(answer.status_code)
        return answer.status_code

    async def _run(self) -> None:
        while True:
            await self._bell.wait_for(lambda: self._updates.pending and self._updates.webhook in self.roads, None)
            rung = self._bell.next()
            update = self._updates.pending[0]
            if not await self._deliver(update):
                await rung.wait()
            elif update in self._updates.pending:
                self._updates.pending.remove(update)
                self._bell.ring()

    async def _deliver(self, update: dict[str, Any]) -> bool:
        reason = "Connection refused"
        with contextlib.suppress(httpx.HTTPError):
            status = await self.push(update)
            if 200 <= status < 300:
                return True
            reason = f"Wrong response from the webhook: {status}"
        self.error = {"last_error_date": int(time.time()), "last_error_message": reason}
        return False
