"""The newsroom's lists of news, each laid out and paged in its own way: posts in, pages out; they know no server."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from bot.demo.archive import OFFICE_TIME, Post
from bot.demo.pages import OFFICE, fill, format_stamp, get_teaser, picture_path, render_pager

POPULAR_ITEMS = 4
#: How many numbers the pager of the form shows before its `...`.
NUMBERS = 2


@dataclass(frozen=True, slots=True)
class ListPage:
    """What stands on one page of a list; `fields` are hidden ones of the form around it."""

    posts: Sequence[Post]
    number: int
    pages: int
    popular: Sequence[Post] = ()
    fields: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a list looks: the template of its items, what is around them, and the way to the next page."""

    path: str
    title: str
    item: str
    frame: str
    render_pager: Callable[[ListPage], str]
    render_head: Callable[[ListPage], str] = lambda page: ""


def render_listing(layout: Layout, page: ListPage) -> str:
    items = "\n".join(_render_item(post, layout.item) for post in page.posts)
    return fill(
        "portal",
        title=escape(layout.title),
        office=escape(OFFICE),
        head=layout.render_head(page),
        action=layout.path,
        fields=page.fields,
        popular="\n".join(_render_item(post, "line") for post in page.popular[:POPULAR_ITEMS]),
        content=layout.frame.format(items=items, pager=layout.render_pager(page)),
    )


def _render_item(post: Post, template: str) -> str:
    day = post.published_at.astimezone(OFFICE_TIME)
    return fill(
        f"item_{template}",
        id=str(post.id),
        path=escape(post.path),
        title=escape(post.article.title),
        teaser=escape(get_teaser(post)),
        image="".join(
            f'<img src="{escape(picture_path(one))}" width="110" alt="" />' for one in post.article.pictures[:1]
        ),
        stamp=format_stamp(post.published_at),
        day=f"{day:%d/%m/%Y}",
        iso=day.isoformat(),
    )


def _render_numbers(page: ListPage) -> str:
    numbers = range(1, page.pages + 1)
    links = (f'<a href="/chuyen-muc/trang-{n}">{n}</a>' if n != page.number else f"<b>{n}</b>" for n in numbers)
    return f"Trang: {' '.join(links)}"


def _render_first(page: ListPage) -> str:
    return render_pager(pages=page.pages, current=page.number)


def _render_next(page: ListPage) -> str:
    return f'<a href="?trang={page.number + 1}">Trang sau</a>' if page.number < page.pages else "Hết"


def _render_rel_next(page: ListPage) -> str:
    return f'<link rel="next" href="/diem-tin?trang={page.number + 1}" />' if page.number < page.pages else ""


def _render_more(page: ListPage) -> str:
    return f'<a class="more" href="/su-kien?p={page.number + 1}">Xem thêm</a>' if page.number < page.pages else ""


def _render_postbacks(page: ListPage) -> str:
    """As a GridView does: a few numbers, the current one no link, and `...` for those before and after."""
    shown = _list_shown(page.number)
    offered = list_offered(page.number, page.pages)
    cells = (_render_postback(n, page.number, str(n) if n in shown else "...") for n in offered)
    return f'<tr class="pager"><td colspan="2"><table><tr>{"".join(cells)}</tr></table></td></tr>'


def list_offered(number: int, pages: int) -> list[int]:
    """The pages that a page of the form leads to, and itself."""
    shown = _list_shown(number)
    return [n for n in range(shown[0] - 1, shown[-1] + 2) if 1 <= n <= pages]


def _list_shown(number: int) -> range:
    first = (number - 1) // NUMBERS * NUMBERS + 1
    return range(first, first + NUMBERS)


def _render_postback(number: int, current: int, text: str) -> str:
    if number == current:
        return f"<td><span>{number}</span></td>"
    return f"<td><a href=\"javascript:__doPostBack('ctl00$Main$gvTin','Page${number}')\">{text}</a></td>"


NUMBERED = Layout(
    "/chuyen-muc",
    "Tin theo chuyên mục",
    "line",
    '<ul class="danh-sach">\n{items}\n</ul>\n<p class="phan-trang">{pager}</p>',
    _render_numbers,
)
DECLARED = Layout(
    "/diem-tin", "Điểm tin", "card", '<div class="cards">\n{items}\n</div>\n{pager}', _render_next, _render_rel_next
)
MORE = Layout("/su-kien", "Sự kiện", "table", "<table>\n{items}\n</table>\n{pager}", _render_more)
FORM = Layout(
    "/TinTuc.aspx",
    "Tin hoạt động ngành",
    "row",
    '<table id="ctl00_Main_gvTin" cellspacing="0">\n{items}\n{pager}\n</table>',
    _render_postbacks,
)
#: The list that the feed belongs to, once the site was rebuilt.
REBUILT = Layout("/tin-tuc", "Tin tức", "story", "{items}{pager}", _render_first)
LAYOUTS = (NUMBERED, DECLARED, MORE, FORM)


def redesign(layout: Layout) -> Layout:
    """The same list after the site was rebuilt."""
    frame = '<main class="stories">\n{items}\n</main>\n<table class="pages">{pager}</table>'
    return Layout(layout.path, layout.title, "story", frame, layout.render_pager, layout.render_head)
