"""The states and kinds that rows are in."""

from enum import IntEnum, StrEnum


class SourceState(StrEnum):
    ACTIVE = "active"  #: polled when due
    PAUSED = "paused"  #: an admin paused it
    GONE = "gone"  #: the server said 410; an admin may resume it
    REMOVED = "removed"  #: an admin took it out; what it brought stays, and it may be brought back


class ArticleState(StrEnum):
    FOUND = "found"  #: stored from the feed, its page is still to be read
    READY = "ready"  #: read and summarised; what it owes is stored


class TextOrigin(StrEnum):
    PAGE = "page"  #: the article's own page was read
    FEED = "feed"  #: the page could not be had, the feed's description serves


class ChatKind(StrEnum):
    PRIVATE = "private"  #: one person's chat; it is also that person's account on the platform
    GROUP = "group"  #: a group or supergroup
    CHANNEL = "channel"  #: a broadcast channel


class ChatState(StrEnum):
    NEW = "new"  #: known, but nobody in it was let in yet
    ACTIVE = "active"  #: gets what it follows
    STOPPED = "stopped"  #: asked to be left alone (/stop)
    PARKED = "parked"  #: the platform refuses it; the reason is in the row


class MemberState(StrEnum):
    PENDING = "pending"  #: asked to be let in
    ACCEPTED = "accepted"  #: reads news
    REFUSED = "refused"  #: an admin said no, or put them out again


class Role(StrEnum):
    READER = "reader"  #: follows and searches
    EDITOR = "editor"  #: also manages sources and topics
    ADMIN = "admin"  #: also manages members


class DeliveryState(StrEnum):
    OWED = "owed"  #: to be sent when due
    SENDING = "sending"  #: claimed by a sender, until its lease ends
    SENT = "sent"  #: the platform took it
    FOLDED = "folded"  #: told in the message of another debt, and settled with it
    CARRIED = "carried"  #: urgent, and told in the person's chat on another channel, which is the reason
    UNKNOWN = "unknown"  #: the platform may have taken it, twice over; not sent again
    DROPPED = "dropped"  #: will not be sent; the reason is in the row


class Rank(IntEnum):
    """What goes first, from chat to chat and within one."""

    URGENT = 0  #: a notice: somebody waits for it
    NEWS = 1  #: an article
    DIGEST = 2  #: what nobody waits for
    LATER = 3  #: of a lane: what is owed waits for the chat's hour
    NOTHING = 4  #: of a lane: nothing is owed


class PreviewState(StrEnum):
    ASKED = "asked"  #: somebody wants to know what the address gives
    FOUND = "found"  #: it can be watched, if they say yes
    FAILED = "failed"  #: it cannot; the reason is in the row
    DONE = "done"  #: they said yes or no


class VerdictKind(StrEnum):
    ASKED = "asked"  #: no verdict yet: a question to the language model; the day's tokens are counted with it
    TAKEN = "taken"  #: its summary passed every check
    SILENT = "silent"  #: no answer in time, or the server cannot be reached
    PAUSED = "paused"  #: not asked: the server was silent a moment ago
    BUDGET = "budget"  #: not asked: the day's tokens are spent
    REFUSED = "refused"  #: the server or the model said no
    MALFORMED = "malformed"  #: no answer in the form of the interface, or one that chats instead of telling
    EMPTY = "empty"  #: nothing, or a few words
    LONG = "long"  #: longer than was asked for
    FOREIGN = "foreign"  #: not in Vietnamese
    FIGURE = "figure"  #: a figure that the article does not bear out
    NAME = "name"  #: a name that does not occur in the article
    LINK = "link"  #: an address that is not in the article
    TITLE = "title"  #: the headline over again
    ORDER = "order"  #: it does what an order hidden in the article wants
    INVENTED = "invented"  #: it tells what the article does not


class Act(StrEnum):
    """What somebody did that the audit tells."""

    ADMITTED = "admitted"  #: let a person in
    REFUSED = "refused"  #: turned a request down
    EXPELLED = "expelled"  #: put a member out
    READMITTED = "readmitted"  #: took that back
    ROLE = "role"  #: gave a member a role; `detail` is which
    INVITED = "invited"  #: made an invitation
    JOINED = "joined"  #: came in with an invitation, or where everyone may
    FORGOTTEN = "forgotten"  #: erased what loa knew of them
    SOURCE_ADDED = "source added"
    SOURCE_PAUSED = "source paused"
    SOURCE_RESUMED = "source resumed"
    SOURCE_RENAMED = "source renamed"  #: `detail` is its former name
    SOURCE_MOVED = "source moved"  #: to another topic, which is the `detail`
    SOURCE_REMOVED = "source removed"
    SOURCE_RESTORED = "source restored"
    SOURCE_MENDED = "source mended"  #: it is read by other rules
    TOPIC_ADDED = "topic added"
    TOPIC_RENAMED = "topic renamed"  #: `detail` is its former name
    TOPIC_MERGED = "topic merged"  #: into another one, which is the `detail`
    ALIAS_ADDED = "alias added"
    ALIAS_REMOVED = "alias removed"
    BROADCAST = "broadcast"  #: sent a message to all chats
    RECALLED = "recalled"  #: took back what of it was not sent yet
    EXPORTED = "exported"  #: took lists out of loa
    RETRIED = "retried"  #: had what a chat did not get sent again
    LINKED = "linked"  #: joined a chat on another platform to their own; `what` is which
    UNLINKED = "unlinked"  #: parted it again
    CHAT_SET = "chat set"  #: changed what a group or channel gets
