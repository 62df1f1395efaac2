"""Families of rewrites, made up from real or written articles: what a newspaper does to a release, and what looks so.

A rewrite is the same story; a twin has the same words and is another story: the next month's, or another place's.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

_FIGURE = re.compile(r"\d+(?:[.,/]\d+)*")
_OLD_AND_NEW = [("hòa", "hoà"), ("khỏe", "khoẻ"), ("thúy", "thuý"), ("ủy", "uỷ"), ("Hòa", "Hoà"), ("Ủy", "Uỷ")]
_OLD_AND_NEW += [("thủy", "thuỷ"), ("hóa", "hoá"), ("toàn", "tòan"), ("xóa", "xoá"), ("tòa", "toà"), ("lũy", "luỹ")]
_SHORT = [("Ủy ban nhân dân", "UBND"), ("Cục Thống kê", "CTK"), ("hợp tác xã", "HTX"), ("Thành phố", "TP.")]
_SHORT += [("chỉ số giá tiêu dùng", "CPI"), ("triệu đồng", "trđ"), ("doanh nghiệp", "DN")]
_INTROS = (
    "Trao đổi với phóng viên sáng nay, đại diện cơ quan chuyên môn cho biết nhiều thông tin đáng chú ý.",
    "Báo Tỉnh – Bạn đọc quan tâm nhiều đến nội dung này trong những ngày qua, nhất là người dân ở khu vực nông thôn.",
    "Đây là thông tin vừa được công bố rộng rãi đến các sở, ngành, địa phương trên toàn tỉnh để phối hợp thực hiện.",
)
_FRAMES = (
    "Trang chủ Tin tức Thời sự Kinh tế Văn hóa Giáo dục Pháp luật Liên hệ Sơ đồ cổng",
    "Bản quyền thuộc về Báo điện tử. Ghi rõ nguồn khi phát hành lại. Số lượt truy cập: 1.234.567",
    "Chia sẻ Facebook Zalo In trang Cỡ chữ Bình luận của bạn sẽ được biên tập trước khi đăng",
)
_HEADLINES = ("Tin vắn trong ngày", "Những điều đáng chú ý vừa được công bố", "Đọc nhanh", "Thông tin mới cho bạn đọc")
_PLACES = ("Phú Lương", "Mỹ Phước", "Tân Hải", "Long Thạnh", "Vĩnh Hảo", "Đông Giang", "Suối Kiết", "Gia An")
_NAME = re.compile(r"(?<=[a-zà-ỹ,] )(?:[A-ZĐÀ-Ỹ][a-zà-ỹ]+ ?){2,3}\b")


@dataclass(frozen=True, slots=True)
class Piece:
    """An article as text: title and paragraphs."""

    title: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)


Change = Callable[[Piece, random.Random], Piece]


def make_rewrite(piece: Piece, rng: random.Random) -> Piece:
    """The same story after two to five of the things that happen to a release."""
    for change in rng.sample(REWRITES, rng.randint(2, 5)):
        piece = change(piece, rng)
    return piece


def make_twin(piece: Piece, rng: random.Random) -> Piece:
    """Another story in the same words."""
    while True:
        twin = rng.choice(TWINS)(piece, rng)
        if _count_changes(piece, twin) >= 2:
            return twin


def can_have_twin(piece: Piece) -> bool:
    """Whether there is enough in it that the next issue would change."""
    return len(set(_FIGURE.findall(piece.text))) >= 3


def _count_changes(piece: Piece, twin: Piece) -> int:
    """How many words and figures are others."""
    ours, theirs = f"{piece.title} {piece.text}".split(), f"{twin.title} {twin.text}".split()
    return sum(one != other for one, other in zip(ours, theirs, strict=False)) + abs(len(ours) - len(theirs))


def _shorten(piece: Piece, rng: random.Random) -> Piece:
    """Without one paragraph, if it is not two fifths of all; else the last one loses its end."""
    words = len(piece.text.split())
    for place in rng.sample(range(len(piece.paragraphs)), min(2, len(piece.paragraphs))):
        rest = replace(piece, paragraphs=piece.paragraphs[:place] + piece.paragraphs[place + 1 :])
        if len(rest.text.split()) >= 0.6 * words:
            return rest
    return replace(piece, paragraphs=(*piece.paragraphs[:-1], _cut(piece.paragraphs[-1], rng.uniform(0.65, 0.9))))


def _cut(text: str, share: float) -> str:
    words = text.split(" ")
    return " ".join(words[: int(len(words) * share)])


def _change_headline(piece: Piece, rng: random.Random) -> Piece:
    words = piece.title.split()
    start = rng.randint(0, len(words) // 2)
    return replace(piece, title=rng.choice((rng.choice(_HEADLINES), " ".join(words[start:] + words[:start]))))


def _add_intro(piece: Piece, rng: random.Random) -> Piece:
    return replace(piece, paragraphs=(rng.choice(_INTROS), *piece.paragraphs))


def _reorder(piece: Piece, rng: random.Random) -> Piece:
    return replace(piece, paragraphs=tuple(rng.sample(piece.paragraphs, len(piece.paragraphs))))


def _add_frame(piece: Piece, rng: random.Random) -> Piece:
    return replace(piece, paragraphs=(*piece.paragraphs, *rng.sample(_FRAMES, rng.randint(1, 2))))


def _move_tones(piece: Piece, _: random.Random) -> Piece:
    return _map(piece, lambda text: _swap(text, _OLD_AND_NEW))


def _abbreviate(piece: Piece, _: random.Random) -> Piece:
    return _map(piece, lambda text: _swap(text, _SHORT))


def _decompose(piece: Piece, _: random.Random) -> Piece:
    return _map(piece, lambda text: unicodedata.normalize("NFD", text))


def _mistype(piece: Piece, rng: random.Random) -> Piece:
    """One word in fifty loses a letter."""

    def spoil(text: str) -> str:
        words = text.split(" ")
        for place, word in enumerate(words):
            if word.isalpha() and len(word) > 2 and rng.random() < 0.02:
                words[place] = word[0] + word[2:]
        return " ".join(words)

    return _map(piece, spoil)


def _correct(piece: Piece, rng: random.Random) -> Piece:
    """One figure of many was wrong, wherever it stands."""
    figures = _FIGURE.findall(piece.text)
    if len(figures) < 8:
        return piece
    wrong = rng.choice(figures)
    right = _change_figure(wrong, rng)
    return _map(piece, lambda text: _FIGURE.sub(lambda match: right if match[0] == wrong else match[0], text))


def _write_figures_otherwise(piece: Piece, _: random.Random) -> Piece:
    """06 cơ quan becomes 6 cơ quan, 14/7/2020 becomes 14-7-2020, 8,2% becomes 8,2 %."""
    return _map(piece, lambda text: re.sub(r"(\d)/(?=\d)", r"\1-", re.sub(r"\b0(?=\d\b)", "", text)).replace("%", " %"))


def _next_issue(piece: Piece, rng: random.Random) -> Piece:
    """The same report of another month: nearly every figure is another."""
    return _change_figures(piece, rng, 0.92)


def _next_round(piece: Piece, rng: random.Random) -> Piece:
    """The next of a series of notices: half of the figures are others, and all in its title."""
    other = _change_figures(piece, rng, 0.55)
    return replace(other, title=_FIGURE.sub(lambda match: _change_figure(match[0], rng), piece.title))


def _elsewhere(piece: Piece, rng: random.Random) -> Piece:
    """The same event in another place, on another day, with other numbers."""
    names = sorted(set(_NAME.findall(f"{piece.title} {piece.text}")))
    places = {name: rng.choice(_PLACES) + (" " if name.endswith(" ") else "") for name in names}

    def move(text: str) -> str:
        for name, place in places.items():
            text = text.replace(name, place)
        return text

    return _change_figures(_map(piece, move), rng, 0.7)


def _change_figures(piece: Piece, rng: random.Random, chance: float) -> Piece:
    """Some of the figures become others, the same one everywhere."""
    figures = sorted(set(_FIGURE.findall(f"{piece.title} {piece.text}")))
    others = {figure: _change_figure(figure, rng) for figure in figures if rng.random() < chance}
    return _map(piece, lambda text: _FIGURE.sub(lambda match: others.get(match[0], match[0]), text))


def _change_figure(figure: str, rng: random.Random) -> str:
    parts = re.split(r"([.,/])", figure)
    place = rng.randrange(0, len(parts), 2)
    parts[place] = str(int(parts[place]) + rng.randint(1, 9)).zfill(len(parts[place]))
    return "".join(parts)


def _map(piece: Piece, change: Callable[[str], str]) -> Piece:
    return Piece(change(piece.title), tuple(change(text) for text in piece.paragraphs))


def _swap(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text


REWRITES: list[Change] = [
    _shorten,
    _change_headline,
    _add_intro,
    _reorder,
    _add_frame,
    _move_tones,
    _abbreviate,
    _decompose,
    _mistype,
    _correct,
    _write_figures_otherwise,
]
TWINS: list[Change] = [_next_issue, _next_round, _elsewhere]
