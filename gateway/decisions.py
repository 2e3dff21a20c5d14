"""``GET /decisions.csv``: the decisions of a period as a table, however many.

Authorised as the graph is. It is read and sent page by page, and says what held when
it began. If the database goes away meanwhile, the answer breaks off without its end,
which every client of HTTP notices.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import date

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bureau.ledger.decisions_csv import header_row, rows_of
from bureau.ledger.reading import BookedDecision, DecisionSelection, Extent
from connectors.errors import StoreUnavailableError
from gateway.application_state import state_of
from gateway.request_state import request_of
from gateway.tables import (
    CSV,
    RefusedTableError,
    both_days,
    day_of,
    districts_of,
    only,
    refused,
    require_caller,
    stated_in,
    words_of,
)
from policy.payment_states import PaymentState
from resolvers.context import RequestContext, Services
from resolvers.errors import RequestError, store_unavailable
from resolvers.ledger.enums import DecisionOutcome

DECISIONS = "/decisions.csv"
ROWS = 1_000
"""How many are read at once."""
ATTACHMENT = {"Content-Disposition": 'attachment; filename="decisions.csv"'}


async def decisions_csv(request: Request) -> Response:
    """Answer with the decisions of the days from ``from`` to ``to``."""
    services = state_of(request.scope).services
    try:
        caller = require_caller(request, "decisions.csv")
        context = RequestContext(
            services, caller, request_id=request_of(request.scope).id
        )
        selection = await _asked(context, request.scope["query_string"])
        extent = await services.decisions.extent()
        first = await _page(services, selection, extent, 0)
    except RefusedTableError as error:
        return error.response
    except RequestError as error:
        return refused(error)
    except StoreUnavailableError:
        return refused(store_unavailable())
    return StreamingResponse(
        _rows(services, selection, extent, first), media_type=CSV, headers=ATTACHMENT
    )


async def _rows(
    services: Services,
    selection: DecisionSelection,
    extent: Extent,
    page: Sequence[BookedDecision],
) -> AsyncIterator[str]:
    yield header_row()
    while page:
        yield rows_of(page, services.catalogue)
        page = await _page(services, selection, extent, page[-1].decision.id)


async def _page(
    services: Services, selection: DecisionSelection, extent: Extent, after: int
) -> Sequence[BookedDecision]:
    return await services.decisions.booked(selection, extent, first=ROWS, after=after)


async def _asked(context: RequestContext, query: bytes) -> DecisionSelection:
    """Return what an address selects of what the caller may see.

    Raises:
        RequestError: it is not to be read.
        StoreUnavailableError: the database is away.
    """
    days: dict[str, date] = {}
    outcomes: list[DecisionOutcome] = []
    states: list[PaymentState] = []
    districts = context.caller.districts_seen
    for name, value in stated_in(query):
        match name:
            case "from" | "to" if name not in days:
                days[name] = day_of(name, value)
            case "district":
                stated = districts_of(value)
                districts = stated if districts is None else districts & stated
            case "outcome":
                outcomes += words_of(name, value, DecisionOutcome)
            case "state":
                states += words_of(name, value, PaymentState)
            case _:
                raise only(("from", "to", "district", "outcome", "state"))
    first, last = both_days(days)
    return DecisionSelection(
        authorities=await context.jurisdiction.of_caller(context.caller),
        districts=districts,
        decided_from=first,
        decided_to=last,
        outcomes=outcomes or None,
        states=states or None,
    )
