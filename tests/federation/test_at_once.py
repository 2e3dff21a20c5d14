"""Two officers at two gateways act on one claim at once: one of them does it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from tests.federation.offices import (
    ANOTHER_PLATFORM,
    DISTRICT,
    PLATFORM,
    Offices,
)

HISTORY = """query($claim: String!) { decision(claim: $claim) { district
  payment { history { step } } } }"""
MOVE = """mutation($claim: String!, $to: String!) {
  moveClaim(claim: $claim, from: "310115", to: $to, reason: "迁居") { __typename
    ... on ClaimDistrict { district } ... on ClaimMoveRefused { code } } }"""


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """Act at both gateways, at one moment; return the answers."""
    ready = Barrier(2)

    def meet(place: int) -> Any:
        ready.wait(10)
        return act(place)

    with ThreadPoolExecutor(2) as both:
        return [*both.map(meet, (0, 1))]


def steps(offices: Offices, claim: str) -> list[str]:
    found = offices.ask(0, PLATFORM, HISTORY, claim=claim)["decision"]
    return [one["step"] for one in found["payment"]["history"]]


def test_one_of_two_steps_is_taken(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    offices.decide(0, certificate, "step-at-once", outcome="APPROVED")

    told = at_once(
        lambda place: offices.pay_step(
            place, claim="step-at-once", version=1, action="PAY", officer=f"浦{place}"
        )
    )

    assert sorted(one.get("code", "taken") for one in told) == [
        *("CHANGED_MEANWHILE", "taken"),
    ]
    assert steps(offices, "step-at-once") == ["APPROVE", "PAY"]


def test_one_of_two_decisions_is_recorded(offices: Offices) -> None:
    _, _, certificate = offices.certified()

    told = at_once(
        lambda place: offices.decide(
            *(place, certificate, "decided-at-once"),
            key=f"officer-{place}",
            outcome=("PAID", "APPROVED")[place],
        )
    )

    kinds = sorted(one["__typename"] for one in told)
    assert kinds in (
        ["AlreadyPaid", "DecisionRecorded"],
        ["DecisionRecorded", "DecisionRefused"],
        # Approved a moment before it was paid.
        ["DecisionRecorded", "DecisionRecorded"],
    )
    taken = steps(offices, "decided-at-once")
    assert taken in (["PAY"], ["APPROVE", "PAY"])
    assert len(taken) == kinds.count("DecisionRecorded")


def test_a_claim_is_moved_by_one_of_two(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    offices.decide(0, certificate, "moved-at-once", district=DISTRICT)
    goals = ("310101", "310104")

    told = [
        one["moveClaim"]
        for one in at_once(
            lambda place: offices.ask(
                *(place, PLATFORM, MOVE), claim="moved-at-once", to=goals[place]
            )
        )
    ]

    (refused,) = [one for one in told if "code" in one]
    (moved,) = [one for one in told if "district" in one]
    assert refused["code"] == "MOVED_MEANWHILE"
    assert moved["district"] == goals[told.index(moved)]


def test_a_correction_is_answered_by_one_of_two(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    wrong = offices.decide(0, certificate, "answered-at-once")["id"]
    proposed = offices.propose(wrong)

    told = at_once(
        lambda place: offices.answer(
            *(proposed["id"], ANOTHER_PLATFORM, place),
            answer=("CONFIRM", "REJECT")[place],
        )
    )

    (refused,) = [one for one in told if "code" in one]
    (done,) = [one for one in told if "answered" in one]
    assert refused["code"] == "ANSWERED_BEFORE"
    is_confirmed = done["answered"]["answer"] == "CONFIRM"
    expected = ["PAY", "REVERSE"] if is_confirmed else ["PAY"]
    assert steps(offices, "answered-at-once") == expected
