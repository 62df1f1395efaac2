"""How single settings are written in config.toml: each kind's parser and, in words, its shape. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from annotated_types import Ge, GroupedMetadata, Le
from pydantic import AfterValidator, BeforeValidator, SecretStr, StringConstraints
from sqlalchemy.exc import ArgumentError

from db.clock import Span, parse_spans, parse_times
from db.engine import get_url

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = timedelta(days=30)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Shape:
    """How a value is written: the end of the sentence "Write …"."""

    text: str


@dataclass(frozen=True, slots=True)
class Between(GroupedMetadata):
    """A whole number within limits; `true` is not 1."""

    low: int
    high: int

    def __iter__(self) -> Iterator[object]:
        return iter((BeforeValidator(_refuse_bool), Ge(self.low), Le(self.high)))

    @property
    def text(self) -> str:
        return f"a whole number from {self.low} to {self.high}"


def render_interval(value: timedelta) -> str:
    """The largest unit that divides it: 90 s is "90s", 3600 s is "1h"."""
    seconds = int(value.total_seconds())
    unit = max((unit for unit, size in _SECONDS.items() if seconds % size == 0), key=_SECONDS.__getitem__)
    return f"{seconds // _SECONDS[unit]}{unit}"


def _parse_interval(value: object) -> timedelta:
    if isinstance(value, str) and (match := re.fullmatch(r"\s*([0-9]{1,9})\s*([smhd])\s*", value)):
        value = timedelta(seconds=int(match[1]) * _SECONDS[match[2]])
    if isinstance(value, timedelta) and timedelta(0) < value <= _LONGEST:
        return value
    raise ValueError("no interval")


def _parse_token(value: object) -> object:
    """An empty token is none: commands that speak to no platform need none."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not isinstance(text, str):
        return value
    if not (text := text.strip()):
        return None
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", text):
        raise ValueError("no token")
    return SecretStr(text)


def _parse_key(value: object) -> object:
    """An empty key is none; one that no header can hold is refused."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not isinstance(text, str):
        return value
    if not (text := text.strip()):
        return None
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError("no key")
    return SecretStr(text)


def _parse_network(value: object) -> IPv4Network | IPv6Network:
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    if isinstance(value, str):
        return ip_network(value.strip())
    raise ValueError("no network")


def _parse_zone(value: object) -> ZoneInfo:
    try:
        return value if isinstance(value, ZoneInfo) else ZoneInfo(str(value))
    except (KeyError, OSError, ValueError) as error:  # a folder of zones is an OSError
        raise ValueError("no time zone") from error


def _check_database(value: str) -> str:
    try:
        url = get_url(value)
    except (ArgumentError, ValueError) as error:
        raise ValueError("no database address") from error
    if url.drivername not in {"sqlite+aiosqlite", "postgresql+psycopg"}:
        raise ValueError("no database loa knows")
    return value


def _check_web_address(value: str, schemes: Collection[str] = ("http", "https")) -> str:
    parts = urlsplit(value)
    is_port_good = parts.port != 0  # reading the port raises ValueError for one that is no number
    if parts.scheme not in schemes or not parts.hostname or not is_port_good or re.search(r"\s", value):
        raise ValueError("no web address")
    return value


def _check_proxy(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme.startswith("socks") and parts.port is None:
        raise ValueError("no port")
    return _check_web_address(value, ("http", "https", "socks5", "socks4"))


def _check_webhook(value: str) -> str:
    parts = urlsplit(value)
    is_public = parts.scheme == "https" and "." in (parts.hostname or "") and "@" not in parts.netloc
    is_port_good = parts.port != 0  # reading the port raises ValueError for one that is no number
    if not is_public or not is_port_good or parts.query or not re.fullmatch(r"/[A-Za-z0-9._~/-]+", parts.path):
        raise ValueError("no address of a webhook")
    return value


def _split_list(value: object) -> object:
    """The environment's way to write a list: values between commas, with or without brackets."""
    if not isinstance(value, str):
        return value
    return [part.strip(" \"'") for part in value.strip(" []").split(",") if part.strip()]


