"""The quick reader of plain RSS sees what feedparser sees, or leaves the feed to it."""

import tarfile
from pathlib import Path

import pytest

from feeds import parse as parsing
from feeds.parse import parse_feed
from feeds.plainrss import read_plain
from feeds.types import Feed, Page
from tests.make import NOW
from tests.papers import items, rss

ARCHIVE = Path(__file__).parents[3] / "shared" / "data" / "feeds.tar.gz"
DATA = Path(__file__).parents[1] / "data" / "feeds"
ITEM = "<title>Tin một</title><link>http://a.vn/1</link>"


def wrap(item: str, *, channel: str = "<title>Nguồn</title>", root: str = 'rss version="2.0"') -> str:
    return f"<{root}><channel>{channel}<item>{item}</item></channel></{root.split()[0]}>"


def read_slowly(body: bytes, monkeypatch: pytest.MonkeyPatch) -> Feed:
    with monkeypatch.context() as patched:
        patched.setattr(parsing, "read_plain", lambda document: None)
        return read(body)


def read(body: bytes) -> Feed:
    return parse_feed(Page("https://tinh.example.vn/rss/tin.xml", 200, body, "application/xml"), NOW)


def is_plain(body: bytes) -> bool:
    """Whether the quick reader takes it, declaration and comments left aside."""
    text = body.decode("utf-8", "replace")
    return read_plain(text[max(text.find("<rss"), 0) :]) is not None


PLAIN = {
    "usual": rss(items(3, 2, 1), ttl=30),
    "markup in the text": wrap(f"{ITEM}<description><![CDATA[<p>Một &amp; <b>hai</b></p>]]></description>"),
    "escaped markup": wrap(f"{ITEM}<description>&lt;p&gt;GDP &amp;lt; 8%&lt;/p&gt;</description>"),
    "a lone sign": wrap("<title>GDP &lt; 8% &amp; CPI</title><link>http://a.vn/1</link>"),
    "a bare guid": wrap(f"{ITEM}<guid>123-a</guid>"),
    "a guid that is a link": wrap(f'{ITEM}<guid isPermaLink="true">https://a.vn/1?x=1&amp;y=2</guid>'),
    "both texts": wrap(
        f"{ITEM}<description>Ngắn</description><c:encoded>Dài hơn</c:encoded>",
        root='rss version="2.0" xmlns:c="http://purl.org/rss/1.0/modules/content/"',
    ),
    "what is passed over": wrap(
        f"{ITEM}<category>a</category><author>b</author><d:creator>c</d:creator><comments>http://a.vn/c</comments>",
        root='rss version="2.0" xmlns:d="http://purl.org/dc/elements/1.1/"',
    ),
    "white space": wrap(" <title>\n Tin\t một </title> <link> http://a.vn/1 </link> <pubDate>\n6 Aug 2026 </pubDate>"),
    "no item": '<rss version="2.0"><channel><title>Nguồn</title><ttl>x</ttl></channel></rss>',
}

OTHERS = {
    "no XML": "<rss version='2.0'><channel><title>a</title><item>",
    "an entity": wrap("<title>a&nbsp;b</title><link>http://a.vn/1</link>"),
    "another version": wrap(ITEM, root='rss version="0.91"'),
    "another root": wrap(ITEM, root="feed"),
    "two channels": '<rss version="2.0"><channel/><channel/></rss>',
    "a stranger in the channel": wrap(ITEM, channel="<title>a</title><foo/>"),
    "a base": wrap(ITEM, root='rss version="2.0" xml:base="http://b.vn/"'),
    "no title of its own": wrap(ITEM, channel=""),
    "two titles": wrap(f"{ITEM}<title>b</title>"),
    "markup in the title": wrap("<title>&lt;b&gt;a&lt;/b&gt;</title><link>http://a.vn/1</link>"),
    "markup in the channel's title": wrap(ITEM, channel="<title>a &amp;amp; b</title>"),
    "an element in the title": wrap("<title>a<b>c</b></title><link>http://a.vn/1</link>"),
    "an empty title": wrap("<title/><link>http://a.vn/1</link>"),
    "no link": wrap("<title>a</title>"),
    "a relative link": wrap("<title>a</title><link>/1</link>"),
    "a guid of words": wrap(f"{ITEM}<guid>tin một</guid>"),
    "a stranger in the item": wrap(f"{ITEM}<foo/>"),
    "the whole text alone": wrap(
        f"{ITEM}<c:encoded>Dài</c:encoded>",
        root='rss version="2.0" xmlns:c="http://purl.org/rss/1.0/modules/content/"',
    ),
    "the whole text first": wrap(
        f"{ITEM}<c:encoded>Dài</c:encoded><description>Ngắn</description>",
        root='rss version="2.0" xmlns:c="http://purl.org/rss/1.0/modules/content/"',
    ),
}


@pytest.mark.parametrize("text", PLAIN.values(), ids=list(PLAIN))
def test_plain_feeds_are_read_as_feedparser_reads_them(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_plain(text.encode())
    assert read(text.encode()) == read_slowly(text.encode(), monkeypatch)


@pytest.mark.parametrize("text", OTHERS.values(), ids=list(OTHERS))
def test_what_is_not_certain_is_left_to_feedparser(text: str) -> None:
    assert not is_plain(text.encode())


@pytest.mark.skipif(not ARCHIVE.exists(), reason="the archive of feeds is not here")
def test_both_readers_agree_on_every_plain_feed_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """F7"""
    with tarfile.open(ARCHIVE) as archive:
        files = [file.read() for member in archive if (file := archive.extractfile(member))]
    files += [path.read_bytes() for path in DATA.glob("*.xml")]
    plain = [body for body in files if is_plain(body)]
    assert len(plain) >= 10
    assert [body for body in plain if read(body) != read_slowly(body, monkeypatch)] == []
