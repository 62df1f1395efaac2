"""Decides how long to wait until a source is asked again; knows no clock."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median

from feeds.types import Entry

_NEWEST = 20
_DAY = 86_400.0
_MOST_DOUBLINGS = 30  # beyond any maximum


def get_typical_gap(entries: Sequence[Entry]) -> timedelta | None:
    """The median time between the newest dated entries; None with fewer than two of them."""
    dates = sorted((entry.published_at for entry in entries if entry.published_at), reverse=True)[:_NEWEST]
    gaps = [newer - older for newer, older in pairwise(dates)]
    return timedelta(seconds=median(gap.total_seconds() for gap in gaps)) if gaps else None


def next_interval(
    *,
    quiet: timedelta,
    gap: timedelta | None,
    asked: float | None,
    failures: int,
    minimum: float,
    maximum: float,
) -> float:
    """Seconds until the next poll.

    `quiet` is the time since something new was found, `gap` what lies between entries as a rule, `asked` what the
    source told by ttl, max-age or Retry-After. A failing source is asked ever more slowly, and as late as it wishes
    within a day; a healthy one's wish counts up to `maximum`.
    """
    wish = min(max(asked or 0.0, 0.0), _DAY)
    if failures > 0:
        return max(min(minimum * 2.0 ** min(failures, _MOST_DOUBLINGS), maximum), wish)
    seconds = quiet.total_seconds() / 20
    if gap is not None:
        seconds = min(seconds, gap.total_seconds() / 4)
    return max(minimum, min(max(seconds, wish), maximum))


def jitter(seconds: float, random: float, *, minimum: float = 0.0) -> float:
    """The interval moved by up to a tenth either way, never under the minimum; `random` lies in 0..1."""
    return max(minimum, seconds * (0.9 + 0.2 * random))
