"""While the store does not answer, each door says so in its own words."""

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from policy.identity import parse_identity
from tests.gateway.collection.sending import (
    Sender,
    collecting_gateway,
    key_of,
    line,
    payload,
    record,
)
from tests.gateway.privacy.questions import error_of
from tests.gateway.subscriptions.following import CURSORS
from tests.running import Agencies

SECONDS = 30.0


def logged(log: Path, event: str) -> dict[str, object]:
    """Wait until a line of the log tells of ``event``, and return it."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        for text in log.read_text("utf-8").splitlines():
            if f'"{event}"' in text:
                told: dict[str, object] = json.loads(text)
                return told
        time.sleep(0.1)
    raise AssertionError(event)


def test_codes_and_reasons_are_those_of_the_door(
    agencies: Agencies, tmp_path: Path
) -> None:
    with collecting_gateway(tmp_path, agencies, "sqlite:///gateway.db") as gateway:
        sender = Sender(gateway, "sender-0", key_of(agencies))
        with closing(sqlite3.connect(tmp_path / "gateway.db")) as database:
            for table in ("collected_records", "state_changes"):
                database.execute(f"ALTER TABLE {table} RENAME TO no_{table}")
            database.commit()
        cursors = error_of(gateway.post({"query": CURSORS})[1])
        person = parse_identity(agencies.person("all-three")["idNumber"])
        sent = record(sender.key, payload(person, "S1"))
        transfer = sender.send([line(1, sent)])

        log = tmp_path / "gateway.log"
        reasons = [
            logged(log, event)["reason"]
            for event in ("not collected", "changes of state not read")
        ]

    assert cursors["extensions"]["code"] == "STORE_UNAVAILABLE"
    assert (transfer.status, transfer.results[-1]["code"]) == (200, "UNAVAILABLE")
    assert reasons == ["OperationalError", "OperationalError"]
