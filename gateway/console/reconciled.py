"""A list that was compared with the ledger: its results, held by who sent it.

``/reconciliation`` compares it, as of everybody: scope, purpose, audit log, limits and
turns are its own, and a row says no more here than there. The results are held in
memory, by the session, for as long as a file of claims is.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from bureau.ledger.reconciliation import Comparison
from bureau.scopes import RECONCILE
from gateway.application_state import state_of
from gateway.console.asking import Problem
from gateway.console.batches import KEPT_SECONDS
from gateway.graphql_http.refusals import ClientGoneError
from gateway.reconciliation.asked import Form
from gateway.request_state import request_of
from resolvers.look_ups import CASE_NUMBER_HEADER, PURPOSE_HEADER

ROWS_EACH = 5_000
"""Rows of each result that are held; the sum counts all of them."""
OK = 200
SCOPES = tuple(sorted(scope.value for needed in RECONCILE for scope in needed))
FORBIDDEN = Problem("FORBIDDEN", "", SCOPES)
Compare: TypeAlias = Callable[[Request], Awaitable[Response]]
"""Answers a request to ``/reconciliation``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What a list came to."""

    caller: str
    began_at: float
    summary: Mapping[str, Any]
    """The last line of the results."""
    rows: Sequence[tuple[Comparison, bytes]] = field(repr=False)
    """The others, in their order, as far as they are held."""

    def is_over(self, now: float) -> bool:
        """Say whether it was held for long enough."""
        return now >= self.began_at + KEPT_SECONDS

    @property
    def is_whole(self) -> bool:
        """Whether every result is held."""
        counted: int = sum(self.summary["results"].values())
        return len(self.rows) == counted

    def of(self, result: Comparison | None) -> Sequence[bytes]:
        """Return the lines of one result, or all."""
        return [line for of, line in self.rows if result in {None, of}]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A list as it is sent to ``/reconciliation``."""

    window: Mapping[str, str]
    """What it should have, as an address says it."""
    form: Form
    why: Mapping[str, object]
    content: bytes = field(repr=False)


async def reconciled_by(
    compare: Compare, request: Request, sent: Sent
) -> Reconciled | Problem:
    """Have a list compared in the name of who sent ``request``, or say why not.

    Raises:
        ClientGoneError: they went away meanwhile, and nothing is held for them.
    """
    headers = {
        "content-type": sent.form,
        PURPOSE_HEADER: sent.why.get("purpose"),
        CASE_NUMBER_HEADER: sent.why.get("caseNumber"),
    }
    scope = {
        **request.scope,
        "query_string": urlencode(sent.window).encode(),
        "headers": [
            (name.lower().encode(), str(value).encode())
            for name, value in headers.items()
            if value is not None
        ],
    }
    bodies = [sent.content]

    async def receive() -> Message:
        if not bodies:
            return await request.receive()
        return {"type": "http.request", "body": bodies.pop(), "more_body": False}

    answer = _Answer()
    response = await compare(Request(scope, receive))
    await response(scope, receive, answer.take)
    if answer.problem is not None:
        return answer.problem
    if not answer.summary:
        raise ClientGoneError
    return Reconciled(
        caller=request_of(scope).known_caller.id,
        began_at=state_of(scope).services.clock().timestamp(),
        summary=answer.summary,
        rows=answer.rows,
    )


class _Answer:
    """The answer of ``/reconciliation``, as it comes."""

    def __init__(self) -> None:
        self.rows: list[tuple[Comparison, bytes]] = []
        self.summary: Mapping[str, Any] = {}
        self._status = OK
        self._refusal = b""
        self._counts: Counter[Comparison] = Counter()

    async def take(self, message: Message) -> None:
        """Take a message of ASGI; a body of results is whole lines."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
        elif self._status != OK:
            self._refusal += message.get("body", b"")
        else:
            for line in filter(None, message.get("body", b"").split(b"\n")):
                self._take_line(line)

    def _take_line(self, line: bytes) -> None:
        told = orjson.loads(line)
        if "summary" in told:
            self.summary = told["summary"]
            return
        result = Comparison(told["result"])
        self._counts[result] += 1
        if self._counts[result] <= ROWS_EACH:
            self.rows.append((result, line))

    @property
    def problem(self) -> Problem | None:
        """Why nothing was compared; ``None`` if it was."""
        if self._status == OK:
            return None
        (error, *_) = orjson.loads(self._refusal)["errors"]
        code = error["extensions"]["code"]
        return FORBIDDEN if code == FORBIDDEN.code else Problem(code, error["message"])
