"""The ways of choosing sentences that loa's is measured against; none of them is part of the product."""

from collections.abc import Callable
from math import inf

from db.text import bigrams, syllables
from feeds.summarisers.features import cosine

Chooser = Callable[[list[str], str], list[int]]

_FUNCTION_WORDS = frozenset(
    syllables(
        "và của là các những có được cho trong với đã đang sẽ không khi để từ tại ở này đó một về theo trên "
        "vào ra do bị cũng như thì mà nhiều đến"
    )
)
_SHORT, _LONG = 8, 60


def choose_lead(sentences: list[str], title: str) -> list[int]:
    return list(range(min(2, len(sentences))))


def choose_by_hand(sentences: list[str], title: str) -> list[int]:
    """Position and likeness to the title with weights set by hand, two sentences: the scorer of 2026-11."""
    heading = syllables(title)
    spoken = [syllables(sentence) for sentence in sentences]
    words = [frozenset(one) - _FUNCTION_WORDS for one in spoken]
    scores = [
        0.25 / (1 + place) + 0.5 * _likeness(spoken[place], heading) - _faults(sentence, len(spoken[place]))
        for place, sentence in enumerate(sentences)
    ]
    chosen: list[int] = []
    for _ in range(min(2, len(sentences))):
        best = max(range(len(sentences)), key=scores.__getitem__)
        chosen.append(best)
        scores = [score - 0.3 * cosine(one, words[best]) for score, one in zip(scores, words, strict=True)]
        scores[best] = -inf
    return sorted(chosen)


def make_lexrank() -> Chooser | None:
    """sumy's LexRank, two sentences; None where sumy (the `bench` extra) is absent."""
    try:
        from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
        from sumy.summarizers.lex_rank import LexRankSummarizer
    except ImportError:
        return None
    rank = LexRankSummarizer()

    class Words:
        def to_words(self, text: str) -> tuple[str, ...]:
            return tuple(syllables(text))

    def choose(sentences: list[str], title: str) -> list[int]:
        made = [Sentence(sentence, Words()) for sentence in sentences]
        best = rank(ObjectDocumentModel([Paragraph(made)]), 2)
        return sorted(next(i for i, one in enumerate(made) if one is chosen) for chosen in best)

    return choose


def _likeness(spoken: list[str], heading: list[str]) -> float:
    pairs, wanted = set(bigrams(spoken)), set(bigrams(heading))
    share = len(pairs & wanted) / len(wanted) if wanted else 0.0
    return cosine(frozenset(spoken) - _FUNCTION_WORDS, frozenset(heading) - _FUNCTION_WORDS) + 0.5 * share


def _faults(sentence: str, length: int) -> float:
    return 1.0 * (length < _SHORT) + 0.3 * (length > _LONG) + 1.0 * sentence.endswith((":", "?"))
