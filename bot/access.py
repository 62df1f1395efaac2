"""Who may do what: decisions alone, from what is known of a person. It reads and writes nothing."""

from dataclasses import dataclass
from enum import StrEnum

from bot.config import AccessMode
from db.models import MemberState, Role

_RANK = {Role.READER: 0, Role.EDITOR: 1, Role.ADMIN: 2}


class Place(StrEnum):
    """Where a thing may be asked."""

    ANYWHERE = "anywhere"  #: in a private chat, and in a group that gets news
    MANAGED = "managed"  #: it changes what the chat gets: in a group only its admins may
    PRIVATE = "private"  #: its answer is not for a group's eyes


@dataclass(frozen=True, slots=True)
class Need:
    """What a command or button asks of the person."""

    role: Role = Role.READER
    place: Place = Place.ANYWHERE


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is asking, and where. `state` is None for a stranger; `gets_news` is whether the chat was started."""

    state: MemberState | None
    role: Role = Role.READER
    is_anonymous: bool = False
    is_private: bool = True
    may_manage: bool = True
    gets_news: bool = True


class Denial(StrEnum):
    ANONYMOUS = "anonymous"  #: nobody can be held to it: an anonymous group admin, a channel's post
    STRANGER = "stranger"  #: never asked to be let in
    WAITING = "waiting"  #: asked, and no admin has answered
    REFUSED = "refused"  #: an admin said no
    ROLE = "role"  #: let in, but this is for editors or admins
    PRIVATE = "private"  #: allowed, but not in front of a group
    MANAGER = "manager"  #: only an admin of this group may change it
    NOT_STARTED = "not started"  #: the group gets no news


class Entry(StrEnum):
    """What `/start` in a private chat leads to."""

    WELCOME = "welcome"  #: is in already
    LET_IN = "let in"  #: everyone is let in
    TRY_CODE = "try code"  #: brings an invitation, which may be good
    ASK = "ask"  #: the admins are asked
    WAIT = "wait"  #: the admins were asked already
    REFUSE = "refuse"  #: an admin said no
    INVITE = "invite"  #: needs an invitation


_OUTSIDE = {MemberState.PENDING: Denial.WAITING, MemberState.REFUSED: Denial.REFUSED}


def has_role(role: Role, needed: Role) -> bool:
    """An admin may do what an editor may, and an editor what a reader may."""
    return _RANK[role] >= _RANK[needed]


def get_denial(visitor: Visitor, need: Need) -> Denial | None:
    """Why the person may not do this; None when they may."""
    if visitor.is_anonymous:
        return Denial.ANONYMOUS
    if visitor.state is None:
        return Denial.STRANGER
    if visitor.state is not MemberState.ACCEPTED:
        return _OUTSIDE[visitor.state]
    if not has_role(visitor.role, need.role):
        return Denial.ROLE
    return None if visitor.is_private else _get_group_denial(visitor, need.place)


def _get_group_denial(visitor: Visitor, place: Place) -> Denial | None:
    if place is Place.PRIVATE:
        return Denial.PRIVATE
    if place is Place.MANAGED:
        return None if visitor.may_manage else Denial.MANAGER
    return None if visitor.gets_news else Denial.NOT_STARTED


def decide_entry(mode: AccessMode, state: MemberState | None, *, has_code: bool) -> Entry:
    """An invitation lets in whoever brings it, and an open office everyone but those who were refused."""
    if state is MemberState.ACCEPTED:
        return Entry.WELCOME
    if mode is AccessMode.OPEN and state is not MemberState.REFUSED:
        return Entry.LET_IN
    if has_code:
        return Entry.TRY_CODE
    if state is not None:
        return Entry.REFUSE if state is MemberState.REFUSED else Entry.WAIT
    return Entry.ASK if mode is AccessMode.APPROVAL else Entry.INVITE
