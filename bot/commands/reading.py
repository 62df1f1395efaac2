"""/latest and /search: reading what is stored, and sharing it."""

from collections.abc import Iterable
from datetime import timedelta

from bot.asked import Answer, Shared, Shares
from bot.commands.ask import Ask, StaleError, replace, reply
from bot.commands.lists import get_page_buttons, list_articles
from bot.message import Button, Message, Span, bold, italic, say
from bot.outside import LONGEST_SUMMARY, LONGEST_TITLE, parse_number, shorten, show
from db import activity, following, library, search
from db.library import ArticleRow
from db.matching import MOST
from db.models import Question, Topic
from db.query import UnknownPlace
from db.search import Found, pair_snippets
from db.text import syllables

LATEST = 5
MOST_LATEST = 15
PAGE = 10
#: More letters than this say no more about what is meant.
LONGEST_QUESTION = 500
#: What is looked for letter by letter is one search.
TYPING = timedelta(minutes=1)
#: Letters of what is said to be searched for instead.
LONGEST_OFFER = 40
#: How many sources are named that were searched.
MOST_PLACES = 5
#: Letters of a line that offers an article.
LONGEST_LINE = 200


async def latest(ask: Ask) -> Answer:
    """`/latest`, `/latest 10`, `/latest prices`, `/latest 10 prices`, `/latest prices 10`."""
    number, words = _split_number(ask.args)
    if number == 0:
        return reply(say(ask._("None it is. To read some, send a number from 1 to {most}.", most=MOST_LATEST)))
    topic = await following.find_topic(ask.session, words) if words else None
    if words and topic is None:
        return reply(say(ask._("There is no topic “{words}”. /topics shows them all.", words=show(words))))
    topic_id = topic.id if topic else None
    rows = await library.get_latest(ask.session, limit=number, topic_id=topic_id)
    if not rows:
        return reply(say(ask._("There are no articles yet.")))
    return reply(say(bold(_title_latest(ask, topic)), *list_articles(rows, 1, ask._)))


def _split_number(args: str) -> tuple[int, str]:
    """How many, and of what: the number stands first or last."""
    words = args.split()
    for place in (0, -1):
        number = parse_number(words[place]) if words else None
        if number is not None:
            del words[place]
            return min(number, MOST_LATEST), " ".join(words)
    return LATEST, args


def _title_latest(ask: Ask, topic: Topic | None) -> str:
    return ask._("The latest: {topic}", topic=show(topic.name)) if topic else ask._("The latest articles")


async def find(ask: Ask) -> Answer:
    """Search for the words; an answer of several pages has buttons to turn them."""
    words = shorten(ask.args, LONGEST_QUESTION)
    if not syllables(words):
        example = ask._("Please write the words to search for, such as: /search consumer prices")
        more = ask._(
            'They may have a time (7/2023, yesterday), "words in a row", source: name or topic: name beside them.'
        )
        return reply(say(f"{example}\n{more}"))
    async with ask.write() as session:
        question = await search.add_question(session, ask.chat.id, words, ask.now)
    found = await _find_page(ask, question, 0)
    offers = await _offer_others(ask, found)
    if found.articles:
        message = _render_page(ask, question, found, 0)
    else:
        message = say(ask._("Nothing was found for “{words}”.", words=show(words)), *_list_hints(ask, found))
    return reply(message.with_buttons(*([offer] for offer in offers)))


async def turn_page(ask: Ask) -> Answer:
    """`page:QUESTION:N`: the chat's own question, as its answers were when it was asked."""
    question_id, number = ask.get_numbers(2)
    question = await search.get_question(ask.session, question_id, ask.chat.id)
    found = await _find_page(ask, question, number) if question else None
    if question is None or found is None or not found.articles:
        raise StaleError
    return replace(_render_page(ask, question, found, number))


