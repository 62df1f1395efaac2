"""What every test stands on: the two databases, a clock, and a last line that names both databases."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")  # before anything imports Telegram
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each process that a test starts would compile loa for seconds

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from db.engine import Database
from tests.databases import PostgresqlGround, SqliteGround
from tests.doubles import list_spared
from tests.fakes import Clock
from tests.road import Road, open_road

Ground = SqliteGround | PostgresqlGround

_PROCESSES = ("test_run.py", "test_chaos.py", "test_two_platforms.py")


@pytest.fixture(scope="session")
def sqlite_ground(tmp_path_factory: pytest.TempPathFactory) -> SqliteGround:
    return SqliteGround(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_ground() -> Iterator[PostgresqlGround]:
    ground = PostgresqlGround()
    yield ground
    ground.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def ground(request: pytest.FixtureRequest) -> Ground:
    """Each test that asks for a database runs on both; of one with many cases, each case runs on one in turn."""
    ground: Ground = request.getfixturevalue(f"{request.param}_ground")
    request.node.user_properties.append(("database", ground.version))
    return ground


@pytest.fixture
def database_url(ground: Ground, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database."""
    with ground.make(tmp_path, migrated=True) as url:
        yield url


@pytest.fixture
def empty_database_url(ground: Ground, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    with ground.make(tmp_path, migrated=False) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh, migrated database, open."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def empty_database(empty_database_url: str) -> AsyncIterator[Database]:
    database = Database(empty_database_url)
    yield database
    await database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def road(database: Database, clock: Clock) -> AsyncIterator[Road]:
    """The steps of the road, with nothing at its ends yet."""
    async with open_road(database, clock) as road:
        yield road


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Those that drive loa as a process take longest and mostly wait: they begin first, beside all the others."""
    spared = list_spared(items)
    config.hook.pytest_deselected(items=list(spared))
    kept = [item for item in items if item not in spared]
    items[:] = sorted(kept, key=lambda item: item.path.name not in _PROCESSES)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the databases, and how many tests ran on each."""
    reports = [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]
    tests = Counter(name for report in reports if report.when == "call" for name in _databases(report))
    if tests:
        named = (f"{name} ({number} tests)" for name, number in sorted(tests.items(), reverse=True))
        terminalreporter.write_line(f"databases: {', '.join(named)}")


def _databases(report: pytest.TestReport) -> set[object]:
    return {value for key, value in report.user_properties if key == "database"}
