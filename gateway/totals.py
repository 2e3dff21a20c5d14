"""``GET /totals.csv``: the totals of the graph as a table, for a spreadsheet.

Authorised as the graph is: by the caller's token, and by the scopes of ``totals``.
"""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from bureau.ledger.totals_csv import csv_of
from gateway.application_state import state_of
from gateway.request_state import request_of
from gateway.tables import (
    CSV,
    RefusedTableError,
    day_of,
    only,
    refused,
    require_caller,
    stated_in,
    words_of,
)
from resolvers.context import RequestContext
from resolvers.errors import RequestError
from resolvers.ledger.enums import TotalsBy
from resolvers.ledger.totals import sum_up

TOTALS = "/totals.csv"
ATTACHMENT = {"Content-Disposition": 'attachment; filename="totals.csv"'}


async def totals_csv(request: Request) -> Response:
    """Answer with the sums that ``from``, ``to`` and ``by`` ask for."""
    services = state_of(request.scope).services
    try:
        caller = require_caller(request, "totals.csv")
        context = RequestContext(
            services, caller, request_id=request_of(request.scope).id
        )
        first, last, by = _asked(request.scope["query_string"])
        rows = await sum_up(context, first=first, last=last, by=by)
    except RefusedTableError as error:
        return error.response
    except RequestError as error:
        return refused(error)
    return Response(
        csv_of(rows, services.catalogue), media_type=CSV, headers=ATTACHMENT
    )


def _asked(query: bytes) -> tuple[date, date, list[TotalsBy]]:
    """Return the days and dimensions of an address.

    Raises:
        RequestError: it has others, or none.
    """
    days: dict[str, date] = {}
    by = []
    for name, value in stated_in(query):
        match name:
            case "from" | "to" if name not in days:
                days[name] = day_of(name, value)
            case "by":
                by += words_of(name, value, TotalsBy)
            case _:
                raise only(("from", "to", "by"))
    if len(days) != 2:  # noqa: PLR2004 - the two of them
        raise RequestError("state from and to, as 2026-11-01")
    return days["from"], days["to"], by
