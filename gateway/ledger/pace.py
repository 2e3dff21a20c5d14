"""How fast and when a recheck asks an agency: so many people a second, in hours."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time

from gateway.errors import StartError
from policy.calendar import SHANGHAI

RETRY_SECONDS = 1.0
"""After how long an agency that did not speak is tried again, and twice that then."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when a recheck may ask, in Shanghai; over midnight, too."""

    first: time
    end: time

    def has(self, at: datetime) -> bool:
        """Say whether ``at`` is within."""
        now = at.astimezone(SHANGHAI).time()
        if self.first <= self.end:
            return self.first <= now < self.end
        return now >= self.first or now < self.end


def read_hours(stated: str) -> Hours:
    """Read hours that are stated as 22:00-06:00.

    Raises:
        StartError: they are not.
    """
    first, _, end = stated.partition("-")
    try:
        return Hours(time.fromisoformat(first), time.fromisoformat(end))
    except ValueError:
        raise StartError(
            f"--hours is {stated[:40]!a}; state it as 22:00-06:00, in Shanghai"
        ) from None


class SteadyPace:
    """Implements ``bureau.ledger.rechecking.Pace`` for one agency."""

    def __init__(
        self, people_a_second: float, hours: Hours | None, clock: Callable[[], datetime]
    ) -> None:
        self._rate = people_a_second
        self._hours = hours
        self._clock = clock
        self._free_at = 0.0
        """From when on somebody more may be asked about, by the loop's clock."""

    def may_go_on(self) -> bool:
        """See ``Pace``."""
        return self._hours is None or self._hours.has(self._clock())

    async def wait(self, people: int) -> None:
        """See ``Pace``."""
        now = asyncio.get_running_loop().time()
        begin = max(now, self._free_at)
        self._free_at = begin + people / self._rate
        await asyncio.sleep(begin - now)

    async def wait_for_agency(self, failures: int) -> None:
        """See ``Pace``."""
        await asyncio.sleep(RETRY_SECONDS * 2 ** (failures - 1))
