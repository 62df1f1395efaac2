"""The newsroom's HTML pages: posts in, text out. They know no server."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from html import escape
from importlib import resources
from string import Template

from bot.demo.archive import OFFICE_TIME, Attachment, Picture, Post

OFFICE = "Cục Thống kê tỉnh Bình An"
WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
TEASER_LENGTH = 220


def render_article(post: Post, *, related: Sequence[Post], pages: int) -> str:
    """The page of one article, with news of the same section and the numbers of the list pages below."""
    article = post.article
    content = _template("article").substitute(
        section=escape(article.section),
        title=escape(article.title),
        stamp=format_stamp(post.published_at),
        lead=_render_lead(article.lead),
        paragraphs="\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in article.paragraphs),
        signature=escape(article.signature),
        gallery=_render_gallery(article.gallery, article.pictures),
        attachments=_render_attachments(article.attachments),
        related="\n".join(map(_render_related, related)),
        pager=render_pager(pages=pages),
    )
    return _render_layout(article.title, content, action=post.path, description=article.lead)


def render_list(posts: Sequence[Post], *, page: int, pages: int) -> str:
    """One numbered page of the list of news."""
    content = _template("list").substitute(
        items="\n".join(map(_render_item, posts)), pager=render_pager(pages=pages, current=page)
    )
    return _render_layout("Tin tức", content, action=f"/tin-tuc?page={page}")


def render_not_found() -> str:
    return _render_layout("Không tìm thấy trang", _template("not_found").substitute(), action="/")


def render_pager(*, pages: int, current: int | None = None) -> str:
    """`Trang: 1 2 3`, each but the current one a link."""
    return "Trang: " + " ".join(_render_page_number(page, current) for page in range(1, pages + 1))


def format_stamp(moment: datetime) -> str:
    """A date as the site prints it: `Thứ ba, 14/7/2026 | 08:30`."""
    local = moment.astimezone(OFFICE_TIME)
    return f"{WEEKDAYS[local.weekday()]}, {local.day}/{local.month}/{local.year} | {local:%H:%M}"


def get_teaser(post: Post) -> str:
    """The lead, or else the beginning of the text, cut between words."""
    text = post.article.lead or post.article.paragraphs[0]
    if len(text) <= TEASER_LENGTH:
        return text
    return text[:TEASER_LENGTH].rsplit(" ", maxsplit=1)[0].rstrip(",;:.") + "…"


def picture_path(picture: Picture) -> str:
    return f"/hinh-anh/{picture.file}"


def attachment_path(attachment: Attachment) -> str:
    return f"/dinh-kem/{attachment.file}"


def _render_layout(title: str, content: str, *, action: str, description: str = "") -> str:
    return _template("layout").substitute(
        title=escape(title),
        office=escape(OFFICE),
        description=escape(description or f"Trang thông tin điện tử {OFFICE}"),
        action=escape(action),
        content=content,
    )


def _render_lead(lead: str) -> str:
    return f'<p class="sapo"><strong>{escape(lead)}</strong></p>' if lead else ""


def _render_gallery(heading: str, pictures: Sequence[Picture]) -> str:
    if not pictures:
        return ""
    figures = "\n".join(map(_render_picture, pictures))
    return f'<p class="gallery">{escape(heading)}:</p>\n{figures}'


def _render_picture(picture: Picture) -> str:
    caption = escape(picture.caption)
    image = f'<img src="{escape(picture_path(picture))}" alt="{caption}" width="480" height="270" />'
    return f'<div class="picture">{image}<br /><em>{caption}</em></div>'


def _render_attachments(attachments: Sequence[Attachment]) -> str:
    links = (f'<a href="{escape(attachment_path(one))}">{escape(one.label)}</a>' for one in attachments)
    return "\n".join(f'<p class="attachment">Tệp đính kèm: {link}</p>' for link in links)


def _render_related(post: Post) -> str:
    day = post.published_at.astimezone(OFFICE_TIME)
    return f"<li>{_render_link(post)} <span>({day:%d/%m/%Y})</span></li>"


def _render_item(post: Post) -> str:
    return _template("item").substitute(
        link=_render_link(post), stamp=format_stamp(post.published_at), teaser=escape(get_teaser(post))
    )


def _render_link(post: Post) -> str:
    return f'<a href="{escape(post.path)}">{escape(post.article.title)}</a>'


def _render_page_number(page: int, current: int | None) -> str:
    return f"<b>{page}</b>" if page == current else f'<a href="/tin-tuc?page={page}">{page}</a>'


def fill(template: str, **parts: str) -> str:
    """A template of the newsroom with its parts, which are HTML already."""
    return _template(template).substitute(parts)


@cache
def _template(name: str) -> Template:
    folder = resources.files("bot.demo").joinpath("templates")
    return Template(folder.joinpath(f"{name}.html").read_text(encoding="utf-8"))
