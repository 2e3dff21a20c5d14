"""A store of electronic licences (证照库): log-in, identity check, then by code.

It has what the sandbox's agency holds, and signs none of it, unless it is told to add
what the agency signed. ``/sandbox/licence-store`` is the sandbox's own: what was asked,
and what is to go wrong.
"""

import asyncio
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Any

from aiohttp import web

from policy.certificate import CertificateRecord
from sandbox import population, story_persons
from sandbox.agency import AgencyId
from sandbox.keys import load_keyring, signs_by_sm2
from sandbox.licence_rows import LICENCE_TYPE_CODE, ROWS, Shape
from sandbox.prepare import prepared_day
from sandbox.question import read_question
from sandbox.sealing import SIGNED_BEFORE_START, Sealer, to_json, with_payload
from sandbox.serve import listen, run_until_stopped
from sandbox.server import JSON, MAX_QUESTION_BYTES, answer_bad_questions, as_json
from signing.envelope import PayloadType

KNOBS = "/sandbox/licence-store"
SIGNATURE = "signature"
PAGE = "<!DOCTYPE html><html><body>请登录</body></html>".encode()


class StoreTrouble(StrEnum):
    """What may go wrong at the store."""

    ERROR = "error"
    """Every question but a log-in ends in an error, with status 200."""
    LOGIN_PAGE = "login-page"
    """Every question but a log-in is answered by a page in HTML, with status 200."""
    LOGIN_PAGE_AS_JSON = "login-page-as-json"
    """Likewise, and the page is called JSON."""
    GBK = "gbk"
    """Answers are written in GBK."""
    STALE = "stale"
    """No session is ever one."""
    REFUSED_LOG_IN = "refused-log-in"
    """Nobody is logged in."""
    CODE_OF_ANOTHER = "code-of-another"
    """The check gives one person's code to everybody."""
    ROWS_OF_ANOTHER = "rows-of-another"
    """A holder's code leads to the licences of another person."""
    TAMPERED = "tampered"
    """What the agency signed is changed after."""
    TWO_VERSIONS = "two-versions"
    """Each licence comes twice, with two days of issue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """How a store calls things, and whom it knows."""

    dir: str
    """The folder that ``prepare`` made."""
    password: str
    agency: str = "emergency-management"
    """Whose licences it has."""
    people: str = "100"
    """How many invented people it knows beside the story persons."""
    account: str = "hr"
    login_path: str = "login"
    check_path: str = "checkIDCard"
    data_path: str = "getCertificateByHolder"
    members: str = (
        "account,password,sessionId,UseFor,id,name,startDay,endDay,"
        "holderCode,CertificateType"
    )
    """What it calls: account, password, session, use, number, name, first day, last
    day, holder's code, type."""
    elements: str = "orgName,username,itemName,itemCode,businessCode"
    header: str = ""
    """The header with the session, if it is no member."""
    code: str = "code"
    good: str = "200"
    stale: str = "401"
    data: str = "data"
    is_data_text: bool = False
    names_session: str = "sessionId"
    names_code: str = "holderCode"
    session_seconds: float = 1200.0
    code_seconds: float = 600.0
    shape: str = "rows"
    needs_name: bool = False
    signs: str = "nothing"
    """``nothing``, ``records`` or ``batches``, of which the signatures are in rows."""

    def word(self, place: int) -> str:
        """Return what the store calls one of ``members``."""
        return self.members.split(",")[place]


ACCOUNT, PASSWORD, SESSION, USE, NUMBER, NAME, FIRST, LAST, CODE, TYPE = range(10)


