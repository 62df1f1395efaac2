"""Why a source could not be read, in the reader's language; a reason that is not known here is shown as it is. Pure."""

import re

from bot.locales import N_, Translator
from bot.outside import show

#: Another address of the site may do: its feed, or a page that lists its news.
UNFIT = (
    N_("the page asks to log in"),
    N_("the page is made by a script in the browser; its text cannot be read from here"),
    N_("no list of news was found on the page"),
    N_("an empty feed"),
    N_("no feed"),
    N_("a web page, no feed"),
    N_("JSON, but no feed"),
    N_("the site's robots.txt asks programs not to read this page"),
)
#: The rules are to be mended.
RULED_OUT = (
    N_("the rules find no news on the page"),
    N_("the rules take the whole page for one item"),
    N_("the rules find the same title for every item"),
)
#: Only the settings can open it.
PRIVATE = N_("the address is private; polling.allow_networks may open it")
#: As `feeds` writes them into the row; a test holds them together.
REASONS = (
    *UNFIT,
    *RULED_OUT,
    PRIVATE,
    N_("the page only shows an error"),
    N_("the site is under maintenance"),
    N_("the answer is empty"),
    N_("packed in a way that was not asked for"),
    N_("not modified (304), though nothing was fetched before"),
    N_("loa could not read this page"),
    N_("a broken feed"),
    N_("broken JSON"),
    N_("no web address"),
    N_("redirected to no web address"),
    N_("only http and https addresses are fetched"),
    N_("gone for good (410)"),
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
_SHORTER = {PRIVATE: N_("this is an address of an internal network, and I do not read it")}
#: Those that name what was met.
_NAMING = (
    (re.compile(r"the server answered (?P<status>\d{3})\b.*"), N_("the server answered with error {status}")),
    (re.compile(r"more than (?P<number>\d+) redirects"), N_("more than {number} redirects")),
    (re.compile(r"larger than (?P<size>\d+) KB"), N_("larger than {size} KB")),
    (re.compile(r"no whole answer within (?P<time>\S+) s"), N_("no whole answer within {time} s")),
    (
        re.compile(r"(?P<rule>\w+) is no CSS selector: (?P<selector>.*)", re.DOTALL),
        N_("{rule} is no CSS selector: {selector}"),
    ),
)


def explain_reason(reason: str, _: Translator, limit: int = 120) -> str:
    if reason in REASONS:
        return _(_SHORTER.get(reason, reason))
    for pattern, sentence in _NAMING:
        if match := pattern.fullmatch(reason):
            return _(sentence, **{name: show(value, limit) for name, value in match.groupdict().items()})
    return show(reason, limit)


def is_ruled_out(reason: str) -> bool:
    """Whether the rules that were given are at fault."""
    return reason in RULED_OUT or "is no CSS selector: " in reason
