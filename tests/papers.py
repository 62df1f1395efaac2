"""Feeds and article pages as the newspapers of a province would write them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from html import escape

from tests.make import NOW


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a feed; what is empty is left out."""

    title: str
    url: str = ""
    guid: str = ""
    description: str = ""
    published_at: datetime | None = NOW

    def but(self, **changes: object) -> "Item":
        return replace(self, **changes)  # type: ignore[arg-type]


EVENTS = (
    "Khai mạc hội nghị sơ kết công tác thống kê",
    "Sản lượng khai thác hải sản tăng mạnh",
    "Giá tiêu dùng giảm nhẹ trong tháng qua",
    "Công bố kết quả điều tra nông thôn",
    "Tập huấn nghiệp vụ cho cán bộ cơ sở",
    "Khách du lịch đến tỉnh đạt mức cao",
    "Thu ngân sách vượt dự toán được giao",
    "Xuất khẩu thanh long phục hồi rõ rệt",
    "Doanh nghiệp thành lập mới nhiều hơn",
    "Khởi công tuyến đường ven biển phía nam",
)


def item(number: int, *, host: str = "thongke.example.vn", **changes: object) -> Item:
    """An item with all it should have; the same number gives the same item."""
    title = EVENTS[number % len(EVENTS)] + (f" lần thứ {number}" if number >= len(EVENTS) else "")
    url = f"https://{host}/tin/{number}.html"
    return Item(title, url, url, f"Bản tin số {number} nêu các việc đã làm và các việc phải làm trong kỳ tới.").but(
        **changes
    )


def items(*numbers: int, host: str = "thongke.example.vn") -> list[Item]:
    return [item(number, host=host) for number in numbers]


def rss(entries: Sequence[Item], *, title: str = "Tin thống kê", ttl: int | None = None) -> str:
    """An RSS feed of the entries in their order; `ttl` in minutes."""
    head = f"<title>{escape(title)}</title>" + (f"<ttl>{ttl}</ttl>" if ttl else "")
    body = f"<channel>{head}{''.join(map(_item, entries))}</channel>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0">{body}</rss>'


def _item(entry: Item) -> str:
    tags = {
        "title": entry.title,
        "link": entry.url,
        "description": entry.description,
        "pubDate": format_datetime(entry.published_at) if entry.published_at else "",
    }
    guid = f'<guid isPermaLink="false">{escape(entry.guid)}</guid>' if entry.guid else ""
    body = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in tags.items() if text)
    return f"<item>{body}{guid}</item>"


def page(
    title: str,
    *paragraphs: str,
    section: str = "",
    lead: str = "",
    signature: str = "",
    picture: str = "",
    cover: str = "",
) -> str:
    """An article page in the way of the office's own site: section, title, lead, paragraphs, signature, frame."""
    lines = [f"<p><b>{escape(lead)}</b></p>" if lead else "", *(f"<p>{escape(text)}</p>" for text in paragraphs)]
    head = f'<meta property="og:image" content="{escape(cover)}">' if cover else ""
    lines[1:1] = [f'<p><img src="{escape(picture)}"></p>'] if picture else []
    sign = f'<p style="text-align:right">{escape(signature)}</p>' if signature else ""
    crumbs = f'<div class="section">{escape(section)}</div>' if section else ""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(title)}</title>{head}</head><body>'
        '<div id="menu"><a href="/">Trang chủ</a> <a href="/lien-he">Liên hệ</a></div>'
        f'<div id="content">{crumbs}<h1>{escape(title)}</h1>{"".join(lines)}{sign}'
        "<p>TIN TỨC CÙNG LOẠI KHÁC:</p><ul><li><a href='/tin/khac.html'>Một tin khác của tuần trước</a></li></ul></div>"
        '<div id="footer">Bản quyền thuộc về Chi cục Thống kê</div></body></html>'
    )
