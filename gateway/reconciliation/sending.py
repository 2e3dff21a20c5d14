"""Send a list to a gateway and read its results as they come."""

import gzip
import http.client
import shutil
import ssl
import urllib.error
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import quote

import orjson

from bureau.caller import LookUp
from bureau.ledger.reconciliation import Comparison
from connectors.elements import Elements
from gateway.batch.encodings import Encoding
from gateway.client import opened
from gateway.errors import StartError
from gateway.reconciliation.asked import Form
from gateway.unreached import unreached
from resolvers.elements import ELEMENT_HEADERS
from resolvers.look_ups import CASE_NUMBER_HEADER, PURPOSE_HEADER

FORMS = {".csv": Form.CSV, ".ndjson": Form.NDJSON, ".jsonl": Form.NDJSON}
"""By the ending of a file's name."""
TIMEOUT_SECONDS = 600.0
"""How long nothing may come: the gateway takes in the whole list first."""
MAX_LINE_BYTES = 65_536
MAX_REFUSAL_BYTES = 100_000
Take = Callable[[Mapping[str, Any]], None]
"""Takes one result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A gateway, and what is asked of it."""

    url: str
    token: str
    look_up: LookUp
    elements: Elements
    query: str
    encoding: Encoding | None
    tls: ssl.SSLContext | None


@dataclass(slots=True)
class Sum:
    """What all results come to."""

    results: Counter[Comparison] = field(default_factory=Counter)
    duplicates: int = 0
    end: str | None = None
    """Why it was not compared to its end."""

    @property
    def is_settled(self) -> bool:
        """Say whether all was compared, and all of it matches."""
        return self.end is None and self.results.keys() <= {Comparison.MATCH}


def send(file: Path, sending: Sending, take: Take) -> Sum:
    """Send a list, and hand each result on.

    Raises:
        StartError: it was not sent, or not answered to its end.
    """
    form = FORMS.get(file.suffix.lower())
    if form is None:
        raise StartError(f"{file.name} is none of {', '.join(FORMS)}; save it as CSV")
    try:
        with _compressed(file) as body, _opened(sending, form, body) as answer:
            return _read(answer, take)
    except urllib.error.URLError as error:
        raise StartError(str(unreached(sending.url, error))) from None
    except (OSError, http.client.HTTPException) as error:
        raise StartError(f"the list was not compared: {error}") from None


def _opened(sending: Sending, form: Form, body: IO[bytes]) -> http.client.HTTPResponse:
    headers = _headers(sending, form, body)
    body.seek(0)
    try:
        return opened(
            f"{sending.url}/reconciliation?{sending.query}",
            headers,
            body,
            timeout_seconds=TIMEOUT_SECONDS,
            tls=sending.tls,
        )
    except urllib.error.HTTPError as error:
        with error:
            raise StartError(_refusal(error.read(MAX_REFUSAL_BYTES))) from None


def _headers(sending: Sending, form: Form, body: IO[bytes]) -> dict[str, str]:
    charset = "" if sending.encoding is None else f"; charset={sending.encoding}"
    stated = {
        PURPOSE_HEADER: sending.look_up.purpose,
        CASE_NUMBER_HEADER: sending.look_up.case_number,
        **{ELEMENT_HEADERS[name]: text for name, text in sending.elements.stated()},
    }
    return {
        "Authorization": f"Bearer {sending.token}",
        "Content-Type": f"{form}{charset}",
        "Content-Encoding": "gzip",
        "Content-Length": str(body.seek(0, 2)),
        # UTF-8, which HTTP takes for Latin-1.
        **{name: v.encode().decode("latin-1") for name, v in stated.items()},
    }


@contextmanager
def _compressed(file: Path) -> Iterator[IO[bytes]]:
    with TemporaryFile(prefix="reconcile-") as packed:
        with (
            file.open("rb") as read,
            gzip.GzipFile(
                fileobj=packed, mode="wb", compresslevel=3, mtime=0
            ) as writer,
        ):
            shutil.copyfileobj(read, writer)
        yield packed


def _read(answer: http.client.HTTPResponse, take: Take) -> Sum:
    while line := answer.readline(MAX_LINE_BYTES):
        try:
            result = orjson.loads(line)
        except orjson.JSONDecodeError:
            break
        if "summary" in result:
            told = result["summary"]
            counts = {Comparison(one): n for one, n in told["results"].items() if n}
            return Sum(Counter(counts), told["duplicates"], told.get("end"))
        take(result)
    raise StartError("the answer broke off before its end; send the list again")


def _refusal(body: bytes) -> str:
    try:
        (error, *_) = orjson.loads(body)["errors"]
        return str(error["message"])
    except (ValueError, KeyError, TypeError):
        return "the gateway refused the list, and not in its own words"


def query_of(first: str, last: str, districts: str | None, states: str | None) -> str:
    """Return the window as an address has it."""
    stated = {"from": first, "to": last, "district": districts, "state": states}
    return "&".join(f"{n}={quote(v, safe=',')}" for n, v in stated.items() if v)
