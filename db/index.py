"""The search index as it is read: a tantivy index in a folder, derived from the articles table. It never writes."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Self, cast

import tantivy
from tantivy import FieldType, Occur, Query

from db.changes import Cursor
from db.ranking import Field, Term, make_pairs

#: The form of fields and tokens. Whoever changes them raises it, and every index is built again.
FORM = 3
#: How many counts are remembered: a query asks for most of its own several times.
_REMEMBERED = 1 << 14
#: No article has this number; the document that has it carries the index's state.
STATE_ID = 0


@dataclass(frozen=True, slots=True)
class State:
    """How far an index is: `built_to` is the last article of an unfinished build, None once it is whole."""

    cursor: Cursor
    built_to: int | None
    form: int = FORM

    def to_text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Self:
        values = json.loads(text)
        return cls(Cursor.from_json(values["cursor"]), values["built_to"], values["form"])


class Candidate(NamedTuple):
    """An article that matched, before its age is weighed; `published` in seconds, as `datetime.timestamp` has it."""

    article_id: int
    score: float
    published: int


#: The ways in which some words in a row may be written.
Phrase = Collection[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for: any of the terms, each of the phrases in one of its forms, within the bounds."""

    terms: Mapping[Term, float]
    phrases: Sequence[Phrase] = field(default_factory=list)
    source_ids: Collection[int] | None = None
    since: datetime | None = None
    before: datetime | None = None
    newest_id: int | None = None


def _make_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_unsigned_field("source", indexed=True, fast=True)
    builder.add_integer_field("published", indexed=True, fast=True)
    builder.add_text_field("state", stored=True, tokenizer_name="raw", index_option="basic")
    for name in Field:
        has_places = name in (Field.TITLE, Field.BODY)  # phrases need them
        builder.add_text_field(name, tokenizer_name="spaces", index_option="position" if has_places else "freq")
    return builder.build()


SCHEMA = _make_schema()


