"""``POST /collect/{connector}``: one signed body of lines in, one result a line out.

The order is the promise. The signature covers the digest, so it is checked before the
body is read; the body is on disk and its digest right before a byte of it is inflated;
a batch is committed before its results are sent. So a stranger costs a few headers, a
cut connection loses what was not acknowledged, and what was acknowledged is kept.

``GET`` at the same address says how far each stream has come, and which bytes came
under which number.
"""

import asyncio
import gc
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from bureau.collection import Position
from connectors.agency import Agency
from connectors.errors import StoreUnavailableError
from connectors.giving_way import Slices, give_way
from gateway.application_state import state_of
from gateway.collection.inflate import Encoding, InflationError, Limits, inflated
from gateway.collection.intake import Intake, not_taken
from gateway.collection.line import MAX_SEQUENCE, Line, read_line
from gateway.collection.lines import lines_of
from gateway.collection.refusal import IntakeError, Problem
from gateway.collection.results import End, LineResult, Summary, ended
from gateway.collection.spool import open_spool, spool, stated_digests

BATCH = 500
"""How many lines one transaction keeps; who else writes waits so long."""
SENT_AT_ONCE = 50
"""How many results are written at once; in between others have their turn."""
RESULTS = b"application/x-ndjson"
NUMBER = re.compile(r"[0-9]{1,16}", re.ASCII)

_logger = structlog.get_logger("gateway.collection")