@dataclass(slots=True)
class Desk:
    """The store at work."""

    store: Store
    held: Mapping[str, list[CertificateRecord]]
    """By identity number."""
    sealer: Sealer
    trouble: StoreTrouble | None = None
    left: int | None = None
    """After how many questions every session ends, once."""
    sessions: dict[str, float] = field(default_factory=dict)
    codes: dict[str, tuple[str, float]] = field(default_factory=dict)
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("logins", "checks", "questions"), 0)
    )
    told: dict[str, Any] = field(default_factory=dict)
    """What the last question said beside whom it was about."""

    async def log_in(self, request: web.Request) -> web.Response:
        """Give out a session to who knows the password."""
        self.counts["logins"] += 1
        store = self.store
        stated = read_question(await request.read())
        known = (store.account, store.password)
        is_known = known == (
            stated.get(store.word(ACCOUNT)),
            stated.get(store.word(PASSWORD)),
        )
        if not is_known or self.trouble is StoreTrouble.REFUSED_LOG_IN:
            return self._answer("403")
        session = secrets.token_hex(16)
        self.sessions[session] = time.time() + store.session_seconds
        return self._answer(store.good, {store.names_session: session})

    async def check(self, request: web.Request) -> web.Response:
        """Identify a person, and give out a code of theirs."""
        self.counts["checks"] += 1
        asked = read_question(await request.read())
        if (wrong := self._wrong(request, asked)) is not None:
            return wrong
        store = self.store
        number = asked.get(store.word(NUMBER))
        named = asked.get(store.word(NAME))
        days = asked.get(store.word(FIRST)), asked.get(store.word(LAST))
        if not isinstance(number, str) or (store.needs_name and not named):
            return self._answer("400")
        if not all(isinstance(day, str) for day in days):
            return self._answer("400")
        holders = {record.holder_name for record in self.held.get(number, ())}
        if named is not None and holders and named not in holders:
            return self._answer("404")
        if self.trouble is StoreTrouble.CODE_OF_ANOTHER:
            code = "c" * 32
        else:
            code = secrets.token_hex(16)
        self.codes[code] = number, time.time() + store.code_seconds
        return self._answer(store.good, {store.names_code: code, "number": number})

    async def data(self, request: web.Request) -> web.Response:
        """Show the licences of a holder's code."""
        self.counts["questions"] += 1
        asked = read_question(await request.read())
        if (wrong := self._wrong(request, asked)) is not None:
            return wrong
        store = self.store
        number, ends = self.codes.get(str(asked.get(store.word(CODE))), ("", 0.0))
        if time.time() >= ends:
            return self._answer("404")
        if self.trouble is StoreTrouble.ROWS_OF_ANOTHER:
            number = next(one for one in self.held if one != number)
        kind = asked.get(store.word(TYPE))
        records = self.held.get(number, []) if kind in (None, LICENCE_TYPE_CODE) else []
        rows = self._rows(records)
        shape = Shape(store.shape)
        return self._answer(
            store.good, rows if shape is Shape.ROWS else {"licensedatas": rows}
        )

    def _rows(self, records: list[CertificateRecord]) -> list[dict[str, object]]:
        store = self.store
        rows = [ROWS[Shape(store.shape)](record) for record in records]
        if self.trouble is StoreTrouble.TWO_VERSIONS:
            again = [dict(row) for row in rows]
            for row in again:
                row["issue_date"] = "20240102"
            rows += again
        if store.signs == "nothing" or not rows:
            return rows
        # What is signed has nothing in it that is JSON in a text.
        payloads = [
            to_json({n: _opened(v) if n == "data_fields" else v for n, v in r.items()})
            for r in rows
        ]
        at, type_ = self.sealer.now() - SIGNED_BEFORE_START, PayloadType.RECORD
        tokens = (
            self.sealer.batch(payloads, type_, at)
            if store.signs == "batches"
            else [self.sealer.token(one, type_, at, None) for one in payloads]
        )
        if self.trouble is StoreTrouble.TAMPERED:
            tokens = [with_payload(token, b'{"forged":1}') for token in tokens]
        return [
            {**row, SIGNATURE: token} for row, token in zip(rows, tokens, strict=True)
        ]

    def _wrong(
        self, request: web.Request, asked: Mapping[str, Any]
    ) -> web.Response | None:
        """Return what is answered where nothing is; ``None`` if something is."""
        store = self.store
        if (broken := self._broken()) is not None:
            return broken
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                self.sessions.clear()
        session = (
            request.headers.get(store.header, "")
            if store.header
            else str(asked.get(store.word(SESSION)))
        )
        if time.time() >= self.sessions.get(session, 0.0):
            return self._answer(store.stale)
        self.told = {name: asked.get(name) for name in store.elements.split(",")}
        self.told["use"] = asked.get(store.word(USE))
        if not all(self.told.values()):
            return self._answer("400")
        return None

    def _broken(self) -> web.Response | None:
        """Return what is answered to everybody, if something is."""
        if self.trouble is StoreTrouble.LOGIN_PAGE:
            return web.Response(body=PAGE, content_type="text/html")
        if self.trouble is StoreTrouble.LOGIN_PAGE_AS_JSON:
            return web.Response(body=PAGE, content_type=JSON)
        if self.trouble is StoreTrouble.ERROR:
            return self._answer("500")
        if self.trouble is StoreTrouble.STALE:
            return self._answer(self.store.stale)
        return None

    def _answer(self, code: str, data: object = None) -> web.Response:
        store = self.store
        if data is not None and store.is_data_text:
            data = to_json(data).decode()
        answer = {store.code: code, store.data: data, "message": "说明"}
        if self.trouble is StoreTrouble.GBK:
            written = json.dumps(answer, ensure_ascii=False).encode("gbk", "replace")
            return web.Response(body=written, content_type=JSON)
        return as_json(answer)

    async def turn(self, request: web.Request) -> web.Response:
        """Set what is to go wrong, and say what was asked."""
        knobs = read_question(await request.read())
        if "trouble" in knobs:
            trouble = knobs["trouble"]
            self.trouble = None if trouble is None else StoreTrouble(str(trouble))
        if "left" in knobs:
            self.left = knobs["left"]
        return as_json({**self.counts, "told": self.told})


def make_licence_store_app(store: Store) -> web.Application:
    """Return the application of a licence store.

    Raises:
        NotPreparedError: ``prepare`` has not been run on the folder.
    """
    folder, agency = Path(store.dir), AgencyId(store.agency)
    today = prepared_day(folder)
    held: dict[str, list[CertificateRecord]] = {}
    for entry in chain(
        story_persons.entries(agency, today, with_sm2=signs_by_sm2(folder)),
        population.entries(agency, int(store.people), today),
    ):
        held.setdefault(entry.record.holder.number, []).append(entry.record)
    sealer = Sealer(load_keyring(folder, agency), lambda: datetime.now(UTC))
    desk = Desk(store, held, sealer)
    app = web.Application(
        middlewares=[answer_bad_questions], client_max_size=MAX_QUESTION_BYTES
    )
    for path, answer in (
        (store.login_path, desk.log_in),
        (store.check_path, desk.check),
        (store.data_path, desk.data),
        (KNOBS, desk.turn),
    ):
        app.router.add_post(f"/{path.lstrip('/')}", answer)
    return app


def serve_licence_store(store: Store, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; say on standard output when ready.

    Raises:
        PortTakenError: somebody else listens on the port.
        NotPreparedError: ``prepare`` has not been run on the folder.
    """
    listener = listen(host, port)
    asyncio.run(run_until_stopped(make_licence_store_app(store), listener))


def _opened(text: object) -> object:
    return json.loads(text) if isinstance(text, str) else text
