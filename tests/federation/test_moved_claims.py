"""A claim that moves to another district is decided there, and totals stay."""

import pytest

from tests.federation.districts import (
    IN_HUANGPU,
    IN_PUDONG,
    IN_XUHUI,
    MOVE,
    OPEN,
    PLACE,
    PREVIEW,
    TOTALS,
    approved,
    code,
    move,
    new_claim,
    paid,
    step,
)
from tests.federation.offices import (
    BUREAU,
    DISTRICT_AUDITOR,
    HUANGPU,
    NOWHERE,
    PLATFORM,
    PUDONG,
    READER,
    XUHUI,
    Offices,
    stated,
)
from tests.gateway.status.sending import today


def test_a_claim_that_was_moved_is_decided_by_the_new_district(
    offices: Offices,
) -> None:
    _, _, certificate = offices.certified()
    claim = new_claim()
    offices.decide(
        *(0, certificate, claim),
        key=f"{claim}-1",
        token=PUDONG,
        outcome="APPROVED",
    )

    moved = move(offices, PUDONG, claim, (IN_PUDONG, IN_XUHUI))
    late = offices.decide(0, certificate, claim, key=f"{claim}-2", token=PUDONG)
    done = offices.decide(
        1, certificate, claim, key=f"{claim}-3", token=XUHUI, district=IN_XUHUI
    )

    assert moved == {
        "__typename": "ClaimDistrict",
        "district": IN_XUHUI,
        "moves": [
            {
                "fromDistrict": IN_PUDONG,
                "toDistrict": IN_XUHUI,
                "reason": "迁居",
                "movedBy": PUDONG,
            }
        ],
    }
    assert code(late) == ("DecisionRefused", "CLAIM_OF_ANOTHER_DISTRICT")
    assert code(done) == ("DecisionRecorded", None)


def test_totals_stay_with_the_district_that_decided(offices: Offices) -> None:
    day = today().isoformat()

    def approved_and_paid() -> dict[str, tuple[int, int]]:
        query = """query($day: Date!) { totals(from: $day, to: $day, by: [DISTRICT]) {
          district approved paid } }"""
        rows = offices.ask(0, BUREAU, query, day=day)["totals"]
        return {row["district"]: (row["approved"], row["paid"]) for row in rows}

    _, _, certificate = offices.certified()
    claim = new_claim()
    offices.decide(0, certificate, claim, key=f"{claim}-1", outcome="APPROVED")
    paid(offices, IN_XUHUI)
    before = approved_and_paid()

    move(offices, PUDONG, claim, (IN_PUDONG, IN_XUHUI))
    assert approved_and_paid() == before

    offices.decide(0, certificate, claim, key=f"{claim}-2", district=IN_XUHUI)
    after = approved_and_paid()
    assert after[IN_PUDONG] == before[IN_PUDONG]
    assert after[IN_XUHUI] == (before[IN_XUHUI][0], before[IN_XUHUI][1] + 1)


@pytest.mark.parametrize(
    ("token", "way", "reason", "refusal"),
    [
        pytest.param(
            *(XUHUI, (IN_PUDONG, IN_XUHUI), "要", "UNKNOWN_CLAIM"), id="taken"
        ),
        pytest.param(
            *(NOWHERE, (IN_PUDONG, IN_XUHUI), "要", "UNKNOWN_CLAIM"), id="nobody"
        ),
        pytest.param(
            *(PUDONG, (IN_PUDONG, "310000"), "迁", "BAD_DISTRICT"), id="to nowhere"
        ),
        pytest.param(
            *(PUDONG, (IN_PUDONG, IN_PUDONG), "迁", "BAD_DISTRICT"), id="to itself"
        ),
        pytest.param(
            *(PUDONG, (IN_XUHUI, IN_HUANGPU), "迁", "BAD_DISTRICT"), id="another's"
        ),
        pytest.param(
            *(PUDONG, (IN_PUDONG, IN_XUHUI), " ", "BAD_REASON"), id="no reason"
        ),
        pytest.param(
            *(PUDONG, (IN_PUDONG, IN_XUHUI), "310110199003074514", "BAD_REASON"),
            id="a person for a reason",
        ),
        pytest.param(
            *(PLATFORM, (IN_XUHUI, IN_HUANGPU), "迁", "MOVED_MEANWHILE"),
            id="not there",
        ),
    ],
)
def test_a_claim_is_not_moved_by_whom_or_for_what_it_may_not(
    offices: Offices, token: str, way: tuple[str, str], reason: str, refusal: str
) -> None:
    claim, _ = paid(offices)

    refused = move(offices, token, claim, way, reason)

    assert code(refused) == ("ClaimMoveRefused", refusal)
    assert offices.ask(0, BUREAU, PLACE, c=claim)["claimDistrict"] == {
        "district": IN_PUDONG,
        "moves": [],
    }


