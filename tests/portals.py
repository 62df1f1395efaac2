"""Pours articles into the layouts of Vietnamese portals (`tests/data/portals`), and says what is to be read there."""

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from html import escape
from itertools import takewhile
from json import dumps
from pathlib import Path
from string import Template

from bot.demo.archive import (
    EVENT_DAY,
    OFFICE_TIME,
    Article,
    Attachment,
    Picture,
    date_of_archive,
    fill_dates,
    load_articles,
    workday_before,
)
from bot.demo.pages import WEEKDAYS
from feeds import types
from feeds.summarisers.fit import trim_end_mark
from feeds.summarisers.lead import repeats_title

FOLDER = Path(__file__).parent / "data" / "portals"
LAYOUTS = sorted(path.stem for path in FOLDER.glob("*.toml"))
SEEDS = sorted((Path(__file__).parents[2] / "shared" / "seeds").glob("*.txt"))
#: What must be right in a story.
FIELDS = (
    "section",
    "title",
    "lead",
    "text",
    "signature",
    "published_at",
    "event_date",
    "pictures",
    "attachments",
    "document_numbers",
)
NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
SITE = "http://portal.test"
URL = f"{SITE}/tin-tuc/bai-viet-1.html"
OFFICE = "Cổng thông tin điện tử Cục Thống kê tỉnh Bình An"
NOTICE = (
    "Cục Thống kê tỉnh tiếp nhận phản ánh, kiến nghị của cá nhân, tổ chức về quy định hành chính trong giờ làm việc, "
    "qua số điện thoại 0260.3888.999 hoặc hộp thư công vụ của cơ quan, từ thứ hai đến thứ sáu hằng tuần."
)
COMMENT = "Bài viết rất hữu ích, mong Cục Thống kê tỉnh sớm công bố thêm số liệu theo xã, phường để người dân tra cứu."
OTHERS = (
    "Đoàn viên thanh niên Cục Thống kê tỉnh ra quân trồng cây xanh trên tuyến đường ven sông Trà Mây",
    "Thông báo lịch tiếp công dân định kỳ của lãnh đạo Cục Thống kê tỉnh trong quý tới",
    "Chi bộ Văn phòng Cục Thống kê tỉnh tổ chức sinh hoạt chuyên đề quý III năm 2026",
)
FIGURES = (
    "Chỉ tiêu | Đơn vị | Thực hiện | So với cùng kỳ (%)",
    "GRDP | Tỷ đồng | 78.642 | 107,84",
    "Kim ngạch xuất khẩu | Triệu USD | 86,2 | 101,2",
)
MADE_UP_PICTURES = tuple(Picture(f"{number}.jpg", caption) for number, caption in enumerate(OTHERS))
MADE_UP_PAPERS = (
    Attachment("cong-van-512.docx", "Công văn số 512/CTK-TKTH (DOCX)"),
    Attachment("phu-luc-1.xlsx", "Phụ lục số liệu"),
)


@dataclass(frozen=True, slots=True)
class Copy:
    """An article as it goes to print; `event` is the day it tells of."""

    article: Article
    published_at: datetime
    event: date | None


@dataclass(frozen=True, slots=True)
class Poured:
    """A page, and the story that is to be read from it."""

    page: str
    story: types.Story


def load_copies() -> list[Copy]:
    """The newsroom's articles. A day that only ends a reckoning (`tính đến ngày`) is none that an article tells of."""
    return [_prepare(article) for article in load_articles()]


def _prepare(article: Article) -> Copy:
    published_at = date_of_archive(article, NOW)
    is_told = not any(f"đến ngày {EVENT_DAY}" in text for text in (article.lead, *article.paragraphs))
    event = workday_before(published_at.astimezone(OFFICE_TIME).date()) if is_told else None
    return Copy(fill_dates(article, published_at), published_at, event)


