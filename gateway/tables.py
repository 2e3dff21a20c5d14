"""Tables that are asked for by an address: how it is read, and how it is refused.

Nobody's data is in an address: days, codes and words of ours alone.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bureau.caller import Caller
from bureau.scopes import SUM_UP, Needed, may
from gateway.callers.challenge import insufficient_scope
from gateway.graphql_http.answers import (
    AWAY,
    AWAY_HEADERS,
    AWAY_STATUS,
    REFUSED_STATUSES,
)
from gateway.request_state import request_of
from policy.districts import DISTRICTS
from resolvers.errors import RequestError

MAX_PARAMETERS = 16
STATUSES = {
    **REFUSED_STATUSES,
    **dict.fromkeys(AWAY, AWAY_STATUS),
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "TOO_LARGE": 413,
    "TOO_SLOW": 408,
    "TOO_MANY_LISTS": 429,
    "NO_ROOM": 503,
}
CSV = "text/csv; charset=utf-8; header=present"
Word = TypeVar("Word", bound=StrEnum)


class RefusedTableError(Exception):
    """A table is refused; ``response`` is the answer."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def require_caller(request: Request, what: str, scopes: Needed = SUM_UP) -> Caller:
    """Return the caller, who has one of the sets ``scopes``.

    Raises:
        RefusedTableError: it has none of them.
    """
    caller = request_of(request.scope).known_caller
    if not may(caller.scopes, scopes):
        needed = [[scope.value for scope in one] for one in scopes]
        named = " or ".join(" and ".join(one) for one in needed)
        error = RequestError(f"{what} needs {named}", "FORBIDDEN")
        raise RefusedTableError(refused(error, insufficient_scope([needed])))
    return caller


def stated_in(query: bytes) -> list[tuple[str, str]]:
    """Return what an address states, in its order.

    Raises:
        RequestError: it is not to be read.
    """
    try:
        return parse_qsl(
            query.decode("ascii"), errors="strict", max_num_fields=MAX_PARAMETERS
        )
    except ValueError:
        raise RequestError("the address is not to be read") from None


def day_of(name: str, value: str) -> date:
    """Return the day of a parameter.

    Raises:
        RequestError: it is none.
    """
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise RequestError(f"{name} is no day; write 2026-11-01") from None


def words_of(name: str, value: str, allowed: type[Word]) -> list[Word]:
    """Return the words of a parameter, which commas separate.

    Raises:
        RequestError: there is none of these.
    """
    try:
        return [allowed(word) for word in value.split(",")]
    except ValueError:
        raise RequestError(f"{name} is any of {', '.join(allowed)}") from None


def districts_of(value: str) -> frozenset[str]:
    """Return the districts of a parameter, which commas separate.

    Raises:
        RequestError: one is none of Shanghai's.
    """
    stated = frozenset(value.split(","))
    if not stated <= DISTRICTS.keys():
        raise RequestError(f"district is any of {', '.join(DISTRICTS)}")
    return stated


def both_days(days: Mapping[str, date]) -> tuple[date, date]:
    """Return the first and the last day that were stated.

    Raises:
        RequestError: one was not, or they are the wrong way round.
    """
    if days.keys() != {"from", "to"}:
        raise RequestError("state from and to, as 2026-11-01")
    if days["from"] > days["to"]:
        raise RequestError("from is after to")
    return days["from"], days["to"]


def only(names: Iterable[str]) -> RequestError:
    """Return the refusal of a parameter that is none, or there twice."""
    *first, last = names
    return RequestError(f"state {', '.join(first)} and {last}, and nothing else")


def refused(error: RequestError, headers: Mapping[str, str] | None = None) -> Response:
    """Say why not, in the shape of a GraphQL answer."""
    away = AWAY_HEADERS if error.code in AWAY else {}
    return JSONResponse(
        {
            "errors": [
                {"message": error.message, "extensions": {"code": error.code}},
            ]
        },
        status_code=STATUSES.get(error.code, 400),
        headers={**away, **(headers or {})},
    )
