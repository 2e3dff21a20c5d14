"""A bug's trace for the log: which exceptions, raised where, and nothing they say.

An exception's message may quote what it stumbled over: an identity number, a name, a
whole question. The kind of the exception and the lines it passed are the program's own
words. They are enough to find a bug, and all that is written down.
"""

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]

CAUSED = "caused:"
WHILE_HANDLED = "while it was handled:"

SERVERS_TRACE = "Application callable raised an exception"
"""How granian's report of an exception begins; messages follow in one text."""


class ServersTraces(logging.Filter):
    """Lets the server say that there was an exception, which is logged by ourselves."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Cut the trace off."""
        if record.getMessage().startswith(SERVERS_TRACE):
            record.msg, record.args = SERVERS_TRACE, ()
        return True


def trace_of(exc_info: ExcInfo) -> str:
    """Return the trace of an exception and of those it came from, without messages."""
    return "\n".join(_lines(exc_info[1], set()))


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    # Two exceptions may name each other as their origin.
    seen.add(id(error))
    origin = error.__cause__
    if origin is None and not error.__suppress_context__:
        origin = error.__context__
    if origin is not None and id(origin) not in seen:
        yield from _lines(origin, seen)
        yield CAUSED if origin is error.__cause__ else WHILE_HANDLED
    for line in traceback.format_tb(error.__traceback__):
        yield line.rstrip("\n")
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            if id(one) not in seen:
                yield from _lines(one, seen)
