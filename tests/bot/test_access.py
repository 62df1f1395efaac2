"""Who may do what."""

import pytest

from bot.access import Denial, Entry, Need, Place, Visitor, decide_entry, get_denial, has_role
from bot.config import AccessMode
from db.models import MemberState, Role

ACCEPTED, PENDING, REFUSED = MemberState.ACCEPTED, MemberState.PENDING, MemberState.REFUSED
APPROVAL, INVITE, OPEN = AccessMode.APPROVAL, AccessMode.INVITE, AccessMode.OPEN


@pytest.mark.parametrize(
    ("visitor", "need", "denial"),
    [
        (Visitor(ACCEPTED), Need(), None),
        (Visitor(None), Need(), Denial.STRANGER),
        (Visitor(PENDING), Need(), Denial.WAITING),
        (Visitor(REFUSED, Role.ADMIN), Need(), Denial.REFUSED),
        (Visitor(None, is_anonymous=True), Need(), Denial.ANONYMOUS),
        (Visitor(ACCEPTED), Need(Role.ADMIN), Denial.ROLE),
        (Visitor(ACCEPTED, Role.EDITOR), Need(Role.EDITOR, Place.PRIVATE), None),
        (Visitor(ACCEPTED, Role.ADMIN, is_private=False), Need(Role.ADMIN, Place.PRIVATE), Denial.PRIVATE),
        (Visitor(ACCEPTED, is_private=False), Need(place=Place.MANAGED), None),
        (Visitor(ACCEPTED, is_private=False, may_manage=False), Need(place=Place.MANAGED), Denial.MANAGER),
        (Visitor(ACCEPTED, is_private=False, gets_news=False), Need(place=Place.MANAGED), None),
        (Visitor(ACCEPTED, is_private=False, may_manage=False), Need(), None),
        (Visitor(ACCEPTED, is_private=False, gets_news=False), Need(), Denial.NOT_STARTED),
        (Visitor(ACCEPTED, gets_news=False), Need(), None),
    ],
)
def test_only_who_was_let_in_and_may_is_served(visitor: Visitor, need: Need, denial: Denial | None) -> None:
    """A1, A2, A6"""
    assert get_denial(visitor, need) is denial


@pytest.mark.parametrize(
    ("mode", "state", "has_code", "entry"),
    [
        (APPROVAL, None, False, Entry.ASK),
        (APPROVAL, PENDING, False, Entry.WAIT),
        (APPROVAL, REFUSED, False, Entry.REFUSE),
        (APPROVAL, ACCEPTED, True, Entry.WELCOME),
        (APPROVAL, None, True, Entry.TRY_CODE),
        (INVITE, None, False, Entry.INVITE),
        (INVITE, PENDING, False, Entry.WAIT),
        (INVITE, REFUSED, True, Entry.TRY_CODE),
        (OPEN, None, False, Entry.LET_IN),
        (OPEN, PENDING, True, Entry.LET_IN),
        (OPEN, REFUSED, False, Entry.REFUSE),
    ],
)
def test_the_way_in_is_the_one_the_office_chose(
    mode: AccessMode, state: MemberState | None, has_code: bool, entry: Entry
) -> None:
    """A1, A4"""
    assert decide_entry(mode, state, has_code=has_code) is entry


def test_an_admin_may_what_an_editor_may() -> None:
    assert has_role(Role.ADMIN, Role.EDITOR)
    assert not has_role(Role.READER, Role.EDITOR)
