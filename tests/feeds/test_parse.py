"""Reading feeds. A new paper is two files in tests/data/feeds: the feed, and what is to be read in it."""

import ast
import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.clean import plain_text, squeeze
from feeds.decode import decode
from feeds.errors import ParseError
from feeds.parse import parse_feed
from feeds.types import Entry, Feed, Page

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
URL = "https://cuc.example.vn/rss/tin.xml"
DATA = Path(__file__).parents[1] / "data" / "feeds"
ARCHIVE = Path(__file__).parents[3] / "shared" / "data" / "feeds.tar.gz"
HEADERS = {
    "wrong_header": "text/xml; charset=iso-8859-1",
    "text_xml_header": "text/xml",
    "json": "application/feed+json",
}


def parse(body: bytes | str, content_type: str = "application/rss+xml") -> Feed:
    body = body.encode() if isinstance(body, str) else body
    return parse_feed(Page(URL, 200, body, content_type), NOW)


def describe(feed: Feed) -> dict[str, Any]:
    """What the expectations say: fields that are empty are left out."""
    entries = [
        {name: value for name in Entry.__slots__ if (value := _plain(getattr(entry, name)))} for entry in feed.entries
    ]
    return {"title": feed.title, **({"ttl": feed.ttl} if feed.ttl else {}), "entries": entries}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


@pytest.mark.parametrize(
    "paper", sorted(path for path in DATA.iterdir() if ".expected" not in path.name), ids=lambda p: p.stem
)
def test_a_paper_is_read_as_expected(paper: Path) -> None:
    """F4 F6 F7 N1 N7 N11 N15 N19"""
    expected = json.loads(paper.with_name(f"{paper.stem}.expected.json").read_text("utf-8"))
    assert describe(parse(paper.read_bytes(), HEADERS.get(paper.stem, "application/xml"))) == expected


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "the answer is empty"),
        ("  \n", "the answer is empty"),
        (
            "<!DOCTYPE html><html><head><title>Bảo trì</title></head><body>Đang bảo trì</body></html>",
            "a web page, no feed",
        ),
        ("xin chào", "no feed"),
        ("<note><to>An</to></note>", "no feed"),
        ("{", "broken JSON"),
        ('{"a":' * 100_000, "broken JSON"),
        ('{"error": "not found"}', "JSON, but no feed"),
        ('{"items": 7}', "JSON, but no feed"),
    ],
)
def test_what_is_no_feed_is_told_in_plain_words(body: str, reason: str) -> None:
    """N18"""
    with pytest.raises(ParseError, match=f"^{reason}$"):
        parse(body, "text/html")


def test_a_feed_that_breaks_the_parser_is_told_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """F7"""

    def stumble(*_args: object, **_kwargs: object) -> None:
        raise KeyError("version")

    monkeypatch.setattr("feedparser.parse", stumble)
    with pytest.raises(ParseError, match="a broken feed"):
        parse("<rss/>")


@given(st.binary(max_size=200))
def test_any_bytes_are_taken_or_refused(body: bytes) -> None:
    """F7"""
    for head in (b"", b"<?xml version='1.0'?><rss><channel><item><title>", b"\xff\xfe", b'{"items": [{"title": "'):
        try:
            parse(head + body)
        except ParseError:
            continue


@given(st.text(max_size=100))
def test_any_title_is_kept_as_plain_text(title: str) -> None:
    feed = parse(json.dumps({"items": [{"title": title, "id": "1"}]}))
    assert [entry.title for entry in feed.entries] == ([squeeze(title)] if squeeze(title) else [])


class Sample(NamedTuple):
    """A file of the archive, and the one thing that its head says a right reader sees."""

    name: str
    page: Page
    field: str
    expected: str


_CLAIM = re.compile(
    r"Expect:\s*(?:not )?(?:bozo and )?"
    r"(entries\[0\]\['title'\]|entries\[0\]\['description'\]|feed\['title'\]) == (u?'[^']*'|u?\"[^\"]*\")\s*$",
    re.MULTILINE,
)
_HEADER = re.compile(r"Header:\s*([\w-]+):\s*(.*)")


