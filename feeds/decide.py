"""Decides which entries are new and which are old acquaintances; knows no database and no clock."""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple

from db.text import bigrams, syllables
from feeds.clean import squeeze
from feeds.dates import LOCAL
from feeds.links import normalise_link
from feeds.types import Entry

_ALIKE = 0.5
_FEW = 4  # a shorter title is compared by its syllables
_FULL_FEED = 5
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_LATEST = datetime(9000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)
_STALE = timedelta(days=30)
_DAY = timedelta(days=1)
_ZONES = timedelta(hours=14)
_HOUR = timedelta(hours=1)
_ENOUGH = 2  # articles met by their titles, before a weak key counts
#: More than these from one source at once are no news, but a site that was poured out, or one not recognised.
MOST_ANNOUNCED = 30
#: `3 giờ trước`, `vừa xong`, in folded syllables: they say something else at every fetch.
_RELATIVE = re.compile(
    r"\b(?:(?:\d+|mot|vai|an?) (?:giay|phut|gio|tieng|ngay|tuan|thang|nam) truoc"
    r"|(?:\d+|an?) (?:second|sec|minute|min|hour|hr|day|week|month|year)s? ago"
    r"|vua xong|moi day|hom (?:nay|qua|kia)|just now|today|yesterday)\b"
)


class Keys(NamedTuple):
    """The ways to recognise an entry again, as digests; an empty one is missing or not to be trusted.

    `title` is the title with its day or its description; `name` the title alone, when there is nothing else to it;
    `bare` the title of an item without a day whose description may change.
    """

    guid: str = ""
    link: str = ""
    title: str = ""
    name: str = ""
    bare: str = ""

    def present(self) -> tuple[str, ...]:
        return tuple(key for key in self if key)


class Known(NamedTuple):
    """The stored article that a key leads to; `published_at` is None when another source brought it."""

    article_id: int
    title: str
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class New:
    """An entry never seen before, and the keys to store with it; `folded` is what is searched in it, where made."""

    entry: Entry
    keys: tuple[str, ...]
    folded: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """An article that came again; `missing_keys` were learned now and are to be stored."""

    article_id: int
    missing_keys: tuple[str, ...]
    entry: Entry


@dataclass(frozen=True, slots=True)
class Decision:
    """`new` is oldest first."""

    new: tuple[New, ...] = ()
    seen: tuple[Seen, ...] = ()


class _Item(NamedTuple):
    place: int
    entry: Entry
    keys: Keys


def keys_of(entry: Entry) -> Keys:
    """All keys of an entry, trusted or not: what to store with it."""
    words = _name_of(entry)
    link = normalise_link(entry.url)
    guid = link if entry.guid == entry.url else normalise_link(entry.guid)
    day = _day_of(entry.published_at)
    about = day or " ".join(_RELATIVE.sub("", " ".join(syllables(entry.description))).split())
    return Keys(
        guid=_digest("g", guid or squeeze(entry.guid)),
        link=_digest("l", link),
        title=_digest_title(words, about) if about else "",
        name="" if about else _digest("n", f"{words}\n"),
        bare=_digest("b", words) if about and not day else "",
    )


def wanted_keys(entry: Entry, keys: Keys | None = None) -> tuple[str, ...]:
    """What to look up before deciding; `keys` are the entry's, where they are known already."""
    return (*(keys or keys_of(entry)).present(), *_neighbours(entry))


def decide(entries: Sequence[Entry], known: Mapping[str, Known], keys: Sequence[Keys] | None = None) -> Decision:
    """Sort the entries of one feed into new and seen. `known` holds what the store has for any of their keys.

    `keys` are the entries', where they are known already.

    A guid or link counts only while it tells the feed's items apart. A counted link is proof. A guid is proof if its
    link or title agrees too. The title with its day, or with its description, is proof when neither of them counts,
    and where links are known to change: there nothing in the feed is found by its guid or link.
    """
    keys = keys or [keys_of(entry) for entry in entries]
    pairs = zip(entries, keys, strict=True)
    items = _distrust([_Item(place, *pair) for place, pair in enumerate(pairs)], known)
    have_links_changed = not any(item.keys.link in known or item.keys.guid in known for item in items)
    may_be_weak = bool(known) and have_links_changed and _meets_enough(items, known)
    new: list[tuple[int, New]] = []
    seen: list[Seen] = []
    for group in _gather(items, _cluster(items, ("guid", "link", "title", "name"))).values():
        present = dict.fromkeys(key for item in group for key in item.keys.present())
        missing = tuple(key for key in present if key not in known)
        first = min(group, key=_rank)
        article_id = _recognise(group, known, have_links_changed=have_links_changed) if known else None
        if article_id is None and may_be_weak:
            article_id = _recognise_weakly(group, known)
        if article_id is None:
            new.append((min(item.place for item in group), New(first.entry, missing)))
        else:
            seen.append(Seen(article_id, missing, first.entry))
    return Decision(_oldest_first(new), tuple(seen))


