"""The newsroom's feed as RSS 2.0: posts in, bytes out."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree as ET

from bot.demo.archive import OFFICE_TIME, Post
from bot.demo.pages import OFFICE, get_teaser, picture_path


def render_feed(posts: Sequence[Post], *, url: str, changed_at: datetime) -> bytes:
    """The feed of `posts` in the given order; `url` is the site's address without a slash at its end."""
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    _add(channel, "title", OFFICE)
    _add(channel, "link", f"{url}/")
    _add(channel, "description", f"Tin tức của {OFFICE}")
    _add(channel, "language", "vi")
    _add(channel, "lastBuildDate", format_datetime(changed_at.astimezone(OFFICE_TIME)))
    for post in posts:
        _add_item(channel, post, url)
    ET.indent(rss)
    body: bytes = ET.tostring(rss, encoding="utf-8", xml_declaration=True)
    return body


def _add_item(channel: ET.Element, post: Post, url: str) -> None:
    item = ET.SubElement(channel, "item")
    _add(item, "title", post.article.title)
    _add(item, "link", f"{url}{post.path}")
    _add(item, "description", _render_description(post, url))
    _add(item, "category", post.article.section)
    _add(item, "guid", f"binhan-{post.id}").set("isPermaLink", "false")
    _add(item, "pubDate", format_datetime(post.published_at.astimezone(OFFICE_TIME)))


def _render_description(post: Post, url: str) -> str:
    images = (f'<img src="{escape(url + picture_path(picture))}" />' for picture in post.article.pictures[:1])
    return f"<p>{''.join(images)}{escape(get_teaser(post))}</p>"


def _add(parent: ET.Element, tag: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, tag)
    child.text = text
    return child
