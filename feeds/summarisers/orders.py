"""Finds the sentences of an article that give orders to whoever summarises it; it obeys none."""

import re
from dataclasses import replace

from feeds.summarisers.sentences import split_sentences
from feeds.types import Story

_ORDER = re.compile(
    r"\b(?:bỏ qua|phớt lờ|quên|không (?:tuân|làm) theo)\s(?:\w+\s){0,3}"
    r"(?:hướng dẫn|chỉ dẫn|chỉ thị|mệnh lệnh|câu lệnh|yêu cầu|quy tắc)\s(?:\w+\s){0,2}(?:trên|trước|này|hệ thống)\b"
    r"|\b(?:khi|hãy|phải|chỉ|không)\s(?:được\s)?tóm (?:tắt|lược)\b"
    r"|\b(?:trong|vào|cuối|đầu)\s(?:bản|bài|đoạn|phần)\stóm tắt\b"
    r"|\b(?:hãy|chỉ)\s(?:trả lời|đáp|viết|in|xuất|nói|ghi)\s(?:\w+\s){0,3}(?:bằng|rằng|đúng|câu|dòng|duy nhất)\b"
    r"|\bhãy\s(?:kết thúc|bắt đầu|mở đầu|thêm)\s(?:\w+\s){0,4}(?:bằng|câu|dòng|cụm)\b"
    r"|\b(?:dành cho|gửi|lưu ý|nhắc)\s(?:\w+\s){0,2}(?:máy|ai|trợ lý|trợ lí|mô hình)\b\s?(?:\w+\s?){0,2}:"
    r"|\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instruction|prompt|rule|above|previous)"
    r"|\b(?:system prompt|as an ai|you are (?:now )?an?|(?:reply|respond|answer) (?:only|with)|summari[sz]e this)\b"
    r"|<\|?/?(?:im_start|im_end|system|assistant|user)\|?>|^\W*(?:system|assistant)\s*:",
    re.IGNORECASE,
)


def is_order(sentence: str) -> bool:
    return _ORDER.search(sentence) is not None


def drop_orders(story: Story) -> Story:
    """The story without the sentences that are orders; what is left is news."""
    kept = (" ".join(one for one in split_sentences(text) if not is_order(one)) for text in story.paragraphs)
    title, lead = ("" if is_order(text) else text for text in (story.title, story.lead))
    return replace(story, title=title, lead=lead, paragraphs=tuple(filter(None, kept)))