class CollectEndpoint:
    """Takes one stream's transfers."""

    def __init__(self, stream: str) -> None:
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say why not."""
        request = Request(scope, receive)
        intake = state_of(scope).intake
        try:
            match request.method:
                case "POST":
                    await self._take(intake, request, send)
                    return
                case "GET" | "HEAD":
                    response = await _status(intake, request)
                case _:
                    response = IntakeError(Problem.METHOD_NOT_ALLOWED).response()
        except IntakeError as error:
            intake.reports.transfer_refused(error.problem)
            response = error.response()
        await response(scope, receive, send)

    async def _take(self, intake: Intake, request: Request, send: Send) -> None:
        agency = await intake.authenticate(request, self._stream)
        encoding = _encoding(request)
        digests = stated_digests(", ".join(request.headers.getlist("content-digest")))
        options = intake.options
        with ExitStack() as stack:
            stack.enter_context(intake.turn(agency.id, self._stream))
            file = stack.enter_context(open_spool())
            await spool(
                request.receive,
                file,
                digests,
                max_bytes=options.max_body_bytes,
                seconds=options.body_seconds,
            )
            await _Transfer(intake, agency, self._stream, send).answer(file, encoding)
        # The garbage collector waits long (``gateway.worker``), and what is left of a
        # transfer may hold on to its body. Only what is young is looked through.
        gc.collect(1)


class _Transfer:
    """One body whose digest was right, on its way into the store."""

    def __init__(self, intake: Intake, agency: Agency, stream: str, send: Send) -> None:
        self._intake = intake
        self._agency = agency
        self._stream = stream
        self._send = send
        self._summary = Summary(stream)

    async def answer(self, file: IO[bytes], encoding: Encoding) -> None:
        """Take the lines of ``file``, and send a result for each."""
        headers = [(b"content-type", RESULTS)]
        await self._send(
            {"type": "http.response.start", "status": 200, "headers": headers}
        )
        options = self._intake.options
        limits = Limits(options.max_inflated_bytes, options.max_inflation)
        lines = lines_of(inflated(file, encoding, limits), options.max_line_bytes)
        end = None
        more = True
        while more and end is None:
            # It may be long until the end of a line that is skipped.
            texts, end = await asyncio.to_thread(_some, lines)
            more = len(texts) == BATCH
            end = await self._batch(texts) or end
        if end is not None:
            await self._send_results([ended(self._summary.lines + 1, end)])
        position = await self._position()
        await self._part(self._summary.written(position, is_complete=end is None))
        await self._part(b"", is_last=True)
        _logger.info(
            "collected",
            agency=self._agency.id,
            stream=self._stream,
            lines=self._summary.lines,
            **{outcome.lower(): n for outcome, n in self._summary.outcomes.items()},
        )

    async def _batch(self, texts: list[bytes | None]) -> End | None:
        """Keep some lines and send their results; return why to take no more."""
        first = self._summary.lines + 1
        read: list[Line | LineResult] = []
        slices = Slices()
        for number, text in enumerate(texts, start=first):
            await slices.pause()
            read.append(read_line(text, number))
        lines = [one for one in read if isinstance(one, Line)]
        taken: Iterator[LineResult] = iter(())
        if lines:
            # Keys and account are those of now: both may change under a transfer.
            snapshot = self._intake.live.snapshot
            agency = snapshot.registry.agency(self._agency.id)
            if agency is None:
                return End.CONNECTOR_SUSPENDED
            handler = self._intake.handlers[self._stream]
            problem = not_taken(agency, is_for_frozen=handler.is_for_frozen)
            if problem is not None:
                return End(problem)
            try:
                at = self._intake.clock()
                taken = iter(await handler.take(agency, snapshot, lines, at))
            except StoreUnavailableError as error:
                _logger.error(  # noqa: TRY400 - the kind is enough
                    "not collected",
                    agency=self._agency.id,
                    reason=str(error),
                )
                return End.UNAVAILABLE
        await self._send_results(
            [next(taken) if isinstance(one, Line) else one for one in read]
        )
        return None

    async def _send_results(self, results: list[LineResult]) -> None:
        """Count results, whether or not the sender waits for them, and send them."""
        self._summary.add(results)
        self._intake.reports.collected(self._agency.id, self._stream, results)
        for start in range(0, len(results), SENT_AT_ONCE):
            await give_way()
            some = results[start : start + SENT_AT_ONCE]
            await self._part(b"".join(result.written() for result in some))

    async def _position(self) -> Position | None:
        positions = self._intake.positions
        try:
            position = await positions.position(self._agency.id, self._stream)
        except StoreUnavailableError:
            return None
        self._intake.reports.missing(self._agency.id, self._stream, position.missing)
        return position

    async def _part(self, body: bytes, *, is_last: bool = False) -> None:
        await self._send(
            {"type": "http.response.body", "body": body, "more_body": not is_last}
        )


def _some(lines: Iterator[bytes | None]) -> tuple[list[bytes | None], End | None]:
    """Return the next lines, and how the body ended if not as it should."""
    texts: list[bytes | None] = []
    try:
        for text in lines:
            texts.append(text)
            if len(texts) == BATCH:
                break
    except InflationError as error:
        return texts, error.end
    return texts, None


def _encoding(request: Request) -> Encoding:
    stated = ", ".join(request.headers.getlist("content-encoding"))
    try:
        return Encoding(stated.strip().lower() or Encoding.IDENTITY)
    except ValueError:
        raise IntakeError(Problem.UNKNOWN_ENCODING) from None


async def _status(intake: Intake, request: Request) -> Response:
    agency = await intake.authenticate(request)
    asked = _asked_digests(intake, request)
    answer: dict[str, object] = {"connector": agency.id}
    try:
        answer["streams"] = {
            stream: (await intake.positions.position(agency.id, stream)).shown()
            for stream in intake.handlers
        }
        if asked is not None:
            kept = await intake.positions.kept_after(agency.id, *asked)
            answer["digests"] = {"stream": asked[0], **kept.shown()}
    except StoreUnavailableError:
        raise IntakeError(Problem.UNAVAILABLE) from None
    return JSONResponse(answer)


def _asked_digests(intake: Intake, request: Request) -> tuple[str, int] | None:
    """Return of which stream, and after which number, digests are asked for.

    Raises:
        IntakeError: that cannot be read.
    """
    query = request.query_params
    if not query:
        return None
    names = [name for name, _ in query.multi_items()]
    stream, after = query.get("digests", ""), query.get("after", "0")
    if (
        len(names) != len(set(names))
        or not set(names) <= {"digests", "after"}
        or stream not in intake.handlers
        or not NUMBER.fullmatch(after)
        or int(after) > MAX_SEQUENCE
    ):
        raise IntakeError(Problem.MALFORMED_QUERY)
    return stream, int(after)