def open_index(folder: Path) -> tantivy.Index:
    """The index in a folder, a new one if there is none. Raises ValueError when it is damaged or of another form."""
    index = tantivy.Index(SCHEMA, str(folder))
    index.register_tokenizer("spaces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index


def read_state(searcher: tantivy.Searcher) -> State | None:
    """The state that was committed last; None of an index without one or of another form."""
    hits = searcher.search(Query.term_query(SCHEMA, "id", STATE_ID), 1, count=False).hits
    if not hits:
        return None
    state = State.from_text(searcher.doc(hits[0][1])["state"][0])
    return state if state.form == FORM else None


class Reader:
    """One committed state of the index. It stays as it is while others write."""

    def __init__(self, searcher: tantivy.Searcher, state: State) -> None:
        self._searcher = searcher
        self._count = lru_cache(_REMEMBERED)(searcher.doc_freq)
        self.state = state

    @property
    def articles(self) -> int:
        return self._searcher.num_docs - 1

    def count(self, kind: Field, token: str) -> int:
        """How many articles have the token, a few that were deleted among them."""
        return self._count(kind, token)

    def list_tokens(self, kind: Field, prefix: str) -> list[tuple[str, int]]:
        return self._searcher.terms_with_prefix(kind, prefix, limit=20)

    def search(self, wanted: Wanted, limit: int) -> list[Candidate]:
        """The best by their words alone, the best first."""
        query = _compile(wanted)
        return self._ask(query, limit) if query else []

    def has_any(self, wanted: Wanted) -> bool:
        """Whether an article is within the bounds, whatever its words."""
        bounds = Query.boolean_query([(Occur.Must, bound) for bound in _list_bounds(wanted)])
        return bool(self._find(bounds, 1)[1])

    def _ask(self, query: Query, limit: int) -> list[Candidate]:
        scores, places = self._find(query, limit)
        return list(map(Candidate, self._read("id", places), scores, self._read("published", places)))

    def _find(self, query: Query, limit: int) -> tuple[list[float], list[tantivy.DocAddress]]:
        """The scores of the best articles, and where the index has them."""
        hits = self._searcher.search(query, limit, count=False).hits if limit else []
        return [score for score, _ in hits], [place for _, place in hits]

    def _read(self, column: str, places: list[tantivy.DocAddress]) -> list[int]:
        """What every article has, unlike the state."""
        return cast(list[int], self._searcher.fast_field_values(column, places))

    def rate(self, article_ids: Collection[int], terms: Mapping[Term, float]) -> dict[int, float]:
        """What the terms add to the score of each of these articles; nothing else is looked at."""
        query = _select(article_ids)
        for term, weight in terms.items():
            query = Query.boolean_query([(Occur.Must, query), (Occur.Should, _match(term, weight))])
        scores, places = self._find(query, len(article_ids))
        return dict(zip(self._read("id", places), scores, strict=True))

    def list_whole(self, article_ids: Collection[int], phrases: Sequence[Phrase]) -> set[int]:
        """Those of the articles that have each phrase in one of its forms. The rarest one leaves little to look at."""
        left = set(article_ids)
        for forms in sorted(phrases, key=self._count_forms):
            if left:
                parts = (_select(left), _any(map(_phrase, forms)))
                query = Query.boolean_query([(Occur.Must, part) for part in parts])
                left = set(self._read("id", self._find(query, len(left))[1]))
        return left

    def _count_forms(self, forms: Phrase) -> int:
        """How many articles may have one of them, or more."""
        return sum(
            min(self.count(Field.PAIRS, pair) for pair in make_pairs(words))
            if len(words) > 1
            else self.count(Field.TITLE, words[0]) + self.count(Field.BODY, words[0])
            for words in forms
        )


class SearchIndex:
    """The index of this machine, in a folder that its processes share; one of them writes, all read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index: tantivy.Index | None = None
        self._known: tuple[tuple[int, ...], Reader | None] = ((), None)

    def get_reader(self) -> Reader | None:
        """What is committed now; None while there is no index, or one that is damaged or of another form."""
        stamp = self._get_stamp()
        known, reader = self._known
        if stamp != known:
            reader = self._read() if stamp else None
            self._known = stamp, reader  # both at once: threads that meet here leave no new stamp on an old reader
        return reader

    def forget(self) -> None:
        """Read from the files again at the next turn."""
        self._index, self._known = None, ((), None)

    def _get_stamp(self) -> tuple[int, ...]:
        """What is another one after each commit."""
        try:
            status = (self.folder / "meta.json").stat()
        except OSError:
            return ()
        return status.st_mtime_ns, status.st_ino, status.st_size

    def _read(self) -> Reader | None:
        try:
            index = self._index = self._index or open_index(self.folder)  # one's own: others may forget it meanwhile
            index.reload()
            searcher = index.searcher()
            state = read_state(searcher)
        except (ValueError, OSError, KeyError):  # damaged, or of another form; the writer builds it again
            self._index = None
            return None
        return Reader(searcher, state) if state else None


def _compile(wanted: Wanted) -> Query | None:
    words = [(Occur.Should, _match(term, weight)) for term, weight in wanted.terms.items()]
    if not words:
        return None
    query = Query.boolean_query(words)
    bounds = [Query.const_score_query(bound, 0.0) for bound in _list_bounds(wanted)]
    return Query.boolean_query([(Occur.Must, part) for part in (query, *bounds)]) if bounds else query


def _match(term: Term, weight: float) -> Query:
    return Query.boost_query(Query.term_query(SCHEMA, term.field, term.token), weight)


def _list_bounds(wanted: Wanted) -> list[Query]:
    bounds = [_any(map(_phrase, forms)) for forms in wanted.phrases]
    if wanted.source_ids is not None:
        bounds.append(Query.term_set_query(SCHEMA, "source", sorted(wanted.source_ids)))
    if wanted.since or wanted.before:
        since = int(wanted.since.timestamp()) if wanted.since else None
        before = int(wanted.before.timestamp()) if wanted.before else None
        bounds.append(Query.range_query(SCHEMA, "published", FieldType.Integer, since, before, include_upper=False))
    if wanted.newest_id is not None:
        bounds.append(Query.range_query(SCHEMA, "id", FieldType.Unsigned, None, wanted.newest_id))
    return bounds


def _phrase(words: Sequence[str]) -> Query:
    """The words in a row, in the title or the text. Pairs are found at once, and spare a longer phrase most of it."""
    if len(words) == 1:
        return _any(Query.term_query(SCHEMA, kind, words[0]) for kind in (Field.TITLE, Field.BODY))
    pairs = [Query.term_query(SCHEMA, Field.PAIRS, pair) for pair in make_pairs(words)]
    if len(words) == 2:
        return pairs[0]
    row = _any(Query.phrase_query(SCHEMA, kind, list(words)) for kind in (Field.TITLE, Field.BODY))
    return Query.boolean_query([(Occur.Must, part) for part in (*pairs, row)])


def _select(article_ids: Collection[int]) -> Query:
    """One by one: a set of numbers would be matched with all there are."""
    return Query.const_score_query(_any(Query.term_query(SCHEMA, "id", one) for one in article_ids), 0.0)


def _any(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])
