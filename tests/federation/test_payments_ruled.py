"""What the notice does not pay for, what needs a ruling, and who sees recoveries."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.agency import AgencyId
from tests.federation.offices import (
    BUREAU,
    CLAIM,
    DECIDE,
    PLATFORM,
    READER,
    RECOVERIES,
    UNSTATED,
    Offices,
    clauses,
    stated,
)
from tests.federation.paying import (
    ABOUT,
    COUNTS,
    PART,
    PROVE,
    live_certificate,
    outcome,
    preview,
    signed_in,
)
from tests.gateway.collection.sending import ONLY_SENDS
from tests.gateway.status.sending import today


@pytest.mark.parametrize(
    ("person", "clause"),
    [
        pytest.param("look-alike", "219-1a", id="压力焊"),
        pytest.param("renewed-2019", "219-n2", id="a renewal of 2019"),
    ],
)
@pytest.mark.parametrize("outcome_", ["APPROVED", "PAID"])
def test_what_the_notice_does_not_pay_for_is_not_paid_for(
    offices: Offices, person: str, clause: str, outcome_: str
) -> None:
    certificate = live_certificate(offices, person)
    more: dict[str, Any] = {
        "outcome": outcome_,
        "amountYuan": 1000,
        "category": "UNEMPLOYED",
        "ruling": "特批",
        "rulings": [{"clauses": [clause], "reason": "特批", "officer": "浦0017"}],
    }

    answer = offices.decide(0, certificate, f"{person}-{outcome_}", **more)
    tried = preview(offices, 1, certificate=certificate, claim="dry", **more)
    refused = offices.decide(
        *(1, certificate, f"{person}-{outcome_}"),
        **{**more, "outcome": "REFUSED", "amountYuan": None},
    )

    assert outcome(answer) == ("DecisionRefused", "INELIGIBLE")
    (objection,) = tried["objections"]
    assert clause in [finding["clause"] for finding in objection["findings"]]
    assert outcome(refused) == ("DecisionRecorded", None)


def test_what_was_computed_is_told_again_word_for_word(offices: Offices) -> None:
    _, said, certificate = offices.certified()
    query = DECIDE.replace(
        "id evidence",
        "judgement { verdict computedYuan figuresFrom figuresDigest statusList "
        "findings { clause outcome reason } rulings { clauses reason officer } } "
        "id evidence",
    )
    rulings = [{"clauses": ["17-amount"], "reason": "补差", "officer": "浦0017"}]
    decision = stated(
        claim="computed", certificate=certificate, amountYuan=1700, rulings=rulings
    )

    first = offices.post(0, PLATFORM, query, key="computed", decision=decision)
    offices.change(said, "撤销")
    again = offices.post(1, PLATFORM, query, key="computed", decision=decision)

    computed = first[1]["data"]["recordDecision"]["judgement"]
    assert (computed["verdict"], computed["computedYuan"]) == ("ELIGIBLE", 1600)
    assert (computed["rulings"], len(computed["findings"])) == (rulings, 13)
    assert again == first


def test_a_sum_that_is_not_the_computed_one_needs_a_ruling_on_it(
    offices: Offices,
) -> None:
    _, _, certificate = offices.certified()
    rulings = [{"clauses": ["17-amount"], "reason": "补差", "officer": "浦0017"}]

    much = offices.decide(0, certificate, "much", amountYuan=100_000, ruling="特批")
    ruled = offices.decide(
        0, certificate, "much", amountYuan=1601, rulings=rulings, key="much-ruled"
    )

    assert outcome(much) == ("DecisionRefused", "AMOUNT_DIFFERS")
    assert (outcome(ruled)[0], ruled["amountYuan"]) == ("DecisionRecorded", 1601)


def test_what_was_decided_before_the_issue_is_refused(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    day = (today() - timedelta(days=3 * 365)).isoformat()
    facts = {**CLAIM, "claimedOn": day}
    decision = stated(certificate=certificate, claim="early", decidedOn=day)

    answer = offices.post(
        *(0, PLATFORM, DECIDE), key="early", decision=decision, claim=facts
    )[1]["data"]["recordDecision"]

    assert outcome(answer) == ("DecisionRefused", "BEFORE_ISSUE")


def test_what_nobody_states_of_the_claim_needs_a_ruling(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    decision = stated(certificate=certificate, claim="no-facts")
    open_ = ["17-window", "17-excluded"]
    rulings = [{"clauses": open_, "reason": "材料齐全", "officer": "浦0017"}]

    def decide(**more: object) -> dict[str, Any]:
        found: dict[str, Any] = offices.post(
            *(0, PLATFORM, DECIDE),
            key="no-facts",
            decision={**decision, **more},
            claim=None,
        )[1]["data"]["recordDecision"]
        return found

    silent, ruled = decide(), decide(rulings=rulings)

    assert outcome(silent) == ("DecisionRefused", "UNDETERMINED")
    assert outcome(ruled) == ("DecisionRecorded", None)


def test_a_dry_run_says_what_recording_does_and_keeps_nothing(
    offices: Offices,
) -> None:
    holder, _, certificate = offices.certified()
    place = {"certificate": certificate, "claim": "dry-run"}

    before = preview(offices, 0, **place, outcome="APPROVED", amountYuan=None)
    (unpaid,) = offices.certificates(1, holder)
    recorded = offices.decide(1, certificate, "dry-run")
    after = preview(offices, 0, **{**place, "claim": "another"})
    wrong = preview(offices, 0, **{**place, "district": "110101"})

    computed = before["judgement"]
    assert (computed["verdict"], before["objections"]) == ("ELIGIBLE", [])
    assert (before["amountYuan"], computed["computedYuan"]) == (1600, 1600)
    assert len(computed["figuresDigest"]) == 64
    assert clauses(unpaid)["17-once"] == "MET"
    assert recorded["evidence"] == before["evidence"]
    assert after["objections"][0]["__typename"] == "AlreadyPaid"
    assert wrong == {"__typename": "DecisionRefused", "code": "BAD_DISTRICT"}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        pytest.param({"amountYuan": 0}, "BAD_AMOUNT", id="nothing"),
        pytest.param({"amountYuan": None}, "BAD_AMOUNT", id="no amount"),
        pytest.param({"district": "110101"}, "BAD_DISTRICT", id="Beijing"),
        pytest.param({"claim": "110101199003074514"}, "BAD_CLAIM", id="a person"),
        pytest.param({"claim": "110101-19900307-4514"}, "BAD_CLAIM", id="with marks"),
        pytest.param({"decidedOn": "2022-08-21"}, "BAD_DAY", id="before the notice"),
        pytest.param({"decidedOn": "2999-01-01"}, "BAD_DAY", id="in the future"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_and_nothing_is_kept(
    offices: Offices, wrong: dict[str, object], code: str
) -> None:
    holder, _, certificate = offices.certified()

    decision = {"certificate": certificate, "claim": f"wrong-{code}", **wrong}
    answer = offices.post(
        *(0, PLATFORM, DECIDE), key=f"wrong-{code}", decision=stated(**decision)
    )[1]
    refused = answer["data"]["recordDecision"]

    assert outcome(refused) == ("DecisionRefused", code)
    (unpaid,) = offices.certificates(1, holder)
    assert clauses(unpaid)["17-once"] == "MET"


def test_nobody_is_paid_for_what_nobody_vouches_for(offices: Offices) -> None:
    live = live_certificate(offices, "review-overdue")
    invented = live[:-4] + "AAAA"

    unknown = offices.decide(0, invented, "unknown")
    with offices.agencies.fault("emergency-management", "error-500"):
        silent = offices.decide(1, live, "silent")

        seen: dict[str, Any] = {
            "seen": {"itemCode": "1.2", "level": "UNGRADED"},
            "amountYuan": 800,
            "ruling": "系统故障",
        }
        unruled = offices.decide(1, live, "silent", **seen)
        rulings = [{"clauses": ABOUT, "reason": "见证书原件", "officer": "浦0017"}]
        ruled = offices.decide(1, live, "silent", **seen, rulings=rulings)

    assert outcome(unruled) == ("DecisionRefused", "UNDETERMINED")
    assert outcome(ruled) == ("DecisionRecorded", None), ruled
    assert ruled["evidence"] == ""
    assert unknown == {"__typename": "CertificateNotVerified", "source": None}
    assert silent == {
        "__typename": "CertificateNotVerified",
        "source": "UNREACHABLE",
    }


def test_who_may_not_pay_or_says_no_purpose_records_nothing(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    decision = stated(claim="not-mine", certificate=certificate)

    reader = offices.post(0, READER, DECIDE, key="no-1", decision=decision)[1]
    unstated = offices.post(0, UNSTATED, DECIDE, key="no-2", decision=decision)[1]

    codes = [answer["errors"][0]["extensions"]["code"] for answer in (reader, unstated)]
    assert codes == ["FORBIDDEN", "PURPOSE_REQUIRED"]
    assert outcome(offices.decide(1, certificate, "not-mine")) == (
        *("DecisionRecorded", None),
    )


def test_the_authority_that_leads_and_the_bureau_see_a_recovery_and_nobody_else(
    offices: Offices,
) -> None:
    _, said, certificate = offices.certified()
    offices.decide(0, certificate, "led")
    assert offices.recovery("led") is None

    offices.change(said, "撤销")
    found = offices.recovery("led")
    assert found is not None
    leading = signed_in(offices, ONLY_SENDS, AgencyId.TRANSPORT)
    assert offices.recovery("led", token=leading) == found

    by_id = f'{{ recovery(id: "{found["id"]}") {{ id }} }}'
    aliased = f"{{ a: recoveries {{ ...All }} b: recoveries {{ ...All }} }} {PART}"
    for query in (RECOVERIES, by_id, aliased, COUNTS):
        stranger = signed_in(offices, "fire-rescue", AgencyId.FIRE_RESCUE)
        status, answer = offices.post(1, stranger, query)
        assert status == 200
        assert certificate not in str(answer)
        assert f"'id': '{found['id']}'" not in str(answer)
    stranger = signed_in(offices, "fire-rescue", AgencyId.FIRE_RESCUE)
    place = {"id": found["id"], "version": found["version"]}
    refused = offices.step(stranger, **place, action="NOTIFY")
    assert refused == {
        "__typename": "RecoveryRefused",
        "code": "UNKNOWN_RECOVERY",
        "recovery": None,
    }
    status, answer = offices.post(0, READER, RECOVERIES)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_a_recovery_goes_its_way_and_no_other(offices: Offices) -> None:
    _, said, certificate = offices.certified()
    offices.decide(0, certificate, "way")
    offices.change(said, "撤销")
    found = offices.recovery("way")
    assert found is not None
    id_, version = found["id"], found["version"]

    told = offices.step(id=id_, version=version, action="NOTIFY")
    stale = offices.step(id=id_, version=version, action="REFER")
    much = offices.step(
        id=id_, version=told["version"], action="REPAY", amountYuan=1601
    )
    part = offices.step(id=id_, version=told["version"], action="REPAY", amountYuan=600)
    rest = offices.step(
        id=id_, version=part["version"], action="REPAY", amountYuan=1000
    )
    late = offices.step(id=id_, version=rest["version"], action="CLOSE")

    assert [one["state"] for one in (told, part, rest)] == [
        *("NOTIFIED", "PARTLY_RECOVERED", "RECOVERED"),
    ]
    assert [one["code"] for one in (stale, much, late)] == [
        *("CHANGED_MEANWHILE", "MORE_THAN_OWED", "WRONG_STATE"),
    ]
    assert [one["recovery"] for one in (stale, much, late)] == [{"id": id_}] * 3


def test_a_lifting_withdraws_what_is_claimed_back(offices: Offices) -> None:
    _, said, certificate = offices.certified()
    offices.decide(0, certificate, "lifted")
    offices.change(said, "撤销")

    offices.change(said, "有效")

    found = offices.recovery("lifted")
    assert found is not None
    assert (found["state"], [one["step"] for one in found["history"]]) == (
        *("WITHDRAWN", ["OPEN", "WITHDRAW"]),
    )


def test_a_record_proved_false_is_claimed_back_and_paid_for_no_more(
    offices: Offices,
) -> None:
    _, _, certificate = offices.certified()
    offices.decide(0, certificate, "false")

    proved = offices.ask(1, BUREAU, PROVE, id=certificate)["proveRecordFalse"]
    again = offices.decide(0, certificate, "false-again")

    assert proved["opened"] == [
        {"claim": "false", "cause": "FALSE_RECORD", "state": "OPEN"}
    ]
    assert again["__typename"] in {"DecisionRefused", "AlreadyPaid"}
