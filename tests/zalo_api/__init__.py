"""Zalo's Bot Platform over loopback HTTP, as strict as its documents and with their disagreements as switches."""

from tests.zalo_api.people import Person
from tests.zalo_api.quirks import Quirks
from tests.zalo_api.server import FakeZalo, Sent

__all__ = ["FakeZalo", "Person", "Quirks", "Sent"]
