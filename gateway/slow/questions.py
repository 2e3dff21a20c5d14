"""One line of the log for each question that took long: what it cost, and where.

There is no variable in it and no text of a document; its name only if the operator has
read it (``gateway.tracing.operations``).
"""

from collections.abc import Coroutine
from time import perf_counter
from typing import Any, TypeVar

import structlog

from connectors.spans import Part, current, recorded_by
from gateway.slow.stepped import Stepped
from gateway.slow.tally import Tally, Timed
from gateway.tracing.operations import digest, name_of
from resolvers.context import RequestContext
from resolvers.documents.documents import Prepared

T = TypeVar("T")


class SlowQuestions:
    """Logs questions that take longer than so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._logger = structlog.get_logger("gateway.slow")

    async def watch(
        self,
        work: Coroutine[Any, Any, T],
        prepared: Prepared,
        context: RequestContext,
    ) -> T:
        """Return what ``work`` on a question does; if it takes long, say so."""
        tally, steps = Tally(), Stepped(work)
        began = perf_counter()
        try:
            with recorded_by(Timed(tally, Part.REQUEST, current())):
                return await steps
        finally:
            ended = perf_counter()
            seconds = ended - began + context.waited_seconds
            if seconds > self._seconds:
                self._logger.warning(
                    "slow question",
                    milliseconds=_milliseconds(seconds),
                    waited_milliseconds=_milliseconds(context.waited_seconds),
                    agencies_milliseconds=_milliseconds(tally.agencies.until(ended)),
                    store_milliseconds=_milliseconds(tally.store.until(ended)),
                    own_milliseconds=_milliseconds(
                        ended - began - tally.others.until(ended)
                    ),
                    cpu_milliseconds=_milliseconds(steps.cpu_seconds),
                    operation=name_of(prepared),
                    document=digest(prepared),
                    values=prepared.cost,
                    people=prepared.people - prepared.claims,
                    claims=prepared.claims,
                    caller=context.caller.id,
                )


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)
