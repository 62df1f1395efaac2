"""How what a chat is owed looks: an article's news, or a notice. Pure: it sends and stores nothing."""

from bot.locales import Translator
from bot.message import Button, Message, Span, italic, link, say
from bot.notices import render_notice
from bot.outside import show
from db.outbox import Due, News

LONGEST_TITLE = 300
LONGEST_SUMMARY = 2000
#: How many other sources of the same story are named.
MOST_OTHERS = 5


def render_due(due: Due, _: Translator) -> Message:
    """The message of a claimed debt, whatever its kind."""
    if due.news is not None:
        return render_news(due.news, _)
    return render_notice(due.notice or "", due.data, _)


def render_news(news: News, _: Translator) -> Message:
    """Headline, summary, source and date, the link, who else tells it, and a button to mute the topic.

    A summary that a machine wrote is marked as such.
    """
    title = show(news.title, LONGEST_TITLE) or _("An article without a title")
    summary = show(news.summary, LONGEST_SUMMARY)
    mark = _("🤖 summarised by a machine") if news.by_machine and summary else ""
    about = " · ".join(filter(None, (show(news.source, 80), show(news.section, 60), _.date(news.published_at), mark)))
    message = say(
        Span(title, bold=True, url=news.url),
        f"\n\n{summary}" if summary else "",
        "\n\n",
        italic(about),
        " · ",
        link(_("Read on"), news.url),
        *_render_others(news, _),
    )
    return message.with_buttons([Button(_("🔕 Mute {topic}", topic=show(news.topic, 30)), f"mute:{news.topic_id}")])


def _render_others(news: News, _: Translator) -> list[Span | str]:
    if not news.also:
        return []
    names = [show(name, 60) for name in news.also[:MOST_OTHERS]]
    rest = len(news.also) - len(names)
    sources = ", ".join([*names, f"+{rest}"] if rest else names)
    return ["\n", italic(_("Also published by {sources}", sources=sources))]
