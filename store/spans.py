"""What is told of waiting for the database: which one, for what, and nothing of rows.

A span is a whole transaction, or the wait for one, and not a statement: of those that
run most often SQLAlchemy knows nothing (``prepared``).
"""

from enum import StrEnum

from connectors.spans import Span


class Operation(StrEnum):
    """What a transaction is for."""

    READ = "READ"
    WRITE = "WRITE"
    COMMIT = "COMMIT"
    """Others write, several look-ups together; their commit is waited for."""


def note(
    span: Span | None, system: str, operation: Operation, work: object = None
) -> None:
    """Note what a transaction of the database ``system`` is for, if anybody records.

    ``work`` is the function that it runs.
    """
    if span is None:
        return
    span.put({"db.system.name": system, "db.operation.name": operation.value})
    # The function itself, of one that is given some of its arguments.
    function = getattr(work, "func", work)
    if (name := getattr(function, "__qualname__", None)) is not None:
        span.put({"code.function.name": f"{function.__module__}.{name}"})
