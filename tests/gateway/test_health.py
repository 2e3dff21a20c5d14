"""Health says what is true of the process and of each agency."""

import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

from gateway.health import disk_of, summary
from tests.contracts.people import nobodies
from tests.federation.queries import EMERGENCY, FIRE, SOURCES, TRANSPORT
from tests.running import Agencies, Gateway, eventually, running_gateway

TASKS = {
    *("collected", "events", "files", "ledger", "quality", "registry", "reload"),
    *("retention", "sanctions", "states", "transparency", "versions"),
    *("inclusion", "look-ups"),
}
"""What goes on beside the requests; on PostgreSQL ``changes``, too."""
NO_CACHE = {"*": ("ttl_seconds = 10", "ttl_seconds = 0")}
FROZEN = {
    TRANSPORT: (
        'authority = "transport"',
        'authority = "transport"\naccount = "FROZEN"',
    )
}


def ready(gateway: Gateway) -> tuple[int, str, dict[str, str]]:
    """Return the status code, the summary and each agency's state."""
    status, text = gateway.get("/health/ready")
    body = json.loads(text)
    return status, body["status"], {a["id"]: a["state"] for a in body["agencies"]}


def ask_somebody(gateway: Gateway) -> dict[str, str]:
    """Ask about a person nobody knows; return each agency's outcome."""
    (person,) = nobodies(1)
    holder = gateway.ask(SOURCES, idNumber=person.number)["holder"]
    return {row["agency"]: row["outcome"] for row in holder["sources"]}


def test_the_process_lives(gateway: Gateway) -> None:
    assert gateway.get("/health/live") == (200, '{"status":"live"}')


def test_agencies_that_were_not_asked_are_knocked_at(
    agencies: Agencies, tmp_path: Path
) -> None:
    with running_gateway(tmp_path, agencies) as gateway:
        found = ready(gateway)

    assert found == (
        200,
        "ready",
        dict.fromkeys((EMERGENCY, FIRE, TRANSPORT), "reachable"),
    )


def test_an_agency_that_fails_degrades_and_one_that_recovers_restores(
    agencies: Agencies, tmp_path: Path
) -> None:
    with running_gateway(tmp_path, agencies, manifest=NO_CACHE) as gateway:
        with agencies.fault(FIRE, "error-500"):
            ask_somebody(gateway)
            during = ready(gateway)
        ask_somebody(gateway)
        after = ready(gateway)

    assert during == (
        200,
        "degraded",
        {EMERGENCY: "answering", FIRE: "failing", TRANSPORT: "answering"},
    )
    assert after == (
        200,
        "ready",
        dict.fromkeys((EMERGENCY, FIRE, TRANSPORT), "answering"),
    )


def test_one_persons_bad_record_does_not_turn_readiness_off(
    agencies: Agencies, tmp_path: Path
) -> None:
    tampered = agencies.person("tampered")
    (doubted,) = [a for a, o in tampered["sources"].items() if o == "UNVERIFIED"]
    query = "{ agencies { id health { state lastOutcome } } }"

    with running_gateway(tmp_path, agencies) as gateway:
        gateway.ask(SOURCES, idNumber=tampered["idNumber"])
        status, summary, states = ready(gateway)
        shown = gateway.ask(query)["agencies"]

    assert (status, summary, states[doubted]) == (200, "ready", "doubtful")
    assert {"state": "DOUBTFUL", "lastOutcome": "UNVERIFIED"} in [
        agency["health"] for agency in shown if agency["id"] == doubted
    ]


def test_an_agency_that_refuses_us_is_there_and_one_that_is_silent_is_not(
    agencies: Agencies, tmp_path: Path
) -> None:
    with (
        running_gateway(tmp_path, agencies, manifest=NO_CACHE) as gateway,
        agencies.fault(FIRE, "refused-403"),
        agencies.fault(TRANSPORT, "silent"),
    ):
        ask_somebody(gateway)
        _, summary, states = ready(gateway)

    assert (summary, states[FIRE], states[TRANSPORT]) == (
        "degraded",
        "doubtful",
        "failing",
    )


