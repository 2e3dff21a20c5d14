"""What a request to reconcile asks: its window, its form and its encodings."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from starlette.requests import Request

from bureau.ledger.reconciliation import ClaimState, Window
from gateway.batch.encodings import Encoding as Characters
from gateway.collection.inflate import Encoding
from gateway.tables import (
    both_days,
    day_of,
    districts_of,
    only,
    stated_in,
    words_of,
)
from resolvers.context import RequestContext
from resolvers.errors import RequestError

UNSUPPORTED = "UNSUPPORTED_MEDIA_TYPE"


class Form(StrEnum):
    """The form of a list, by its media type."""

    CSV = "text/csv"
    NDJSON = "application/x-ndjson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request to reconcile."""

    window: Window
    form: Form
    characters: Characters | None
    """``None`` where the list has to tell by itself."""
    encoding: Encoding


async def read_request(request: Request, context: RequestContext) -> Asked:
    """Return what is asked.

    Raises:
        RequestError: it is not to be read.
        StoreUnavailableError: the database is away.
    """
    window = _window(request.scope["query_string"])
    form, characters = _form(request.headers.get("content-type", ""))
    stated = ", ".join(request.headers.getlist("content-encoding"))
    try:
        encoding = Encoding(stated.strip().lower() or Encoding.IDENTITY)
    except ValueError:
        raise RequestError(
            f"Content-Encoding is none of {', '.join(Encoding)}", UNSUPPORTED
        ) from None
    caller = context.caller
    return Asked(
        window=replace(
            window,
            authorities=await context.jurisdiction.of_caller(caller),
            districts=caller.districts_seen,
        ),
        form=form,
        characters=characters,
        encoding=encoding,
    )


def _window(query: bytes) -> Window:
    days: dict[str, date] = {}
    districts: frozenset[str] = frozenset()
    states: list[ClaimState] = []
    for name, value in stated_in(query):
        match name:
            case "from" | "to" if name not in days:
                days[name] = day_of(name, value)
            case "district":
                districts |= districts_of(value)
            case "state":
                states += words_of(name, value, ClaimState)
            case _:
                raise only(("from", "to", "district", "state"))
    first, last = both_days(days)
    return Window(
        first=first,
        last=last,
        # Nobody's, until it is known who asks.
        authorities=frozenset(),
        districts=frozenset(),
        stated=districts or None,
        states=states or None,
    )


def _form(content_type: str) -> tuple[Form, Characters | None]:
    media_type, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charsets = [
        part.partition("=")[2].strip('"')
        for part in parameters
        if part.startswith("charset=")
    ]
    try:
        form = Form(media_type)
        characters = Characters(charsets[0]) if charsets else None
    except ValueError:
        raise RequestError(
            f"state Content-Type as {' or '.join(Form)}, and charset, if at all, as "
            f"{' or '.join(Characters)}",
            UNSUPPORTED,
        ) from None
    if form is Form.NDJSON and characters is Characters.GB18030:
        raise RequestError("lines of JSON are UTF-8 (RFC 8259)", UNSUPPORTED)
    return form, characters
