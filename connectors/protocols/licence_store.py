"""Ask a store of electronic licences (证照库): log in, identify, ask by holder code.

A session is kept for its time and renewed once where it ends in the middle of a batch.
A person is identified first, which gives a code that is theirs for a while; a code that
is another person's is refused by name. Nobody signs a row, so none is an envelope: what
an agency signed of one stands in it, or was sent, and that alone is believed.

Where a licence's picture is, is told and never followed: the session belongs to the
store, and a reference may lead anywhere.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson
from cachetools import TTLCache
from msgspec.structs import replace

from connectors.attempts import count
from connectors.connector import (
    FileKind,
    LicenceFile,
    Reply,
    UnsignedRow,
    UnsignedRows,
)
from connectors.elements import Told
from connectors.errors import RefusedError, UnreadableError
from connectors.manifest import Manifest
from connectors.manifest_endpoint import Endpoint, Protocol
from connectors.manifest_licence_store import LicenceStore
from connectors.protocols.envelopes import MAX_RECORDS, digest_of_row
from connectors.protocols.exchange import Exchange, parse_json
from connectors.protocols.platform_answer import (
    MOST_SHOWN,
    Places,
    PlatformAnswers,
)
from policy import normal_form
from policy.calendar import SHANGHAI
from policy.identity import Identity, IdType
from signing.envelope import Envelope

MOST_CODES = 10_000
"""Of how many people a store's codes are kept."""
MOST_CHARACTERS = 4_096
"""A session or a reference is no longer."""
MOST_OF_A_CODE = 512
"""A holder's code has no more characters."""


class _NoSessionError(RefusedError):
    """Nobody is let in, whoever is asked about."""


class LicenceStoreConnector:
    """Asks about one person after the other, in one session."""

    def __init__(
        self,
        manifest: Manifest,
        session: aiohttp.ClientSession,
        clock: Callable[[], datetime],
    ) -> None:
        table = manifest.licence_store
        self._table = table
        self._request = manifest.request
        self._clock = clock
        self._store = _Store(manifest, session, clock)
        self._codes = _HolderCodes(table, clock)
        self._rows = _Rows(table)
        places = Places()
        self._find_code = places.finder(table.holder_code)
        self._find_number = (
            places.finder(table.checked_number) if table.checked_number else None
        )

    def can_ask(self, id_type: IdType) -> bool:
        """Say whether the manifest maps this type; an empty map passes all as is."""
        return not self._request.id_types or id_type in self._request.id_types

    async def fetch(
        self, holders: Sequence[Identity], told: Told | None = None
    ) -> Reply:
        """Ask about each of ``holders`` by itself; see ``Connector.fetch``."""
        told = told or Told()
        names = {*self._request.elements.values()}
        headers = {*self._request.element_headers.values()}
        if missing := sorted((names - {*told.fields}) | (headers - {*told.headers})):
            raise RefusedError(
                f"all five elements are needed, {missing[0]} is not stated"
            )
        found: list[tuple[tuple[Envelope, ...], UnsignedRows]] = []
        refused: list[RefusedError] = []
        for holder in holders:
            try:
                found.append(await self._rows_of(holder, told))
            except _NoSessionError:
                # Nobody would be answered, and an account may be locked by trying.
                raise
            except RefusedError as error:
                refused.append(error)
                found.append(((), UnsignedRows(refused=str(error))))
        if len(refused) == len(holders):
            raise refused[0]
        return Reply(
            [envelopes for envelopes, _ in found], unsigned=[rows for _, rows in found]
        )

    async def probe(self) -> None:
        """See ``Connector.probe``."""
        await self._store.login.probe()

    async def _rows_of(
        self, holder: Identity, told: Told
    ) -> tuple[tuple[Envelope, ...], UnsignedRows]:
        code, why_not = await self._code(holder, told)
        if code is None:
            # Nothing is known of them there, or it is another one's.
            return (), UnsignedRows(of_another=why_not)
        table = self._table
        rows: list[Any] = []
        for type_ in table.types or (None,):
            question = {table.code_member: code}
            if type_ is not None:
                question[table.type_member] = type_
            data = await self._store.answer_to(self._store.data, question, told)
            rows += self._rows.in_(data)
            if len(rows) > MAX_RECORDS:
                raise UnreadableError(
                    f"{len(rows)} rows for one holder, at most {MAX_RECORDS} allowed"
                )
        secrets = (*self._store.secrets, code)
        envelopes, unsigned = self._rows.read(rows, secrets)
        return envelopes, UnsignedRows(unsigned)

    async def _code(
        self, holder: Identity, told: Told
    ) -> tuple[str | None, str | None]:
        """Return the holder's code, or why it is not theirs; nothing if none is."""
        if (kept := self._codes.get(holder)) is not None:
            return kept, None
        data = await self._store.answer_to(
            self._store.check, self._check_of(holder, told), told
        )
        if data is None:
            return None, None
        code = self._find_code(data)
        if not isinstance(code, str) or not 0 < len(code) <= MOST_OF_A_CODE:
            raise RefusedError("the identity check gave no holder code")
        if self._find_number is not None:
            stated = self._find_number(data)
            number = normal_form.number(stated) if isinstance(stated, str) else None
            if number != holder.number:
                return None, "the identity check answered for another person's number"
        if not self._codes.keep(holder, code):
            return None, "the holder code is that of another person"
        return code, None

    def _check_of(self, holder: Identity, told: Told) -> dict[str, str]:
        table, asked = self._table, self._request
        question = {table.id_member: holder.number}
        if table.id_type_member:
            question[table.id_type_member] = asked.id_types.get(
                holder.type, holder.type
            )
        name = told.names.get(holder)
        if table.name_member and name:
            question[table.name_member] = name
        elif table.name_required:
            raise RefusedError(
                "the store identifies nobody without a name; none is stated"
            )
        today = self._clock().astimezone(SHANGHAI).date()
        last = today + timedelta(seconds=table.code_seconds)
        for member, day in ((table.from_member, today), (table.until_member, last)):
            if member:
                question[member] = day.isoformat()
        return question