def are_alike(title: str, other: str) -> bool:
    """Whether one title may be the other one mended: half of their neighbouring syllables are shared."""
    first, second = syllables(title), syllables(other)
    if first == second:
        return True
    if min(len(first), len(second)) < _FEW:
        ours, theirs = set(first), set(second)
    else:
        ours, theirs = set(bigrams(first)), set(bigrams(second))
    return len(ours & theirs) >= _ALIKE * max(len(ours), len(theirs))


def is_full(decision: Decision) -> bool:
    """Whether a feed holds as much as one that is not new does."""
    return len(decision.new) + len(decision.seen) >= _FULL_FEED


def has_gap(decision: Decision, *, was_polled: bool) -> bool:
    """Whether more may have come than the feed holds: nothing in it was known, though it was polled before."""
    return was_polled and not decision.seen and is_full(decision)


def get_published_at(entry: Entry, now: datetime) -> datetime:
    """The day to show and sort by: a date that is missing or cannot be is now."""
    date = entry.published_at
    return date if date and _EARLIEST <= date <= now + _AHEAD else now


def choose_announced(
    new: Sequence[New], *, newest: datetime | None, first_items: int | None, now: datetime
) -> tuple[New, ...]:
    """Those of `new`, oldest first, that are news. Of a source's first items only the last `first_items` are.

    Later on, an item is not that is much older than `newest`, the date of the newest one stored: it was pinned on top.
    Of very many at once the last MOST_ANNOUNCED are.
    """
    if first_items is not None:
        return tuple(new[len(new) - min(first_items, len(new)) :])
    return tuple(item for item in new if is_fresh(item.entry, newest=newest, now=now))[-MOST_ANNOUNCED:]


def is_fresh(entry: Entry, *, newest: datetime | None, now: datetime) -> bool:
    """Whether it is not much older than the newest one that its source has."""
    return get_published_at(entry, now) >= min(newest or now, now) - _STALE


def _name_of(entry: Entry) -> str:
    return _fold_title(entry.title)


@lru_cache(maxsize=1024)
def _fold_title(title: str) -> str:
    return " ".join(syllables(title)) or squeeze(title)


@lru_cache(maxsize=1024)
def _day_of(date: datetime | None) -> str:
    """The office's day; empty for a date that cannot be."""
    return date.astimezone(LOCAL).date().isoformat() if date and _EARLIEST <= date < _LATEST else ""


def _neighbours(entry: Entry) -> tuple[str, ...]:
    """The title with the day before and the day after: where a date lies that was told in another zone."""
    date = entry.published_at
    if date is None or not _day_of(date):
        return ()
    words = _name_of(entry)
    return tuple(_digest_title(words, _day_of(other)) for other in (date - _DAY, date + _DAY))


def _digest_title(words: str, about: str) -> str:
    return _digest("t", f"{words}\n{about}")


def _digest(kind: str, text: str) -> str:
    if not text:
        return ""
    return f"{kind}:{blake2b(text.encode('utf-8', 'surrogatepass'), digest_size=12).hexdigest()}"


def _rank(item: _Item) -> tuple[int, tuple[str, ...]]:
    """Which of several copies speaks for them: the fullest, whatever the order."""
    entry = item.entry
    rest = (entry.title, entry.url, entry.guid, entry.description, str(entry.published_at))
    return -len(entry.description), rest


def _distrust(items: list[_Item], known: Mapping[str, Known]) -> list[_Item]:
    """The items without the keys that do not tell them apart."""
    items = _drop_shared(items, "guid", lambda item: _subject_of(item, or_else=item.keys.link))
    items = _drop_shared(items, "link", _subject_of)
    items = _drop_shared(items, "bare", lambda item: item.keys.title)
    items = [item._replace(keys=_drop_disproved(item, known)) for item in items]
    return _drop_common_titles(items)


def _subject_of(item: _Item, or_else: str = "") -> Hashable:
    return _name_of(item.entry), _day_of(item.entry.published_at) or or_else


def _drop_shared(items: list[_Item], field: str, get_subject: Callable[[_Item], Hashable]) -> list[_Item]:
    """Without the guids, links or other keys that stand on items about different things."""
    subjects: dict[str, set[Hashable]] = defaultdict(set)
    for item in items:
        subjects[getattr(item.keys, field)].add(get_subject(item))
    return [
        item._replace(keys=item.keys._replace(**{field: ""})) if len(subjects[getattr(item.keys, field)]) > 1 else item
        for item in items
    ]


