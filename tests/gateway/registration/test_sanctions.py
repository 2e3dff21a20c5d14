"""Sanctions over HTTP at two gateways on one database, and what the clock does.

Days are not waited for: what is kept of a sanction is moved into the past, as if its
day had gone by.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from store.database import open_database
from tests.gateway.registration.joining import (
    AGENCY,
    SANCTIONER,
    SECOND_SANCTIONER,
    Steps,
    joining_gateway,
    seconds_until,
)
from tests.gateway.subscriptions.following import connected
from tests.running import Agencies

BODY, AGENCY_ID = "shanghai-fire-training-detachment", "fire-rescue"
ANSWER = (
    "{ __typename ... on Sanction { id state } ... on RegistrationRefused { code } }"
)
PROPOSE = (
    "mutation($b: ID!, $k: SanctionKind!) "
    f'{{ proposeSanction(body: $b, kind: $k, reason: "forged") {ANSWER} }}'
)
CONFIRM = f'mutation($i: ID!) {{ confirmSanction(id: $i, reason: "seen") {ANSWER} }}'
URGENT = f'mutation($b: ID!) {{ freezeUrgently(body: $b, reason: "now") {ANSWER} }}'
ORDER = (
    "mutation($b: ID!, $d: Date!) "
    f'{{ orderRectification(body: $b, lastDay: $d, reason: "late") {ANSWER} }}'
)
SANCTIONS = """{ sanctions(lifted: true) { id kind state follows imposedBy
  history { step actor } } }"""
AGENCIES = "{ agencies { id account sanctions { kind state } } }"
CHANGED = "subscription { sanctionChanged { sanctionId step after actor body { id } } }"
PAST = {
    "confirm_before": "UPDATE sanctions SET confirm_before = '2026-01-01 00:00:00+00'",
    "last_day": "UPDATE sanctions SET last_day = '2026-01-01' "
    "WHERE last_day IS NOT NULL",
}


class Two:
    """Two gateways on one database."""

    def __init__(self, one: Steps, other: Steps, database_url: str) -> None:
        self.one, self.other, self.database_url = one, other, database_url

    def let_pass(self, column: str) -> None:
        """Move a day of what is kept into the past; gateways are told."""

        async def move() -> None:
            told = "UPDATE change_sequence SET value = value + 1"
            async with (
                open_database(self.database_url) as engine,
                engine.begin() as connection,
            ):
                await connection.execute(text(PAST[column]))
                await connection.execute(text(told))

        asyncio.run(move())

    def outcomes(self, number: str) -> set[str | None]:
        """Return how asking the agency ends at either."""
        return {s.outcome(number, AGENCY_ID) for s in (self.one, self.other)}

    def sanctions(self) -> Any:
        """Return everything that was ever imposed or proposed."""
        return self.other.send(SANCTIONS, SANCTIONER)


@pytest.fixture(name="two")
def _two(agencies: Agencies, tmp_path: Path, database_url: str) -> Iterator[Two]:
    if database_url.startswith("sqlite"):
        database_url = f"sqlite:///{tmp_path}/shared.db"
    with (
        joining_gateway(tmp_path / "one", agencies, database_url) as one,
        joining_gateway(tmp_path / "two", agencies, database_url) as two,
    ):
        yield Two(one, two, database_url)


@pytest.fixture(name="number")
def _number(agencies: Agencies) -> str:
    number: str = agencies.person("all-three")["idNumber"]
    return number


def steps_of(sanction: dict[str, Any]) -> list[tuple[str, str]]:
    return [(event["step"], event["actor"]) for event in sanction["history"]]


def test_a_freeze_is_in_force_once_another_person_confirms_it_at_another_gateway(
    two: Two, number: str
) -> None:
    made = two.one.send(PROPOSE, SANCTIONER, b=BODY, k="FREEZE")
    alone = two.other.send(CONFIRM, SANCTIONER, i=made["id"])
    proposed = two.outcomes(number)

    confirmed = two.other.send(CONFIRM, SECOND_SANCTIONER, i=made["id"])
    late = seconds_until(lambda: two.outcomes(number) == {"SUSPENDED"})
    shown, hidden = (
        {one["id"]: one for one in two.one.send(AGENCIES, token)}[AGENCY_ID]
        for token in (SANCTIONER, AGENCY)
    )

    assert (made["state"], alone["code"]) == ("PROPOSED", "SAME_OFFICER")
    assert proposed == {"ANSWERED"}
    assert (confirmed["state"], late <= 1) == ("IN_FORCE", True)
    assert shown["account"] == hidden["account"] == "FROZEN"
    assert shown["sanctions"] == [{"kind": "FREEZE", "state": "IN_FORCE"}]
    assert hidden["sanctions"] is None


def test_an_urgent_freeze_nobody_confirmed_ends_at_both_and_is_ended_once(
    two: Two, number: str
) -> None:
    made = two.one.send(URGENT, SANCTIONER, b=BODY)
    seconds_until(lambda: two.outcomes(number) == {"SUSPENDED"})

    two.let_pass("confirm_before")
    seconds_until(lambda: two.outcomes(number) == {"ANSWERED"})
    seconds_until(lambda: two.sanctions()[0]["state"] == "LAPSED")
    late = two.one.send(CONFIRM, SECOND_SANCTIONER, i=made["id"])

    (lapsed,) = two.sanctions()
    assert steps_of(lapsed) == [("IMPOSE", SANCTIONER), ("LAPSE", "gateway")]
    assert late["code"] == "CONFIRMATION_LATE"
    pages = [steps.gateway.get("/metrics")[1] for steps in (two.one, two.other)]
    counted = 'gateway_sanctions_followed_up_total{state="LAPSED"} 1.0'
    assert [counted in page for page in pages].count(True) == 1


def test_a_rectification_that_is_overdue_has_one_freeze_proposed(
    two: Two, number: str
) -> None:
    made = two.one.send(ORDER, SANCTIONER, b=BODY, d="2027-01-31")
    assert made["state"] == "IN_FORCE"

    two.let_pass("last_day")
    seconds_until(lambda: len(two.sanctions()) > 1)
    ordered, proposed = two.sanctions()
    alone = two.one.send(CONFIRM, SANCTIONER, i=proposed["id"])
    before = two.outcomes(number)
    confirmed = two.other.send(CONFIRM, SECOND_SANCTIONER, i=proposed["id"])
    seconds_until(lambda: two.outcomes(number) == {"SUSPENDED"})

    assert (ordered["state"], proposed["state"]) == ("OVERDUE", "PROPOSED")
    assert (proposed["follows"], proposed["imposedBy"]) == (ordered["id"], "gateway")
    assert steps_of(ordered) == [("IMPOSE", SANCTIONER), ("FALL_DUE", "gateway")]
    assert alone["code"] == "SAME_OFFICER"
    assert before == {"ANSWERED"}, "a machine freezes nobody"
    assert confirmed["state"] == "IN_FORCE"
    assert len(two.sanctions()) == 2


async def test_steps_on_sanctions_are_told_at_another_gateway_to_overseers(
    two: Two,
) -> None:
    gateway = two.other.gateway
    async with connected(gateway) as overseer, connected(gateway) as agency:
        await agency.init(AGENCY)
        await agency.subscribe(CHANGED)
        refused = await agency.message()
        await overseer.init(SANCTIONER)
        await overseer.subscribe(CHANGED)
        await asyncio.sleep(0.3)
        made = await asyncio.to_thread(two.one.send, URGENT, SANCTIONER, b=BODY)
        told = await overseer.next()

    assert told == {
        "sanctionId": made["id"],
        "step": "IMPOSE",
        "after": "UNCONFIRMED",
        "actor": SANCTIONER,
        "body": {"id": BODY},
    }
    assert refused["payload"][0]["extensions"]["code"] == "FORBIDDEN"
