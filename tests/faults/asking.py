"""Ask a gateway something, and tell in a word what came of it, whatever that is."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

from tests.faults.model import ANSWERED
from tests.running import Gateway

PATIENCE_SECONDS = 6.0
"""How long callers wait; longer than a gateway lets a request take."""
PATIENT_SECONDS = 30.0
"""How long they wait where silence would be wrong, and others take the processors."""
NO_CONNECTION, NO_ANSWER, UNREADABLE = "no connection", "no answer", "unreadable"
ELIGIBILITY = "outcome findings { clause outcome }"
HOLDER = f"""query($n: String!, $item: String!, $level: Level!) {{
  holder(idNumber: $n) {{
    certificates {{ nodes {{ id state standing
      provenance {{ verdict keyId }} eligibility {{ {ELIGIBILITY} }} }} }}
    sources {{ agency outcome }}
    ... on Holder {{
      eligibility(itemCode: $item, level: $level) {{ {ELIGIBILITY} }} }} }} }}"""
HELD = """query($n: String!) { holder(idNumber: $n) {
  certificates { nodes { id state } } } }"""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a question."""

    kind: str
    """``ANSWERED``, the code of a refusal, or one of the words above."""
    data: Any
    request: str
    seconds: float


def ask(gateway: Gateway, patience: float, query: str, **variables: object) -> Told:
    """Ask a question in the graph, and wait for so many seconds."""
    began = time.monotonic()
    body = {"query": query, "variables": variables}
    try:
        status, answer, headers = gateway.post(body, gateway.token, seconds=patience)
    except (OSError, HTTPException, UnicodeDecodeError) as error:
        return Told(_kind_of(error), None, "", time.monotonic() - began)
    seconds = time.monotonic() - began
    request = {name.lower(): value for name, value in headers.items()}.get(
        "x-request-id"
    )
    if not isinstance(answer, Mapping):
        return Told(
            UNREADABLE if status == 200 else f"HTTP {status}", None, "", seconds
        )
    if errors := answer.get("errors"):
        code = errors[0].get("extensions", {}).get("code", f"HTTP {status}")
        return Told(code, None, "", seconds)
    return Told(ANSWERED, answer["data"], request or "", seconds)


def send(
    gateway: Gateway,
    patience: float,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
) -> Told:
    """Send one line to a gateway; ``data`` is the line that answers it."""
    began = time.monotonic()
    try:
        status, text = gateway.send(path, body, headers, patience)
        result = json.loads(text.splitlines()[0])
    except (OSError, HTTPException, ValueError, IndexError) as error:
        return Told(_kind_of(error), None, "", time.monotonic() - began)
    seconds = time.monotonic() - began
    is_taken = status == 200 and result.get("outcome") in ("ACCEPTED", "ALREADY_KNOWN")
    kind = ANSWERED if is_taken else result.get("code") or f"HTTP {status}"
    return Told(kind, result, "", seconds)


def _kind_of(error: Exception) -> str:
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return NO_ANSWER
    if isinstance(cause, (HTTPException, ValueError, IndexError)) and not isinstance(
        cause, OSError
    ):
        return UNREADABLE
    return NO_CONNECTION
