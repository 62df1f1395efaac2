"""Summarises stories in the words of their own text: the lead or the best sentence, then what is new."""

from feeds.figures import check_figures
from feeds.summarisers import lead
from feeds.summarisers.extractive import choose
from feeds.summarisers.fit import fit, trim_end_mark
from feeds.summarisers.news import choose_new, is_meeting
from feeds.summarisers.sentences import split_sentences
from feeds.summarisers.shorten import is_short, shorten
from feeds.types import CELL_BREAK, Story, Summary

_CLOSED = (".", "!", "?", "…", "”", '"', ":", ";", ")")


def summarise(story: Story, *, sentences: int = 2, limit: int = 600) -> Summary:
    """At most `limit` characters and `sentences` sentences, of no table's row; a good lead counts whole.

    A lead that only repeats the title serves if there is nothing else.
    """
    body = list_sentences(story)
    if lead.is_good(story):
        told, kind = [shorten(one) for one in split_sentences(trim_end_mark(story.lead))], "lead"
    else:
        told, kind = _tell_best(body, story.title, sentences, limit), "extractive"
    if not told:
        return Summary(fit(trim_end_mark(story.lead), limit), "lead")
    if kind == "lead" or is_meeting(story.title):
        told = _add_news(told, body, story.title, sentences=sentences, limit=limit)
    return Summary(_keep_true(told, story, limit), kind)


def list_sentences(story: Story) -> list[str]:
    """The sentences of the text below the lead, each once and none of a table's row."""
    texts = [text for text in story.paragraphs if CELL_BREAK not in text]
    return list(dict.fromkeys(split_sentences(trim_end_mark("\n".join(texts)))))


def get_source(story: Story) -> str:
    """All that the figures of a summary may rest on."""
    return f"{story.title}\n{trim_end_mark(story.text)}"


def summarise_description(description: str, title: str, *, sentences: int = 2, limit: int = 600) -> Summary:
    """What the feed says of an article whose page cannot be had, NFC text without markup; empty if only the title."""
    text = trim_end_mark(description)
    if not lead.is_lead(text, title):
        return Summary("", "feed")
    if len(text) > limit:
        text = summarise(Story(title, paragraphs=(text,)), sentences=sentences, limit=limit).text
    return Summary(text, "feed")


def _tell_best(body: list[str], title: str, sentences: int, limit: int) -> list[str]:
    """The best sentences in the text's order, as many as fit whole; of a meeting one, beside which its news come."""
    told: list[str] = []
    for count in range(1 if is_meeting(title) else min(sentences, len(body)), 0, -1):
        told = [shorten(body[index]) for index in choose(body, title, count)]
        if len(_join(told)) <= limit:
            break
    return told


def _add_news(told: list[str], body: list[str], title: str, *, sentences: int, limit: int) -> list[str]:
    """What was told, and the sentences that are newest beside it, as long as one of them fits whole."""
    while len(told) < sentences:
        shortened = (shorten(body[index]) for index in choose_new(body, _join(told), title))
        fitting = (one for one in shortened if is_short(one) and len(_join([*told, one])) <= limit)
        added = next(fitting, None)
        if added is None:
            break
        told = [*told, added]
    return told


def _keep_true(told: list[str], story: Story, limit: int) -> str:
    """The whole, or as much of it as has only figures of the story; whole sentences of it can have no others."""
    source = get_source(story)
    for count in range(len(told), 0, -1):
        whole = _join(told[:count])
        text = fit(whole, limit)
        is_verbatim = text == whole and all(one in source for one in told[:count])
        if is_verbatim or not check_figures(text, source):
            return text
    return ""


def _join(told: list[str]) -> str:
    closed = [one if one.endswith(_CLOSED) else f"{one}." for one in told[:-1]]
    return " ".join((*closed, *told[-1:]))
