"""What was registered, rotated and sanctioned reaches every gateway within a second.

Two gateway processes share one database, SQLite or PostgreSQL. Steps are taken at one
of them, and what the other answers over HTTP is timed.
"""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.registration.joining import (
    AGENCY,
    JOINING,
    OPERATOR,
    SANCTIONER,
    SECOND,
    SECOND_SANCTIONER,
    Joining,
    Steps,
    joining_gateway,
    seconds_until,
)
from tests.postgresql import PostgreSQL
from tests.running import Agencies

SECOND_LONG = 1.0
NOW = datetime.now(UTC)
ELIGIBILITY = (
    "query($n: String!, $l: Level!) { holder(idNumber: $n) { ... on Holder "
    '{ eligibility(itemCode: "4-02-01-01", level: $l) '
    "{ findings { clause outcome } } } } }"
)
SANCTION = "{ __typename ... on Sanction { id } ... on RegistrationRefused { code } }"
IMPOSE = (
    "mutation($b: ID!, $k: SanctionKind!) "
    f'{{ imposeSanction(body: $b, kind: $k, reason: "forged") {SANCTION} }}'
)
LIFT = f'mutation($i: ID!) {{ liftSanction(id: $i, reason: "put right") {SANCTION} }}'

CONFIRM = f'mutation($i: ID!) {{ confirmSanction(id: $i, reason: "seen") {SANCTION} }}'


@pytest.fixture(name="joining")
def _joining(agencies: Agencies) -> Joining:
    return Joining(agencies)


@pytest.fixture(name="two")
def _two(
    agencies: Agencies, tmp_path: Path, database_url: str
) -> Iterator[tuple[Steps, Steps]]:
    """Two gateways on one database."""
    if database_url.startswith("sqlite"):
        database_url = f"sqlite:///{tmp_path}/shared.db"
    with (
        joining_gateway(tmp_path / "one", agencies, database_url) as one,
        joining_gateway(tmp_path / "two", agencies, database_url) as two,
    ):
        yield one, two


def person(agencies: Agencies) -> str:
    number: str = agencies.person("all-three")["idNumber"]
    return number


def finding(steps: Steps, agencies: Agencies, clause: str) -> Any:
    """Return how one clause of the transport row came out."""
    holder = agencies.person("all-three")
    level = next(
        one["level"] for one in holder["certificates"] if one["agency"] == JOINING
    )
    found = steps.gateway.ask(ELIGIBILITY, n=holder["idNumber"], l=level)
    findings = found["holder"]["eligibility"]["findings"]
    return next(f["outcome"] for f in findings if f["clause"] == clause)


def test_a_connector_no_file_mentions_answers_at_both_within_a_second(
    two: tuple[Steps, Steps], joining: Joining, agencies: Agencies
) -> None:
    one, other = two
    number = person(agencies)
    before = [steps.outcome(number) for steps in two]

    one.join(joining.submission(), joining.key)
    late = seconds_until(lambda: other.outcome(number) == "ANSWERED")

    assert before == [None, None]
    assert late <= SECOND_LONG
    assert seconds_until(lambda: one.outcome(number) == "ANSWERED") <= SECOND_LONG


def test_a_sanction_is_in_force_at_both_within_a_second_and_so_is_its_end(
    two: tuple[Steps, Steps], joining: Joining, agencies: Agencies
) -> None:
    one, other = two
    number = person(agencies)
    one.join(joining.submission(), joining.key)
    seconds_until(lambda: other.outcome(number) == "ANSWERED")

    made = one.send(IMPOSE, SANCTIONER, b="transport", k="FREEZE")
    late = seconds_until(lambda: other.outcome(number) == "SUSPENDED")
    clause = finding(other, agencies, "219-2b")
    lifted = one.send(LIFT, SANCTIONER, i=made["id"])
    again = seconds_until(lambda: other.outcome(number) == "ANSWERED")

    assert made["__typename"] == lifted["__typename"] == "Sanction"
    assert (late <= SECOND_LONG, again <= SECOND_LONG) == (True, True)
    assert clause == "UNMET"
    assert finding(other, agencies, "219-2b") == "MET"


def test_a_sanction_falls_on_agencies_of_files_too(
    two: tuple[Steps, Steps], agencies: Agencies
) -> None:
    one, other = two
    number = person(agencies)
    assert other.outcome(number, "fire-rescue") == "ANSWERED"

    body = "shanghai-fire-training-detachment"
    made = one.send(IMPOSE, SANCTIONER, b=body, k="CANCEL_COLLECTION")
    one.send(CONFIRM, SECOND_SANCTIONER, i=made["id"])

    late = seconds_until(lambda: other.outcome(number, "fire-rescue") == "SUSPENDED")
    assert late <= SECOND_LONG