class _Store:
    """The store's addresses, in one session."""

    def __init__(
        self,
        manifest: Manifest,
        session: aiohttp.ClientSession,
        clock: Callable[[], datetime],
    ) -> None:
        table = manifest.licence_store

        self.login, self.check, self.data = (
            Exchange(session, _at(manifest, path))
            for path in (table.login_path, table.check_path, table.data_path)
        )
        self._table = table
        self._clock = clock
        self._answers = PlatformAnswers(table.code, table.data, table.good_codes)
        self._find_session = Places().finder(table.session)
        self._session: str | None = None
        self._ends = 0.0
        self._turn = asyncio.Lock()

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what no reference may repeat."""
        return tuple(filter(None, (self._session, self._table.password)))

    async def answer_to(
        self, exchange: Exchange, question: Mapping[str, str], told: Told
    ) -> object:
        """Return what is answered in a session; in a new one if that has ended.

        ``None``: the store has nothing of the person.

        Raises:
            ConnectorError: nothing is; or the new session has ended, too.
        """
        session = await self._in_session()
        answer = await self._post(exchange, question, told, session)
        if self._answers.code_of(answer) in self._table.stale_codes:
            self._forget(session)
            session = await self._in_session()
            count()
            answer = await self._post(exchange, question, told, session)
            if self._answers.code_of(answer) in self._table.stale_codes:
                self._forget(session)
                raise _NoSessionError(
                    "the session has ended, and so has the one after it: code "
                    f"{self._answers.code_of(answer)!r}"
                )
        if self._answers.code_of(answer) in self._table.empty_codes:
            return None
        return self._answers.data_of(answer)

    async def _in_session(self) -> str:
        """Return a session that is kept; those who wait share the log-in."""
        async with self._turn:
            if self._session is None or self._now() >= self._ends:
                self._session = await self._log_in()
                self._ends = self._now() + self._table.session_seconds
            return self._session

    def _forget(self, session: str) -> None:
        """Log in the next time, unless somebody has already."""
        if self._session == session:
            self._session = None

    async def _log_in(self) -> str:
        _, body = await self.login.post(log_in_of(self._table))
        answer = parse_json(body)
        if (code := self._answers.code_of(answer)) not in self._table.good_codes:
            raise _NoSessionError(f"the log-in: code {code[:MOST_SHOWN]!r}")
        session = self._find_session(self._answers.data_of(answer))
        is_one = (
            isinstance(session, str) and session.isascii() and session.isprintable()
        )
        if not is_one or not 0 < len(session) <= MOST_CHARACTERS:
            raise _NoSessionError("the log-in gave no session")
        return str(session)

    async def _post(
        self,
        exchange: Exchange,
        question: Mapping[str, str],
        told: Told,
        session: str,
    ) -> object:
        table = self._table
        headers = {**told.headers}
        asked: dict[str, str] = {**told.fields, **question}
        if table.use_member:
            asked[table.use_member] = table.use
        if table.session_header:
            headers[table.session_header] = session
        else:
            asked[table.session_member] = session
        _, body = await exchange.post(orjson.dumps(asked), Told(headers=headers))
        return parse_json(body)

    def _now(self) -> float:
        return self._clock().timestamp()


def log_in_of(table: LicenceStore) -> bytes:
    """Return what logs in."""
    return orjson.dumps(
        {
            table.account_member: table.account,
            table.password_member: table.password,
        }
    )


def door_of(manifest: Manifest) -> Endpoint:
    """Return where an agency is asked first: at its address, or where one logs in."""
    if manifest.endpoint.protocol is not Protocol.LICENCE_STORE:
        return manifest.endpoint
    return _at(manifest, manifest.licence_store.login_path)


def _at(manifest: Manifest, path: str) -> Endpoint:
    url = f"{manifest.endpoint.url.rstrip('/')}/{path.lstrip('/')}"
    return replace(manifest.endpoint, url=url)


class _HolderCodes:
    """The codes of people, each kept for its time; no code is two people's."""

    def __init__(self, table: LicenceStore, clock: Callable[[], datetime]) -> None:
        def now() -> float:
            return clock().timestamp()

        self._codes: TTLCache[Identity, str] = TTLCache(
            MOST_CODES, table.code_seconds, timer=now
        )
        self._whose: TTLCache[str, Identity] = TTLCache(
            MOST_CODES, table.code_seconds, timer=now
        )

    def get(self, holder: Identity) -> str | None:
        """Return the code of ``holder``; ``None`` if none is kept."""
        return self._codes.get(holder)

    def keep(self, holder: Identity, code: str) -> bool:
        """Keep a code; say whether it is not known as another person's."""
        whose = self._whose.get(code)
        if whose is not None and whose != holder:
            # Of whom it is, nobody can tell now.
            self._codes.pop(whose, None)
            return False
        self._codes[holder] = code
        self._whose[code] = holder
        return True