def _join_list(value: object) -> object:
    """Times may be written as one text, or as a list of texts."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _parse_times(value: object) -> object:
    text = _join_list(value)
    return (parse_times(text) if text.strip(" []") else ()) if isinstance(text, str) else value


def _parse_spans(value: object) -> object:
    text = _join_list(value)
    return (parse_spans(text) if text.strip(" []") else ()) if isinstance(text, str) else value


def _parse_weekday(value: object) -> int:
    return _WEEKDAYS.index(str(value).strip().lower()[:3])


def _refuse_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("no number")
    return value


def _clean_text(value: str) -> str:
    return unicodedata.normalize("NFC", " ".join(value.split()))


def _cut_slash(value: str) -> str:
    return value.rstrip("/")


Flag = Annotated[bool, Shape("true or false")]
Text = Annotated[str, AfterValidator(_clean_text), Shape('text between quotes, such as "Cục Thống kê"')]
Selector = Annotated[str, AfterValidator(str.strip), Shape('a CSS selector between quotes, such as ".news li"')]
Interval = Annotated[
    timedelta,
    BeforeValidator(_parse_interval),
    Shape('a length of time from "1s" to "30d", such as "30s", "5m" or "2h"'),
]
Token = Annotated[
    SecretStr | None,
    BeforeValidator(_parse_token),
    Shape("the token as @BotFather gave it: digits, a colon, then letters and digits"),
]
ZaloToken = Annotated[
    SecretStr | None,
    BeforeValidator(_parse_token),
    Shape("the token as Zalo Bot Creator gave it: digits, a colon, then letters, digits and dashes"),
]
ZaloIds = Annotated[
    tuple[Annotated[str, StringConstraints(pattern="^[0-9A-Za-z_-]{4,64}$")], ...],
    BeforeValidator(_split_list),
    Shape('a list of Zalo ids as loa members list shows them, such as ["6ede9afa66b88fe6d6a9"]'),
]
ApiKey = Annotated[
    SecretStr | None, BeforeValidator(_parse_key), Shape("the key as the server's owner gave it, without spaces")
]
UserIds = Annotated[
    tuple[Annotated[int, Between(1, 2**52)], ...],
    BeforeValidator(_split_list),
    Shape("a list of Telegram user numbers, such as [123456789, 987654321]"),
]
Networks = Annotated[
    tuple[Annotated[IPv4Network | IPv6Network, BeforeValidator(_parse_network)], ...],
    BeforeValidator(_split_list),
    Shape('a list of networks, such as ["10.0.0.0/8", "192.168.1.0/24"]'),
]
QuietHours = Annotated[
    tuple[Span, ...],
    BeforeValidator(_parse_spans),
    Shape('a list of times from and to, such as ["20:00-07:00"], which leaves some of the day'),
]
DigestTimes = Annotated[
    tuple[time, ...], BeforeValidator(_parse_times), Shape('a list of times, such as ["07:30", "16:30"]')
]
Weekdays = Annotated[
    tuple[Annotated[int, BeforeValidator(_parse_weekday)], ...],
    BeforeValidator(_split_list),
    Shape('a list of weekdays, such as ["mon", "tue", "wed", "thu", "fri"]'),
]
TimeZone = Annotated[
    ZoneInfo, BeforeValidator(_parse_zone), Shape('the name of a time zone, such as "Asia/Ho_Chi_Minh"')
]
DatabaseUrl = Annotated[
    str,
    AfterValidator(_check_database),
    Shape('a database address, such as "sqlite:///data/loa.db" or "postgresql://loa:password@localhost/loa"'),
]
WebAddress = Annotated[
    str, AfterValidator(_check_web_address), Shape("a web address that begins with https:// or http://")
]
Proxy = Annotated[
    Annotated[str, AfterValidator(_check_proxy)] | None,
    Shape('an address such as "http://proxy.office.vn:3128" or "socks5://127.0.0.1:1080"'),
]
WebhookUrl = Annotated[str, AfterValidator(_check_webhook)]
ApiAddress = Annotated[WebAddress, AfterValidator(_cut_slash)]
