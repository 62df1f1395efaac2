"""How what a chat is owed looks: an article's news, or a notice. Pure: it sends and stores nothing."""

from bot.locales import Translator
from bot.message import Button, Message, Span, italic, link, say
from bot.notices import render_notice
from bot.outside import show
from db.outbox import Due, News

LONGEST_TITLE = 300
LONGEST_SUMMARY = 2000


def render_due(due: Due, _: Translator) -> Message:
    """The message of a claimed debt, whatever its kind."""
    if due.news is not None:
        return render_news(due.news, _)
    return render_notice(due.notice or "", due.data, _)


def render_news(news: News, _: Translator) -> Message:
    """Headline, summary, source and date, the link, and a button to mute the topic."""
    title = show(news.title, LONGEST_TITLE) or _("An article without a title")
    summary = show(news.summary, LONGEST_SUMMARY)
    about = " · ".join(filter(None, (show(news.source, 80), show(news.section, 60), _.date(news.published_at))))
    message = say(
        Span(title, bold=True, url=news.url),
        f"\n\n{summary}" if summary else "",
        "\n\n",
        italic(about),
        " · ",
        link(_("Read on"), news.url),
    )
    return message.with_buttons([Button(_("🔕 Mute {topic}", topic=show(news.topic, 30)), f"mute:{news.topic_id}")])
