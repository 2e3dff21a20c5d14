"""``GET /totals.csv``: the totals of the graph as a table, for a spreadsheet.

Authorised as the graph is: by the caller's token, and by the scopes of ``totals``.
"""

from collections.abc import Mapping
from datetime import date
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bureau.ledger.totals_csv import csv_of
from bureau.scopes import SUM_UP, may
from gateway.application_state import state_of
from gateway.callers.challenge import insufficient_scope
from gateway.graphql_http.answers import REFUSED_STATUSES
from gateway.request_state import request_of
from resolvers.context import RequestContext
from resolvers.errors import RequestError
from resolvers.ledger.enums import TotalsBy
from resolvers.ledger.totals import sum_up

TOTALS = "/totals.csv"
MAX_PARAMETERS = 16
STATUSES = {**REFUSED_STATUSES, "STORE_UNAVAILABLE": 503}
ATTACHMENT = {"Content-Disposition": 'attachment; filename="totals.csv"'}


async def totals_csv(request: Request) -> Response:
    """Answer with the sums that ``from``, ``to`` and ``by`` ask for."""
    facts = request_of(request.scope)
    caller, services = facts.known_caller, state_of(request.scope).services
    if not may(caller.scopes, SUM_UP):
        needed = [[scope.value for scope in scopes] for scopes in SUM_UP]
        error = RequestError("totals.csv needs a scope of totals", "FORBIDDEN")
        return _refused(error, insufficient_scope([needed]))
    context = RequestContext(services, caller, request_id=facts.id)
    try:
        first, last, by = _asked(request.scope["query_string"])
        rows = await sum_up(context, first=first, last=last, by=by)
    except RequestError as error:
        return _refused(error)
    return Response(
        csv_of(rows, services.catalogue),
        media_type="text/csv; charset=utf-8; header=present",
        headers=ATTACHMENT,
    )


def _asked(query: bytes) -> tuple[date, date, list[TotalsBy]]:
    """Return the days and dimensions of an address.

    Raises:
        RequestError: it has others, or none.
    """
    try:
        stated = parse_qsl(
            query.decode("ascii"), errors="strict", max_num_fields=MAX_PARAMETERS
        )
    except ValueError:
        raise RequestError("the address is not to be read") from None
    days: dict[str, date] = {}
    by = []
    for name, value in stated:
        match name:
            case "from" | "to" if name not in days:
                days[name] = _day(name, value)
            case "by":
                by += [_dimension(word) for word in value.split(",")]
            case _:
                raise RequestError("state from, to and by, and nothing else")
    if len(days) != 2:  # noqa: PLR2004 - the two of them
        raise RequestError("state from and to, as 2026-11-01")
    return days["from"], days["to"], by


def _day(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise RequestError(f"{name} is no day; write 2026-11-01") from None


def _dimension(word: str) -> TotalsBy:
    try:
        return TotalsBy(word)
    except ValueError:
        raise RequestError(f"by is any of {', '.join(TotalsBy)}") from None


def _refused(error: RequestError, headers: Mapping[str, str] | None = None) -> Response:
    """Say why not, in the shape of a GraphQL answer."""
    return JSONResponse(
        {
            "errors": [
                {"message": error.message, "extensions": {"code": error.code}},
            ]
        },
        status_code=STATUSES.get(error.code, 400),
        headers=headers,
    )
