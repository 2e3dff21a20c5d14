"""A district records, sees and claims back its own, however it asks."""

from itertools import count
from typing import Any

import pytest

from tests.federation.offices import (
    ANOTHER_PLATFORM,
    BUREAU,
    DECIDE,
    DISTRICT_AUDITOR,
    FACTS,
    HUANGPU,
    NOWHERE,
    PLATFORM,
    PUDONG,
    READER,
    RECOVERIES,
    XUHUI,
    Offices,
    stated,
)
from tests.gateway.status.sending import today

IN_PUDONG, IN_XUHUI, IN_HUANGPU = "310115", "310104", "310101"
_CLAIMS = count(1)
TOTALS = """query($day: Date!) {
  totals(from: $day, to: $day, by: [DISTRICT]) { ...Sums }
  all: totals(from: $day, to: $day, by: []) { ...Sums } }
fragment Sums on TotalsRow { district certificatesCollected paid paidYuan }"""
ONE_BY_ALIAS = """query($id: ID!) { here: recovery(id: $id) { ...One }
  again: recovery(id: $id) { claim } } fragment One on Recovery { claim amountYuan }"""
MOVE = """mutation($claim: String!, $from: String!, $to: String!, $reason: String!) {
  moveClaim(claim: $claim, from: $from, to: $to, reason: $reason) { __typename
    ... on ClaimDistrict { district moves { fromDistrict toDistrict reason movedBy } }
    ... on ClaimMoveRefused { code message } } }"""
PLACE = "query($c: String!) { claimDistrict(claim: $c) { district moves { reason } } }"
PROVE = """mutation($id: ID!) {
  proveRecordFalse(certificate: $id, reason: "查实", evidence: "文号1") { __typename
    ... on RecoveryRefused { code } } }"""


def new_claim() -> str:
    return f"district-{next(_CLAIMS)}"


def code(answer: dict[str, Any]) -> tuple[str, str | None]:
    return answer["__typename"], answer.get("code")


def paid(offices: Offices, district: str = IN_PUDONG) -> tuple[str, str]:
    """Have a claim paid by a district; return it, and the certificate."""
    _, _, certificate = offices.certified()
    claim = new_claim()
    answer = offices.decide(0, certificate, claim, district=district)
    assert answer["__typename"] == "DecisionRecorded", answer
    return claim, certificate


def claimed_back(offices: Offices, district: str = IN_PUDONG) -> dict[str, Any]:
    """Have a payment of a district claimed back; return the recovery."""
    _, said, certificate = offices.certified()
    claim = new_claim()
    offices.decide(0, certificate, claim, district=district)
    offices.change(said, "撤销")
    found = offices.recovery(claim)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("token", "district", "is_recorded"),
    [
        pytest.param(PUDONG, IN_PUDONG, True, id="its own"),
        pytest.param(PUDONG, IN_XUHUI, False, id="another's"),
        pytest.param(NOWHERE, IN_PUDONG, False, id="of none"),
        pytest.param(HUANGPU, IN_HUANGPU, True, id="its role's"),
        pytest.param(HUANGPU, IN_PUDONG, False, id="another than its role's"),
        pytest.param(DISTRICT_AUDITOR, IN_PUDONG, False, id="an auditor acts for one"),
        pytest.param(PLATFORM, IN_XUHUI, True, id="the city's"),
    ],
)
def test_a_caller_records_for_the_districts_it_acts_for(
    offices: Offices, token: str, district: str, *, is_recorded: bool
) -> None:
    _, _, certificate = offices.certified()

    answer = offices.decide(1, certificate, new_claim(), token=token, district=district)

    if is_recorded:
        assert code(answer) == ("DecisionRecorded", None)
    else:
        assert code(answer) == ("DecisionRefused", "NOT_YOUR_DISTRICT")


