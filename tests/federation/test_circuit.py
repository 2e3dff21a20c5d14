"""An agency that is silent is not asked for a while, and costs nobody its time."""

import json
import re
import time
from pathlib import Path
from typing import Any

from gateway.doctor.running import ask_gateway
from tests.contracts.people import nobodies
from tests.federation.queries import EMERGENCY, FIRE, SOURCES, TRANSPORT
from tests.gateway.doctor.patients import places_at
from tests.running import Agencies, Gateway, eventually, running_gateway

SILENT = {
    "*": ("ttl_seconds = 10", "ttl_seconds = 0"),
    TRANSPORT: ("timeout_seconds = 1.8", "timeout_seconds = 0.3"),
}
SPARED = """query($idNumber: String!) { holder(idNumber: $idNumber) { sources {
  agency outcome attempts reason(language: EN) notAskedSince nextTryAt
  availableAt } } }"""
STATE = re.compile(
    r'^gateway_circuit_state\{agency="(.+)",operation="(.+)"\} (.+)$', re.MULTILINE
)
ASKED, NOT_ASKED = "0.0", "2.0"


def asked(gateway: Gateway) -> dict[str, dict[str, Any]]:
    """Ask about somebody nobody knows; return the agencies' rows."""
    (person,) = nobodies(1)
    rows = gateway.ask(SPARED, idNumber=person.number)["holder"]["sources"]
    return {row["agency"]: row for row in rows}


def states(gateway: Gateway) -> dict[tuple[str, str], str]:
    """Return the circuits as metrics show them."""
    found = STATE.findall(gateway.get("/metrics")[1])
    return {(agency, operation): state for agency, operation, state in found}


def test_a_silent_agency_is_spared_shown_and_asked_again(
    agencies: Agencies, tmp_path: Path
) -> None:
    with running_gateway(tmp_path, agencies, manifest=SILENT) as gateway:
        assert states(gateway)[TRANSPORT, "LOOK_UP"] == ASKED
        with agencies.fault(TRANSPORT, "silent"):
            rows = asked(gateway)
            tried = rows[TRANSPORT]["attempts"]
            while rows[TRANSPORT]["outcome"] == "TIMED_OUT":
                rows = asked(gateway)
            started = time.monotonic()
            spared = asked(gateway)[TRANSPORT]
            took = time.monotonic() - started
            status, text = gateway.get("/health/ready")
            during = states(gateway)

        eventually(lambda: asked(gateway)[TRANSPORT]["outcome"] == "NONE", 60)
        after = asked(gateway)[TRANSPORT]
        metrics = states(gateway)

    assert {rows[agency]["outcome"] for agency in (EMERGENCY, FIRE)} == {"NONE"}
    assert (spared["outcome"], spared["attempts"]) == ("CIRCUIT_OPEN", 0)
    assert tried == 1
    assert spared["notAskedSince"] < spared["nextTryAt"] == spared["availableAt"]
    assert "not asked for a while" in spared["reason"]
    # Not its time limit, however busy the machine: nobody was waited for.
    assert took < 0.3
    (state,) = [a for a in json.loads(text)["agencies"] if a["id"] == TRANSPORT]
    assert (status, state["state"]) == (200, "failing")
    assert state["circuit"].keys() == {"state", "since", "next_try_at"}
    assert during[TRANSPORT, "LOOK_UP"] == NOT_ASKED
    assert during[FIRE, "LOOK_UP"] == metrics[TRANSPORT, "LOOK_UP"] == ASKED
    assert [after[name] for name in ("notAskedSince", "nextTryAt")] == [None, None]


def test_what_nobody_was_asked_is_not_known_and_no_no(
    agencies: Agencies, tmp_path: Path
) -> None:
    person = agencies.person("all-three")
    with (
        running_gateway(tmp_path, agencies, manifest=SILENT) as gateway,
        agencies.fault(TRANSPORT, "error-500"),
    ):
        eventually(lambda: asked(gateway)[TRANSPORT]["outcome"] == "CIRCUIT_OPEN")
        holder = gateway.ask(SOURCES, idNumber=person["idNumber"])["holder"]
        told = ask_gateway(places_at(gateway.url), TRANSPORT)

    assert [found.code for found in told.found] == ["CIRCUIT_OPEN"]
    assert "next_try_at" in told.found[0].detail
    outcomes = {row["agency"]: row["outcome"] for row in holder["sources"]}
    assert outcomes[EMERGENCY] == outcomes[FIRE] == "ANSWERED"
    assert outcomes[TRANSPORT] == "CIRCUIT_OPEN"