def read_seed(path: Path) -> Copy:
    """One of the two real articles, whose text lies beside the repository; it appeared the day after its event."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    end = next(index for index, line in enumerate(lines) if line.endswith("./.")) + 1
    captions = takewhile(lambda line: not line.startswith("TIN TỨC"), lines[end + 2 :])
    day, month, year = map(int, re.findall(r"\d+", lines[2])[:3])
    event = date(year, month, day)
    article = Article(
        slug=path.stem,
        section=lines[0],
        title=lines[1],
        lead=lines[2],
        paragraphs=tuple(lines[3:end]),
        signature=lines[end],
        days_ago=0,
        time=time(8, 30),
        gallery=lines[end + 1].removesuffix(":"),
        pictures=tuple(Picture(f"{number}.jpg", text) for number, text in enumerate((*captions, "", ""))),
    )
    return Copy(article, datetime.combine(event + timedelta(days=1), article.time, tzinfo=OFFICE_TIME), event)


def pour(copy: Copy, layout: str) -> Poured:
    """The copy in a layout, which may hold only a part of it."""
    parts = _load(layout)
    article = _cut(copy.article, parts.get("holds", ""))
    text = " ".join((article.lead, *article.paragraphs))
    event = copy.event if copy.event and f"{copy.event.day}/{copy.event.month}/" in text else None
    story = types.Story(
        title=article.title,
        section=article.section,
        lead="" if repeats_title(article.lead, article.title) else article.lead,
        paragraphs=tuple(map(trim_end_mark, article.paragraphs)),
        signature=article.signature,
        published_at=copy.published_at,
        event_date=event,
        pictures=tuple(types.Picture(f"{SITE}{_picture_path(one)}", one.caption) for one in article.pictures),
        attachments=tuple(types.Attachment(f"{SITE}{_paper_path(one)}", one.label) for one in article.attachments),
    )
    return Poured(_render(replace(copy, article=article), parts), story)


@cache
def _load(layout: str) -> dict[str, str]:
    return tomllib.loads((FOLDER / f"{layout}.toml").read_text(encoding="utf-8"))


def _cut(article: Article, holds: str) -> Article:
    """The part of the article that a layout holds."""
    bare = replace(article, lead="", paragraphs=(), pictures=(), attachments=())
    if holds == "notice":
        return replace(bare, paragraphs=(article.lead or article.paragraphs[0],), attachments=article.attachments[:1])
    if holds == "pictures":
        return replace(bare, pictures=article.pictures or MADE_UP_PICTURES)
    if holds == "papers":
        return replace(bare, attachments=article.attachments or MADE_UP_PAPERS)
    return replace(bare, paragraphs=FIGURES) if holds == "figures" else article


def _picture_path(picture: Picture) -> str:
    return f"/Portals/0/hinh-anh/{picture.file}"


def _paper_path(paper: Attachment) -> str:
    return f"/van-ban/{paper.file}"


def _render(copy: Copy, parts: dict[str, str]) -> str:
    article, local = copy.article, copy.published_at.astimezone(OFFICE_TIME)
    paragraphs = [_render_paragraph(text, parts["paragraph"]) for text in article.paragraphs]
    return Template(parts["page"]).substitute(
        office=OFFICE,
        notice=NOTICE,
        comment=COMMENT,
        others="".join(f'<li><a href="/khac.html">{text}</a> <span>(12/11/2026)</span></li>' for text in OTHERS),
        thumbs="".join(map(_render_thumb, OTHERS)),
        section=escape(article.section),
        title=escape(article.title),
        json_title=dumps(article.title, ensure_ascii=False),
        description=escape(article.lead or OFFICE),
        lead=_fill(parts["lead"], text=escape(article.lead)) if article.lead else "",
        paragraphs="".join(paragraphs),
        first="".join(paragraphs[:1]),
        rest="".join(paragraphs[1:]),
        signature=article.signature,
        pictures=_render_pictures(article, parts),
        papers="".join(
            _fill(parts["paper"], href=_paper_path(one), label=escape(one.label)) for one in article.attachments
        ),
        iso=local.isoformat(),
        weekday=WEEKDAYS[local.weekday()],
        date=f"{local:%d/%m/%Y}",
        short_date=f"{local.day}/{local.month}/{local.year}",
        clock=f"{local:%H:%M}",
        clock12=f"{local.hour % 12 or 12}:{local:%M:%S} {'SA' if local.hour < 12 else 'CH'}",
    )


def _fill(template: str, **values: str) -> str:
    return Template(template).substitute(values)


def _render_paragraph(text: str, template: str) -> str:
    cells = "".join(f"<td><p>{escape(cell)}</p></td>" for cell in text.split(" | "))
    return _fill(template, text=escape(text), cells=cells)


def _render_thumb(title: str) -> str:
    return f"""<div class="item"><a href="/khac.html"><img src="/thumb/1.jpg"></a>
    <h3><a href="/khac.html">{title}</a></h3>
    <p>{title}, theo kế hoạch công tác đã được lãnh đạo cơ quan phê duyệt từ đầu năm.</p></div>"""


def _render_pictures(article: Article, parts: dict[str, str]) -> str:
    pictures = "".join(
        _fill(parts["picture"], image=f'<img src="{_picture_path(one)}">', caption=escape(one.caption))
        for one in article.pictures
    )
    heading = parts.get("gallery", "$pictures")
    return _fill(heading, pictures=pictures, gallery=escape(article.gallery)) if pictures else ""
