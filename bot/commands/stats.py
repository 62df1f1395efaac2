"""/stats: how the language model fares, if the office has one. For admins; it only reads."""

from datetime import timedelta

from bot.asked import Answer
from bot.commands.ask import Ask, reply
from bot.locales import N_
from bot.message import bold, say
from db import model_use
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


async def show_stats(ask: Ask) -> Answer:
    today = ask.now.astimezone(ask.rules.timezone).date()
    counts = dict(await model_use.count_verdicts(ask.session, today - timedelta(days=DAYS - 1)))
    if not counts:
        nothing = ask._.plural(
            "No language model was asked within {n} day: every summary is in the words of its article.",
            "No language model was asked within {n} days: every summary is in the words of its article.",
            DAYS,
        )
        return reply(say(nothing))
    taken, overruled = counts.pop(VerdictKind.TAKEN, 0), sum(counts.values())
    tokens = await model_use.count_tokens(ask.session, today)
    title = ask._.plural("Summaries of the last {n} day", "Summaries of the last {n} days", DAYS)
    lines = [
        "\n\n" + ask._.plural("🤖 {n} by the language model", "🤖 {n} by the language model", taken),
        "\n" + ask._.plural("{n} in the article's words instead", "{n} in the article's words instead", overruled),
        *(f"\n• {ask._(_VERDICTS[verdict])}: {ask._.number(count)}" for verdict, count in counts.items()),
        "\n\n" + ask._.plural("{n} token was used today", "{n} tokens were used today", tokens),
    ]
    return reply(say(bold(title), *lines))
