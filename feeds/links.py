"""Makes absolute web addresses of links, and one form of all that lead to the same page; never fetches."""

import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote_to_bytes, urlencode, urljoin, urlsplit

from feeds.clean import squeeze

#: In characters: no server takes more, nor does a message.
LONGEST_URL = 2000

_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|zaloclid|zarsrc|igshid|twclid|mc_[ce]id|_ga|_gl"
    r"|ref_src|at_\w+|cmpid|phpsessid|jsessionid|aspsessionid\w*|asp\.net_sessionid|cftoken|cfid",
    re.IGNORECASE,
)
_SESSION = re.compile(r"sid|session_?id|oscsid|zenid|s", re.IGNORECASE)
_SESSION_VALUE = re.compile(r"[0-9a-f]{16,}|(?=.*\d)[0-9a-z_-]{20,}", re.IGNORECASE)
_PATH_SESSION = re.compile(r";jsessionid=[^/;]*|/\([A-Z]\([^)/]*\)\)", re.IGNORECASE)
#: Whole addresses of which nothing is to be joined or squeezed.
_WHOLE = re.compile(r"https?://[\w.:-]+/[\w./%~,+-]*(?:\?[\w./%~,+=&-]+)?", re.ASCII)
_DEFAULT_PORTS = (None, 80, 443)
_SAFE = "/:@!$&'()*+,;=~-._"


def web_url(link: str, base: str) -> str:
    """The absolute http or https address of a link, or nothing; what is longer than any address is none."""
    try:
        url = link if _WHOLE.fullmatch(link) else urljoin(base, squeeze(link))
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and len(url) <= LONGEST_URL
    except ValueError:
        return ""
    return url if link.strip() and is_web else ""


def normalise_link(url: str) -> str:
    """What two links to one page have in common: no scheme, session or tracking; empty for a site's front page."""
    try:
        parts = urlsplit(squeeze(url))
        host = (parts.hostname or "").removeprefix("www.")
        port = "" if parts.port in _DEFAULT_PORTS else f":{parts.port}"
    except ValueError:
        return squeeze(url)
    path = quote(unquote_to_bytes(_PATH_SESSION.sub("", parts.path)), safe=_SAFE).rstrip("/")
    query = _normalise_query(parts)
    return f"{host}{port}{path}{query}" if path or query else ""


def _normalise_query(parts: SplitResult) -> str:
    pairs = parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
    kept = sorted(pair for pair in pairs if not _is_noise(*pair))
    return f"?{urlencode(kept, errors='surrogateescape')}" if kept else ""


def _is_noise(name: str, value: str) -> bool:
    """`sid` is a session only when its value looks like one: elsewhere it is the number of a story."""
    if _TRACKING.fullmatch(name):
        return True
    return bool(_SESSION.fullmatch(name) and _SESSION_VALUE.fullmatch(value))