def test_a_claim_that_is_none_is_not_moved(offices: Offices) -> None:
    for claim in ("never-was", "310110199003074514", "a b"):
        refused = move(offices, PLATFORM, claim, (IN_PUDONG, IN_XUHUI))

        assert code(refused) == ("ClaimMoveRefused", "UNKNOWN_CLAIM")
        assert offices.ask(0, PLATFORM, PLACE, c=claim)["claimDistrict"] is None


def test_both_districts_see_where_a_claim_went_and_no_other_does(
    offices: Offices,
) -> None:
    claim, _ = paid(offices)
    query = """query($c: String!) { a: claimDistrict(claim: $c) { ...Place }
      b: claimDistrict(claim: $c) { district } }
    fragment Place on ClaimDistrict { district moves { reason } }"""
    assert offices.ask(0, XUHUI, PLACE, c=claim)["claimDistrict"] is None
    move(offices, PLATFORM, claim, (IN_PUDONG, IN_XUHUI), "户口迁移")

    for token in (PUDONG, XUHUI, BUREAU, DISTRICT_AUDITOR):
        found = offices.ask(0, token, query, c=claim)
        assert found["a"] == {"district": IN_XUHUI, "moves": [{"reason": "户口迁移"}]}
        assert found["b"] == {"district": IN_XUHUI}
    for token in (HUANGPU, NOWHERE):
        assert offices.ask(0, token, query, c=claim) == {"a": None, "b": None}


def test_who_may_not_record_moves_nothing(offices: Offices) -> None:
    claim, _ = paid(offices)

    for token in (READER, BUREAU):
        variables = {"claim": claim, "from": IN_PUDONG, "to": IN_XUHUI, "reason": "x"}
        _, answer = offices.post(0, token, MOVE, **variables)

        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_of_two_moves_at_one_district_one_is_made(offices: Offices) -> None:
    claim, _ = paid(offices)

    first = move(offices, PLATFORM, claim, (IN_PUDONG, IN_XUHUI))
    second = move(offices, PLATFORM, claim, (IN_PUDONG, IN_HUANGPU))

    assert code(first) == ("ClaimDistrict", None)
    assert code(second) == ("ClaimMoveRefused", "MOVED_MEANWHILE")


@pytest.mark.parametrize("token", [XUHUI, NOWHERE, HUANGPU, DISTRICT_AUDITOR])
@pytest.mark.parametrize("more", [{}, {"version": 7}, {"day": "2020-01-01"}])
def test_no_other_district_pays_or_sees_what_is_paid(
    offices: Offices, token: str, more: dict[str, object]
) -> None:
    claim, _ = approved(offices)

    refused = step(offices, token, claim, **more)

    assert refused["__typename"] == "PaymentRefused"
    assert refused["payment"] is None
    assert refused["code"] in ("UNKNOWN_PAYMENT", "BAD_DAY")
    assert step(offices, PUDONG, claim)["state"] == "CANCELLED"