def test_a_compromised_key_is_believed_nowhere_a_second_later(
    two: tuple[Steps, Steps], joining: Joining, agencies: Agencies
) -> None:
    one, other = two
    number = person(agencies)
    active = one.join(joining.submission(), joining.key)
    seconds_until(lambda: other.outcome(number) == "ANSWERED")

    declared = one.send(
        "mutation($s: ConnectorStepInput!, $k: String!, $t: DateTime!) "
        "{ declareKeyCompromised(step: $s, keyId: $k, since: $t) { __typename } }",
        AGENCY,
        s={"id": active["id"], "version": active["version"], "reason": "stolen"},
        k=joining.key.kid,
        t=(NOW - timedelta(days=1)).isoformat(),
    )
    late = seconds_until(lambda: other.outcome(number) == "UNVERIFIED")

    assert declared["__typename"] == "Connector"
    assert late <= SECOND_LONG


def test_a_suspended_connector_is_not_asked_and_nothing_is_held_against_its_account(
    two: tuple[Steps, Steps], joining: Joining, agencies: Agencies
) -> None:
    one, other = two
    number = person(agencies)
    active = one.join(joining.submission(), joining.key)
    seconds_until(lambda: other.outcome(number) == "ANSWERED")

    suspended = one.step("suspendConnector", SECOND, active)
    late = seconds_until(lambda: other.outcome(number) == "SKIPPED")
    clause = finding(other, agencies, "219-2b")
    one.step("resumeConnector", SECOND, suspended)
    again = seconds_until(lambda: other.outcome(number) == "ANSWERED")

    assert (late <= SECOND_LONG, again <= SECOND_LONG) == (True, True)
    assert clause == "UNDETERMINED"


def test_a_retired_connector_is_gone(
    two: tuple[Steps, Steps], joining: Joining, agencies: Agencies
) -> None:
    one, other = two
    number = person(agencies)
    active = one.join(joining.submission(), joining.key)
    seconds_until(lambda: other.outcome(number) == "ANSWERED")

    one.step("retireConnector", AGENCY, active)
    late = seconds_until(lambda: other.outcome(number) is None)

    assert late <= SECOND_LONG


def test_a_replacement_answers_in_the_shadow_and_then_in_the_place_of_the_old(
    two: tuple[Steps, Steps], joining: Joining, agencies: Agencies
) -> None:
    one, other = two
    number = person(agencies)
    one.join(joining.submission(), joining.key)
    seconds_until(lambda: other.outcome(number) == "ANSWERED")
    manifest = str(joining.submission()["manifest"])
    renamed = manifest.replace('id = "transport"', 'id = "transport-new"', 1)
    seen: Any = one.draft(**joining.submission(manifest=renamed, replaces=JOINING))
    for name, token in (
        ("submitConnector", AGENCY),
        ("checkConnector", OPERATOR),
        ("approveConnector", SECOND),
    ):
        seen = one.step(name, token, seen)
    agencies.reset()
    asked = seconds_until(
        lambda: (
            other.outcome(number) == "ANSWERED"
            and agencies.calls("transport")["calls"] >= 1
        )
    )

    compared = 'gateway_shadow_people_total{agency="transport",result="agreed"}'
    seconds_until(lambda: compared in other.gateway.get("/metrics")[1])
    active = one.step("activateConnector", SECOND, seen)
    late = seconds_until(lambda: other.outcome(number, "transport-new") == "ANSWERED")

    assert asked < 10
    assert active["state"] == "ACTIVE"
    assert late <= SECOND_LONG
    assert other.outcome(number) is None


def test_a_question_under_way_is_answered_by_an_agency_that_leaves(
    two: tuple[Steps, Steps], joining: Joining, agencies: Agencies
) -> None:
    one, other = two
    number = person(agencies)
    active = one.join(joining.submission(), joining.key)
    seconds_until(lambda: other.outcome(number) == "ANSWERED")
    absent = agencies.person("none")["idNumber"]

    with agencies.fault(JOINING, "slow", seconds=1), ThreadPoolExecutor() as askers:
        asked = [askers.submit(steps.outcome, absent) for steps in two]
        time.sleep(0.3)
        retired = one.step("retireConnector", SECOND, active)
        outcomes = [answer.result() for answer in asked]

    assert retired["state"] == "RETIRED"
    assert outcomes == ["NONE", "NONE"]
    assert seconds_until(lambda: other.outcome(number) is None) <= SECOND_LONG


async def test_what_happened_while_the_connection_was_lost_is_caught_up_with(
    agencies: Agencies, joining: Joining, tmp_path: Path, postgresql: PostgreSQL
) -> None:
    name = await postgresql.make_newest()
    url = postgresql.url(name)
    number = person(agencies)

    def scene() -> tuple[float, int]:
        with (
            joining_gateway(tmp_path / "one", agencies, url) as one,
            joining_gateway(tmp_path / "two", agencies, url) as other,
        ):
            one.join(joining.submission(), joining.key)
            seconds_until(lambda: other.outcome(number) == "ANSWERED")
            asyncio.run(postgresql.cut_off(name))
            one.send(IMPOSE, SANCTIONER, b="transport", k="FREEZE")
            late = seconds_until(lambda: other.outcome(number) == "SUSPENDED")
            status, _ = other.gateway.get("/health/live")
            return late, status

    late, status = await asyncio.to_thread(scene)

    assert late <= SECOND_LONG
    assert status == 200
