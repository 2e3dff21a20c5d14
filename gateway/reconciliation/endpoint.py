"""``POST /reconciliation``: a list of claims in, one result a row out.

The list is on disk before a row of it is read, and so is which claims it had: memory is
the same for ten rows and for ten million. It is compared with the ledger as that stood
when the list had come. What the list lacks is told at its end, of the days, districts
and states that the address has.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, TypeAlias

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from bureau.scopes import RECONCILE
from bureau.transparency.sources import Kind
from connectors.errors import StoreUnavailableError
from gateway.application_state import state_of
from gateway.collection.refusal import WORDS, IntakeError
from gateway.collection.spool import open_spool, spool
from gateway.reconciliation.asked import Asked, read_request
from gateway.reconciliation.comparing import Comparing
from gateway.reconciliation.reading import ListReader, UnreadableListError
from gateway.request_state import request_of
from gateway.settings.reconciliation import Reconciliation
from gateway.tables import RefusedTableError, refused, require_caller
from resolvers.context import RequestContext
from resolvers.elements import stated_elements
from resolvers.errors import RequestError, store_unavailable
from resolvers.look_ups import look_up_of, read_books
from store.ledger.listed_claims import open_seen

_logger = structlog.get_logger("gateway.reconciliation")
RECONCILIATION = "/reconciliation"
RESULTS = "application/x-ndjson"
OPERATION = "reconciliation"
BUSY = RequestError(
    "已有对账在进行，请稍后再试 / as many lists are being compared as may be; try "
    "again later",
    "TOO_MANY_LISTS",
)


Note: TypeAlias = Callable[[bytes], Awaitable[None]]
"""Notes the last line of the results."""


class Reconciling:
    """Compares lists with the ledger, a few at once."""

    def __init__(self, limits: Reconciliation) -> None:
        self._limits = limits
        self._callers: set[str] = set()
        """Whose lists are being compared here."""

    async def answer(self, request: Request) -> Response:
        """Answer with a result a row, or say why not."""
        try:
            with ExitStack() as stack:
                comparing = await self._begun(request, stack)
                held, seconds = stack.pop_all(), self._limits.send_seconds
                return _Results(comparing, held, seconds, _noting(request))
        except RefusedTableError as error:
            return error.response
        except IntakeError as error:
            _, words = WORDS[error.problem]
            # What is left of the body is not read, so nothing can follow it.
            return refused(
                RequestError(f"{words.zh} / {words.en}", error.problem),
                {"Connection": "close"},
            )
        except UnreadableListError as error:
            return refused(RequestError(str(error)))
        except RequestError as error:
            return refused(error)
        except StoreUnavailableError:
            return refused(store_unavailable())

    async def _begun(self, request: Request, stack: ExitStack) -> Comparing:
        caller = require_caller(request, "reconciliation", RECONCILE)
        context = RequestContext(
            state_of(request.scope).services,
            caller,
            look_up_of(request.headers, None, caller.look_up),
            stated_elements(request.headers, None, caller),
            request_id=request_of(request.scope).id,
            operation=OPERATION,
        )
        asked = await read_request(request, context)
        stack.enter_context(self._turn(caller.id))
        await read_books(context)
        file = stack.enter_context(open_spool())
        limits = self._limits
        await spool(
            request.receive,
            file,
            {},
            max_bytes=limits.max_body_bytes,
            seconds=limits.body_seconds,
        )
        services = context.services
        return Comparing(
            entries=services.entries,
            window=asked.window,
            reader=await asyncio.to_thread(_reader, file, asked, limits, context),
            extent=await services.entries.extent(),
            seen=stack.enter_context(open_seen()),
            is_same=services.certificate_ids.are_of_one,
        )

    @contextmanager
    def _turn(self, caller: str) -> Iterator[None]:
        """Compare one list of a caller at a time, and not too many in all.

        Raises:
            RequestError: there is no room now.
        """
        if caller in self._callers or len(self._callers) >= self._limits.at_once:
            raise BUSY
        self._callers.add(caller)
        try:
            yield
        finally:
            self._callers.discard(caller)


def _reader(
    file: IO[bytes], asked: Asked, limits: Reconciliation, context: RequestContext
) -> ListReader:
    pseudonyms = context.services.oversight.pseudonyms
    return ListReader(file, asked, limits, pseudonyms.all_of)


class _Results(StreamingResponse):
    """The results as they come; what they take is given back, however it ends.

    Whoever takes none of them is cut off: the place is another list's.
    """

    def __init__(
        self, comparing: Comparing, held: ExitStack, send_seconds: float, note: Note
    ) -> None:
        super().__init__(_to_the_end(comparing, held, note), media_type=RESULTS)
        self._held = held
        self._send_seconds = send_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(self._send_seconds):
                await send(message)

        with self._held:
            try:
                await super().__call__(scope, receive, send_in_time)
            except TimeoutError:
                _logger.warning("the results are not read")


async def _to_the_end(
    comparing: Comparing, held: ExitStack, note: Note
) -> AsyncIterator[bytes]:
    """Yield the results; whoever has read the last of them may send the next list.

    What they come to is noted before it is told.
    """
    last = b""
    async for line in comparing.lines():
        if last:
            yield last
        last = line
    await note(last)
    yield last
    held.close()


def _noting(request: Request) -> Note:
    """Return what has the log of hashes commit to the sum of a reconciliation."""
    state, caller = state_of(request.scope), request_of(request.scope).known_caller

    async def note(summary: bytes) -> None:
        at = state.services.clock()
        body = {"caller": caller.id, "at": at.isoformat(), **orjson.loads(summary)}
        try:
            await state.log.facts.note(Kind.RECONCILIATION, body, at)
        except StoreUnavailableError as error:
            # The list was compared all the same.
            _logger.error("not noted", reason=str(error))  # noqa: TRY400 - the kind is enough

    return note
