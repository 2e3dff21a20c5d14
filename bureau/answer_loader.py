"""One batch an agency a request, however many people and aliases ask.

Whoever asks says first whom they want to know about, waits to be admitted, as others
do, and then takes the answer; the first who takes one asks for all who are admitted.
No task is made for it, so that what is wrong with asking is raised where the answer is
taken.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from connectors.agency import Agency
from connectors.answer import Answer
from connectors.elements import NOT_STATED, Elements
from connectors.spans import Part, Span, begun
from policy.identity import Identity


class AnswerLoader:
    """Collects the people one request asks about and asks the agency once."""

    def __init__(
        self,
        agency: Agency,
        deadline: float,
        may_be_asked_about: Callable[[Identity], bool],
        elements: Elements = NOT_STATED,
        *,
        caller: str,
    ) -> None:
        self._agency = agency
        self._deadline = deadline
        self._may_be_asked_about = may_be_asked_about
        self._elements = elements
        self._caller = caller
        self._wanted: dict[Identity, str | None] = {}
        """Whom the agency is not asked about yet, in order, with a stated name."""
        self._answers: dict[Identity, asyncio.Future[Answer]] = {}

    def want(self, holder: Identity, name: str | None = None) -> None:
        """Say that ``holder`` will be asked about, once they are admitted.

        ``name`` is how they are called by who asks, for an agency that asks for it.
        """
        answer = self._answers.get(holder)
        if answer is None or answer.cancelled():
            self._wanted[holder] = name or self._wanted.get(holder)

    def answer(self, holder: Identity) -> asyncio.Future[Answer]:
        """Return the agency's answer about ``holder``, wanted and admitted."""
        if holder in self._wanted:
            self._ask()
        return self._answers[holder]

    def _ask(self) -> None:
        loop = asyncio.get_running_loop()
        admitted = list(filter(self._may_be_asked_about, self._wanted))
        budget = self._deadline - loop.time()
        names: dict[Identity, str] = {}
        for holder in admitted:
            if name := self._wanted[holder]:
                names[holder] = name
        elements, caller = self._elements, self._caller
        with begun(Part.AGENCY) as span:
            asked = self._agency.ask(admitted, budget, elements, caller, names)
        if span is not None:
            span.put({"gateway.agency": self._agency.id})
            asked.add_done_callback(partial(_note, span))
        waiting: list[asyncio.Future[Answer]] = []
        for holder in admitted:
            del self._wanted[holder]
            answer = self._answers[holder] = loop.create_future()
            waiting.append(answer)
        if asked.done():
            # What was kept is there at once, a turn of the event loop earlier.
            _deliver(waiting, asked)
            return
        asked.add_done_callback(partial(_deliver, waiting))

        def give_up(_: object) -> None:
            if not asked.done() and all(answer.cancelled() for answer in waiting):
                asked.cancel()

        for answer in waiting:
            answer.add_done_callback(give_up)


def _note(span: Span, asked: asyncio.Future[list[Answer]]) -> None:
    """Note how it was answered: each outcome, of how many people no word."""
    if asked.cancelled():
        span.end("CancelledError")
    elif (error := asked.exception()) is not None:
        span.end(type(error).__name__)
    else:
        outcomes = sorted({str(answer.outcome) for answer in asked.result()})
        span.put({"gateway.agency.outcomes": outcomes})
        span.end()


def _deliver(
    waiting: Sequence[asyncio.Future[Answer]], asked: asyncio.Future[list[Answer]]
) -> None:
    """Deliver what came to whoever still waits."""
    error = None if asked.cancelled() else asked.exception()
    for place, answer in enumerate(waiting):
        if answer.done():
            continue
        if asked.cancelled():
            answer.cancel()
        elif error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(asked.result()[place])
