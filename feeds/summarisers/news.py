"""Finds the sentences that tell something new: in news of meetings what was decided, asked for or measured."""

import re

from feeds.summarisers.extractive import leans, tells
from feeds.summarisers.features import Spoken, hear

_MEETING = re.compile(
    r"\b(?:hội nghị|họp|giao ban|hội thảo|đại hội|tọa đàm|toạ đàm|làm việc|sơ kết|tổng kết|tập huấn)\b",
    re.IGNORECASE,
)
_DECIDED = re.compile(
    r"\b(?:kết luận|đề nghị|yêu cầu|nhấn mạnh|chỉ đạo|chỉ rõ|quyết định|thống nhất|thông qua|kiến nghị|cam kết|ký kết|"
    r"đặt mục tiêu|phấn đấu|phê duyệt|ban hành|giao nhiệm vụ)\b",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\d\s*(?:%|phần trăm|nghìn|ngàn|triệu|tỷ|tỉ)|\b(?:tăng|giảm|đạt|vượt)\s(?:\w+\s){0,2}\d", re.IGNORECASE
)
_COUNTED = re.compile(r"(?<![\d/.,-])\d[\d.]*(?![/\d])")
_ATTENDANCE = re.compile(r"(?:tham )?dự\b|.*\bchủ trì\b|.*\btham dự\b", re.IGNORECASE)
_ENDS = (".", "!", "…", ".”", '."', ".)")
_MOST_SHARED, _LEAST_NEW = 0.4, 0.4


def is_meeting(text: str) -> bool:
    return _MEETING.search(text) is not None


def choose_new(sentences: list[str], told: str, title: str) -> list[int]:
    """The indexes of the sentences that tell something new, the best one first."""
    rated = rate_news(sentences, told, title)
    return sorted(rated, key=rated.__getitem__, reverse=True)


def rate_news(sentences: list[str], told: str, title: str) -> dict[int, float]:
    """How much each sentence that tells something new is worth beside what was told, by its index."""
    known = hear(f"{title}\n{told}")
    meeting = is_meeting(f"{title}\n{told}")
    return {
        index: _rate(sentence, index / len(sentences), meeting=meeting)
        for index, sentence in enumerate(sentences)
        if _is_new(sentence, hear(sentence), known)
    }


def _is_new(sentence: str, spoken: Spoken, known: Spoken) -> bool:
    if not tells(sentence, spoken.length) or not sentence.endswith(_ENDS):
        return False
    shared = len(spoken.pairs & known.pairs) / len(spoken.pairs)
    new = len(spoken.content - known.content) / (len(spoken.content) or 1)
    return shared <= _MOST_SHARED and new >= _LEAST_NEW


def _rate(sentence: str, place: float, *, meeting: bool) -> float:
    rate = 0.2 * place if meeting else 0.6 * (1 - place)
    rate += 1.0 * (meeting and _DECIDED.search(sentence) is not None)
    rate += 0.5 * (_MEASURED.search(sentence) is not None) + 0.2 * (_COUNTED.search(sentence) is not None)
    return rate - 0.7 * leans(sentence) - 0.7 * (_ATTENDANCE.match(sentence) is not None)
