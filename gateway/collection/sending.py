"""The agency's side of a transfer: send a file in parts, go on after a cut.

Each part is a request of its own, signed anew. What the gateway tells that it has, byte
by byte, is left out. A connection that is cut, a gateway that is busy or away: after a
while what was not answered is sent again. Whatever went twice is ``ALREADY_KNOWN``, so
nothing can go wrong by it.
"""

import gzip
import http.client
import json
import ssl
import time
import urllib.error
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import zstandard

from bureau.collection import Outcome
from gateway.client import opened
from gateway.collection.listing import Listing
from gateway.collection.results import End
from gateway.collection.sent_lines import SentLine
from gateway.collection.sign import signed_headers
from gateway.errors import StartError
from gateway.unreached import Reached, unreached
from signing.sign import SigningKey

RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0)
"""How long is waited before each try after the first."""
ANSWER_SECONDS = 600.0
AGAIN = frozenset(
    {
        *("UNAVAILABLE", "OVERLOADED", "NO_ROOM"),
        *("TOO_MANY_TRANSFERS", "CUT_OFF", "TOO_SLOW"),
    }
)
"""What passes by itself."""


class Compression(StrEnum):
    """A compression of parts."""

    ZSTD = "zstd"
    GZIP = "gzip"
    NONE = "none"


class _CutError(Exception):
    """A part did not come through, and may the next time."""


@dataclass(slots=True)
class Sum:
    """The outcomes of all lines."""

    outcomes: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    """Lines whose very bytes the gateway told that it has, and that were not sent."""
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
    tls: ssl.SSLContext | None = None
    reached: Reached = field(default_factory=Reached)
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
        stream = self._retried(self._asked)["streams"][self.stream]
        found.missing = stream["missing"]
        listing = Listing(self._page_after)
        for part in parts:
            left = listing.left_of(part, stream["lastSequence"])
            found.skipped += len(part) - len(left)
            if left:
                self._send_part(left, found, refused)
            progress(part[-1].ends_at)
        return found

    def _send_part(self, part: list[SentLine], found: Sum, refused: Refused) -> None:
        left = part

        def attempt() -> None:
            nonlocal left
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
        for line in self._answer(address, headers, body):
            is_whole = "summary" in line
            yield line
        if not is_whole:
            raise _CutError

    def _page_after(self, number: int) -> Mapping[str, Any]:
        """Return what the gateway has after ``number``, or the first of it."""
        query = f"?digests={self.stream}&after={number}"
        found: Mapping[str, Any] = self._retried(lambda: self._asked(query))["digests"]
        return found

    def _asked(self, query: str = "") -> dict[str, Any]:
        address = f"{self.url}{query}"
        headers = signed_headers("GET", address, self.key, at=datetime.now(UTC))
        lines = list(self._answer(address, headers, None))
        if not lines:
            raise _CutError
        return lines[0]

    def _answer(
        self, address: str, headers: Mapping[str, str], body: bytes | None
    ) -> Iterator[dict[str, Any]]:
        """Yield the lines of an answer.

        Raises:
            StartError: the gateway refuses the request, or will never be there.
            _CutError: it is not there, or not to the end, or busy.
        """
        try:
            with opened(
                address, headers, body, timeout_seconds=ANSWER_SECONDS, tls=self.tls
            ) as response:
                self.reached.once = True
                for line in response:
                    yield json.loads(line)
        except urllib.error.HTTPError as error:
            self.reached.once = True
            with error:
                raise _refusal(error) from None
        except OSError as error:
            self.reached.require_hope(unreached(address, error))
            raise _CutError from None
        except (http.client.HTTPException, json.JSONDecodeError):
            raise _CutError from None

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
