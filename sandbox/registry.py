"""An agency's records in a SQLite file of its own.

The file is made when it is missing or was made of other data, beside its place and
then moved there, so that an interrupted start leaves no half of a registry behind.
Questions are batches: one ``SELECT`` for any number of people.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from policy.certificate import CertificateRecord, CertificateState
from policy.examination import Examination
from policy.identity import Identity, IdType
from policy.level import Level
from sandbox import population, story_persons
from sandbox.agency import AgencyId
from sandbox.certificates import Entry
from sandbox.faults import Fault
from sandbox.keys import signs_by_sm2

_COLUMNS = (
    "id_type",
    "id_number",
    "holder_name",
    "number",
    "title",
    "category",
    "item",
    "item_code",
    "level",
    "first_issued_on",
    "issued_on",
    "valid_from",
    "valid_until",
    "review_due_on",
    "state",
    "authority",
    "evaluation_body",
    "collection_body",
    "licence_id",
    "examination",
    "fault",
)
_NAMES = ", ".join(_COLUMNS)
# Nothing from outside is in these texts: the columns are the constant above.
_CREATE = f"""
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
    CREATE TABLE certificate (id INTEGER PRIMARY KEY, {_NAMES});
    CREATE TABLE made_of (fingerprint);
"""
_INSERT = (
    f"INSERT INTO certificate ({_NAMES}) "  # noqa: S608
    f"VALUES ({', '.join('?' * len(_COLUMNS))})"
)
_FIND = (
    f"SELECT id, {_NAMES} FROM certificate "  # noqa: S608
    "WHERE id_number IN (SELECT value FROM json_each(?)) ORDER BY id"
)
_FIND_OTHER = (
    f"SELECT id, {_NAMES} FROM certificate "  # noqa: S608
    "WHERE id_number <> ? ORDER BY id LIMIT 1"
)
_FINGERPRINT = "SELECT fingerprint FROM made_of"


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry and its place in the file, by which it is known among the others."""

    id: int
    entry: Entry


class Registry:
    """Reads one agency's file."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def find(self, holders: Sequence[Identity]) -> Mapping[Identity, list[Stored]]:
        """Return what each of ``holders`` holds, nobody left out, by one ``SELECT``."""
        found: dict[Identity, list[Stored]] = {holder: [] for holder in holders}
        numbers = json.dumps([holder.number for holder in found])
        for row in self._connection.execute(_FIND, (numbers,)):
            stored = _stored(row)
            holder = stored.entry.record.holder
            # The same number under another type of document is another person.
            if holder in found:
                found[holder].append(stored)
        return found

    def find_other(self, holder: Identity) -> Stored:
        """Return a certificate of anybody but ``holder``."""
        row = self._connection.execute(_FIND_OTHER, (holder.number,)).fetchone()
        return _stored(row)


def open_registry(
    directory: Path, agency: AgencyId, *, holders: int, today: date
) -> Registry:
    """Open ``AGENCY.sqlite`` in ``directory``, making it first if need be."""
    path = directory / f"{agency}.sqlite"
    stories = story_persons.entries(agency, today, with_sm2=signs_by_sm2(directory))
    fingerprint = _fingerprint(stories, holders, today)
    if not _is_made_of(path, fingerprint):
        synthetic = population.entries(agency, holders, today)
        _make(path, [*stories, *synthetic], fingerprint)
    return Registry(path)


def _fingerprint(stories: Sequence[Entry], holders: int, today: date) -> str:
    """Name the data a file is made of; other data makes another file."""
    rows = [_row(entry) for entry in stories]
    made_of = repr((population.VERSION, holders, today, _COLUMNS, rows))
    return hashlib.sha256(made_of.encode()).hexdigest()


def _is_made_of(path: Path, fingerprint: str) -> bool:
    if not path.exists():
        return False
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        try:
            rows = connection.execute(_FINGERPRINT).fetchall()
        except sqlite3.DatabaseError:
            return False
    return rows == [(fingerprint,)]


def _make(path: Path, made_of: Iterable[Entry], fingerprint: str) -> None:
    new = path.with_suffix(f".{os.getpid()}.new")
    new.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(new)) as connection:
            connection.executescript(_CREATE)
            with connection:
                connection.executemany(_INSERT, _rows(made_of))
                connection.execute("INSERT INTO made_of VALUES (?)", (fingerprint,))
                connection.execute("CREATE INDEX by_number ON certificate (id_number)")
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _rows(made_of: Iterable[Entry]) -> Iterator[tuple[str | None, ...]]:
    return (_row(entry) for entry in made_of)


def _row(entry: Entry) -> tuple[str | None, ...]:
    record = entry.record
    return (
        record.holder.type,
        record.holder.number,
        record.holder_name,
        record.number,
        record.title,
        record.category,
        record.item,
        record.item_code,
        record.level,
        _iso(record.first_issued_on),
        _iso(record.issued_on),
        _iso(record.valid_from),
        _iso(record.valid_until),
        _iso(record.review_due_on),
        record.state,
        record.authority,
        record.evaluation_body,
        record.collection_body,
        record.licence_id,
        _examination_text(record.examination),
        entry.fault,
    )


def _stored(row: tuple[Any, ...]) -> Stored:
    id_, *texts = row
    stated = dict(zip(_COLUMNS, texts, strict=True))
    record = CertificateRecord(
        number=stated["number"],
        holder=Identity(IdType(stated["id_type"]), stated["id_number"]),
        holder_name=stated["holder_name"],
        title=stated["title"],
        category=stated["category"],
        item=stated["item"],
        item_code=stated["item_code"],
        level=Level(stated["level"]),
        first_issued_on=_day(stated["first_issued_on"]),
        issued_on=_day(stated["issued_on"]),
        valid_from=_day(stated["valid_from"]),
        valid_until=_day(stated["valid_until"]),
        review_due_on=_day(stated["review_due_on"]),
        state=CertificateState(stated["state"]),
        authority=stated["authority"],
        evaluation_body=stated["evaluation_body"],
        collection_body=stated["collection_body"],
        licence_id=stated["licence_id"],
        examination=_examination(stated["examination"]),
    )
    fault = stated["fault"]
    return Stored(id_, Entry(record, None if fault is None else Fault(fault)))


def _examination_text(examination: Examination | None) -> str | None:
    if examination is None:
        return None
    return json.dumps({**asdict(examination), "held_on": _iso(examination.held_on)})


def _examination(text: str | None) -> Examination | None:
    if text is None:
        return None
    stated = json.loads(text)
    return Examination(**{**stated, "held_on": _day(stated["held_on"])})


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
