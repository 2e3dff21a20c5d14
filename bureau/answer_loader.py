"""One batch an agency a request, however many people and aliases ask.

Whoever asks says first whom they want to know about, waits to be admitted, as others
do, and then takes the answer; the first who takes one asks for all who are admitted.
No task is made for it, so that what is wrong with asking is raised where the answer is
taken.
"""

import asyncio
from collections.abc import Callable, Sequence

from connectors.agency import Agency
from connectors.answer import Answer
from policy.identity import Identity


class AnswerLoader:
    """Collects the people one request asks about and asks the agency once."""

    def __init__(
        self,
        agency: Agency,
        deadline: float,
        may_be_asked_about: Callable[[Identity], bool],
    ) -> None:
        self._agency = agency
        self._deadline = deadline
        self._may_be_asked_about = may_be_asked_about
        self._wanted: dict[Identity, None] = {}
        """Whom the agency is not asked about yet, in order."""
        self._answers: dict[Identity, asyncio.Future[Answer]] = {}

    def want(self, holder: Identity) -> None:
        """Say that ``holder`` will be asked about, once they are admitted."""
        answer = self._answers.get(holder)
        if answer is None or answer.cancelled():
            self._wanted[holder] = None

    def answer(self, holder: Identity) -> asyncio.Future[Answer]:
        """Return the agency's answer about ``holder``, wanted and admitted."""
        if holder in self._wanted:
            self._ask()
        return self._answers[holder]

    def _ask(self) -> None:
        loop = asyncio.get_running_loop()
        admitted = [one for one in self._wanted if self._may_be_asked_about(one)]
        asked = self._agency.ask(admitted, self._deadline - loop.time())
        waiting: list[asyncio.Future[Answer]] = []
        for holder in admitted:
            del self._wanted[holder]
            answer = self._answers[holder] = loop.create_future()
            waiting.append(answer)
        asked.add_done_callback(lambda asked: _deliver(asked, waiting))

        def give_up(_: object) -> None:
            if not asked.done() and all(answer.cancelled() for answer in waiting):
                asked.cancel()

        for answer in waiting:
            answer.add_done_callback(give_up)


def _deliver(
    asked: asyncio.Future[list[Answer]], waiting: Sequence[asyncio.Future[Answer]]
) -> None:
    """Deliver what came to whoever still waits."""
    still = [answer for answer in waiting if not answer.done()]
    if asked.cancelled():
        for answer in still:
            answer.cancel()
        return
    error = asked.exception()
    if error is not None:
        for answer in still:
            answer.set_exception(error)
        return
    for answer, came in zip(waiting, asked.result(), strict=True):
        if not answer.done():
            answer.set_result(came)