class Door(BaseHTTPRequestHandler):
    """Counts who knocks, and takes its time to answer."""

    knocks: ClassVar[list[str]] = []

    def do_OPTIONS(self) -> None:
        self.knocks.append(self.path)
        time.sleep(0.2)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def test_however_many_ask_an_agency_is_knocked_at_once(
    agencies: Agencies, tmp_path: Path
) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as doors:
        Thread(target=doors.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{doors.server_port}"
        behind = Agencies(
            dict.fromkeys(agencies.urls, url), agencies.folder, agencies.people
        )
        with (
            running_gateway(tmp_path, behind) as gateway,
            ThreadPoolExecutor(10) as askers,
        ):
            at_once = list(askers.map(lambda _: ready(gateway), range(10)))
            soon_after = ready(gateway)
        doors.shutdown()

    reachable = dict.fromkeys((EMERGENCY, FIRE, TRANSPORT), "reachable")
    assert [*at_once, soon_after] == [(200, "ready", reachable)] * 11
    assert len(Door.knocks) == len(agencies.urls)


def test_a_gateway_without_any_agency_is_unavailable(
    agencies: Agencies, tmp_path: Path
) -> None:
    gone = Agencies(
        dict.fromkeys(agencies.urls, "http://127.0.0.1:1"),
        agencies.folder,
        agencies.people,
    )

    with running_gateway(tmp_path, gone) as gateway:
        outcomes = ask_somebody(gateway)
        status, summary, _ = ready(gateway)

    assert (status, summary) == (503, "unavailable")
    assert outcomes == dict.fromkeys((EMERGENCY, FIRE, TRANSPORT), "UNREACHABLE")


def test_a_frozen_agency_is_suspended_and_not_asked(
    agencies: Agencies, tmp_path: Path
) -> None:
    query = """query($n: String!) { holder(idNumber: $n) { ... on Holder {
      eligibility(itemCode: "4-02-01-01", level: LEVEL_4) {
        outcome findings { clause outcome } } } } }"""
    (person,) = nobodies(1)

    with running_gateway(tmp_path, agencies, manifest=FROZEN) as gateway:
        outcomes = ask_somebody(gateway)
        states = ready(gateway)[2]
        verdict = gateway.ask(query, n=person.number)["holder"]["eligibility"]

    assert (outcomes[TRANSPORT], states[TRANSPORT]) == ("SUSPENDED", "suspended")
    assert agencies.calls(TRANSPORT)["calls"] == 0
    assert verdict["outcome"] == "INELIGIBLE"
    assert {"clause": "219-2b", "outcome": "UNMET"} in verdict["findings"]


def whole(gateway: Gateway) -> tuple[int, dict[str, Any]]:
    """Return the status code, and all that readiness says."""
    status, text = gateway.get("/health/ready")
    return status, json.loads(text)


def test_what_answers_rest_on_is_named(gateway: Gateway) -> None:
    _, body = whole(gateway)

    assert (body["database"], body["disk"]) == ("answering", "room")
    assert body["configuration"] == "in force"
    assert {task["name"] for task in body["tasks"]} == TASKS
    assert {task["state"] for task in body["tasks"]} == {"running"}
    assert {task["restarts"] for task in body["tasks"]} == {0}


def test_while_nothing_can_be_written_nobody_is_answered_and_it_is_not_ready(
    agencies: Agencies, tmp_path: Path
) -> None:
    with running_gateway(tmp_path, agencies) as gateway:
        before = whole(gateway)
        (file,) = gateway.folder.glob("*.db")
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            eventually(lambda: whole(gateway)[0] == 503)
            during = whole(gateway)
            connection.execute("ROLLBACK")
        eventually(lambda: whole(gateway)[0] == 200, 30)

    assert before[1]["database"] == "answering"
    assert (during[1]["status"], during[1]["database"]) == ("unavailable", "failing")
    # The agencies are as they were.
    assert {a["state"] for a in during[1]["agencies"]} == {"reachable"}


def test_a_full_disk_is_named_while_what_is_there_still_answers(tmp_path: Path) -> None:
    def told(file: Path | None) -> tuple[int, str, str]:
        usable: list[dict[str, object]] = [{"id": TRANSPORT, "state": "answering"}]
        well = {"database": "answering", "configuration": "in force"}
        well["transparency"] = "in time"
        response = summary(usable, disk=disk_of(file), tasks=[], providers=[], **well)
        body = json.loads(bytes(response.body))
        return response.status_code, body["status"], body["disk"]

    # A file system of the kernel's own, in which there is never any room.
    assert told(Path("/proc/gateway.db")) == (200, "degraded", "full")
    assert told(tmp_path / "gateway.db") == (200, "ready", "room")
    assert told(None) == (200, "ready", "elsewhere")