def read_samples() -> Iterator[Sample]:
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if file is None:
                continue
            body = file.read()
            head = decode(body)[:3000]
            headers = {name.lower(): value.strip() for name, value in _HEADER.findall(head)}
            page = Page("http://127.0.0.1/f", 200, body, headers.get("content-type", "application/xml"))
            if claim := _CLAIM.search(head):
                yield Sample(member.name.removeprefix("./"), page, claim[1], str(ast.literal_eval(claim[2])))


@pytest.mark.skipif(not ARCHIVE.exists(), reason="the archive of feeds is not here")
def test_feeds_of_every_kind_in_the_archive_give_their_titles(capsys: pytest.CaptureFixture[str]) -> None:
    """F4 F7"""
    compared: Counter[str] = Counter()
    wrong = []
    for sample in read_samples():
        folder, expected = sample.name.rsplit("/", 1)[0], {squeeze(sample.expected), plain_text(sample.expected)}
        if "" in expected or "<" in sample.expected or compared[folder] == 12:
            continue
        feed = parse_feed(sample.page, NOW)
        got = {"feed": feed.title} if sample.field.startswith("feed") else {}
        if not got and feed.entries:
            got = {"entry": feed.entries[0].title if "title" in sample.field else feed.entries[0].description}
        compared[folder] += 1
        if not expected & set(got.values()):
            wrong.append((sample.name, sample.expected, got))
    with capsys.disabled():
        print(f"\n{compared.total()} feeds of the archive compared, from {len(compared)} folders")  # noqa: T201 - the count is asked for
    assert wrong == []
    assert compared.total() >= 30


def read_guids(items: str, end: str = "") -> list[str]:
    body = f"<rss version='2.0'><channel><title>Tin</title>{items}</channel>{end}</rss>"
    return [entry.guid for entry in parse_feed(Page(URL, 200, body.encode()), NOW).entries]


@pytest.mark.parametrize("comment", ["<!-- mẫu: <item> -->", "<!-- <item>", "<!-- <item><title>Cũ</title> -->"])
def test_a_comment_behind_the_items_hides_none(comment: str) -> None:
    """N10"""
    items = "".join(f"<item><title>Tin {n}</title><guid>{n}</guid></item>" for n in range(2))
    assert read_guids(items, comment) == ["0", "1"]


def test_a_comment_within_a_description_does_not_make_a_feed_look_cut() -> None:
    """N10"""
    text = "<![CDATA[<!-- <item> dở dang]]>"
    items = "".join(
        f"<item><title>Tin {n}</title><guid>{n}</guid><description>{text}</description></item>" for n in range(2)
    )
    assert read_guids(items) == ["0", "1"]


@pytest.mark.parametrize(
    "guid", ["g 7", "<![CDATA[g7]]>", "a&amp;b", "tag:x,2026:7", "http://site.example.vn/7?a=1&amp;b=2"]
)
def test_a_guid_is_taken_as_it_is_written(guid: str) -> None:
    """N1"""
    written = guid.removeprefix("<![CDATA[").removesuffix("]]>").replace("&amp;", "&")
    assert read_guids(f"<item><title>Tin</title><guid>{guid}</guid></item>") == [written]


def test_a_link_that_is_longer_than_any_address_is_none() -> None:
    long = f"http://site.example.vn/{'a' * 2000}"
    body = f"<rss version='2.0'><channel><item><title>Tin</title><link>{long}</link></item></channel></rss>"
    (entry,) = parse_feed(Page(URL, 200, body.encode()), NOW).entries
    assert (entry.title, entry.url) == ("Tin", "")


@pytest.mark.parametrize("order", ["{id}{link}", "{link}{id}"])
def test_the_link_of_an_atom_entry_may_stand_before_its_id_or_after_it(order: str) -> None:
    """Most have the id first."""
    id_, link = "<id>tag:site.example.vn,2026:7</id>", '<link rel="alternate" href="http://site.example.vn/7"/>'
    entry = f"<entry>{order.format(id=id_, link=link)}<title>Tin</title></entry>"
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Tin</title>{entry}</feed>'
    (found,) = parse_feed(Page(URL, 200, body.encode()), NOW).entries
    assert (found.url, found.guid) == ("http://site.example.vn/7", "tag:site.example.vn,2026:7")
