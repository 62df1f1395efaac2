"""How people are told apart: by name, and where two names are alike by their accounts too. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

from bot.locales import N_, Translator
from bot.outside import show
from db.members import Account, MemberRow
from db.models import Role
from db.text import fold

#: What each role is called.
ROLES = {Role.READER: N_("reader"), Role.EDITOR: N_("editor"), Role.ADMIN: N_("admin")}
_BRANDS = {"telegram": "Telegram", "zalo": "Zalo"}
_TERMINAL = N_("the terminal window")


def name_channel(channel: str, _: Translator) -> str:
    """What the platform is called; one that is not known here by its own word."""
    return _(_TERMINAL) if channel == "terminal" else _BRANDS.get(channel, show(channel, 16))


def name_channels(accounts: Iterable[Account], _: Translator) -> list[str]:
    return [name_channel(channel, _) for channel in dict.fromkeys(account.channel for account in accounts)]


def name_people(rows: Sequence[MemberRow], limit: int = 60) -> list[str]:
    """The name of each; those whose names look alike have the address of their accounts behind it."""
    counts = Counter(fold(row.member.name) for row in rows)
    return [_name(row, limit) if counts[fold(row.member.name)] > 1 else show(row.member.name, limit) for row in rows]


def _name(row: MemberRow, limit: int) -> str:
    addresses = ", ".join(show(account.address, 24) for account in row.accounts)
    return f"{show(row.member.name, limit)} ({addresses})" if addresses else show(row.member.name, limit)
