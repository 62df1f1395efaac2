"""How often a source is asked."""

from datetime import UTC, datetime, timedelta

import pytest

from feeds.rhythm import get_typical_gap, jitter, next_interval
from feeds.types import Entry

HOUR = 3600.0
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def interval(*, quiet: float = 0, gap: float | None = None, asked: float | None = None, failures: int = 0) -> float:
    return next_interval(
        quiet=timedelta(seconds=quiet),
        gap=None if gap is None else timedelta(seconds=gap),
        asked=asked,
        failures=failures,
        minimum=60,
        maximum=HOUR,
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, 60),
        ({"quiet": 20 * 600}, 600),
        ({"quiet": 20 * 600, "gap": 1200}, 300),
        ({"quiet": 10**7}, HOUR),
        ({"asked": 900}, 900),
        ({"asked": 10 * HOUR}, HOUR),
        ({"asked": -5}, 60),
        ({"failures": 1}, 120),
        ({"failures": 3}, 480),
        ({"failures": 10_000}, HOUR),
        ({"failures": 1, "asked": 5 * HOUR}, 5 * HOUR),
        ({"failures": 1, "asked": 900 * HOUR}, 24 * HOUR),
    ],
)
def test_the_rhythm_follows_the_source(given: dict[str, float], expected: float) -> None:
    """F3 F9"""
    assert interval(**given) == expected  # type: ignore[arg-type]


def test_the_gap_is_the_median_of_the_newest() -> None:
    ages = [0, 1, 3, 6, 100]
    entries = [Entry("x", published_at=NOON - timedelta(hours=age)) for age in ages]
    old = [Entry("x", published_at=NOON - timedelta(days=1000 + day)) for day in range(40)]
    assert get_typical_gap([*entries, Entry("undated")]) == timedelta(hours=2.5)
    assert get_typical_gap([*old, *entries]) == timedelta(days=1)
    assert get_typical_gap(entries[:1]) is None


def test_jitter_is_a_tenth_and_keeps_the_minimum() -> None:
    assert [jitter(100, random) for random in (0, 0.5, 1)] == pytest.approx([90, 100, 110])
    assert jitter(100, 0, minimum=100) == 100