def _drop_disproved(item: _Item, known: Mapping[str, Known]) -> Keys:
    """Without a guid that is the source's constant, or a link that is its front door.

    A known guid under another link, and a known link under another guid or of another day, need a title that agrees.
    """
    keys, title = item.keys, item.entry.title
    guid, link = known.get(keys.guid), known.get(keys.link)
    if guid and link and guid.article_id == link.article_id:
        return keys
    if guid and not are_alike(guid.title, title):
        keys = keys._replace(guid="")
    if link and (keys.guid or _is_other_day(item.entry, link)) and not are_alike(link.title, title):
        keys = keys._replace(link="")
    return keys


def _is_other_day(entry: Entry, known: Known) -> bool:
    day, other = _day_of(entry.published_at), _day_of(known.published_at)
    return bool(day and other and day != other)


def _drop_common_titles(items: list[_Item]) -> list[_Item]:
    """Without the titles that stand on several items of one feed, each with an address and a text of its own."""
    clusters = _cluster(items, ("guid", "link"))
    homes: dict[str, set[int]] = defaultdict(set)
    texts: dict[str, set[str]] = defaultdict(set)
    for item, cluster in zip(items, clusters, strict=True):
        if _has_address(item):
            homes[item.keys.title or item.keys.name].add(cluster)
            texts[item.keys.title or item.keys.name].add(item.entry.description)
    return [_drop_title(item) if _is_common(item, homes, texts) else item for item in items]


def _is_common(item: _Item, homes: Mapping[str, set[int]], texts: Mapping[str, set[str]]) -> bool:
    key = item.keys.title or item.keys.name
    return _has_address(item) and len(homes[key]) > 1 and (len(texts[key]) > 1 or "" in texts[key])


def _drop_title(item: _Item) -> _Item:
    return item._replace(keys=item.keys._replace(title="", name="", bare=""))


def _cluster(items: Sequence[_Item], fields: Iterable[str]) -> list[int]:
    """For each item the number of its cluster: items that share a key, directly or through others."""
    parents = list(range(len(items)))
    holders: dict[str, int] = {}

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    for place, item in enumerate(items):
        for key in filter(None, (getattr(item.keys, field) for field in fields)):
            parents[root(place)] = root(holders.setdefault(key, place))
    return [root(place) for place in range(len(items))]


def _gather(items: Sequence[_Item], clusters: Sequence[int]) -> dict[int, list[_Item]]:
    groups: dict[int, list[_Item]] = defaultdict(list)
    for item, cluster in zip(items, clusters, strict=True):
        groups[cluster].append(item)
    return groups


def _recognise(group: Sequence[_Item], known: Mapping[str, Known], *, have_links_changed: bool) -> int | None:
    """The article that the strongest key leads to. A title counts only where there is no other key that could."""
    links = [item.keys.link for item in group]
    guids = [item.keys.guid for item in group]
    is_by_title = have_links_changed or not any(chain(links, guids))
    titles = [item.keys.title for item in group] if is_by_title else []
    names = [item.keys.name for item in group] if is_by_title else []
    for keys in (links, guids, titles, names):
        if found := [known[key].article_id for key in keys if key in known]:
            return min(found)
    return None


def _meets_enough(items: Sequence[_Item], known: Mapping[str, Known]) -> bool:
    """Whether the feed's titles lead to several articles: a single one may be a bulletin of the same name."""
    met = {_recognise([item], known, have_links_changed=True) or _recognise_weakly([item], known) for item in items}
    return len(met - {None}) >= _ENOUGH


def _recognise_weakly(group: Sequence[_Item], known: Mapping[str, Known]) -> int | None:
    """By the title alone of an item that had an address, or by the title and a day that another zone made of it."""
    found = [known[item.keys.bare].article_id for item in group if _has_address(item) and item.keys.bare in known]
    for item in group:
        for key in _neighbours(item.entry) if item.keys.title else ():
            if key in known and _is_shifted(item.entry.published_at, known[key].published_at):
                found.append(known[key].article_id)
    return min(found, default=None)


def _has_address(item: _Item) -> bool:
    return bool(item.keys.guid or item.keys.link)


def _is_shifted(date: datetime | None, other: datetime | None) -> bool:
    """Whether one moment may be the other one, told in another zone."""
    gap = abs(date - other) if date and other else _DAY
    return gap <= _ZONES and not gap % _HOUR


def _oldest_first(found: list[tuple[int, New]]) -> tuple[New, ...]:
    """By date when every one has one, otherwise the feed from its end."""
    found = sorted(found, key=lambda pair: -pair[0])
    dates = [new.entry.published_at for _, new in found]
    if all(dates):
        found = [pair for _, pair in sorted(zip(dates, found, strict=True), key=lambda dated: dated[0] or _EARLIEST)]
    return tuple(new for _, new in found)
