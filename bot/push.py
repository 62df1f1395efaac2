"""How what a chat is owed looks: an article's news, or a notice. Pure: it sends and stores nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.accounts import name_channel
from bot.locales import Translator, load_translators
from bot.message import Button, Message, Picture, Span, bold, italic, link, say
from bot.notices import render_notice
from bot.outside import LONGEST_SUMMARY, LONGEST_TITLE, show
from db.outbox import UNKNOWN, Due, News

#: Of a title in a digest, and of a source's name.
LONGEST_LINE, LONGEST_SOURCE = 100, 24
#: What the lines of a digest take together at most, below Telegram's limit; what stands in each beside title and
#: source, and what the line of a topic takes.
_ROOM, _BESIDE, _TOPIC = 3900, 6, 36
#: Titles that are shorter than this leave no room for their sources.
_ROOMY = 60
#: Under so many topics lines are put in order; more would cost more room than order is worth.
_MOST_TOPICS = 10
#: How many other sources of the same story are named.
MOST_OTHERS = 5


def render_for(due: Due, timezone: ZoneInfo) -> Message:
    """In the chat's language; an article is worded once for all chats that get it."""
    is_plain = not (due.folded or due.late_since or _is_told_anew(due) or due.data.get("instead_of"))
    if due.news is not None and is_plain:
        return _render_once(due.news, due.language, timezone, _get_picture(due), due.is_silent)
    return render_due(due, load_translators().get(due.language, timezone))


@lru_cache(maxsize=256)
def _render_once(news: News, language: str, timezone: ZoneInfo, picture: Picture | None, is_silent: bool) -> Message:
    message = render_news(news, load_translators().get(language, timezone))
    return replace(message, picture=picture, is_silent=is_silent)


def render_due(due: Due, _: Translator) -> Message:
    """The message of a claimed debt, whatever its kind."""
    return replace(_word(due, _), picture=_get_picture(due), is_silent=due.is_silent)


def _get_picture(due: Due) -> Picture | None:
    """None beside what may have arrived with its picture already: once more the words alone are enough."""
    if due.news is None or due.folded or _is_told_anew(due) or due.reason == UNKNOWN or not due.shows_pictures:
        return None
    return Picture(due.news.article_id, due.news.picture) if due.news.picture else None


def _word(due: Due, _: Translator) -> Message:
    if due.folded:
        return _add_lateness(render_digest(due.folded, _), due, _)
    if due.news is not None and _is_told_anew(due):
        return _add_correction(render_news(due.news, _), _)
    if due.news is not None:
        return _add_detour(_add_lateness(render_news(due.news, _), due, _), due, _)
    return render_notice(due.notice or "", due.data, _)


def _is_told_anew(due: Due) -> bool:
    """A correction, where what was sent cannot be changed."""
    return due.is_correction and not due.edits


def _add_correction(message: Message, _: Translator) -> Message:
    words = _("✏️ Corrected: the source has changed this article since I told you of it.")
    return replace(message, spans=(Span(words, italic=True), Span("\n\n"), *message.spans))


def _add_detour(message: Message, due: Due, _: Translator) -> Message:
    """What is urgent and could not be said in the person's other chat."""
    if not due.data.get("instead_of"):
        return message
    channel = name_channel(str(due.data["instead_of"]), _)
    words = _("↪️ This is urgent, and I could not reach you on {channel}; so I tell you here.", channel=channel)
    return replace(message, spans=(Span(words, italic=True), Span("\n\n"), *message.spans))


def _add_lateness(message: Message, due: Due, _: Translator) -> Message:
    """What missed its chat's hour, as while loa was down, says so."""
    if due.late_since is None:
        return message
    words = _("⏰ This should have come at {date}; I could not send it then.", date=_.date(due.late_since))
    return replace(message, spans=(*message.spans, Span("\n\n"), Span(words, italic=True)))


def render_news(news: News, _: Translator) -> Message:
    """Headline, summary, source and date, the link, who else tells it, and buttons to mute the topic and to save it.

    A summary that a machine wrote is marked as such.
    """
    title = show(news.title, LONGEST_TITLE) or _("An article without a title")
    summary = show(news.summary, LONGEST_SUMMARY)
    mark = _("🤖 summarised by a machine") if news.by_machine and summary else ""
    about = " · ".join(
        filter(None, (show(news.source, 80), show(news.section, 60), _.published(news.published_at), mark))
    )
    message = say(
        Span(title, bold=True, url=news.url),
        f"\n\n{summary}" if summary else "",
        "\n\n",
        italic(about),
        " · ",
        link(_("Read on"), news.url),
        *_render_others(news, _),
    )
    mute = Button(_("🔕 Mute {topic}", topic=show(news.topic, 30)), f"mute:{news.topic_id}")
    return message.with_buttons([mute], [Button(_("💾 Save"), f"save:{news.article_id}")])


def render_digest(articles: Sequence[News], _: Translator) -> Message:
    """Many articles in one message: a line and a link each, below their topics. The more there are, the shorter."""
    topics: dict[str, list[News]] = {}
    for news in articles:
        topics.setdefault(show(news.topic, 30), []).append(news)
    if len(topics) > _MOST_TOPICS:
        topics = {"": list(articles)}
    room = (_ROOM - _TOPIC * len(topics)) // len(articles) - _BESIDE
    lines = [part for topic, ones in topics.items() for part in ("\n", *_head(topic), *_list_lines(ones, room, _))]
    count = _.plural("{n} new article", "{n} new articles", len(articles))
    return say(bold(count), *lines).with_buttons([Button(_("Choose topics"), "topics")])


def _head(topic: str) -> list[Span | str]:
    return ["\n", bold(topic)] if topic else []


def _list_lines(articles: Sequence[News], room: int, _: Translator) -> Iterator[Span | str]:
    has_sources = room >= _ROOMY + LONGEST_SOURCE
    limit = min(LONGEST_LINE, room - LONGEST_SOURCE if has_sources else room)
    for news in articles:
        yield "\n• "
        yield link(show(news.title, limit) or _("An article without a title"), news.url)
        if has_sources:
            yield f" · {show(news.source, LONGEST_SOURCE)}"


def _render_others(news: News, _: Translator) -> list[Span | str]:
    if not news.also:
        return []
    names = [show(name, 60) for name in news.also[:MOST_OTHERS]]
    rest = len(news.also) - len(names)
    sources = ", ".join([*names, f"+{rest}"] if rest else names)
    return ["\n", italic(_("Also published by {sources}", sources=sources))]
