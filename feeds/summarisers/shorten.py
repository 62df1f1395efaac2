"""Shortens a sentence that is too long to be read at a glance: it ends at a clause border, or stays as it is."""

import re

from db.text import syllables

#: A longer sentence is shortened.
LONGEST = 60
_LEAST = 12
#: Sixty syllables end before this character; endless sentences are not searched to their end.
_REACH = 1_000
_BORDER = re.compile(
    r";\s|,\s(?=(?:đồng thời|qua đó|từ đó|trong đó|điều này|góp phần|nhằm|bên cạnh đó|ngoài ra|đặc biệt là|nhất là)\b)"
)
#: A list is not cut, and a head without a word of these may be no clause.
_LIST = re.compile(r":|\b(?:gồm|như sau)\b")
_CLAUSE = re.compile(
    r"\b(?:đã|sẽ|đang|cần|phải|được|là|đạt|tăng|giảm|yêu cầu|đề nghị|nhấn mạnh|khẳng định|thống nhất|cho biết|chỉ rõ)\b"
)
_SPEAKER = re.compile(r"\b(?:cho biết|cho hay|nói|chia sẻ|khẳng định|nhấn mạnh|cho rằng)\W*$")
_CONDITION = re.compile(r"\b(?:nếu|trừ khi|trừ|với điều kiện|nhưng|tuy nhiên|song)\b", re.IGNORECASE)
_PAIRS = (("(", ")"), ("[", "]"), ("“", "”"), ("«", "»"), ("‘", "’"))


def is_short(sentence: str) -> bool:
    return len(syllables(sentence)) <= LONGEST


def shorten(sentence: str) -> str:
    """The longest beginning of at most 60 syllables that is a whole clause, with an ellipsis.

    What follows is never a condition, a contrast or the name of the speaker, without which it would say something else.
    """
    if is_short(sentence):
        return sentence
    for border in reversed(list(_BORDER.finditer(sentence, 0, _REACH))):
        head, tail = sentence[: border.start()], sentence[border.start() :]
        if _is_whole(head) and not _SPEAKER.search(tail) and not _CONDITION.search(tail):
            return f"{head.rstrip(' ,;')}…"
    return sentence


def _is_whole(head: str) -> bool:
    """Whether the beginning of a sentence can stand alone: short enough, a clause, and nothing left open."""
    if not _LEAST <= len(syllables(head)) <= LONGEST or _LIST.search(head) or not _CLAUSE.search(head):
        return False
    return head.count('"') % 2 == 0 and all(head.count(left) == head.count(right) for left, right in _PAIRS)
