"""The agency's side of a transfer: send a file in parts, go on after a cut.

Each part is a request of its own, signed anew. A connection that is cut, a gateway that
is busy or away: after a while it is asked how far it came, and what it has not is sent
again. Whatever went twice is ``ALREADY_KNOWN``, so nothing can go wrong by it.
"""

import gzip
import http.client
import json
import time
import urllib.error
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import zstandard

from bureau.collection import Outcome
from gateway.client import opened
from gateway.collection.results import End
from gateway.collection.sent_lines import SentLine
from gateway.collection.sign import signed_headers
from gateway.errors import StartError
from signing.sign import SigningKey

RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0)
"""How long is waited before each try after the first."""
ANSWER_SECONDS = 600.0
AGAIN = frozenset({"UNAVAILABLE", "TOO_MANY_TRANSFERS", "CUT_OFF", "TOO_SLOW"})
"""What passes by itself."""


class Compression(StrEnum):
    """A compression of parts."""

    ZSTD = "zstd"
    GZIP = "gzip"
    NONE = "none"


class _CutError(Exception):
    """A part did not come through, and may the next time."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A stream's position, as the gateway states it."""

    last: int
    gaps: Sequence[tuple[int, int]]
    missing: int

    def has(self, line: SentLine) -> bool:
        """Say whether ``line`` was kept for certain."""
        sequence = line.sequence
        if sequence is None or sequence > self.last:
            return False
        if any(first <= sequence <= last for first, last in self.gaps):
            return False
        # Not all gaps are listed: beyond the last of them anything may be missing.
        listed = sum(last - first + 1 for first, last in self.gaps)
        return listed == self.missing or sequence < self.gaps[-1][0]


@dataclass(slots=True)
class Sum:
    """The outcomes of all lines."""

    outcomes: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    """Lines that the gateway had before, and that were not sent."""
    missing: int = 0
    """Numbers that the gateway has not, as of the last part."""

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left for somebody to look at."""
        return not (self.outcomes[Outcome.REFUSED] or self.codes or self.missing)


Refused = Callable[[SentLine, Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Sending:
    """A sender of one stream, for a connector's agency."""

    url: str
    """The connector's address, such as ``https://gateway/collect/transport``."""
    key: SigningKey
    compression: Compression
    stream: str = "records"
    sleep: Callable[[float], None] = time.sleep

    def send(
        self,
        parts: Iterator[list[SentLine]],
        refused: Refused,
        progress: Callable[[int], None],
    ) -> Sum:
        """Send every part that the gateway does not have; return what became of it.

        ``progress`` receives how many bytes of the file are settled.

        Raises:
            StartError: the gateway refuses all of it, or did not come back.
        """
        found = Sum()
        reached = self._retried(self._reached)
        found.missing = reached.missing
        for part in parts:
            left = [line for line in part if not reached.has(line)]
            found.skipped += len(part) - len(left)
            if left:
                self._send_part(left, found, refused)
            progress(part[-1].ends_at)
        return found

    def _send_part(self, part: list[SentLine], found: Sum, refused: Refused) -> None:
        left = part
        was_cut = False

        def attempt() -> None:
            nonlocal left, was_cut
            if was_cut:
                reached = self._reached()
                now = [line for line in left if not reached.has(line)]
                # Kept, and the result that said so was lost.
                found.outcomes[Outcome.ACCEPTED] += len(left) - len(now)
                left = now
            was_cut = True
            for result in self._results(left) if left else ():
                if (summary := result.get("summary")) is not None:
                    found.missing = summary.get("missing", 0)
                    continue
                self._require_going_on(result)
                line, left = left[0], left[1:]
                _count(line, result, found, refused)

        self._retried(attempt)

    def _require_going_on(self, result: Mapping[str, Any]) -> None:
        code = result.get("code", "")
        if code in AGAIN:
            raise _CutError
        if code in set(End):
            more = "; --lines sends fewer at once" if "INFLATED" in code else ""
            raise StartError(f"{code}: {result['reason']['en']}{more}")

    def _results(self, part: list[SentLine]) -> Iterator[dict[str, Any]]:
        """Send ``part``; yield the lines of the answer as they come."""
        plain = b"".join(line.text + b"\n" for line in part)
        body, encoding = _compressed(plain, self.compression)
        address = self.url if self.stream == "records" else f"{self.url}/{self.stream}"
        headers = signed_headers(
            "POST",
            address,
            self.key,
            at=datetime.now(UTC),
            body=body,
            encoding=encoding,
        )
        is_whole = False
        for line in _answer(address, headers, body):
            is_whole = "summary" in line
            yield line
        if not is_whole:
            raise _CutError

    def _reached(self) -> Reached:
        headers = signed_headers("GET", self.url, self.key, at=datetime.now(UTC))
        lines = list(_answer(self.url, headers, None))
        if not lines:
            raise _CutError
        stream = lines[0]["streams"][self.stream]
        gaps = [(gap["first"], gap["last"]) for gap in stream["gaps"]]
        return Reached(stream["lastSequence"], gaps, stream["missing"])

    def _retried(self, attempt: "Callable[[], Any]") -> Any:  # noqa: ANN401 - its own
        for seconds in RETRY_SECONDS:
            try:
                return attempt()
            except _CutError:
                self.sleep(seconds)
        try:
            return attempt()
        except _CutError:
            raise StartError(
                "the gateway did not take it, or did not answer to the end; run the "
                "same command again later, it goes on where this one ended"
            ) from None


def _count(
    line: SentLine, result: Mapping[str, Any], found: Sum, refused: Refused
) -> None:
    found.outcomes[result["outcome"]] += 1
    code = result.get("code")
    if code is not None and result["outcome"] != Outcome.SUPERSEDED:
        found.codes[code] += 1
    if result["outcome"] == Outcome.REFUSED:
        refused(line, result)


def _compressed(body: bytes, how: Compression) -> tuple[bytes, str | None]:
    match how:
        case Compression.ZSTD:
            return zstandard.compress(body), "zstd"
        case Compression.GZIP:
            return gzip.compress(body), "gzip"
        case Compression.NONE:
            return body, None


def _answer(
    address: str, headers: Mapping[str, str], body: bytes | None
) -> Iterator[dict[str, Any]]:
    """Yield the lines of an answer.

    Raises:
        StartError: the gateway refuses the request.
        _CutError: it is not there, or not to the end, or busy.
    """
    try:
        with opened(address, headers, body, timeout_seconds=ANSWER_SECONDS) as response:
            for line in response:
                yield json.loads(line)
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(error) from None
    except (OSError, http.client.HTTPException, json.JSONDecodeError):
        raise _CutError from None


def _refusal(error: urllib.error.HTTPError) -> Exception:
    try:
        problem = json.loads(error.read())
        code, reason = problem["code"], problem["reason"]["en"]
    except (ValueError, KeyError, TypeError, OSError):
        return StartError(f"the address answers {error.code}, and is no gateway's")
    if code in AGAIN:
        return _CutError()
    detail = f" ({problem['detail']})" if "detail" in problem else ""
    return StartError(f"{code}: {reason}{detail}")
