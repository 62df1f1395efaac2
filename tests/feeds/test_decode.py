"""The encodings that feeds claim and the ones they have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.decode import decode

TEXT = "<?xml version='1.0' encoding='{}'?><a>Đắk Lắk</a>"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("<a>Đắk</a>".encode(), "text/xml; charset=iso-8859-1", "<a>Đắk</a>"),
        ("<a>Đắk</a>".encode(), "text/xml; charset=no-such-thing", "<a>Đắk</a>"),
        ("<a>Đắk</a>".encode(), "text/xml; charset=base64", "<a>Đắk</a>"),
        ("<a>Đắk</a>".encode(), "text/xml; charset=utf-16", "<a>Đắk</a>"),
        ("<a>Đắk</a>".encode("utf-8-sig"), "", "<a>Đắk</a>"),
        ("<a>Đắk</a>".encode("utf-16"), "", "<a>Đắk</a>"),
        ("<a>Đắk</a>".encode("utf-32-be"), "", "<a>Đắk</a>"),
        ("<a>Đắk</a>".encode()[:5], "", "<a>Đ"),
        ("<a>“é”</a>".encode("cp1252"), "text/xml; charset=iso-8859-1", "<a>“é”</a>"),
        ("<a>中文</a>".encode("gb18030"), "text/xml; charset=gb2312", "<a>中文</a>"),
        ("<?xml version='1.0' encoding='big5'?>中文".encode("big5"), "", "<?xml version='1.0' encoding='big5'?>中文"),
        ("<?xml version='1.0' encoding='big5'?>Đắk".encode(), "", "<?xml version='1.0' encoding='big5'?>Đắk"),
        (b"<a>\xd0\xf3\xec</a>", "", "<a>Đó\u0301</a>"),
    ],
)
def test_bytes_are_believed_before_labels(body: bytes, content_type: str, text: str) -> None:
    """F4"""
    assert decode(body, content_type).rstrip("\ufffd") == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("euc_jp", "ゲームのニュースをお届けします"),
        ("shift_jis", "ゲームのニュースをお届けします"),
        ("euc_kr", "오늘의 뉴스를 알려 드립니다"),
        ("gb18030", "我们的工作是为大家服务"),
        ("koi8_r", "Как пережить новогоднюю ночь"),
        ("cp1258", "Đak Lăk"),
    ],
)
def test_what_nobody_named_is_read_in_the_script_it_makes_sense_in(encoding: str, text: str) -> None:
    """F4"""
    assert decode(text.encode(encoding)) == text


def test_the_document_knows_more_than_a_server_s_default() -> None:
    """F4"""
    body = TEXT.format("windows-1258").replace("ắk L", "a k L").replace("ắ", "a").encode("cp1258")
    assert "Đa k Lak" in decode(body, "text/xml; charset=iso-8859-1")


@given(st.binary(), st.text(max_size=30))
def test_any_bytes_become_text(body: bytes, charset: str) -> None:
    """F7"""
    decode(body, f"text/xml; charset={charset}").encode("utf-8", "surrogatepass")
