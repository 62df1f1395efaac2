"""A Bot API over loopback HTTP that is as strict as Telegram's own. It never leaves this machine."""

from tests.bot_api.faults import Fault
from tests.bot_api.ledger import Refusal, Sent
from tests.bot_api.limits import Limits
from tests.bot_api.people import Person, Room
from tests.bot_api.server import FakeTelegram

__all__ = ["FakeTelegram", "Fault", "Limits", "Person", "Refusal", "Room", "Sent"]
