"""loa as processes that are killed while the platform fails: nothing is lost, and what arrives twice was counted."""

from pathlib import Path

import pytest

from tests.chaos import Plan, Storm, is_good


@pytest.mark.parametrize("ground", ["sqlite"], indirect=True)
async def test_nothing_is_lost_when_loa_is_killed_and_telegram_fails(database_url: str, tmp_path: Path) -> None:
    """D1 D5 D6 P3 A8: kill -9 three times in a fan-out to 120 chats, 429, 500, resets, timeouts; then SIGTERM."""
    plan = Plan(1, chats=120, articles=2, kills=3, faults=16, rate=60, hasty=True)
    verdict = await Storm(plan, database_url, tmp_path).run()
    assert verdict.owed == 240
    assert verdict.with_pictures > 60
    assert is_good(verdict), verdict


@pytest.mark.parametrize("ground", ["postgresql"], indirect=True)
async def test_nothing_is_lost_when_one_of_three_is_killed_after_another(database_url: str, tmp_path: Path) -> None:
    """D1 D12: two of three processes are killed during a fan-out; one speaks at a time, and another takes over."""
    plan = Plan(2, chats=60, articles=2, kills=2, faults=8, rate=60, processes=3, hasty=True, revive=False)
    verdict = await Storm(plan, database_url, tmp_path).run()
    assert verdict.owed == 120
    assert is_good(verdict), verdict
