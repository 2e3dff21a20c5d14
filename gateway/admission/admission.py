"""Let requests begin as the event loop gets on with those that have begun.

All work of a gateway is done in the turns of one event loop. How long a turn takes is
how far behind it is, on whatever machine, with whatever questions: so no count is
guessed, and who waits for a silent agency takes nobody's place. While turns are short a
request begins at once. Else it waits, first come, first served, and each turn lets some
begin: few, so that turns stay short, what has begun is done soon, and a refusal is told
at once. Who would wait longer than it is worth is refused on arrival: work that begins
and dies at its deadline is taken from somebody else.
"""

import asyncio
from collections import deque
from time import monotonic

from gateway.admission.metrics import AdmissionMetrics, Reason
from gateway.graphql_http.refusals import Code, RefusedRequestError

TURN_SECONDS = 0.01
"""A turn of the event loop that takes longer is long: it is behind."""
AT_ONCE = 4
"""How many of those that wait begin after a short turn; after a long one, one."""
FEW = 8
"""So many may wait, however long the turns are."""
LEARNT = 0.05
"""How much of what is usual is the last turn's."""
LATE_SHARE = 0.75
"""Who has waited for so much of the deadline is not begun, if many wait."""


class Admission:
    """Who begins, who waits, and who is refused."""

    def __init__(
        self, wait_seconds: float, deadline_seconds: float, metrics: AdmissionMetrics
    ) -> None:
        self._wait_seconds = wait_seconds
        self._late_seconds = max(wait_seconds, LATE_SHARE * deadline_seconds)
        self._metrics = metrics
        self._waiting: deque[tuple[float, asyncio.Future[float]]] = deque()
        self._turn_began: float | None = None
        self._turn_seconds = 0.0
        self._usual_seconds, self._usual_count = 0.0, float(AT_ONCE)
        """How long turns take while somebody waits, and how many begin in one."""
        metrics.watch(lambda: len(self._waiting))

    def has_room(self) -> bool:
        """Say whether a request may begin at once."""
        now, began = monotonic(), self._turn_began
        if began is None:
            began = self._look(now)
        return (
            now - began <= TURN_SECONDS
            and self._turn_seconds <= TURN_SECONDS
            and not self._waiting
        )

    async def enter(self) -> None:
        """Wait until something may begin, if it has to wait.

        Raises:
            RefusedRequestError: it would have to wait too long, or did.
        """
        if not self.has_room():
            await self.wait()

    async def wait(self) -> float:
        """Wait until a request may begin, and return for how many seconds it did.

        Raises:
            RefusedRequestError: it would have to wait too long, or did.
        """
        count = len(self._waiting)
        turns = count / self._usual_count
        if count >= FEW and turns * self._usual_seconds > self._wait_seconds:
            self._metrics.shed(Reason.BUSY)
            raise overloaded()
        now = monotonic()
        if self._turn_began is None:
            self._look(now)
        place: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting.append((now, place))
        return await place

    def _look(self, now: float) -> float:
        """Measure a turn: what is called last in it is called when it is over."""
        self._turn_began = now
        asyncio.get_running_loop().call_soon(self._turned, now)
        return now

    def _turned(self, began: float) -> None:
        now = monotonic()
        self._turn_began, self._turn_seconds = None, now - began
        if not self._waiting:
            return
        self._look(now)
        most = AT_ONCE if self._turn_seconds <= TURN_SECONDS else 1
        begun = 0
        while self._waiting and begun < most:
            since, place = self._waiting.popleft()
            if place.done():
                continue  # who waited was cancelled
            # After a stall a few are no reason to refuse anybody: all may begin soon.
            if now - since > self._late_seconds and len(self._waiting) >= FEW:
                self._metrics.shed(Reason.LATE)
                place.set_exception(overloaded())
                continue
            place.set_result(now - since)
            begun += 1
        self._usual_seconds += (self._turn_seconds - self._usual_seconds) * LEARNT
        if self._waiting:
            # The last of them are fewer than would have begun.
            self._usual_count += (begun - self._usual_count) * LEARNT


def overloaded() -> RefusedRequestError:
    """Return the refusal of what would wait too long; a new one each time."""
    return RefusedRequestError(
        Code.OVERLOADED,
        "网关繁忙，未予办理，请稍后再试 / more is asked than this gateway can answer; "
        "nothing was done, try again later",
        {"Retry-After": "1"},
    )
