"""Parts of a request's work, told to whoever records them; mostly nobody does.

Whoever does a part says so (``part``, ``begun``). Where nothing is recorded that is one
look at a context variable. What records is put there at the request's beginning
(``recorded_by``), and is found again in the tasks that the request starts. A call that
several requests share is a part of the one in whose turn it was begun.

Attributes are named as OpenTelemetry's semantic conventions have them, else
``gateway.…``. None may have anything in it that a caller, or an agency, said.
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from contextvars import ContextVar, Token
from enum import StrEnum
from types import TracebackType
from typing import Protocol, TypeAlias

Value: TypeAlias = str | bool | int | float | Sequence[str]
Attributes: TypeAlias = Mapping[str, Value]


class Part(StrEnum):
    """A kind of work."""

    REQUEST = "REQUEST"
    """An HTTP request that came."""
    OPERATION = "OPERATION"
    """The GraphQL operation that it asked for."""
    AGENCY = "AGENCY"
    """An agency's answer is waited for, however it comes about."""
    EXCHANGE = "EXCHANGE"
    """An HTTP request to an agency."""
    STORE = "STORE"
    """The database is waited for."""


class Span(Protocol):
    """A part under way."""

    @property
    def traceparent(self) -> str | None:
        """What W3C Trace Context has in its header; ``None`` without a trace."""

    def begin(self, kind: Part) -> "Span":
        """Begin a part of this one."""

    def put(self, attributes: Attributes) -> None:
        """Note something of it."""

    def end(self, error_type: str | None = None) -> None:
        """End it; if it failed, by an error of this kind."""


_current: ContextVar[Span | None] = ContextVar("span", default=None)


def current() -> Span | None:
    """Return the part that is under way here; ``None`` if nobody records it."""
    return _current.get()


class _Current:
    """Lets what begins be a part of a span that somebody else ends."""

    __slots__ = ("_span", "_token")

    def __init__(self, span: Span) -> None:
        self._span = span

    def __enter__(self) -> Span:
        """Begin."""
        self._token = _current.set(self._span)
        return self._span

    def __exit__(self, *_: object) -> None:
        """Let it be as it was."""
        _current.reset(self._token)


class _Recorded:
    """A part from its beginning to its end."""

    __slots__ = ("_holds_others", "_span", "_token")

    def __init__(self, span: Span, *, holds_others: bool) -> None:
        self._span = span
        self._holds_others = holds_others
        self._token: Token[Span | None] | None = None

    def __enter__(self) -> Span:
        """Begin."""
        if self._holds_others:
            self._token = _current.set(self._span)
        return self._span

    def __exit__(
        self,
        type_: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End; an error's message is not told."""
        if self._token is not None:
            _current.reset(self._token)
        self._span.end(None if type_ is None else type_.__name__)


_UNRECORDED = nullcontext()
"""What nobody records."""


def recorded_by(span: Span | None) -> _Current | nullcontext[None]:
    """Let whatever begins in this be a part of ``span``; of nothing, if it is none."""
    return _UNRECORDED if span is None else _Current(span)


def begun(kind: Part) -> _Current | nullcontext[None]:
    """Begin a part that its doer ends; it gives the span, or ``None`` as ``part``.

    What begins inside of this is a part of it.
    """
    parent = _current.get()
    return _UNRECORDED if parent is None else _Current(parent.begin(kind))


def part(kind: Part, *, holds_others: bool = False) -> _Recorded | nullcontext[None]:
    """Do a part inside of this; it gives the span, or ``None`` if nobody records.

    What begins in one that ``holds_others`` is a part of it.
    """
    parent = _current.get()
    if parent is None:
        return _UNRECORDED
    return _Recorded(parent.begin(kind), holds_others=holds_others)
