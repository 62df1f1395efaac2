"""The errors of feeds: one tree, with the data a caller needs to decide what to do next."""


class FeedsError(Exception):
    """The root of what bringing news in can raise."""


class FetchError(FeedsError):
    """A page could not be had. `retry_in` is in seconds, when the other side said so."""

    def __init__(self, reason: str, *, retry_in: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_in = retry_in


class ForbiddenAddressError(FetchError):
    """The address is private, loopback or otherwise not to be fetched; `polling.allow_networks` may open it."""


class GoneError(FetchError):
    """The server says the address is gone for good (410)."""


class ParseError(FeedsError):
    """The body is no feed and holds no entry."""


class ArticleError(FeedsError):
    """The page at `url` holds no article that can be read."""

    def __init__(self, reason: str, *, url: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.url = url
