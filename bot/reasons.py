"""Why a source could not be read, in the reader's language; a reason that is not known here is shown as it is. Pure."""

import re

from bot.locales import N_, Translator
from bot.outside import show

#: As `feeds` writes them into the row; a test holds them together.
REASONS = (
    N_("the answer is empty"),
    N_("no feed"),
    N_("a web page, no feed"),
    N_("a broken feed"),
    N_("broken JSON"),
    N_("JSON, but no feed"),
    N_("no web address"),
    N_("redirected to no web address"),
    N_("only http and https addresses are fetched"),
    N_("the address is private; polling.allow_networks may open it"),
    N_("gone for good (410)"),
    N_("the site's robots.txt asks programs not to read this page"),
    N_("the site's robots.txt cannot be had"),
    N_("the host's name is not known"),
    N_("the server's certificate is not trusted"),
    N_("no secure connection could be made"),
    N_("the connection was refused"),
    N_("the server did not answer in time"),
    N_("the body cannot be unpacked"),
    N_("the server cannot be reached"),
    N_("the answer broke off"),
    N_("the connection broke off"),
    N_("the answer cannot be understood"),
    N_("loa could not read this feed"),
    N_("reading it took too long or too much memory"),
)
#: What the person in a chat need not know to understand; the rest is for who writes the settings.
_SHORTER = {
    "the address is private; polling.allow_networks may open it": N_(
        "this is an address of an internal network, and I do not read it"
    )
}
_STATUS = re.compile(r"the server answered (\d{3})\b.*")


def explain_reason(reason: str, _: Translator, limit: int = 120) -> str:
    if reason in REASONS:
        return _(_SHORTER.get(reason, reason))
    if status := _STATUS.fullmatch(reason):
        return _("the server answered with error {status}", status=status[1])
    return show(reason, limit)
