"""Sessions of people who signed in: kept here, and known to a browser by a random id.

A session holds the token that was shown, which is judged anew at each request: whoever
loses a right loses it in the console at once. The table knows ids by their SHA-256
alone, has a bound, and forgets what was not used. It is this process's own: it ends
with it, and is of no use to another gateway. A file that is being checked is held by
its session, and ends with it.
"""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from gateway.console.batches import Batch
from gateway.console.reconciled import Reconciled
from gateway.settings.console import Console

ID_BYTES = 32


@dataclass(slots=True)
class Session:
    """Somebody who signed in."""

    token: str = field(repr=False)
    """The token that they showed, or that was got for them."""
    began_at: float
    seen_at: float
    ends_at: float | None
    """When its token does, as who gave it said."""
    batch: Batch | None = field(default=None, repr=False)
    """A file of claims that they dropped in."""
    reconciled: Reconciled | None = field(default=None, repr=False)
    """What a list came to that they had compared with the ledger."""

    @property
    def held(self) -> list[Batch | Reconciled]:
        """Return what is held for them."""
        return [one for one in (self.batch, self.reconciled) if one is not None]


class Sessions:
    """The sessions of one process."""

    def __init__(self, options: Console, now: Callable[[], float]) -> None:
        self._options = options
        self._now = now
        self._sessions: dict[bytes, Session] = {}
        """By the digests of their ids."""
        self._key = secrets.token_bytes(ID_BYTES)
        """Makes form tokens of ids; a new one in each process."""
        self.reading = asyncio.Lock()
        """Held while a file is read: one at a time, since each takes a processor."""

    def __len__(self) -> int:
        """Return how many there are."""
        self.forget()
        return len(self._sessions)

    def begin(self, token: str, ends_at: float | None = None) -> str:
        """Begin a session for whoever shows ``token``; return its id."""
        self.forget()
        if len(self._sessions) >= self._options.sessions:
            unused = min(self._sessions, key=lambda one: self._sessions[one].seen_at)
            del self._sessions[unused]
        id_, now = secrets.token_urlsafe(ID_BYTES), self._now()
        self._sessions[_digest(id_)] = Session(token, now, now, ends_at)
        return id_

    def of(self, id_: str) -> Session | None:
        """Return the session, used now; ``None`` if there is none, or it is over."""
        digest, now = _digest(id_), self._now()
        session = self._sessions.get(digest)
        if session is None:
            return None
        if self._is_over(session, now):
            del self._sessions[digest]
            return None
        session.seen_at = now
        _drop_held(session, now)
        return session

    def end(self, id_: str) -> None:
        """End a session, if there is one."""
        self._sessions.pop(_digest(id_), None)

    def form_token(self, id_: str) -> str:
        """Return what a form has to bring whose browser has the cookie ``id_``."""
        return hmac.new(self._key, id_.encode(), "sha256").hexdigest()

    def is_form_token(self, id_: str, stated: str) -> bool:
        """Say whether ``stated`` is the form token of ``id_``."""
        return hmac.compare_digest(self.form_token(id_).encode(), stated.encode())

    def _is_over(self, session: Session, now: float) -> bool:
        return (
            now >= session.seen_at + self._options.session_seconds
            or now >= session.began_at + self._options.session_most_seconds
            or (session.ends_at is not None and now >= session.ends_at)
        )

    def held(self) -> list[Batch | Reconciled]:
        """Return the files that are held, and what came of others."""
        self.forget()
        return [one for session in self._sessions.values() for one in session.held]

    def forget(self) -> None:
        """Let go of what is over."""
        now = self._now()
        for digest in [*self._over(now)]:
            del self._sessions[digest]
        for session in self._sessions.values():
            _drop_held(session, now)

    def _over(self, now: float) -> Iterator[bytes]:
        for digest, session in self._sessions.items():
            if self._is_over(session, now):
                yield digest


def _drop_held(session: Session, now: float) -> None:
    """Let go of what was held for long enough."""
    if session.batch is not None and session.batch.is_over(now):
        session.batch = None
    if session.reconciled is not None and session.reconciled.is_over(now):
        session.reconciled = None


def _digest(id_: str) -> bytes:
    return hashlib.sha256(id_.encode()).digest()
