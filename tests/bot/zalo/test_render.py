"""How messages look on Zalo."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.cut import count_units, split_text
from bot.message import Button, Message, Span, bold, italic, link, say
from bot.zalo.render import MAX_UNITS, render_parts

URL = "https://thongke.example.vn/tin/1.html"


def show(message: Message, **options: object) -> str:
    (part,) = render_parts(message, **options)  # type: ignore[arg-type]
    return part.text


def test_styles_are_runs_counted_in_utf16_units() -> None:
    """D16"""
    (part,) = render_parts(say("📢 ", bold("Tin"), " ", italic("hôm nay")))
    assert part.text == "📢 Tin hôm nay"
    assert part.styles == ({"start": 3, "len": 3, "st": ["b"]}, {"start": 7, "len": 7, "st": ["i"]})


def test_an_address_stands_below_its_line_once() -> None:
    news = say(Span("GDP tăng", bold=True, url=URL), "\n\nTăng 8,2%.\n\n", italic("Cục"), " · ", link("Đọc tiếp", URL))
    assert show(news) == f"GDP tăng\n\nTăng 8,2%.\n\nCục · Đọc tiếp\n{URL}"
    two = say("1. ", link("Một", f"{URL}?1"), "\nCục · sáng\n2. ", link("Hai", f"{URL}?2"), " · Cục")
    assert show(two) == f"1. Một\n{URL}?1\nCục · sáng\n2. Hai · Cục\n{URL}?2"
    assert show(say(link(URL, URL))) == URL
    assert show(say(link("gửi", "javascript:alert(1)"))) == "gửi"


def test_outside_text_is_no_markup() -> None:
    """C1: nothing is escaped, for nothing is markup."""
    assert show(say(bold("GDP < 8% **và** {red}_x_"))) == "GDP < 8% **và** {red}_x_"


def test_buttons_are_numbered_below_a_hint() -> None:
    menu = say("Chủ đề").with_buttons([Button("✅ Kinh tế", "mute:1")], [Button("Trang 2 →", "topics:1")])
    assert show(menu, first=7, hint="Trả lời bằng số:") == "Chủ đề\n\nTrả lời bằng số:\n[7] ✅ Kinh tế\n[8] Trang 2 →"


def test_a_long_message_is_parted_between_paragraphs() -> None:
    """D16"""
    paragraphs = [f"{number}. " + "chữ " * 150 for number in range(8)]
    parts = render_parts(say(bold("Tin\n\n"), "\n\n".join(paragraphs)).with_buttons([Button("Trang 2", "page:1:1")]))
    assert len(parts) == 3
    assert all(count_units(part.text) <= MAX_UNITS for part in parts)
    assert [part.text[:2] for part in parts] == ["Ti", "3.", "6."]
    assert parts[-1].text.endswith("[1] Trang 2")
    assert (parts[0].styles, parts[1].styles) == (({"start": 0, "len": 3, "st": ["b"]},), ())


_TEXT = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(["\n\n", "\n", " ", "📢" * 30, "ế", "🇻🇳"])


@given(st.lists(_TEXT, max_size=12).map("".join), st.integers(8, 80))
def test_no_text_is_lost_and_no_character_cut(text: str, limit: int) -> None:
    """D16"""
    parts = [text[start:end] for start, end in split_text(text, limit)]
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(part.strip() for part in parts)
    for part in parts:
        assert count_units(part) <= limit or not any(c.isspace() for c in part)


@given(st.lists(st.builds(Span, _TEXT, bold=st.booleans(), url=st.sampled_from(["", URL, "x:y"])), max_size=8))
def test_whatever_is_said_is_what_zalo_takes(spans: list[Span]) -> None:
    """D16"""
    for part in render_parts(Message(tuple(spans)), limit=100):
        length = count_units(part.text)
        assert part.text.strip()
        assert unicodedata.is_normalized("NFC", part.text)
        assert all(run["start"] >= 0 and run["len"] > 0 and run["start"] + run["len"] <= length for run in part.styles)
