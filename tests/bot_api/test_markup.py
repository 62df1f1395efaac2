"""The fake's HTML, offsets and addresses against what Telegram documents."""

from typing import Any

import pytest

from tests.bot_api.errors import ApiError
from tests.bot_api.markup import KINDS, clean_url, command_entities, parse_text, utf16_length


def parse(html: str) -> tuple[str, tuple[dict[str, Any], ...]]:
    return parse_text(html, "HTML", "")


def refusal(html: str) -> str:
    with pytest.raises(ApiError) as caught:
        parse(html)
    return caught.value.description.removeprefix("Bad Request: can't parse entities: ")


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<b>Tin", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>Tin</i>", 'Unmatched end tag at byte offset 6, expected "</b>", found "</i>"'),
        ("<b><i>Tin</b></i>", 'Unmatched end tag at byte offset 9, expected "</i>", found "</b>"'),
        ("Tin</b>", "Unexpected end tag at byte offset 3"),
        ("Tỷ lệ <8%", "Unclosed start tag at byte offset 10"),
        ("Tỷ lệ <8 %>", 'Unsupported start tag "8" at byte offset 10'),
        ("<p>Tin</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("x<br>", 'Unsupported start tag "br" at byte offset 1'),
        ("<b>Tin</b", "Unclosed end tag at byte offset 6"),
        ('<a href="x>Tin</a>', "Unclosed start tag at byte offset 0"),
        ("<a href=http://x.vn>Tin</a>", "Unexpected end of name token at byte offset 8"),
        ('<a ="x">Tin</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<span>Tin</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified"),
    ],
)
def test_broken_markup_is_refused_with_its_byte(html: str, reason: str) -> None:
    """D7, C1"""
    assert refusal(html) == reason


def test_half_a_surrogate_pair_is_refused() -> None:
    assert refusal("&#xD83D;").startswith("Text contains invalid Unicode characters")


def test_known_references_are_read_and_others_stay() -> None:
    """C1"""
    text, _ = parse("GDP &lt; 8% &amp;&quot; &#273;&#x1EC3; &nbsp; A & B &#0; &#12345678;")
    assert text == 'GDP < 8% &" để &nbsp; A & B &#0; &#12345678;'


def test_offsets_are_utf16_units() -> None:
    """D16"""
    _, entities = parse("📢📢 <b>Lũ 🌊</b> về")
    assert entities == ({"type": "bold", "offset": 5, "length": 5},)


def test_each_allowed_tag_has_its_kind() -> None:
    tags = [name for name in KINDS if name not in ("span", "a", "tg-emoji")]
    text, entities = parse(" ".join(f"<{tag}>x</{tag}>" for tag in tags))
    kinds = [entity["type"] for entity in entities]
    assert text == " ".join("x" * len(tags))
    assert kinds == [
        *("bold", "bold", "italic", "italic", "underline", "underline"),
        *("strikethrough", "strikethrough", "strikethrough", "spoiler", "code", "pre", "blockquote"),
    ]


def test_tags_nest_and_carry_their_attributes() -> None:
    _, entities = parse(
        '<b>a <i>b</i></b><span class="tg-spoiler">c</span><blockquote expandable>d</blockquote>'
        '<pre><code class="language-sql">e</code></pre><tg-emoji emoji-id="5368">👍</tg-emoji><b></b>'
    )
    assert [(e["type"], e["offset"], e["length"]) for e in entities] == [
        *(("bold", 0, 3), ("italic", 2, 1), ("spoiler", 3, 1), ("expandable_blockquote", 4, 1)),
        *(("pre", 5, 1), ("custom_emoji", 6, 2)),
    ]
    assert entities[4]["language"] == "sql"


def test_a_link_keeps_a_good_address_and_loses_a_bad_one() -> None:
    """C1"""
    _, entities = parse('<a href="https://x.vn/?a=1&amp;b=2">a</a> <a href="javascript:x">b</a> <a>x.vn</a>')
    assert [entity["url"] for entity in entities] == ["https://x.vn/?a=1&b=2", "http://x.vn/"]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://x.vn", "https://x.vn/"),
        ("x.vn:8080/tin", "http://x.vn:8080/tin"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/a"),
        ("http://cục-thống-kê.vn/", "http://cục-thống-kê.vn/"),
        ("http://[::1]/a", "http://[::1]/a"),
        ("tg://user?id=1", "tg://user?id=1"),
        *((bad, "") for bad in ("", "http://localhost/a", "ftp://x.vn", "http://x y.vn", "http://x.vn:0/")),
        ("http://x.vn:99999/", ""),
    ],
)
def test_an_address_is_kept_only_as_telegram_would(address: str, kept: str) -> None:
    assert clean_url(address) == kept


def test_length_is_counted_after_parsing() -> None:
    """D16"""
    text, _ = parse(f"<b>{'&amp;' * 4094}🌊</b>")
    assert utf16_length(text) == 4096
    with pytest.raises(ApiError, match="message is too long"):
        parse("🌊" * 2049)


@pytest.mark.parametrize("html", ["", "  \n", "<b></b>", "<b> </b>"])
def test_nothing_to_say_is_refused(html: str) -> None:
    with pytest.raises(ApiError, match="message text is empty"):
        parse(html)


def test_white_space_at_the_ends_is_cut_and_entities_move() -> None:
    text, entities = parse("\n <b> Tin </b> \n")
    assert (text, entities) == ("Tin", ({"type": "bold", "offset": 0, "length": 3},))


def test_commands_are_found_as_telegram_finds_them() -> None:
    """A7"""
    found = command_entities("📢 /latest@loa_bot /a_1 x/no //no /timkiếm <b>/no</b> /")
    assert [(e["offset"], e["length"]) for e in found] == [(3, 15), (19, 4)]
