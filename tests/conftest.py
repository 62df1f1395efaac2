"""What every test needs before anything is imported."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")
