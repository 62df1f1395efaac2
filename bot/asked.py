"""What people say to the bot and what it says back, before any platform's words."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.message import Message
from db.models import ChatKind


async def _manages_nothing(_address: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Asked:
    """Something a person wrote (`text`) or a button they pressed (`action`), and where.

    Addresses are the platform's ids as text. `person` is empty where nobody can be held to it (an anonymous group
    admin, a channel's post). `language` is what the platform knows of the person's, such as `vi`, or empty.
    `may_manage` tells whether they may change what the chat gets: always in a private chat, in a group its admins.
    `digests` are the times, such as `07:30`, at which a new chat gets its news where the platform counts messages.
    `thread` is the topic of a forum that it was asked in, None for the general one and where there are none.
    `is_addressed`: words in a group that are meant for loa. `replies_to` is the message of loa's that they reply to.
    `manages` tells whether the person may manage the group or channel at an address.
    `is_menuless`: the platform shows no commands, so that their names are understood without a slash, too.
    """

    channel: str
    chat: str
    kind: ChatKind
    person: str
    person_name: str = ""
    chat_title: str = ""
    language: str = ""
    text: str = ""
    action: str = ""
    may_manage: bool = True
    thread: int | None = None
    is_addressed: bool = False
    replies_to: str = ""
    manages: Callable[[str], Awaitable[bool]] = field(default=_manages_nothing, compare=False, repr=False)
    is_menuless: bool = False
    digests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot says back. `edit` puts the first message in place of the one whose button was pressed;
    `toast` is a short line for that press. Nothing at all is an answer too."""

    messages: tuple[Message, ...] = ()
    toast: str = ""
    edit: bool = False


@dataclass(frozen=True, slots=True)
class Shared:
    """An article that a member may put into any chat: how it is offered, and the message it becomes."""

    article_id: int
    title: str
    line: str
    message: Message


@dataclass(frozen=True, slots=True)
class Shares:
    """Some articles to share, and the number of the page that follows, if one does."""

    articles: tuple[Shared, ...] = ()
    next_page: int | None = None
