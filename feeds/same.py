"""Tells from compact fingerprints which articles may be one story, reprinted or rewritten; stores nothing.

Whether they are is told by their words (`feeds/retold.py`).

How much two texts share is estimated from the smallest hashes of their runs of four syllables, as A. Broder, "On the
resemblance and containment of documents" (1997), does with a sketch of the k least. Reports of two months share nearly
all their words and no figures: so what stands in a figure's place between the same words has to agree as well.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zlib import crc32

from feeds.tokens import FIGURE, is_figure, list_words

_RUN = 4  # tokens of a run

#: How many hashes a sketch keeps, and how many of them are looked up.
_SKETCH = 96
_KEYS = 16
#: How many of an article's figures are kept with their surroundings.
_FACTS = 48
#: With fewer runs there is too little to go by.
_SHORTEST = 20
#: Shares from which on two texts are one story: of the runs of both, and of the shorter one's.
_RESEMBLES = 0.2
_CONTAINS = 0.45
#: The share of figures in like surroundings that may differ: a release is mended, a report's next issue is another.
_MENDED = 0.25


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a text: how many runs it has, the least of their hashes, and its figures by their surroundings.

    `facts` are pairs of hashes, surroundings and figure; a place may have several figures.
    """

    size: int
    title: int
    sketch: tuple[int, ...]
    facts: frozenset[tuple[int, int]] = frozenset()

    @property
    def keys(self) -> tuple[int, ...]:
        """What to look up: the same story has most likely one of these keys too. None for a text that is too short."""
        return self.sketch[:_KEYS] if self.size >= _SHORTEST else ()

    def to_bytes(self) -> bytes:
        """At most 800 bytes."""
        facts = [number for fact in sorted(self.facts) for number in fact]
        return array("I", [self.size, self.title, len(self.sketch), *self.sketch, *facts]).tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Fingerprint":
        size, title, length, *numbers = array("I", data)
        facts = numbers[length:]
        return cls(size, title, tuple(numbers[:length]), frozenset(zip(facts[::2], facts[1::2], strict=True)))


def fingerprint(title: str, text: str) -> Fingerprint:
    """The same for all forms, cases, marks and tone placements of a text; the title counts as its first line."""
    headline, tokens = list_words(title), list_words(f"{title}\n{text}")
    runs = {_hash(*run) for run in zip(*(tokens[start:] for start in range(_RUN)), strict=False)}
    return Fingerprint(len(runs), _hash(*headline), tuple(sorted(runs)[:_SKETCH]), frozenset(_facts(tokens)))


def may_be_same(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether two articles may tell one story: most of the shorter one is in the longer, and their figures agree.

    A digest is not the same as one of the stories in it, but an article is the same as its teaser of that title.
    """
    if min(one.size, other.size) < _SHORTEST:
        return False
    resemblance = _resemblance(one, other)
    shared = resemblance / (1 + resemblance) * (one.size + other.size)
    is_like = (resemblance >= _RESEMBLES or one.title == other.title) and shared >= _CONTAINS * min(
        one.size, other.size
    )
    return is_like and _figures_agree(one, other)


def _resemblance(one: Fingerprint, other: Fingerprint) -> float:
    """The share of all their runs that both have: of the least hashes of both together, those that are in both."""
    ours, theirs = set(one.sketch), set(other.sketch)
    least = sorted(ours | theirs)[:_SKETCH]
    return sum(run in ours and run in theirs for run in least) / len(least)


def _figures_agree(one: Fingerprint, other: Fingerprint) -> bool:
    """Each figure counts once, however often it stands: a wrong year may be mended in ten places."""
    ours, theirs = _by_place(one.facts), _by_place(other.facts)
    agreeing, differing = set[int](), set[int]()
    for place in ours.keys() & theirs.keys():
        shared = ours[place] & theirs[place]
        (agreeing if shared else differing).update(shared or ours[place])
    return len(differing - agreeing) <= _MENDED * len(differing | agreeing)


def _by_place(facts: Iterable[tuple[int, int]]) -> Mapping[int, set[int]]:
    places: dict[int, set[int]] = defaultdict(set)
    for place, figure in facts:
        places[place].add(figure)
    return places


def _facts(tokens: list[str]) -> list[tuple[int, int]]:
    """Each figure with the two tokens before and the one after it; of many, those of the least places."""
    places = [FIGURE if is_figure(token) else token for token in tokens]
    around = zip(["", "", *places], ["", *places], [*places[1:], ""], tokens, strict=False)
    facts = {(_hash(*rest), _hash(figure)) for *rest, figure in around if is_figure(figure)}
    return sorted(facts)[:_FACTS]


def _hash(*tokens: str) -> int:
    return crc32(" ".join(tokens).encode())
