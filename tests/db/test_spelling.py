"""What is no word of the archive is mended where it is a slip, and left alone where the archive is too small."""

from collections.abc import Sequence

import pytest

from db.spelling import MOST, is_syllable, mend

COUNTS = dict.fromkeys(
    ("hoi", "nghi", "tin", "nam", "gia", "vang", "o", "tang", "dan", "so", "tieu", "dung", "nuoc"), 9
)
COUNTS |= {
    "thong": 900,
    "ke": 900,
    "thon": 5,
    "kee": 2,
    "ga": 9,
    "ha": 9,
    "noi": 9,
    "rau": 3,
    "12": 1,
    "km": 1,
    "facebook": 1,
}
PAIRS = {
    ("thong", "ke"): 7,
    ("hoi", "nghi"): 8,
    ("rau", "nam"): 2,
    ("tin", "hoi"): 1,
    ("ha", "noi"): 4,
    ("12", "km"): 1,
}
PAIRS |= {("gia", "vang"): 3}


def ask(typed: str) -> str:
    mended = mend(typed.split(), lambda word: COUNTS.get(word, 0), lambda *pair: PAIRS.get(pair, 0))
    return " ".join(mended.get(word, word) for word in typed.split())


@pytest.mark.parametrize(
    ("typed", "mended"),
    [
        ("thogn ke", "thong ke"),
        ("thonge ke", "thong ke"),
        ("Thống kêq", "Thống ke"),
        ("hoinghi", "hoi nghi"),
        ("HàNội", "ha noi"),
        ("12km", "12 km"),
        ("hoi ngh", "hoi nghi"),
        ("ngih", "nghi"),
        ("thog keb", "thong ke"),
        ("tin facebbook", "tin facebook"),  # nothing is like a long word by chance
        ("zzzzz 2023", "zzzzz 2023"),
    ],
)
def test_slips_are_mended_by_what_stands_beside_them(typed: str, mended: str) -> None:
    """C5"""
    assert ask(typed) == mended


@pytest.mark.parametrize(
    "typed",
    [
        "thong ke",
        "sau nam 2024",  # not `rau nam`, which an article has
        "tin hôm qua",
        "hôm",
        "giá OR vàng",
        "GDP",
        "gdp",
        "tang GDP nam",
        "gas nam",  # an article has `ga`, but not beside `nam`
        "kee",
        "ddod1",
        "2025",
    ],
)
def test_right_words_that_no_article_has_are_left_alone(typed: str) -> None:
    """C5"""
    assert ask(typed) == typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("thoongs kee daan soos", "thong ke dan so"),
        ("thoosng kee", "thong ke"),
        ("thongos keez", "thong ke"),
        ("tho61ng ke6", "thong ke"),
        ("tho6ng1 ke6", "thong ke"),
        ("tieeu dungf", "tieu dung"),
        ("NUOWCS", "nuoc"),
        ("nuocws", "nuoc"),
        ("nwowcs", "nuoc"),
        ("giá vangf", "giá vang"),
        ("tin va2ng", "tin vang"),
        ("gia vangs", "gia vang"),  # one key is mended like another slip
        ("thoongs dduwowngf tawng", "thong dduwowngf tang"),  # no article has `duong`
    ],
)
def test_keys_are_undone_that_no_keyboard_turned_into_marks(typed: str, meant: str) -> None:
    """C5"""
    assert ask(typed) == meant


@pytest.mark.parametrize(
    "words",
    [
        "sau nua muoi nhieu hom qua nghieng khuya khuyet quyen quynh quoc gi giet gieng gin yeu y uong uyen thuo",
        "ngoeo xoay loanh quang huou ruou khuyu chuech xuan tuyt oai ech ky ghe nghi kenh cua la ao nguoi thoang",
    ],
)
def test_true_syllables_are_known_by_their_form(words: str) -> None:
    """C5"""
    assert [word for word in words.split() if not is_syllable(word)] == []


def test_what_no_syllable_is_like_is_known() -> None:
    """C5"""
    words = "phee thogn sahc kee ngih ngi kua cen ghao qan thoongs nuowcs gdp oto taxi web dd thongg tuoif"
    assert [word for word in words.split() if is_syllable(word)] == []


@pytest.mark.parametrize("words", [["zqzqzqzqzqzqzqzqzqzq"] * 32, [f"{'ab' * 9}{place}d" for place in range(32)]])
def test_a_long_query_of_slips_costs_little(words: Sequence[str]) -> None:
    """C5"""
    asked: list[object] = []

    def count(*words: str) -> int:
        asked.append(words)
        return 0

    mend(words, count, count)
    assert len(asked) < MOST * 1_200 + 10 * len(words)
