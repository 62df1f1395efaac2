"""/stats: what went on in the last days, and how the language model fares. For admins; it only reads."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.asked import Answer
from bot.charts import Series, draw_chart
from bot.commands.ask import Ask, reply
from bot.locales import N_
from bot.message import Message, Span, bold, say
from db import activity, model_use
from db.activity import Day
from db.models import VerdictKind

#: How far back /stats looks.
DAYS = 30
_VERDICTS = {
    VerdictKind.SILENT: N_("the server did not answer in time"),
    VerdictKind.PAUSED: N_("not asked, as the server had not answered a moment before"),
    VerdictKind.BUDGET: N_("the day's tokens were spent"),
    VerdictKind.REFUSED: N_("the server or the model refused"),
    VerdictKind.MALFORMED: N_("the answer was no summary"),
    VerdictKind.EMPTY: N_("the answer said nothing"),
    VerdictKind.LONG: N_("the answer was too long"),
    VerdictKind.FOREIGN: N_("the answer was not in Vietnamese"),
    VerdictKind.FIGURE: N_("a figure was not the article's"),
    VerdictKind.NAME: N_("a name was not the article's"),
    VerdictKind.LINK: N_("an address was not the article's"),
    VerdictKind.TITLE: N_("it only repeated the headline"),
    VerdictKind.ORDER: N_("it obeyed an order hidden in the article"),
    VerdictKind.INVENTED: N_("it told what the article does not"),
}


#: The colours of the picture, as the words call them.
_COLOURS = {"🟦": "#3b82f6", "🟧": "#f59e0b", "🟩": "#22a35a"}


async def show_stats(ask: Ask) -> Answer:
    today = ask.now.astimezone(ask.rules.timezone).date()
    days = await activity.list_days(ask.session, ask.rules.timezone, today, DAYS)
    return reply(_render_activity(ask, days), await _render_model(ask, today))


def _render_activity(ask: Ask, days: Sequence[Day]) -> Message:
    """With a picture where there can be one; without, the figures of each day."""
    sent = [day.pushes for day in days]
    asked = [day.searches for day in days]
    there = [day.members for day in days]
    title = ask._.plural("The last {n} day", "The last {n} days", len(days))
    lines = [
        "🟦 " + ask._.plural("{n} article was sent", "{n} articles were sent", sum(sent)) + _tell_today(ask, sent[-1]),
        "🟧 " + ask._.plural("{n} search", "{n} searches", sum(asked)) + _tell_today(ask, asked[-1]),
        "🟩 " + ask._.plural("{n} member", "{n} members", there[-1]) + f" ({there[-1] - there[0]:+d})",
    ]
    message = say(bold(title), "".join(f"\n{line}" for line in lines))
    if not ask.takes_files:
        return replace(message, spans=(*message.spans, Span(_list_days(days))))
    rows = zip(_COLOURS.items(), (sent, asked, there), strict=True)
    series = [Series(mark, colour, values) for (mark, colour), values in rows]
    return message.with_file(draw_chart([day.day for day in days], series, "loa-30.png"))


def _tell_today(ask: Ask, count: int) -> str:
    return " " + ask._("(today: {count})", count=ask._.number(count))


def _list_days(days: Sequence[Day]) -> str:
    """A line for each day on which anything went on."""
    told = [day for day in days if day.pushes or day.searches]
    lines = [f"{one.day:%d/%m}: 🟦 {one.pushes} 🟧 {one.searches} 🟩 {one.members}" for one in told]
    return "".join(f"\n{line}" for line in ["", *lines]) if lines else ""


async def _render_model(ask: Ask, today: date) -> Message:
    counts = dict(await model_use.count_verdicts(ask.session, today - timedelta(days=DAYS - 1)))
    if not counts:
        nothing = ask._.plural(
            "No language model was asked within {n} day: every summary is in the words of its article.",
            "No language model was asked within {n} days: every summary is in the words of its article.",
            DAYS,
        )
        return say(nothing)
    taken, overruled = counts.pop(VerdictKind.TAKEN, 0), sum(counts.values())
    tokens = await model_use.count_tokens(ask.session, today)
    title = ask._.plural("Summaries of the last {n} day", "Summaries of the last {n} days", DAYS)
    lines = [
        "\n\n" + ask._.plural("🤖 {n} by the language model", "🤖 {n} by the language model", taken),
        "\n" + ask._.plural("{n} in the article's words instead", "{n} in the article's words instead", overruled),
        *(f"\n• {ask._(_VERDICTS[verdict])}: {ask._.number(count)}" for verdict, count in counts.items()),
        "\n\n" + ask._.plural("{n} token was used today", "{n} tokens were used today", tokens),
    ]
    return say(bold(title), *lines)
