"""Ask a gateway that runs whether it asks the agency now."""

import http.client
import urllib.error
from typing import Any

import orjson

from gateway.client import opened
from gateway.doctor.codes import Fault, Looked, Step
from gateway.doctor.places import Places
from policy.text import Text

READY_SECONDS = 5.0
MAX_BYTES = 1_000_000


def ask_gateway(places: Places, agency: str) -> Looked:
    """Return what a running gateway says of the circuit, if it can be asked."""
    if not places.gateway:
        return _not_asked("port = 0: --url", "the port is 0; state --url")
    try:
        said = _readiness(places.gateway)
        state = _state_of(said, agency)
    except (OSError, http.client.HTTPException, ValueError, TypeError) as error:
        why = f"{places.gateway}: {type(error).__name__}"
        return _not_asked(why, why)
    if state is None:
        return _found(places, Fault.NOT_IN_FORCE, agency)
    if state.get("state") == "suspended":
        return _found(places, Fault.SUSPENDED, agency)
    circuit = state.get("circuit")
    if isinstance(circuit, dict):
        times = ", ".join(f"{name} {value}" for name, value in circuit.items())
        return _found(places, Fault.CIRCUIT_OPEN, times)
    words = f"{state.get('state')}, {state.get('last_outcome')}"
    return Looked(Step.CIRCUIT, note=Text(words, words))


def _found(places: Places, code: Fault, detail: str) -> Looked:
    found = places.found(Step.CIRCUIT, code, places.gateway, detail)
    return Looked(Step.CIRCUIT, (found,))


def _not_asked(zh: str, en: str) -> Looked:
    why = Text(f"未能询问运行中的网关（{zh}）", f"no running gateway was asked: {en}")
    return Looked(Step.CIRCUIT, note=why, is_taken=False)


def _readiness(url: str) -> object:
    address = f"{url}/health/ready"
    try:
        with opened(address, {}, None, timeout_seconds=READY_SECONDS) as answer:
            return orjson.loads(answer.read(MAX_BYTES))
    except urllib.error.HTTPError as unavailable:
        # 503 says which agencies do not answer, too.
        with unavailable:
            return orjson.loads(unavailable.read(MAX_BYTES))


def _state_of(said: Any, agency: str) -> dict[str, Any] | None:  # noqa: ANN401 - JSON
    """Return what is said of an agency.

    Raises:
        TypeError, ValueError: what answers is no gateway.
    """
    if not isinstance(said, dict) or not isinstance(said.get("agencies"), list):
        raise TypeError("no readiness")
    return next((one for one in said["agencies"] if one.get("id") == agency), None)
