"""Tells several articles at once: a story that many tell, or a digest by topics. Pure; says nothing twice.

The bot may not import this package: who makes a digest is handed the function by the composition root.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from feeds.summarisers.features import Spoken, cosine, hear
from feeds.summarisers.lead import repeats_title
from feeds.summarisers.sentences import split_sentences

#: Sentences so alike say the same, and one that lies in the other to such a part.
_ALIKE, _WITHIN = 0.6, 0.8
_TURNS = frozenset(("tăng", "giảm"))


@dataclass(frozen=True, slots=True)
class Piece:
    """An article as it was summarised."""

    title: str
    summary: str
    url: str
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What one article adds, with its link; `text` is empty where the title tells it all."""

    title: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one topic, and how many articles were left out for want of room."""

    topic: str
    lines: tuple[Line, ...]
    more: int = 0


def tell_story(pieces: Sequence[Piece], *, limit: int = 600) -> tuple[Line, ...]:
    """One story as several articles tell it: the sentences in turn that add something, in `limit` characters."""
    told: list[Spoken] = []
    lines: list[Line] = []
    room = limit
    for piece, sentence in _take_turns(pieces):
        if len(sentence) <= room and _adds(sentence, told):
            told.append(hear(sentence))
            lines.append(Line(piece.title, sentence, piece.url))
            room -= len(sentence) + 1
    return tuple(lines)


def tell_digest(pieces: Sequence[Piece], *, most: int = 5) -> tuple[Section, ...]:
    """A line an article, in the order given, below its topic; at most so many a topic.

    An article whose title tells what another's did is left out, whatever its topic.
    """
    told: list[Spoken] = []
    topics: dict[str, list[Line]] = {}
    links: set[str] = set()
    for piece in pieces:
        if piece.url not in links and _adds(piece.title, told):
            links |= {piece.url} - {""}
            told.append(hear(piece.title))
            topics.setdefault(piece.topic, []).append(Line(piece.title, _tell_beside(piece), piece.url))
    return tuple(Section(topic, tuple(lines[:most]), max(0, len(lines) - most)) for topic, lines in topics.items())


def _take_turns(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, str]]:
    """The first sentence of each, then the second of each, and so on."""
    rounds = zip_longest(*(split_sentences(piece.summary) for piece in pieces))
    for sentences in rounds:
        yield from ((piece, text) for piece, text in zip(pieces, sentences, strict=True) if text)


def _tell_beside(piece: Piece) -> str:
    """The first sentence of the summary that tells something which the title does not."""
    return next((one for one in split_sentences(piece.summary) if not repeats_title(one, piece.title)), "")


def _adds(sentence: str, told: list[Spoken]) -> bool:
    spoken = hear(sentence)
    return bool(spoken.content) and not any(_is_same(spoken, other) for other in told)


def _is_same(one: Spoken, other: Spoken) -> bool:
    """Whether the first says what the second did; with other figures it does not, however alike the words."""
    measured = {word for word in one.content if word.isdigit() or word in _TURNS}
    if not measured <= other.content:
        return False
    within = len(one.content & other.content) / len(one.content)
    return within >= _WITHIN or cosine(one.content, other.content) >= _ALIKE
