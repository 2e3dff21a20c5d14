"""Count how often an agency is asked for one answer.

A call is one attempt, however many exchanges its protocol needs. Whatever is made again
counts again, where that is done: after a connection that was closed, in a new session
or by a new key, at a second address. It is found by the context, in the tasks that a
call starts too, so that no protocol hands it on.
"""

from contextvars import ContextVar
from typing import Protocol


class Counted(Protocol):
    """A call under way."""

    attempts: int


under_way: ContextVar[Counted | None] = ContextVar("call", default=None)


def count() -> None:
    """Count one attempt of the call under way here, if this is in one."""
    call = under_way.get()
    if call is not None:
        call.attempts += 1


def counted() -> int:
    """Return the attempts of the call under way here; 0 outside of one."""
    call = under_way.get()
    return 0 if call is None else call.attempts