def test_what_was_approved_before_a_move_is_paid_by_the_new_district(
    offices: Offices,
) -> None:
    day = today().isoformat()

    def sums() -> dict[str, int]:
        rows = offices.ask(0, BUREAU, TOTALS, day=day)["totals"]
        return {row["district"]: row["paid"] for row in rows}

    paid(offices, IN_PUDONG)
    paid(offices, IN_XUHUI)
    claim, _ = approved(offices)
    move(offices, PUDONG, claim, (IN_PUDONG, IN_XUHUI))
    before = sums()

    refused = step(offices, PUDONG, claim, action="PAY")
    published = step(offices, XUHUI, claim, action="PUBLISH")
    done = step(offices, XUHUI, claim, action="PAY", version=2)

    assert refused["code"] == "UNKNOWN_PAYMENT"
    if done["__typename"] == "ClaimPayment":
        after = sums()
        assert after[IN_XUHUI] == before[IN_XUHUI] + 1
        assert after[IN_PUDONG] == before[IN_PUDONG]
    else:
        assert (published["state"], done["code"]) == (
            *("PUBLISHED", "PUBLICATION_RUNNING"),
        )


def test_a_district_corrects_what_it_paid_alone(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    claim = new_claim()
    wrong = offices.decide(0, certificate, claim, token=PUDONG)["id"]
    propose = """mutation($c: CorrectionInput!) { proposeCorrection(correction: $c) {
      __typename ... on Correction { id } ... on CorrectionRefused { code }
      ... on DecisionRefused { refused: code } } }"""
    answer = """mutation($a: CorrectionAnswerInput!) { answerCorrection(answer: $a) {
      __typename ... on CorrectionRefused { code }
      ... on DecisionRefused { refused: code } } }"""
    stated_ = {"decision": wrong, "officer": "1", "reason": "错付"}
    elsewhere = stated(certificate=certificate, claim=claim, district=IN_XUHUI)

    others = offices.ask(0, XUHUI, propose, c=stated_)["proposeCorrection"]
    away = offices.ask(0, PUDONG, propose, c={**stated_, "replacement": elsewhere})
    own = offices.ask(0, PUDONG, propose, c=stated_)["proposeCorrection"]

    assert code(others) == ("CorrectionRefused", "UNKNOWN_DECISION")
    assert away["proposeCorrection"]["refused"] == "NOT_YOUR_DISTRICT"
    assert own["__typename"] == "Correction"
    for token, is_seen in (
        *((XUHUI, False), (NOWHERE, False), (PUDONG, True), (BUREAU, True)),
        (DISTRICT_AUDITOR, True),
    ):
        seen = offices.ask(1, token, OPEN)["openCorrections"]
        assert (own["id"] in [one["id"] for one in seen]) is is_seen
    for kind in ("CONFIRM", "REJECT"):
        said = {"id": own["id"], "answer": kind, "officer": "2", "reason": "属实"}
        refused = offices.ask(1, XUHUI, answer, a=said)["answerCorrection"]
        assert code(refused) == ("CorrectionRefused", "UNKNOWN_CORRECTION")


def test_a_district_does_not_confirm_a_payment_in_another(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    claim = new_claim()
    wrong = offices.decide(0, certificate, claim)["id"]
    right = stated(certificate=certificate, claim=claim, district=IN_XUHUI)
    proposed = offices.propose(wrong, replacement=right)

    refused = offices.answer(proposed["id"], PUDONG)

    assert (refused["__typename"], refused["refused"]) == (
        *("DecisionRefused", "NOT_YOUR_DISTRICT"),
    )


def test_a_district_tries_decisions_of_its_own(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    decision = stated(claim=new_claim(), certificate=certificate)

    own = offices.ask(0, PUDONG, PREVIEW, decision=decision)["previewDecision"]
    others = offices.ask(0, XUHUI, PREVIEW, decision=decision)["previewDecision"]

    assert own["__typename"] == "DecisionPreview"
    assert code(others) == ("DecisionRefused", "NOT_YOUR_DISTRICT")
