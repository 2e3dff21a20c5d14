"""A connector is replaced: ids, payments and revocations are of the same documents."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.federation.offices import BUREAU, DECIDE, PAYS, PLATFORM, stated
from tests.gateway.collection.sending import key_of
from tests.gateway.privacy.callers import entry
from tests.gateway.registration.joining import (
    AGENCY,
    JOINING,
    OPERATOR,
    SECOND,
    TABLES,
    Joining,
    Steps,
    joining_gateway,
    seconds_until,
)
from tests.gateway.status.sending import StateSender, certificates, said_of
from tests.running import Agencies

AFTER = ("transport-2", "transport-3")
BY_ID = (
    "query($id: ID!) { certificate(id: $id) { __typename ... on Certificate { id } } }"
)
RECOVERIES = """query($c: ID) { recoveries(filter: {certificate: $c}) { nodes {
  id claim state source } } }"""
FALSE = """mutation($c: ID!) { proveRecordFalse(certificate: $c, reason: "r",
  evidence: "e") { __typename } }"""


@pytest.fixture(name="steps")
def _steps(
    agencies: Agencies, tmp_path: Path, empty_database_url: str
) -> Iterator[Steps]:
    tables = "\n".join(
        (
            entry(PLATFORM, *PAYS),
            entry(BUREAU, "recoveries:write", "audit:read"),
            TABLES,
        )
    )
    with joining_gateway(
        tmp_path / "one", agencies, empty_database_url, tables=tables
    ) as steps:
        yield steps


def replaced(steps: Steps, joining: Joining, before: str, after: str) -> None:
    """Let another connector of the agency take the place of one."""
    manifest = str(joining.submission()["manifest"])
    renamed = manifest.replace('id = "transport"', f'id = "{after}"', 1)
    seen: Any = steps.draft(**joining.submission(manifest=renamed, replaces=before))
    for name, token in (
        ("submitConnector", AGENCY),
        ("checkConnector", OPERATOR),
        ("approveConnector", SECOND),
        ("activateConnector", SECOND),
    ):
        seen = steps.step(name, token, seen)
    assert seen["state"] == "ACTIVE", seen


def paid(steps: Steps, certificate: str, claim: str) -> str:
    decision = stated(certificate=certificate, claim=claim)
    kind: str = steps.send(DECIDE, PLATFORM, key=claim, decision=decision)["__typename"]
    return kind


def test_ids_and_payments_outlive_the_connector(
    steps: Steps, agencies: Agencies
) -> None:
    joining, number = Joining(agencies), agencies.person("all-three")["idNumber"]
    steps.join(joining.submission(), joining.key)
    seconds_until(lambda: steps.outcome(number) == "ANSWERED")
    (shown,) = certificates(steps.gateway, number)
    old = shown["id"]
    assert paid(steps, old, "before") == "DecisionRecorded"

    for before, after in zip((JOINING, AFTER[0]), AFTER, strict=True):
        replaced(steps, joining, before, after)
        seconds_until(lambda after=after: steps.outcome(number, after) == "ANSWERED")
    (now,) = certificates(steps.gateway, number)
    found = steps.gateway.ask(BY_ID, id=old)["certificate"]
    again = paid(steps, now["id"], "again")
    sender = StateSender(steps.gateway, AFTER[1], key_of(agencies))
    told = sender.send_one(1, said_of(shown, number, "撤销"))

    assert now["id"] != old
    assert found == {"__typename": "Certificate", "id": now["id"]}
    assert again == "AlreadyPaid"
    assert told.codes == [None]
    for id_ in (old, now["id"]):
        (opened,) = steps.send(RECOVERIES, BUREAU, c=id_)["nodes"]
        assert opened == {
            "id": "1",
            "claim": "before",
            "state": "OPEN",
            "source": "CHANGE",
        }
    assert steps.send(FALSE, BUREAU, c=old)["__typename"] == "FalseRecordProved"
    assert steps.send(FALSE, BUREAU, c=now["id"])["__typename"] == "RecoveryRefused"


def test_the_id_of_a_retired_connector_that_none_replaced_is_unknown(
    steps: Steps, agencies: Agencies
) -> None:
    joining, number = Joining(agencies), agencies.person("all-three")["idNumber"]
    active = steps.join(joining.submission(), joining.key)
    seconds_until(lambda: steps.outcome(number) == "ANSWERED")
    (shown,) = certificates(steps.gateway, number)

    steps.step("retireConnector", AGENCY, active)
    seconds_until(lambda: steps.outcome(number) is None)

    found = steps.gateway.ask(BY_ID, id=shown["id"])["certificate"]
    assert found["__typename"] == "UnknownCertificate"