class _Rows:
    """Finds rows in what a store answers, and what is told beside each."""

    def __init__(self, table: LicenceStore) -> None:
        places = Places()
        self._text_members = table.text_members
        self._find_rows = places.finder(table.rows)
        self._where = table.rows
        self._find_signed = places.finder(table.signed) if table.signed else None
        self._find_files = {
            kind: places.finder(place)
            for kind, place in (
                (FileKind.LICENCE, table.licence_file),
                (FileKind.THUMBNAIL, table.thumbnail),
            )
            if place
        }

    def in_(self, data: object) -> list[Any]:
        """Return the rows in the data of an answer.

        Raises:
            UnreadableError: there is no list of them.
        """
        found = [] if data is None else self._find_rows(data)
        if found is None:
            return []
        if not isinstance(found, list):
            raise UnreadableError(f"`licence_store.rows`: no list at `{self._where}`")
        return found

    def read(
        self, rows: Sequence[Any], secrets: Sequence[str]
    ) -> tuple[tuple[Envelope, ...], tuple[UnsignedRow, ...]]:
        """Return what is signed of ``rows``, and those of which nothing is.

        A row with a signature is never shown as one without: if that fails, both do.

        Raises:
            UnreadableError: a row is no object, or a text in it no JSON.
        """
        envelopes: list[Envelope] = []
        unsigned: list[UnsignedRow] = []
        for row in rows:
            if not isinstance(row, dict):
                raise UnreadableError("a row is no JSON object")
            opened = self._opened(row)
            signed = None if self._find_signed is None else self._find_signed(opened)
            if signed is None:
                digest = digest_of_row(row)
                files = tuple(self._files(opened, secrets))
                unsigned.append(UnsignedRow(opened, digest, files))
            elif isinstance(signed, str):
                envelopes.append(Envelope(signed.encode("utf-8", "surrogatepass")))
            else:
                raise UnreadableError("`licence_store.signed`: no text of a JWS")
        return tuple(envelopes), tuple(unsigned)

    def _opened(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a row with its members that are JSON in a text, opened."""
        return row | {
            name: parse_json(text.encode())
            for name in self._text_members
            if isinstance(text := row.get(name), str)
        }

    def _files(
        self, row: Mapping[str, Any], secrets: Sequence[str]
    ) -> Iterator[LicenceFile]:
        for kind, find in self._find_files.items():
            reference = find(row)
            if isinstance(reference, str) and is_harmless(reference, secrets):
                yield LicenceFile(kind, reference)


def is_harmless(reference: str, secrets: Sequence[str]) -> bool:
    """Say whether a reference may be shown: it has no credentials in it."""
    if not 0 < len(reference) <= MOST_CHARACTERS or not reference.isprintable():
        return False
    try:
        parts = urlsplit(reference)
        if parts.username is not None or parts.password is not None:
            return False
    except ValueError:
        return False
    if parts.scheme not in ("", "http", "https"):
        return False
    return not any(secret in reference for secret in secrets)
