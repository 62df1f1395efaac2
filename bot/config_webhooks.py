"""Whether the webhooks that the settings name can be served together. Pure."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

#: What is served on the same port.
_TAKEN = frozenset({"/healthz", "/readyz", "/metrics"})


def find_webhook_problems(urls: Mapping[str, str], port: int) -> Iterator[tuple[str, str]]:
    """For each setting that must be mended its name and the remedy; `urls` are by section."""
    taken = set(_TAKEN)
    for section, url in urls.items():
        path = urlsplit(url).path
        if not port:
            yield (
                f"{section}.webhook_url",
                "What is sent there comes in at http.port: write one below [http], such as 8080.",
            )
        if path in taken:
            yield f"{section}.webhook_url", f"Write an address with another path: {path} is served already."
        taken.add(path)
