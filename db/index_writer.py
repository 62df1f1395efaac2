"""Writes the search index of this machine. One process at a time may; the others read what it commits."""

import logging
import os
import shutil
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import tantivy
from tantivy import Query

from db.aliases import find_alias_pairs
from db.index import SCHEMA, STATE_ID, SearchIndex, State, open_index, read_state
from db.ranking import Field, make_alias_token
from db.tokens import tokenize
from db.turns import lock_file

log = logging.getLogger(__name__)

#: What tantivy keeps in memory at most before it writes it down, in bytes: some 90,000 articles. Fewer and larger
#: segments are made and searched in less time.
_HEAP = 200_000_000


class Entry(NamedTuple):
    """What the index holds of an article; `source_ids` are those that brought it or carry it."""

    id: int
    source_ids: Sequence[int]
    title: str
    text: str
    published_at: datetime


class Writer:
    """The right to write an index, from `claim` to `close` or the end of the process, however it ends.

    `added` counts the entries since the last commit; `last_id` is of the last one of them, 0 if there is none.
    """

    def __init__(self, index: SearchIndex) -> None:
        self.index = index
        self.state: State | None = None
        self.added = self.last_id = 0
        self._lock: int | None = None
        self._tantivy: tantivy.IndexWriter | None = None

    def claim(self) -> bool:
        """Whether this process is the one to write; the folder is made if it is not there."""
        self.index.folder.parent.mkdir(parents=True, exist_ok=True)
        if self._lock is None:
            self._lock = lock_file(f"{self.index.folder}.lock")
        if self._lock is None:
            return False
        if self._tantivy is not None and not (self.index.folder / "meta.json").exists():
            log.warning("the search index is gone")
            self._drop()
        if self._tantivy is None:
            self._open()
        return True

    def start_anew(self) -> None:
        """Throw away what is in the folder; the state is None then."""
        self._drop()
        shutil.rmtree(self.index.folder, ignore_errors=True)
        self._open()

    def remove(self, ids: Collection[int]) -> None:
        gone = Query.term_set_query(SCHEMA, "id", sorted(ids))
        self._get_tantivy().delete_documents_by_query(gone)

    def add(self, entries: Iterable[Entry]) -> None:
        writer = self._get_tantivy()
        for entry in entries:
            writer.add_document(make_document(entry))
            self.added, self.last_id = self.added + 1, entry.id

    def commit(self, state: State) -> None:
        """Make all of it visible at once, with the state; before, nothing of it is."""
        writer = self._get_tantivy()
        writer.delete_documents_by_query(Query.term_query(SCHEMA, "id", STATE_ID))
        document = tantivy.Document()
        document.add_unsigned("id", STATE_ID)
        document.add_text("state", state.to_text())
        writer.add_document(document)
        writer.commit()
        self.state = state
        self.added = self.last_id = 0

    def close(self) -> None:
        """Give up the right to write; what was not committed is forgotten."""
        self._drop()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _open(self) -> None:
        folder = self.index.folder
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._open_tantivy()
        except (ValueError, OSError, KeyError) as error:
            log.warning("the search index is damaged or of another form and is thrown away: %s", error)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            self._open_tantivy()

    def _open_tantivy(self) -> None:
        index = open_index(self.index.folder)
        self.state = read_state(index.searcher())
        self._tantivy = index.writer(_HEAP, num_threads=1)

    def _drop(self) -> None:
        if self._tantivy is not None:
            self._tantivy = None
        self.index.forget()
        self.state = None
        self.added = self.last_id = 0

    def _get_tantivy(self) -> tantivy.IndexWriter:
        if self._tantivy is None:
            raise RuntimeError("the index is written before it is claimed")
        return self._tantivy


def make_document(entry: Entry) -> tantivy.Document:
    """An article's tokens, made here and only split at the spaces there."""
    document = tantivy.Document()
    document.add_unsigned("id", entry.id)
    for source_id in entry.source_ids:
        document.add_unsigned("source", source_id)
    document.add_integer("published", int(entry.published_at.timestamp()))
    title, body = tokenize(entry.title), tokenize(entry.text)
    document.add_text(Field.TITLE, title.folded)
    document.add_text(Field.BODY, body.folded)
    document.add_text(Field.PAIRS, f"{title.pairs} {body.pairs}")
    document.add_text(Field.EXACT, f"{title.keys} {body.keys}")
    document.add_text(Field.NUMBERS, " ".join(dict.fromkeys(f"{title.numbers} {body.numbers}".split())))
    pairs = find_alias_pairs(entry.text)
    document.add_text(Field.ALIASES, " ".join(make_alias_token(*way) for pair in pairs for way in (pair, pair[::-1])))
    return document
