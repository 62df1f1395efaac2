"""Messages as Telegram's HTML, plain text and inline keyboard. Pure; never longer than Telegram takes."""

from collections.abc import Iterator
from dataclasses import replace
from html import escape
from typing import NamedTuple

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode

from bot.asked import Shared
from bot.cut import clean, clean_url, count_units, shorten
from bot.message import Message, Span

MAX_UNITS = 4096
#: Of the words below a picture or a file.
MAX_CAPTION = 1024


class Rendered(NamedTuple):
    """A message in Telegram's form; `frame` is its keyboard and its preview as JSON, ready for any request."""

    html: str
    keyboard: InlineKeyboardMarkup | None
    preview: LinkPreviewOptions
    frame: dict[str, str]


def render(message: Message, limit: int = MAX_UNITS) -> Rendered:
    keyboard, preview = render_keyboard(message), render_preview(message)
    frame = {"link_preview_options": preview.to_json()}
    if keyboard:
        frame["reply_markup"] = keyboard.to_json()
    return Rendered(render_html(message, limit), keyboard, preview, frame)


def render_html(message: Message, limit: int = MAX_UNITS) -> str:
    """At most `limit` UTF-16 units once Telegram has parsed it."""
    return "".join(map(_to_html, shorten(tuple(_clean(message)), limit)))


def render_plain(message: Message, limit: int = MAX_UNITS) -> str:
    """The same words without markup; a link's address stands after it in brackets."""
    return "".join(span.text for span in shorten(tuple(_spell_links(message)), limit))


def fits_caption(message: Message) -> bool:
    """Whether all of its words may stand below a picture."""
    return sum(count_units(span.text) for span in _clean(message)) <= MAX_CAPTION


def render_preview(message: Message) -> LinkPreviewOptions:
    """None of its links is shown in advance, but the picture of one that is too long to stand below it."""
    url = clean_url(message.picture.url) if message.picture else ""
    if not url or fits_caption(message):
        return LinkPreviewOptions(is_disabled=True)
    return LinkPreviewOptions(url=url, prefer_large_media=True, show_above_text=True)


def render_keyboard(message: Message) -> InlineKeyboardMarkup | None:
    rows = [
        [InlineKeyboardButton(clean(button.label), callback_data=button.action) for button in row]
        for row in message.buttons
        if row
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def render_result(shared: Shared) -> InlineQueryResultArticle:
    """An article to choose among those that were found."""
    content = InputTextMessageContent(
        render_html(shared.message),
        parse_mode=ParseMode.HTML,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    return InlineQueryResultArticle(
        str(shared.article_id), clean(shared.title), content, description=clean(shared.line)
    )


def _clean(message: Message) -> Iterator[Span]:
    """The spans as they can be shown; a link over blank text shows its address, or nobody could press it."""
    for span in message.spans:
        if text := clean(span.text):
            url = clean_url(span.url)
            yield replace(span, text=text if text.strip() else url or text, url=url)


def _to_html(span: Span) -> str:
    html = escape(span.text, quote=False)
    if span.url:
        html = f'<a href="{escape(span.url)}">{html}</a>'
    if span.italic:
        html = f"<i>{html}</i>"
    return f"<b>{html}</b>" if span.bold else html


def _spell_links(message: Message) -> Iterator[Span]:
    for span in _clean(message):
        if span.url == span.text:
            yield span
            continue
        yield Span(span.text)
        if span.url:
            yield Span(f" ({span.url})", url=span.url)
