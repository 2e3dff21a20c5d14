"""Authenticate transfers, for the handlers of all streams.

What lines mean is a ``Handler``'s: records and changes of state come the same way.
A request is its connector's if a key of the connector's institution signed it; there
are no bearer tokens here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from urllib.parse import quote

from starlette.requests import Request
from starlette.types import Scope as AsgiScope

from bureau.caller import Caller
from bureau.collection import KeptLines, Position
from connectors.agency import Agency
from connectors.live import Live, Snapshot
from gateway.callers.agency_assertions import AGENCIES
from gateway.callers.single_use import UsedTokens
from gateway.collection.line import Line
from gateway.collection.refusal import IntakeError, Problem
from gateway.collection.results import LineResult
from gateway.collection.signature import Message, verify_request
from gateway.request_state import request_of
from gateway.settings.collection import Collection
from policy.evidence import AccountState


class Handler(Protocol):
    """A keeper of one stream's lines."""

    @property
    def stream(self) -> str:
        """The stream's name in the store, in answers and in metrics."""

    @property
    def is_for_frozen(self) -> bool:
        """Whether lines of a frozen account are taken, too."""

    async def take(
        self,
        agency: Agency,
        snapshot: Snapshot,
        lines: Sequence[Line],
        at: datetime,
    ) -> Sequence[LineResult]:
        """Keep ``lines``; return what became of each, in order.

        Everything that a result says is committed when this returns. One bad line
        spoils no other.

        Raises:
            StoreUnavailableError: nothing of ``lines`` was kept, or nobody knows.
        """


class Positions(Protocol):
    """Knows how far streams have come."""

    async def position(self, connector: str, stream: str) -> Position:
        """Return how far a stream has come.

        Raises:
            StoreUnavailableError: that cannot be known now.
        """

    async def kept_after(self, connector: str, stream: str, number: int) -> KeptLines:
        """Return what is kept of a stream after ``number``, or the first of it.

        Raises:
            StoreUnavailableError: that cannot be known now.
        """


class Observer(Protocol):
    """An observer of transfers; metrics implement it."""

    def collected(
        self, connector: str, stream: str, results: Sequence[LineResult]
    ) -> None:
        """These lines are committed or refused, and about to be answered."""

    def transfer_refused(self, problem: Problem) -> None:
        """One transfer was refused as a whole."""

    def unknown_certificates(self, connector: str, changes: int) -> None:
        """So many changes of state are of no certificate that was ever seen."""

    def missing(self, connector: str, stream: str, numbers: int) -> None:
        """So many sequence numbers of a stream never came."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything that transfers are taken with."""

    live: Live
    used: UsedTokens
    positions: Positions
    handlers: Mapping[str, Handler]
    """The keepers of lines, by stream."""
    options: Collection
    reports: Observer
    clock: Callable[[], datetime]
    under_way: set[tuple[str, str]] = field(default_factory=set)
    """Streams that are being sent here."""

    @contextmanager
    def turn(self, connector: str, stream: str) -> Iterator[None]:
        """Take one transfer of a stream at a time.

        Raises:
            IntakeError: one is under way.
        """
        key = (connector, stream)
        if key in self.under_way:
            raise IntakeError(Problem.TOO_MANY_TRANSFERS)
        self.under_way.add(key)
        try:
            yield
        finally:
            self.under_way.discard(key)

    async def authenticate(self, request: Request, stream: str | None = None) -> Agency:
        """Return the agency whose connector the address names and who signed.

        ``stream`` is what it sends; who only asks how far that came sends nothing.

        Raises:
            IntakeError: the request is not to be believed, or not now.
        """
        at = self.clock()
        snapshot = self.live.snapshot
        agency = snapshot.registry.agency(request.path_params["connector"])
        if agency is None:
            raise IntakeError(Problem.UNKNOWN_CONNECTOR)
        signed = verify_request(self._message(request), snapshot.bundle, at)
        signed.require_institution(agency.manifest.collection_body)
        is_for_frozen = stream is None or self.handlers[stream].is_for_frozen
        if (problem := not_taken(agency, is_for_frozen=is_for_frozen)) is not None:
            raise IntakeError(problem)
        await signed.use_once(self.used, at)
        request_of(request.scope).caller = Caller(
            id=f"{AGENCIES}:{agency.id}", scopes=frozenset()
        )
        return agency

    def _message(self, request: Request) -> Message:
        """Return the request as its sender addressed it."""
        scope = request.scope
        origin = self.options.origin or _origin(scope)
        path = scope.get("raw_path") or quote(scope["path"]).encode()
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        return Message(
            method=scope["method"],
            url=origin + (path + query).decode("latin-1"),
            fields=[
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in scope["headers"]
            ],
        )


def not_taken(agency: Agency, *, is_for_frozen: bool) -> Problem | None:
    """Say why nothing is taken of ``agency`` now; ``None`` if it is.

    A frozen account still tells of revocations, since money is claimed back by them;
    one whose right to collect is cancelled has none to send anything.
    """
    is_frozen = agency.account is AccountState.FROZEN
    if agency.account is not AccountState.ACTIVE and not (is_frozen and is_for_frozen):
        return Problem.ACCOUNT_NOT_ACTIVE
    return Problem.CONNECTOR_SUSPENDED if agency.is_suspended else None


def _origin(scope: AsgiScope) -> str:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    host = hosts[0].decode("latin-1") if len(hosts) == 1 else "unknown"
    return f"{scope['scheme']}://{host}"
