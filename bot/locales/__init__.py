"""The bot's words in each language: one catalogue a folder, read once at start. It knows no sentence itself."""

import gettext
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

FOLDER = Path(__file__).parent
#: The language that the sentences in the code are written in.
SOURCE_LANGUAGE = "en"
#: The language of whoever has not chosen another.
FIRST_LANGUAGE = "vi"


def N_(message: str) -> str:
    """Marks a sentence in a table for the catalogues; it is translated when it is said."""
    return message


#: How a moment is written, as Babel's pattern; each language has its own.
_MOMENT = N_("d MMM yyyy, HH:mm")
#: How a day is written, likewise.
_DAY = N_("d MMM yyyy")


class Translator:
    """Says a sentence of the code in one language, and times on the office's clock.

    Values are put in as they are, never read as a pattern.
    """

    def __init__(self, language: str, catalogue: gettext.NullTranslations, zone: ZoneInfo) -> None:
        self.language = language
        self._locale = Locale.parse(language)
        self._catalogue = catalogue
        self._zone = zone

    def __call__(self, message: str, /, **values: object) -> str:
        return self._catalogue.gettext(message).format_map(values) if message else ""

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """The form for `n`, which stands in the sentence as `{n}`."""
        return self._catalogue.ngettext(one, many, n).format_map({**values, "n": self.number(n)})

    def date(self, moment: datetime) -> str:
        """Day and hour."""
        return format_datetime(moment, self(_MOMENT), tzinfo=self._zone, locale=self._locale)

    def published(self, moment: datetime) -> str:
        """Day and hour of news; the day alone where it is midnight, as it is when a page names no hour."""
        is_day = moment.astimezone(self._zone).time() == time()
        pattern = self(_DAY if is_day else _MOMENT)
        return format_datetime(moment, pattern, tzinfo=self._zone, locale=self._locale)

    def number(self, value: int) -> str:
        return format_decimal(value, locale=self._locale)

    def join(self, items: Sequence[str]) -> str:
        """The items as a list in a sentence: a, b and c."""
        return format_list(items, locale=self._locale)

    @property
    def language_name(self) -> str:
        """What the language calls itself."""
        name = self._locale.get_display_name(self._locale) or self.language
        return name[:1].upper() + name[1:]


@dataclass(frozen=True, slots=True)
class Translators:
    """A translator for each language there is a catalogue of."""

    catalogues: Mapping[str, gettext.NullTranslations]

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes there are, Vietnamese first."""
        return tuple(sorted(self.catalogues, key=lambda language: (language != FIRST_LANGUAGE, language)))

    def get(self, language: str, zone: ZoneInfo) -> Translator:
        """The one for a code such as `vi` or `en-GB`; the Vietnamese where there is none."""
        language = self.match(language) or FIRST_LANGUAGE
        return Translator(language, self.catalogues[language], zone)

    def match(self, language: str) -> str | None:
        """The language there is for a platform's code; None when there is none."""
        base = language.replace("_", "-").split("-")[0].lower()
        return base if base in self.catalogues else None


@cache
def load_translators() -> Translators:
    """Read every catalogue; they are read once, and never change."""
    return Translators({path.parts[-3]: _load(path) for path in FOLDER.glob("*/LC_MESSAGES/loa.po")})


def _load(path: Path) -> gettext.GNUTranslations:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parts[-3])
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
