"""Over real sockets: what agencies send is counted, and a freeze is proposed."""

from pathlib import Path
from typing import Any

import pytest

from tests.gateway.registration.desk import Desk
from tests.gateway.registration.joining import (
    JOINING,
    SANCTIONER,
    TABLES,
    Joining,
    Steps,
    joining_gateway,
    seconds_until,
)
from tests.running import Agencies

QUALITY = """
{ agencies { id quality(window: DAY) {
  legality { rate counted } authenticity { rate failed counted }
  completeness { rate } timeliness { rate } meanDelayDays altered backDated } } }
"""
PROPOSALS = "{ sanctionProposals { id connector cause found threshold body { id } } }"
DECIDE = (
    "mutation($i: ID!, $a: Boolean!) "
    '{ decideSanctionProposal(id: $i, accept: $a, reason: "looked into") '
    "{ __typename ... on RegistrationRefused { code } } }"
)
LOW = "propose_after_signature_failures = 2\n"


@pytest.fixture(name="steps")
def _steps(agencies: Agencies, tmp_path: Path, database_url: str) -> Any:
    tables = TABLES + f"\n{LOW}"
    with joining_gateway(tmp_path, agencies, database_url, tables=tables) as steps:
        yield steps


def quality(steps: Steps, agency: str) -> dict[str, Any]:
    """Return what is told of one agency today."""
    found = steps.send(QUALITY, SANCTIONER)
    told: dict[str, Any] = next(a["quality"] for a in found if a["id"] == agency)
    return told


def test_an_honest_agency_is_in_order(steps: Steps, agencies: Agencies) -> None:
    joining = Joining(agencies)
    steps.join(joining.submission(), joining.key)
    known = "{ agencies { id } }"
    seconds_until(lambda: {"id": JOINING} in steps.send(known, SANCTIONER))
    before = quality(steps, JOINING)
    number = agencies.person("all-three")["idNumber"]
    seconds_until(lambda: steps.outcome(number) == "ANSWERED")

    seconds_until(lambda: quality(steps, JOINING)["legality"]["counted"] > 0)
    assert before["meanDelayDays"] is None, "nothing was seen, early or late"
    told = quality(steps, JOINING)
    assert (told["legality"]["rate"], told["authenticity"]["rate"]) == (1, 1)
    assert told["completeness"]["rate"] == 1
    assert (told["altered"], told["backDated"]) == (0, 0)
    metrics = steps.gateway.get("/metrics")[1]
    assert 'gateway_quality_total{agency="transport",measure="RECORDS"}' in metrics


def test_signature_failures_have_a_freeze_proposed_which_people_decide(
    steps: Steps, agencies: Agencies
) -> None:
    number = agencies.person("all-three")["idNumber"]
    fire = "fire-rescue"
    with agencies.fault(fire, "tampered"):
        for _ in range(3):
            assert steps.outcome(number, fire) == "UNVERIFIED"
        seconds_until(lambda: steps.send(PROPOSALS, SANCTIONER) != [])
    (proposal,) = steps.send(PROPOSALS, SANCTIONER)
    before = steps.outcome(number, fire)

    decided = steps.send(DECIDE, SANCTIONER, i=proposal["id"], a=True)
    late = seconds_until(lambda: steps.outcome(number, fire) == "SUSPENDED")
    again = steps.send(DECIDE, SANCTIONER, i=proposal["id"], a=True)

    assert (proposal["connector"], proposal["cause"], proposal["threshold"]) == (
        fire,
        "SIGNATURE_FAILURES",
        2,
    )
    assert proposal["body"]["id"] == "shanghai-fire-training-detachment"
    assert before == "ANSWERED", "a machine freezes nobody"
    assert steps.gateway.log.count('"a freeze is proposed"') == 1
    assert decided["__typename"] == "SanctionProposal"
    assert late <= 1
    assert again["code"] == "UNKNOWN_PROPOSAL"
    assert quality(steps, fire)["authenticity"]["failed"] >= 2


def test_a_proposal_that_is_dismissed_freezes_nobody(
    steps: Steps, agencies: Agencies, tmp_path: Path
) -> None:
    desk = Desk(agencies, tmp_path / "desk", steps.gateway.url)
    number = agencies.person("all-three")["idNumber"]
    with agencies.fault("fire-rescue", "tampered"):
        for _ in range(3):
            steps.outcome(number, "fire-rescue")
        seconds_until(lambda: steps.send(PROPOSALS, SANCTIONER) != [])
    (proposal,) = steps.send(PROPOSALS, SANCTIONER)

    listed = desk.ask("sanction", "list", by=SANCTIONER)
    decide = ("sanction", "decide", proposal["id"], "--dismiss")
    decided = desk.taken(*decide, by=SANCTIONER)
    again = desk.run(*decide, by=SANCTIONER)

    assert f"proposal {proposal['id']}" in " ".join(listed.output.split())
    assert decided == f"proposal {proposal['id']}: DISMISSED\n"
    assert (again.code, again.error.split(":")[0]) == (1, "UNKNOWN_PROPOSAL")
    assert steps.send(PROPOSALS, SANCTIONER) == []
    assert steps.outcome(number, "fire-rescue") == "ANSWERED"
