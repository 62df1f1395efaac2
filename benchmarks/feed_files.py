"""Serves the archive of 2,107 feeds over loopback and compares what loa reads with what feedparser reads."""

import asyncio
import html
import io
import re
import tarfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NamedTuple

import feedparser
from aiohttp import web

from feeds.clean import plain_text, squeeze
from feeds.client import create_client
from feeds.decode import decode
from feeds.errors import FeedsError
from feeds.fetch import Fetcher
from feeds.links import web_url
from feeds.parse import parse_feed
from feeds.types import Feed

ARCHIVE = Path(__file__).parents[2] / "shared" / "data" / "feeds.tar.gz"
#: Where the archive's own addresses lead.
PORT = 8097
SLOW = 2.0
#: Where loa means to differ.
MEANT = {
    "wellformed/lang/http_content_language_entry_title_inherit_2.xml": "feedparser takes the bare id 1 for a link",
    "wellformed/base/http_entry_id_base_docuri.xml": "an entry of nothing but an id says nothing",
    "wellformed/base/http_entry_id_base_content_location.xml": "an entry of nothing but an id says nothing",
    "wellformed/base/http_entry_link_base_content_location.xml": "another host's Content-Location is not believed",
    "wellformed/base/http_item_link_base_content_location.xml": "another host's Content-Location is not believed",
    "wellformed/sanitize/entry_title_crazy.xml": "a script in a title is not shown as text",
}
_HEADER = re.compile(r"^\s*Header:\s*([\w-]+):\s*(.*?)\s*$", re.MULTILINE)
_EXPECTED = re.compile(r"Expect:\s*(.*?)\s*-->", re.DOTALL)
#: What aiohttp sets by itself.
_OWN = {"content-length", "content-encoding", "transfer-encoding", "connection"}


class Sample(NamedTuple):
    name: str
    body: bytes
    headers: dict[str, str]
    expected: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{PORT}/{self.name}"


class Outcome(NamedTuple):
    """What became of a file: `feed` or a typed error; `crash` is what must not be."""

    sample: Sample
    seconds: float
    feed: Feed | None = None
    error: str = ""
    crash: str = ""


def main() -> None:
    if not ARCHIVE.exists():
        print(f"{ARCHIVE.name} is not there: nothing to measure.")
        return
    samples = list(read_samples())
    outcomes = asyncio.run(read_all(samples))
    report(outcomes)


def read_samples() -> Iterator[Sample]:
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if file is None:
                continue
            body = file.read()
            head = decode(body)[:4000] if b"Expect:" not in body[:4000] else body[:4000].decode("latin-1")
            headers = {name: value for name, value in _HEADER.findall(head) if name.lower() not in _OWN}
            expected = _EXPECTED.search(decode(body) if b"Expect:" not in body else body.decode("utf-8", "replace"))
            yield Sample(member.name.removeprefix("./"), body, headers, expected[1] if expected else "")


async def read_all(samples: list[Sample]) -> list[Outcome]:
    client = create_client([ip_network("127.0.0.0/8")])
    async with serve({f"/{sample.name}": sample for sample in samples}), client:
        return [await read(Fetcher(client), sample) for sample in samples]


@asynccontextmanager
async def serve(samples: dict[str, Sample]) -> AsyncIterator[None]:
    async def answer(request: web.Request) -> web.Response:
        sample = samples[request.path]
        headers = {"Content-Type": "application/xml"} | sample.headers
        kind = next(value for name, value in reversed(headers.items()) if name.lower() == "content-type")
        rest = {name: value for name, value in headers.items() if name.lower() != "content-type"}
        return web.Response(body=sample.body, headers=rest | {"Content-Type": kind})

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", PORT).start()
    yield
    await runner.cleanup()


async def read(fetcher: Fetcher, sample: Sample) -> Outcome:
    start = time.perf_counter()
    try:
        page = await fetcher.get(sample.url)
        feed = parse_feed(page, datetime.now(UTC))
    except FeedsError as error:
        return Outcome(sample, time.perf_counter() - start, error=f"{type(error).__name__}: {error}")
    except Exception as error:  # noqa: BLE001 - what the measure looks for
        return Outcome(sample, time.perf_counter() - start, crash=repr(error))
    return Outcome(sample, time.perf_counter() - start, feed)


def report(outcomes: list[Outcome]) -> None:
    told = [(outcome, theirs) for outcome in outcomes if (theirs := ask_feedparser(outcome.sample)) is not None]
    differing = [(outcome, why) for outcome, theirs in told if (why := compare(outcome, theirs))]
    slow = [outcome for outcome in outcomes if outcome.seconds > SLOW]
    crashed = [outcome for outcome in outcomes if outcome.crash]
    print(f"{len(outcomes)} files: {len(crashed)} exceptions, {len(slow)} over {SLOW:g} s,", end=" ")
    print(f"{sum(bool(outcome.error) for outcome in outcomes)} typed errors;", end=" ")
    print(f"the slowest {1000 * max(outcome.seconds for outcome in outcomes):.0f} ms")
    print(
        f"feedparser does what is expected of it in {len(told)}; titles and links equal in {len(told) - len(differing)}"
    )
    for outcome, why in [*((one, one.crash) for one in crashed), *differing]:
        print(f"  {outcome.sample.name}: {MEANT.get(outcome.sample.name, why)}")


def ask_feedparser(sample: Sample) -> Any:
    """What feedparser makes of the same bytes under the same headers; None when its own expectation does not hold."""
    headers = {"content-location": sample.url, "content-type": "application/xml"}
    headers |= {name.lower(): value for name, value in sample.headers.items()}
    result = feedparser.parse(io.BytesIO(sample.body), response_headers=headers)
    try:
        holds = eval(sample.expected, {"result": result}, dict(result))
    except Exception:  # noqa: BLE001 - whatever an expectation that does not hold may raise
        return None
    return result if holds else None


def compare(outcome: Outcome, theirs: Any) -> str:
    """Why what was read is not what feedparser read; empty when it is."""
    entries = [entry for entry in theirs.entries if say_title(entry) or say_link(entry, outcome.sample)]
    ours = outcome.feed.entries if outcome.feed else ()
    if outcome.error:
        return outcome.error if entries or theirs.feed.get("title") else ""
    shown = [entry for entry in ours if entry.title]
    for place, entry in enumerate(entries):
        if place >= len(shown):
            return f"{len(ours)} entries, not {len(entries)}"
        title, link = say_title(entry), say_link(entry, outcome.sample)
        if title and shown[place].title not in title:
            return f"title {shown[place].title!r}, not {title!r}"
        if shown[place].url != link:
            return f"link {shown[place].url!r}, not {link!r}"
    return ""


def say_title(entry: Any) -> set[str]:
    """The title without markup, as text or as HTML; a title of markup alone is none."""
    title = entry.get("title") or ""
    return {plain_text(title), squeeze(title), squeeze(html.unescape(title))} if plain_text(title) else set()


def say_link(entry: Any, sample: Sample) -> str:
    """The web address; a link that is none leads nowhere."""
    return web_url(entry.get("link") or "", sample.url)


if __name__ == "__main__":
    main()
