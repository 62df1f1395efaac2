"""/audit: who did what, when. For admins, in their private chats; it only reads."""

from bot.accounts import ROLES
from bot.asked import Answer
from bot.commands.ask import Ask, replace, reply
from bot.commands.lists import find_page, get_page_buttons
from bot.locales import N_, Translator
from bot.message import Message, bold, say
from bot.outside import show
from db import audit
from db.audit import AuditRow
from db.models import Act, Role

#: How many acts a page tells.
PAGE = 15

#: What each act is called; `{by}` did it.
ACTS = {
    Act.ADMITTED: N_("{by} let {member} in"),
    Act.REFUSED: N_("{by} refused {member}"),
    Act.EXPELLED: N_("{by} put {member} out"),
    Act.READMITTED: N_("{by} took {member} back"),
    Act.ROLE: N_("{by} made {member} {detail}"),
    Act.INVITED: N_("{by} made an invitation"),
    Act.JOINED: N_("{by} came in"),
    Act.FORGOTTEN: N_("somebody had themselves forgotten"),
    Act.SOURCE_ADDED: N_("{by} added the source {what}, for {detail}"),
    Act.SOURCE_PAUSED: N_("{by} paused the source {what}"),
    Act.SOURCE_RESUMED: N_("{by} resumed the source {what}"),
    Act.SOURCE_RENAMED: N_("{by} called the source {detail} {what}"),
    Act.SOURCE_MOVED: N_("{by} put the source {what} under {detail}"),
    Act.SOURCE_REMOVED: N_("{by} removed the source {what}"),
    Act.SOURCE_RESTORED: N_("{by} restored the source {what}"),
    Act.SOURCE_MENDED: N_("{by} had the source {what} read in a new way"),
    Act.TOPIC_ADDED: N_("{by} made the topic {what}"),
    Act.TOPIC_RENAMED: N_("{by} called the topic {detail} {what}"),
    Act.TOPIC_MERGED: N_("{by} merged the topic {what} into {detail}"),
    Act.ALIAS_ADDED: N_("{by} added the abbreviation {what}"),
    Act.ALIAS_REMOVED: N_("{by} removed the abbreviation {what}"),
    Act.BROADCAST: N_("{by} wrote to all: {what}"),
    Act.RECALLED: N_("{by} took back what was written to all: {what}"),
    Act.EXPORTED: N_("{by} exported {what}"),
    Act.RETRIED: N_("{by} had what {what} did not get sent again"),
    Act.LINKED: N_("{by} joined a chat on {what} to their own"),
    Act.UNLINKED: N_("{by} parted a chat from their own"),
    Act.CHAT_SET: N_("{by} changed what {what} gets"),
}


async def show_audit(ask: Ask) -> Answer:
    return reply(await _render(ask, 0))


async def turn(ask: Ask) -> Answer:
    """`audit` opens it in a message of its own, `audit:PAGE` turns its page."""
    if not ask.args:
        return await show_audit(ask)
    return replace(await _render(ask, ask.get_numbers(1)[0]))


async def _render(ask: Ask, number: int) -> Message:
    count = await audit.count_acts(ask.session)
    if not count:
        return say(ask._("Nothing was done here yet."))
    number, last = find_page(count, number, PAGE)
    rows = await audit.list_acts(ask.session, offset=number * PAGE, limit=PAGE)
    lines = [f"\n\n{ask._.date(row.entry.at)}\n{describe(row, ask._)}" for row in rows]
    title = bold(ask._("Who did what"))
    return say(title, *lines).with_buttons(*get_page_buttons("audit", number, last, ask._))


def describe(row: AuditRow, _: Translator) -> str:
    """The act as a sentence."""
    entry = row.entry
    nobody = _("somebody")
    detail = _(ROLES[Role(entry.detail)]) if entry.act is Act.ROLE else show(entry.detail, 40)
    names = {"by": show(row.by, 40) or nobody, "member": show(row.member, 40) or nobody}
    return _(ACTS[entry.act], **names, what=show(entry.what, 60), detail=detail)
