"""loa's command line with shorter waits, so that a test of crashes is over soon: `python -m tests.hasty run …`."""

from datetime import timedelta

from db import lease

lease.LEASE, lease.RENEWAL = timedelta(seconds=2), 0.6

from bot import deliver, loop, speak  # noqa: E402 - each takes the lease as it is by then
from bot.cli import main  # noqa: E402
from bot.telegram import request  # noqa: E402

deliver.UNKNOWN_RETRY = 0.5
deliver.FIRST_RETRY = 0.3
loop.AFTER_ERROR = 0.5
speak.AGAIN = 0.2
request.READ_TIMEOUT = 1.0

if __name__ == "__main__":
    main()
