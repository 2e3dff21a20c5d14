"""An agency that sends records and revocations at its moments, one transfer a time."""

import http.client
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from benchmarks.minting import signed
from benchmarks.people import certificates
from benchmarks.processes import BenchmarkError
from benchmarks.revoking import AGENCY, REVOKED
from benchmarks.stage import Server, Stage
from benchmarks.transfers import line, send
from signing.envelope import PayloadType

EVERY_SECONDS = 5.0
RECORDS, REVOCATIONS = 100, 5
"""In one transfer each."""


class Transfers:
    """What one agency sends for a while; its own transfers wait for each other."""

    def __init__(self, server: Server, stage: Stage, seconds: float) -> None:
        self._server = server
        self._stage = stage
        self._seconds = seconds
        self.took_us: list[int] = []
        """From its moment to the acknowledgement, of each transfer."""
        self.late_us: list[int] = []
        self.refused = 0
        """How many were not acknowledged, for whatever reason."""
        self.revoked_at: list[float] = []
        """When each revocation was acknowledged."""

    def run(self) -> None:
        """Send until the time is over."""
        began = time.perf_counter()
        records, changes = self._lines("RECORD"), self._lines(REVOKED)
        due = began
        while due - began < self._seconds:
            some = [next(records) for _ in range(RECORDS)]
            revoked = [next(changes) for _ in range(REVOCATIONS)]
            time.sleep(max(0.0, due - time.perf_counter()))
            self.late_us.append(_us(due))
            self._send(some, "", due)
            if self._send(revoked, "/states", due):
                self.revoked_at += [time.perf_counter()] * REVOCATIONS
            due += EVERY_SECONDS

    def _send(self, lines: list[bytes], stream: str, due: float) -> bool:
        try:
            send(self._server, AGENCY, lines, stream)
        except (BenchmarkError, OSError, http.client.HTTPException):
            self.refused += 1
            return False
        self.took_us.append(_us(due))
        return True

    def _lines(self, state: str) -> Iterator[bytes]:
        """Give lines about people nobody asks about, one after the other."""
        first = index = self._stage.corpus.sizes.end
        is_change = state == REVOKED
        while True:
            today = self._stage.corpus.today
            (held,) = certificates(index, AGENCY, today, held=1)
            content: dict[str, object] = {**held.payload()}
            if is_change:
                content |= {"state": state, "stateSince": today.isoformat()}
            kind = PayloadType.STATE if is_change else PayloadType.RECORD
            jws = signed(AGENCY, content, datetime.now(UTC), kind)
            index += 1
            yield line(index - first, jws)


def _us(since: float) -> int:
    return round(1_000_000 * (time.perf_counter() - since))
