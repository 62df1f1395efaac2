"""Judges what a language model says of a story: only what the story itself bears out is taken. Pure; mends nothing."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from db.models import VerdictKind
from feeds.figures import check_figures
from feeds.summarisers import get_source
from feeds.summarisers.features import hear
from feeds.summarisers.lead import LEAST_SYLLABLES, repeats_title
from feeds.summarisers.orders import drop_orders, is_order
from feeds.summarisers.sentences import split_sentences
from feeds.types import Size, Story

_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_REFUSAL = re.compile(
    r"\b(?:xin lỗi|rất tiếc|tôi không thể|tôi không được phép|mình không thể|không thể (?:tóm tắt|thực hiện|đáp ứng)|"
    r"i(?:'m| am) (?:sorry|unable)|i can(?:no|')t)\b",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"\A\W*(?:dưới đây|sau đây|tóm tắt|bản tóm tắt|chắc chắn|vâng|here is|here's|sure|summary)\b|```|</?\w+>|<\|"
    r"|^\s*#|\*\*|^\s*[-*•]\s",
    re.IGNORECASE | re.MULTILINE,
)
_LINK = re.compile(
    r"https?:\S+|www\.\S+|\S+@\S+\.\w+|\b[\w-]+(?:\.[\w-]+)*\.(?:vn|com|net|org|info|io|me|top|xyz|ru|cn|ly|gl)\b\S*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_MARKED = frozenset("ăâđêôơư")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
#: Of a Vietnamese text some three quarters of the syllables have a mark of their own.
_LEAST_MARKED = 0.4
_MOST_OF_TITLE = 0.6
#: How much of a sentence's words the article has to have.
_LEAST_GROUNDED = 0.7

_DENIALS = frozenset(("không", "chưa", "chẳng"))

Judge = Callable[[str, Story, Size], str | None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`TAKEN`, or what is wrong; `detail` is where, for the row and the log."""

    kind: VerdictKind
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.detail}" if self.detail else self.kind.value


def clean_answer(text: str) -> str:
    """One line of NFC text, without what the model thought aloud before it spoke."""
    return unicodedata.normalize("NFC", " ".join(_THOUGHT.sub("", text).split()))


def judge(answer: str, story: Story, size: Size) -> Verdict:
    """The first thing that is wrong with an answer. What only an order in the article says counts as not in it."""
    plain = drop_orders(story)
    for kind, find in _JUDGES.items():
        detail = find(answer, plain, size)
        if detail is not None:
            is_obeyed = kind in _OF_ORDERS and plain != story and find(answer, story, size) is None
            return Verdict(VerdictKind.ORDER if is_obeyed else kind, detail)
    return Verdict(VerdictKind.TAKEN)


def is_vietnamese(text: str) -> bool:
    """By its syllables with marks; abbreviations and numbers are of no language."""
    words = [word for word in _WORD.findall(text) if word.isalpha() and not word.isupper()]
    return sum(map(_is_marked, words)) >= _LEAST_MARKED * len(words)


def _is_marked(word: str) -> bool:
    """Whether it has letters that only Vietnamese has, or a tone, on Latin letters."""
    letters = unicodedata.normalize("NFD", word.lower())
    return bool(_TONES.intersection(letters) or _MARKED.intersection(word.lower())) and letters[0] < "\u0250"


def _find_emptiness(answer: str, story: Story, size: Size) -> str | None:
    return answer if len(_WORD.findall(answer)) < LEAST_SYLLABLES and not _REFUSAL.search(answer) else None


def _find_refusal(answer: str, story: Story, size: Size) -> str | None:
    match = _REFUSAL.search(answer)
    return match[0] if match and match[0].lower() not in get_source(story).lower() else None


def _find_talk(answer: str, story: Story, size: Size) -> str | None:
    match = _TALK.search(answer)
    return match[0].strip() if match else None


def _find_length(answer: str, story: Story, size: Size) -> str | None:
    if len(answer) > size.characters:
        return f"{len(answer)} characters"
    count = len(split_sentences(answer))
    return f"{count} sentences" if count > size.sentences else None


def _find_language(answer: str, story: Story, size: Size) -> str | None:
    foreign = next((one for one in split_sentences(answer) if not is_vietnamese(one)), None)
    return foreign[:60] if foreign is not None else None


def _find_order(answer: str, story: Story, size: Size) -> str | None:
    return next((one[:60] for one in split_sentences(answer) if is_order(one)), None)


def _find_link(answer: str, story: Story, size: Size) -> str | None:
    source = get_source(story)
    return next((match[0] for match in _LINK.finditer(answer) if match[0].rstrip(".,;)") not in source), None)


def _find_figure(answer: str, story: Story, size: Size) -> str | None:
    problem = next(iter(check_figures(answer, get_source(story))), None)
    return f"{problem.figure} ({problem.fault})" if problem else None


def _find_name(answer: str, story: Story, size: Size) -> str | None:
    """A capitalised word that the article does not have, or two side by side that it has only apart."""
    source = _list_words(get_source(story))
    known, neighbours = set(source), set(pairwise(source))
    for first, second in _list_names(answer):
        if second not in known or (first and (first, second) not in neighbours):
            return f"{first} {second}".strip()
    return None


def _list_names(answer: str) -> Iterator[tuple[str, str]]:
    """Each capitalised word with the one before it, which is empty where that is none or begins the sentence."""
    for sentence in split_sentences(answer):
        words = _WORD.findall(sentence)
        for place, word in enumerate(words[1:], start=1):
            if word[0].isupper():
                before = words[place - 1] if place > 1 and words[place - 1][0].isupper() else ""
                yield before.lower(), word.lower()


def _find_title(answer: str, story: Story, size: Size) -> str | None:
    spoken, title = hear(answer), hear(story.title)
    is_mostly_title = len(spoken.pairs & title.pairs) > _MOST_OF_TITLE * (len(spoken.pairs) or 1)
    return "" if is_mostly_title or repeats_title(answer, story.title) else None


def _find_invention(answer: str, story: Story, size: Size) -> str | None:
    known = set(_list_words(get_source(story)))
    for sentence in split_sentences(answer):
        words = hear(sentence).content
        is_denied = not _DENIALS.intersection(_list_words(sentence)) <= known
        if is_denied or len(words & known) < _LEAST_GROUNDED * len(words):
            return sentence[:60]
    return None


def _list_words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


#: In this order: the plainest reason is named.
_JUDGES: dict[VerdictKind, Judge] = {
    VerdictKind.EMPTY: _find_emptiness,
    VerdictKind.REFUSED: _find_refusal,
    VerdictKind.LONG: _find_length,
    VerdictKind.FOREIGN: _find_language,
    VerdictKind.MALFORMED: _find_talk,
    VerdictKind.ORDER: _find_order,
    VerdictKind.LINK: _find_link,
    VerdictKind.FIGURE: _find_figure,
    VerdictKind.NAME: _find_name,
    VerdictKind.TITLE: _find_title,
    VerdictKind.INVENTED: _find_invention,
}
_OF_ORDERS = (VerdictKind.LINK, VerdictKind.FIGURE, VerdictKind.NAME, VerdictKind.INVENTED)