async def share(ask: Ask, number: int) -> Shares:
    """A page of what has the words, or the latest where there are none; only that there was a search is remembered."""
    words = shorten(ask.args, LONGEST_QUESTION)
    if not syllables(words):
        return Shares(tuple(_offer(ask, row) for row in await library.get_latest(ask.session, limit=PAGE)))
    if number == 0 and not await activity.has_searched(ask.session, ask.chat.id, ask.now - TYPING):
        async with ask.write() as session:
            await search.add_question(session, ask.chat.id, "", ask.now)
    found = await _find_page(ask, search.make_question(words, ask.now), number)
    offers = [_offer(ask, row, snippet.text) for row, snippet in pair_snippets(found)]
    return Shares(tuple(offers), number + 1 if (number + 1) * PAGE < found.total else None)


def _offer(ask: Ask, row: ArticleRow, snippet: str = "") -> Shared:
    title = show(row.title, LONGEST_TITLE) or ask._("An article without a title")
    about = f"{show(row.source, 80)} · {ask._.published(row.published_at)}"
    summary = show(row.summary, LONGEST_SUMMARY)
    message = say(Span(title, bold=True, url=row.url), f"\n\n{summary}" if summary else "", "\n\n", italic(about))
    return Shared(row.id, title, shorten(f"{about} · {snippet or summary}", LONGEST_LINE), message)


async def _find_page(ask: Ask, question: Question, number: int) -> Found:
    return await search.find(ask.archive, question, offset=number * PAGE, limit=PAGE)


def _render_page(ask: Ask, question: Question, found: Found, number: int) -> Message:
    words = show(question.words)
    if found.total != MOST:
        title = ask._.plural("{n} article for “{words}”", "{n} articles for “{words}”", found.total, words=words)
    else:
        title = ask._("The best {most} articles for “{words}”", most=MOST, words=words)
    articles = list_articles(found.articles, number * PAGE + 1, ask._, found.snippets)
    buttons = get_page_buttons(f"page:{question.id}", number, (found.total - 1) // PAGE, ask._)
    return say(bold(title), *articles, *_list_hints(ask, found)).with_buttons(*buttons)


def _list_hints(ask: Ask, found: Found) -> Iterable[str]:
    """What the answers were looked for by, where it is not what was typed; each in a paragraph of its own."""
    if found.is_partial:
        yield "\n\n" + ask._("New articles are still being put into the index; in a while more may be found.")
    if found.mended and found.articles:
        words = show(found.mended, LONGEST_OFFER)
        yield "\n\n" + ask._("No article has all words as they were typed; these are for “{words}”.", words=words)
    if found.misses_time and found.articles:
        yield "\n\n" + ask._("Nothing of that time has these words; these are from other times.")
    if found.places:
        places = ", ".join(show(place, LONGEST_OFFER) for place in found.places[:MOST_PLACES])
        yield "\n\n" + ask._("Searched only in: {places}", places=places)
    if found.unknown_place:
        yield "\n\n" + _explain_place(ask, found.unknown_place)


def _explain_place(ask: Ask, place: UnknownPlace) -> str:
    name = show(place.name, LONGEST_OFFER)
    if not place.nearest:
        return ask._("No source or topic is called “{name}”: its words were searched for like others.", name=name)
    return ask._(
        "No source or topic is called “{name}”: its words were searched for like others. Did you mean “{nearest}”?",
        name=name,
        nearest=show(place.nearest, LONGEST_OFFER),
    )


async def _offer_others(ask: Ask, found: Found) -> list[Button]:
    """Buttons that search for what was probably meant: words without slips, or any time where there is none of one."""
    return [await _offer_search(ask, words) for words in dict.fromkeys((found.mended, found.untimed)) if words]


async def _offer_search(ask: Ask, words: str) -> Button:
    async with ask.write() as session:
        question = await search.add_question(session, ask.chat.id, words, ask.now)
    return Button(ask._("Search for “{words}”", words=show(words, LONGEST_OFFER)), f"page:{question.id}:0")
