"""What a recheck shows of itself: a line now and then, and a file for Prometheus."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from bureau.ledger.recheck import Progress, Recheck

LINE_SECONDS = 5.0


class Tally:
    """Counts by agency; names nobody."""

    def __init__(self, file: Path | None, say: Callable[[str], None]) -> None:
        self._file = file
        self._say = say
        self._parts: dict[str, Progress] = {}
        self._said_at = float("-inf")

    def begin(self, recheck: Recheck, parts: Iterable[Progress]) -> None:
        """Say what is asked again, and how far it came before."""
        self._say(f"recheck {recheck.id}: what was paid from {recheck.since} on")
        self._parts = {part.connector: part for part in parts}
        self._show()

    def report(self, part: Progress) -> None:
        """Take in how far an agency's part came."""
        self._parts[part.connector] = part
        if time.monotonic() - self._said_at >= LINE_SECONDS:
            self._show()
            self._write(is_ended=False)

    def end(self, *, is_ended: bool) -> None:
        """Say how it ended."""
        self._show()
        if not is_ended:
            self._say("something is left to be asked; run it again, it goes on")
        self._write(is_ended=is_ended)

    @property
    def counts(self) -> list[dict[str, object]]:
        """Return how far each agency's part came."""
        return [
            {
                "connector": part.connector,
                **{name: getattr(part, name) for name in _MEASURES},
                "done": part.is_done,
            }
            for part in self._parts.values()
        ]

    def _write(self, *, is_ended: bool) -> None:
        """Write the file, if there is to be one."""
        if self._file is None:
            return
        registry = CollectorRegistry()
        for name, words in _MEASURES.items():
            gauge = Gauge(
                f"gateway_recheck_{name}", words, ("connector",), registry=registry
            )
            for part in self._parts.values():
                gauge.labels(part.connector).set(getattr(part, name))
        gauge = Gauge(
            "gateway_recheck_is_ended", "Whether nothing is left.", registry=registry
        )
        gauge.set(is_ended)
        write_to_textfile(str(self._file), registry)

    def _show(self) -> None:
        self._said_at = time.monotonic()
        for part in self._parts.values():
            self._say(
                f"  {part.connector}: {part.asked} asked, {part.opened} recoveries "
                f"opened, {part.unanswered} unanswered"
                f"{', done' if part.is_done else ''}"
            )


_MEASURES = {
    "asked": "Payments that an agency was asked about again.",
    "opened": "Recoveries that were opened by it.",
    "unanswered": "Payments about which no answer can be believed yet.",
}
