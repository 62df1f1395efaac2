"""No feed or page takes long to parse, however hostile."""

import contextlib
import time

import pytest

from feeds.article import read_story
from feeds.errors import ArticleError, ParseError
from feeds.parse import parse_feed
from feeds.trim import LONGEST, MOST_ENTITIES, MOST_ITEMS, MOST_PAGE_TAGS, MOST_TAGS, trim, trim_page
from feeds.types import Page
from tests.make import NOW

MANY = 100_000
#: What a feed may hold to keep its reader busy.
HOSTILE = {
    "unclosed items": "<item><title>a</title>" * MANY,
    "closed items": "<item><title>a</title><link>http://a.vn/1</link></item>" * MANY,
    "nested markup": "<item><description>" + "<div>" * MANY,
    "unknown elements": "<a>" * MANY * 5,
    "ampersands": "<item><title>" + "&" * MANY * 5,
    "attributes": "<item " + 'a="b" ' * MANY + "/>",
    "authors": "<item><author>" * MANY,
    "unclosed CDATA": "<![CDATA[" * MANY,
    "unclosed comments": "<!--" * MANY,
}


def parse(text: str, content_type: str = "application/xml") -> int:
    try:
        return len(parse_feed(Page("https://a.vn/rss", 200, text.encode(), content_type), NOW).entries)
    except ParseError:
        return 0


@pytest.mark.parametrize("body", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_feed_takes_no_long_time(body: str) -> None:
    """F1, F7"""
    start = time.process_time()
    parse(f'<rss version="2.0"><channel><title>x</title>{body}</channel></rss>')
    assert time.process_time() - start < 4  # twice what is wished: machines differ


def test_the_newest_of_too_many_items_are_read() -> None:
    """F1"""
    items = "".join(f"<item><title>Tin {n}</title></item>" for n in range(MOST_ITEMS + 5))
    assert parse(f"<rss><channel>{items}</channel></rss>") == MOST_ITEMS
    listed = ",".join(f'{{"title": "Tin {n}"}}' for n in range(MOST_ITEMS + 5))
    assert parse(f'{{"items": [{listed}]}}') == MOST_ITEMS


def test_a_feed_of_usual_size_is_left_alone() -> None:
    document = "<rss><channel>" + "<item><title>a &amp; b</title></item>" * MOST_ITEMS + "</channel></rss>"
    assert trim(document) == document


@pytest.mark.parametrize(
    "filling", ["<b/>" * (MOST_TAGS // 2), "&amp;" * (MOST_ENTITIES // 2 + 1), "x" * (LONGEST // 2)]
)
def test_what_is_too_much_is_cut_between_two_items(filling: str) -> None:
    item = f"<item>{filling}</item>"
    assert trim(f"<rss>{item * 3}") == f"<rss>{item}"


def test_one_item_that_is_too_much_is_cut_anywhere() -> None:
    assert len(trim("<rss><item>" + "<b/>" * MOST_TAGS * 2)) < 5 * MOST_TAGS
    assert len(trim("<rss><item>" + "x" * LONGEST)) == LONGEST


def test_markup_inside_of_texts_and_comments_counts_for_nothing() -> None:
    document = f"<rss><!--{'<item>' * MOST_ITEMS * 2}--><item><![CDATA[{'<p>&amp;' * MOST_TAGS * 2}]]></item></rss>"
    assert trim(document) == document


def test_a_page_is_read_up_to_so_many_tags() -> None:
    assert trim_page("<p>Một") == "<p>Một"
    whole = "<p>" * MOST_PAGE_TAGS
    assert trim_page(f"{whole}<b>hết") == whole
    assert len(trim_page("a" * (LONGEST + 1))) == LONGEST


@pytest.mark.parametrize(
    "bomb",
    [
        "<a href=x>" * 60_000,
        "<div>" * 600_000,
        ("<div>" * 200 + "<p>tin" + "</div>" * 200) * 500,
        f"<script type='application/ld+json'>[{'{},' * 300_000}1]</script>",
    ],
    ids=["links", "depth", "blocks", "metadata"],
)
def test_a_page_made_to_be_slow_is_read_in_bounded_time(bomb: str) -> None:
    start = time.process_time()
    with contextlib.suppress(ArticleError):
        read_story(f"<html><body>{bomb}".encode(), "https://cuc.example.vn/1", "text/html")
    assert time.process_time() - start < 4
