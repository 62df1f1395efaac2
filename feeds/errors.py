"""The errors of feeds: one tree, with the data a caller needs to decide what to do next."""

from typing import Any

from db.states import VerdictKind


class FeedsError(Exception):
    """The root of what bringing news in can raise. It goes from one process to another with all that it says."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (type(self), self.args, vars(self))


def _revive(kind: type[FeedsError], args: tuple[Any, ...], values: dict[str, Any]) -> FeedsError:
    error = kind.__new__(kind, *args)
    vars(error).update(values)
    return error


class FetchError(FeedsError):
    """A page could not be had. `status` is set when the server answered; `retry_in` is in seconds, when it said so."""

    def __init__(self, reason: str, *, retry_in: float | None = None, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_in = retry_in
        self.status = status


class ForbiddenAddressError(FetchError):
    """The address is private, loopback or otherwise not to be fetched; `polling.allow_networks` may open it."""


class GoneError(FetchError):
    """The server says the address is gone for good (410)."""


class RobotsError(FetchError):
    """The site's robots.txt keeps the page from programs such as loa."""

    def __init__(self) -> None:
        super().__init__("the site's robots.txt asks programs not to read this page")


class ParseError(FeedsError):
    """The body is no feed and holds no entry."""


class ArticleError(FeedsError):
    """The page at `url` holds no article that can be read."""

    def __init__(self, reason: str, *, url: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.url = url


class PictureError(FeedsError):
    """The body is no picture to be shown."""


class RulesError(FeedsError):
    """A rule of a page is no CSS selector; `rule` is which one, `selector` what was written."""

    def __init__(self, rule: str, selector: str) -> None:
        super().__init__(f"{rule} is no CSS selector: {selector}")
        self.rule = rule
        self.selector = selector


class PageError(FeedsError):
    """The page cannot be watched as a list of news. `kind` is a feeds.pagekind.PageKind."""

    def __init__(self, reason: str, *, kind: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind


class LayoutError(PageError):
    """The page's rules find nothing, or nothing sensible: it was redesigned."""


class ModelError(FeedsError):
    """The language model gave no answer that could be judged; `kind` says how."""

    def __init__(self, kind: VerdictKind, detail: str) -> None:
        super().__init__(f"{kind.value}: {detail}")
        self.kind = kind
        self.detail = detail
