"""Which articles are one story, by families of rewrites made up from the newsroom's articles and from real ones."""

import gzip
import json
import random
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.demo.archive import load_articles
from feeds.retold import are_one_story, read_telling
from feeds.same import Fingerprint, fingerprint, may_be_same
from tests.families import REWRITES, TWINS, Change, Piece, can_have_twin, make_rewrite, make_twin

REAL = Path(__file__).parents[3] / "shared" / "data" / "search_news5k.json.gz"
NEWSROOM = [Piece(one.title, (one.lead, *one.paragraphs) if one.lead else one.paragraphs) for one in load_articles()]


class Measure(NamedTuple):
    precision: float
    recall: float


def mark(piece: Piece) -> Fingerprint:
    return fingerprint(piece.title, piece.text)


def are_same(one: Piece, other: Piece) -> bool:
    """As `feeds/summarise.py` decides: the fingerprints say what to read again."""
    if not may_be_same(mark(one), mark(other)):
        return False
    return are_one_story(read_telling(one.title, one.text), read_telling(other.title, other.text))


def measure(pieces: Sequence[Piece], *, rounds: int) -> Measure:
    """Each piece against as many rewrites as twins of it."""
    rng = random.Random(8)
    found = wrong = twins = rewrites = 0
    for piece in pieces:
        for _ in range(rounds):
            rewrites += 1
            found += are_same(piece, make_rewrite(piece, rng))
            if can_have_twin(piece):
                twins += 1
                wrong += are_same(piece, make_twin(piece, rng))
    assert twins >= 0.6 * rewrites
    return Measure(found / (found + wrong), found / rewrites)


def test_rewrites_of_the_newsroom_are_recognised_and_twins_are_not() -> None:
    """N8"""
    result = measure(NEWSROOM, rounds=6)
    assert min(result) >= 0.98, result


@pytest.mark.skipif(not REAL.exists(), reason="the shared texts are not here")
def test_rewrites_of_real_news_are_recognised_and_twins_are_not() -> None:
    """N8"""
    with gzip.open(REAL, "rt", encoding="utf-8") as file:
        docs = json.load(file)["docs"][::50]
    result = measure([Piece(title, tuple(body.split("\n"))) for _, title, body in docs], rounds=2)
    assert min(result) >= 0.97, result


@pytest.mark.parametrize("change", REWRITES, ids=lambda change: change.__name__.strip("_"))
def test_what_a_newspaper_does_to_a_release_leaves_it_the_same(change: Change) -> None:
    """N8, N4"""
    rng = random.Random(8)
    assert all(are_same(piece, change(piece, rng)) for piece in NEWSROOM)


@pytest.mark.parametrize("change", TWINS, ids=lambda change: change.__name__.strip("_"))
def test_the_same_words_with_other_figures_are_another_story(change: Change) -> None:
    rng = random.Random(8)
    assert sum(are_same(piece, change(piece, rng)) for piece in NEWSROOM) <= 1


def test_no_two_articles_of_the_newsroom_are_the_same() -> None:
    assert not [pair for pair in combinations(NEWSROOM, 2) if are_same(*pair)]


def test_a_story_is_found_by_its_keys() -> None:
    rng = random.Random(8)
    for piece in NEWSROOM:
        rewrite = make_rewrite(piece, rng)
        assert set(mark(piece).keys) & set(mark(rewrite).keys)


def test_case_marks_and_composition_count_for_nothing() -> None:
    piece = NEWSROOM[0]
    assert fingerprint(piece.title.upper(), piece.text).title == mark(piece).title
    assert fingerprint("Hòa Bình", "thủy lợi").sketch == fingerprint("hoà bình", "THUỶ LỢI").sketch


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("06 cơ quan", "6 cơ quan", True),
        ("ngày 14/07/2020", "ngày 14-7-2020", True),
        ("1.234.567 đồng", "1,234,567 đồng", True),
        ("tăng 2,05% nữa", "tăng 2,5% nữa", False),
        ("quý II của năm", "quý III của năm", False),
        ("công vị i của", "công vị I của", False),
    ],
)
def test_figures_are_read_as_they_are_meant(one: str, other: str, *, equal: bool) -> None:
    """C3"""
    assert (fingerprint("", one).facts == fingerprint("", other).facts) is equal


def test_a_text_without_much_in_it_is_the_same_as_none() -> None:
    short = fingerprint("Thông báo", "Nghỉ lễ")
    assert short.keys == ()
    assert not may_be_same(short, short)
    assert not may_be_same(fingerprint("", ""), mark(NEWSROOM[0]))


def test_a_digest_is_not_one_of_its_stories() -> None:
    digest = Piece("Điểm tin", tuple(text for piece in NEWSROOM[:8] for text in piece.paragraphs))
    assert not any(are_same(piece, digest) for piece in NEWSROOM)


def test_a_teaser_under_the_same_title_is_the_same() -> None:
    long = Piece(NEWSROOM[0].title, tuple(text for piece in NEWSROOM[:8] for text in piece.paragraphs))
    assert are_same(Piece(long.title, long.paragraphs[:1]), long)
    assert not are_same(Piece("Một tiêu đề khác hẳn", long.paragraphs[:1]), long)


def test_a_fingerprint_survives_being_stored() -> None:
    for piece in NEWSROOM:
        stored = mark(piece).to_bytes()
        assert Fingerprint.from_bytes(stored) == mark(piece)
        assert len(stored) <= 800