def test_no_alias_and_no_fragment_records_for_another_district(
    offices: Offices,
) -> None:
    _, _, certificate = offices.certified()
    both = f"""mutation($a: DecisionInput!, $b: DecisionInput!,
      $claim: ClaimInput = {FACTS}) {{
      a: recordDecision(key: "a-1", decision: $a, claim: $claim) {{ ...Said }}
      b: recordDecision(key: "a-2", decision: $b, claim: $claim) {{ ...Said }} }}
    fragment Said on DecisionAnswer {{
      __typename ... on DecisionRefused {{ code }} }}"""
    first, second = (
        stated(claim=new_claim(), certificate=certificate, district=district)
        for district in (IN_XUHUI, IN_PUDONG)
    )

    answer = offices.ask(0, PUDONG, both, a=first, b=second)

    assert code(answer["a"]) == ("DecisionRefused", "NOT_YOUR_DISTRICT")
    assert code(answer["b"]) == ("DecisionRecorded", None)


def test_a_request_is_not_answered_again_to_another_district(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    decision = stated(claim=new_claim(), certificate=certificate)
    offices.ask(0, PUDONG, DECIDE, key="same-key", decision=decision)

    answer = offices.ask(1, XUHUI, DECIDE, key="same-key", decision=decision)

    assert code(answer["recordDecision"]) == ("DecisionRefused", "NOT_YOUR_DISTRICT")


@pytest.mark.parametrize("token", [XUHUI, PLATFORM, ANOTHER_PLATFORM])
def test_a_claim_is_decided_in_its_own_district(offices: Offices, token: str) -> None:
    _, _, certificate = offices.certified()
    claim = new_claim()
    first = {"outcome": "APPROVED", "district": IN_PUDONG}
    offices.decide(0, certificate, claim, key=f"{claim}-1", **first)

    answer = offices.decide(
        1, certificate, claim, key=f"{claim}-2", token=token, district=IN_XUHUI
    )

    assert code(answer) == ("DecisionRefused", "CLAIM_OF_ANOTHER_DISTRICT")


@pytest.mark.parametrize(
    ("token", "is_seen"),
    [
        (PUDONG, True),
        (XUHUI, False),
        (NOWHERE, False),
        (HUANGPU, False),
        (BUREAU, True),
        (DISTRICT_AUDITOR, True),
    ],
)
def test_a_recovery_is_seen_by_the_district_that_paid(
    offices: Offices, token: str, *, is_seen: bool
) -> None:
    recovery = claimed_back(offices)
    id_, claim = recovery["id"], recovery["claim"]

    listed = offices.ask(1, token, RECOVERIES)["recoveries"]["nodes"]
    found = offices.ask(1, token, ONE_BY_ALIAS, id=id_)
    narrowed = offices.ask(
        1,
        token,
        "query($c: String!) { recoveries(filter: {claim: $c, district: "
        '"310115"}) { totalCount totals { amountYuan } edges { node { claim } } } }',
        c=claim,
    )["recoveries"]

    assert (claim in [one["claim"] for one in listed]) is is_seen
    if is_seen:
        assert found["here"] == {"claim": claim, "amountYuan": 1600}
        assert narrowed["totalCount"] == 1
    else:
        assert found == {"here": None, "again": None}
        assert narrowed == {
            "totalCount": 0,
            "totals": {"amountYuan": 0},
            "edges": [],
        }


@pytest.mark.parametrize("token", [XUHUI, NOWHERE, DISTRICT_AUDITOR])
def test_no_other_district_takes_a_step(offices: Offices, token: str) -> None:
    recovery = claimed_back(offices)
    step = {"id": recovery["id"], "version": recovery["version"], "action": "NOTIFY"}

    refused = offices.step(token, **step)
    taken = offices.step(PUDONG, **step)

    assert refused == {
        "__typename": "RecoveryRefused",
        "code": "UNKNOWN_RECOVERY",
        "recovery": None,
    }
    assert taken["state"] == "NOTIFIED"


def test_no_district_proves_a_record_false_for_the_others(offices: Offices) -> None:
    claim, certificate = paid(offices)

    refused = offices.ask(0, PUDONG, PROVE, id=certificate)["proveRecordFalse"]
    proved = offices.ask(0, BUREAU, PROVE, id=certificate)["proveRecordFalse"]

    assert code(refused) == ("RecoveryRefused", "NOT_FOR_DISTRICTS")
    assert proved["__typename"] == "FalseRecordProved"
    assert offices.recovery(claim) is not None


def test_totals_are_those_of_the_callers_districts(offices: Offices) -> None:
    paid(offices, IN_PUDONG)
    paid(offices, IN_XUHUI)
    day = today().isoformat()

    def sums(token: str) -> tuple[dict[str | None, int], list[dict[str, int]]]:
        found = offices.ask(1, token, TOTALS, day=day)
        return {row["district"]: row["paid"] for row in found["totals"]}, found["all"]

    everybodys, (whole,) = sums(BUREAU)
    xuhui, (own,) = sums(XUHUI)
    nobodys, (none,) = sums(NOWHERE)

    assert whole["certificatesCollected"] > 0
    assert xuhui == {IN_XUHUI: everybodys[IN_XUHUI]}
    assert own["paid"] == everybodys[IN_XUHUI] < whole["paid"]
    assert own["certificatesCollected"] == 0
    assert (nobodys, none["paid"], none["paidYuan"]) == ({}, 0, 0)
    assert sums(DISTRICT_AUDITOR)[0] == everybodys


def test_the_table_is_that_of_the_callers_districts(offices: Offices) -> None:
    paid(offices, IN_PUDONG)
    paid(offices, IN_XUHUI)
    query = f"/totals.csv?from={today()}&to={today()}&by=DISTRICT"

    _, xuhui = offices.gateways[0].get(query, XUHUI)
    _, nobodys = offices.gateways[0].get(query, NOWHERE)
    _, everybodys = offices.gateways[0].get(query, BUREAU)

    assert IN_PUDONG in everybodys
    assert IN_XUHUI in xuhui
    assert IN_PUDONG not in xuhui
    assert len(nobodys.splitlines()) == 1


@pytest.mark.parametrize("name", ["Recovery", "ClaimDistrict", "TotalsRow"])
def test_no_entity_is_a_way_around(offices: Offices, name: str) -> None:
    recovery = claimed_back(offices)
    query = "query($r: [_Any!]!) { _entities(representations: $r) { __typename } }"

    _, answer = offices.post(
        0, XUHUI, query, r=[{"__typename": name, "id": recovery["id"]}]
    )

    assert answer["data"] in (None, {"_entities": None})
    assert "__typename is none of" in answer["errors"][0]["message"]


def move(
    offices: Offices, token: str, claim: str, way: tuple[str, str], reason: str = "迁居"
) -> dict[str, Any]:
    stated = {"claim": claim, "from": way[0], "to": way[1], "reason": reason}
    found: dict[str, Any] = offices.ask(1, token, MOVE, **stated)["moveClaim"]
    return found


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


OPEN = "{ openCorrections { id claim } }"
PREVIEW = """query($decision: DecisionInput!) { previewDecision(decision: $decision) {
  __typename ... on DecisionRefused { code } } }"""


def approved(offices: Offices) -> tuple[str, str]:
    """Have Pudong approve a claim; return it and the certificate."""
    _, _, certificate = offices.certified()
    claim = new_claim()
    answer = offices.decide(
        0, certificate, claim, key=f"{claim}-1", token=PUDONG, outcome="APPROVED"
    )
    assert answer["__typename"] == "DecisionRecorded", answer
    return claim, certificate


def step(offices: Offices, token: str, claim: str, **more: object) -> dict[str, Any]:
    stated_ = {"claim": claim, "version": 1, "action": "CANCEL", "officer": "17"}
    query = """mutation($step: PaymentStepInput!) { takePaymentStep(step: $step) {
      __typename ... on ClaimPayment { state }
      ... on PaymentRefused { code payment { state } } } }"""
    found: dict[str, Any] = offices.ask(
        1, token, query, step={**stated_, "reason": "撤回", **more}
    )["takePaymentStep"]
    return found


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
