"""Remembers hosts that let a picture hang, so that the news behind it waits for none of theirs for a while. Pure."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

#: How long such a host is left alone.
REST = timedelta(minutes=10)
_MOST = 1000


class Hangs:
    """Hosts, and until when nothing is asked of them that can be done without."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def has(self, url: str, now: datetime) -> bool:
        until = self._until.get(_get_host(url))
        return until is not None and now < until

    def note(self, url: str, now: datetime) -> None:
        if len(self._until) >= _MOST:
            self._until.clear()
        self._until[_get_host(url)] = now + REST


def _get_host(url: str) -> str:
    return urlsplit(url).hostname or ""
