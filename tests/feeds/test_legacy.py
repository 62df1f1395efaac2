"""Text in the tables of Vietnamese fonts before Unicode: TCVN3 and VNI."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.article import read_story
from feeds.legacy import find_table, mend_legacy

TITLE = "Tập huấn nghiệp vụ điều tra lao động việc làm"
TEXT = (
    "Lớp học giới thiệu phiếu hỏi mới, cách chọn hộ và việc dùng máy tính khi phỏng vấn hộ dân ở các xã, phường.",
    "Cuộc điều tra bắt đầu từ ngày mười tháng tám, kéo dài bảy ngày tại chín mươi sáu địa bàn trong toàn tỉnh.",
)
PAGE = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><p>{TEXT[0]}</p><p>{TEXT[1]}</p></body></html>"

_LETTERS = "ăâêôơưđàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
_TCVN3 = "¨©ª«¬\xad®µ¸¶·¹»¾¼½ÆÇÊÈÉËÌÐÎÏÑÒÕÓÔÖ×ÝØÜÞßãáâäåèæçéêíëìîïóñòôõøö÷ùúýûüþ"
_VNI = (
    "aê aâ eâ oâ ô ö ñ aø aù aû aõ aï aè aé aú aü aë aà aá aå aã aä eø eù eû eõ eï eà eá eå eã eä ì í æ ó ò"
    " oø où oû oõ oï oà oá oå oã oä ôø ôù ôû ôõ ôï uø uù uû uõ uï öø öù öû öõ öï yø yù yû yõ î"
)
TABLES = {
    "tcvn3": str.maketrans(dict(zip(_LETTERS, _TCVN3, strict=True))),
    "vni": str.maketrans(dict(zip(_LETTERS, _VNI.split(), strict=True))),
}


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
@pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=windows-1252", "text/html; charset=utf-8"])
@pytest.mark.parametrize("table", TABLES)
def test_a_page_in_an_old_table_is_read_in_unicode(table: str, content_type: str, encoding: str) -> None:
    """F4"""
    body = PAGE.translate(TABLES[table]).encode(encoding)
    story = read_story(body, "http://portal.test/1.html", content_type)
    assert (story.title, story.paragraphs) == (TITLE, TEXT)


@pytest.mark.parametrize(
    "text",
    [
        PAGE,
        "GDP < 8%, © 2026, 25 °C, «Tin» ®",
        "Où est le père ? Où ça, là-bas, à côté de l'hôtel, où l'on fête Noël. " * 30,
        "El niño pequeño vio una piñata en la montaña, y su compañía soñó con España. " * 30,
        "Größe, Übermut, Ärger, schön, für, über, daß, Fuß, Häuser, Müller, Köln. " * 30,
        "Só há três opções: não, então e amanhã; às vezes é você que põe a mão. " * 30,
    ],
    ids=["Vietnamese", "symbols", "French", "Spanish", "German", "Portuguese"],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    """F4"""
    assert find_table(text) == ""
    assert mend_legacy(text) == text


def test_a_long_page_is_mended_in_time() -> None:
    """F4"""
    text = PAGE.translate(TABLES["tcvn3"]) * 500
    start = time.process_time()
    mend_legacy(text)
    assert time.process_time() - start < 5


@given(st.binary())
def test_any_bytes_are_asked_in_vain_or_mended(body: bytes) -> None:
    assert isinstance(mend_legacy(body.decode("latin-1")), str)
