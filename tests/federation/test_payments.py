"""Payment feedback and recovery over sockets: paid once, claimed back, seen by few."""

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from sandbox.agency import AgencyId
from tests.federation.offices import (
    ANOTHER_PLATFORM,
    AUDIENCE,
    BUREAU,
    CLAIM,
    DECIDE,
    PLATFORM,
    PREVIEW,
    READER,
    RECOVERIES,
    UNSTATED,
    Offices,
    clauses,
    sent,
    stated,
)
from tests.gateway.callers.minting import compact, signature
from tests.gateway.collection.sending import ONLY_SENDS, key_of
from tests.gateway.status.sending import today
from tests.running import eventually

WRITERS = 50
ABOUT = [
    *("219-1a", "219-1b", "219-n2", "219-2a", "219-2b", "219-3b", "219-2c"),
    "17-window",
]
"""The clauses that ask about the certificate."""
COUNTS = "{ recoveries { totals { count amountYuan } } }"


def outcome(answer: dict[str, Any]) -> tuple[str, str | None]:
    """Return the kind of an answer, and its code if it has one."""
    code = answer.get("code") or answer.get("barredBy")
    return answer["__typename"], code


def test_a_request_that_comes_again_is_answered_word_for_word(offices: Offices) -> None:
    _, said, certificate = offices.certified()
    decision = stated(claim="again", certificate=certificate)

    first = offices.post(0, PLATFORM, DECIDE, key="again-1", decision=decision)
    # Whatever became of the certificate: the first answer was given.
    offices.change(said, "撤销")
    again = offices.post(1, PLATFORM, DECIDE, key="again-1", decision=decision)

    assert first[1]["data"]["recordDecision"]["__typename"] == "DecisionRecorded"
    assert again == first


def test_a_key_stands_for_one_request_of_one_caller(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    first = offices.decide(0, certificate, "one-key")

    other = offices.decide(1, certificate, "one-key", amountYuan=1)
    another_s = offices.decide(1, certificate, "one-key", token=ANOTHER_PLATFORM)

    assert outcome(first) == ("DecisionRecorded", None)

    assert outcome(other) == ("DecisionRefused", "KEY_USED")
    assert outcome(another_s) == ("AlreadyPaid", "17-once")


def test_of_fifty_who_pay_one_claim_at_two_gateways_one_does(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    claim = "raced"

    def pay(number: int) -> dict[str, Any]:
        key = f"raced-{number}"
        return offices.decide(number % 2, certificate, claim, key=key)

    with ThreadPoolExecutor(WRITERS) as writers:
        answers = list(writers.map(pay, range(WRITERS)))

    kinds = [answer["__typename"] for answer in answers]
    assert kinds.count("DecisionRecorded") == 1
    assert kinds.count("AlreadyPaid") == WRITERS - 1


def test_a_level_that_was_paid_bars_it_and_lower_ones(offices: Offices) -> None:
    holder, _, middle = offices.certified("LEVEL_4")
    for level in ("LEVEL_5", "LEVEL_3"):
        offices.send(sent(holder, level))
    ids = {one["level"]: one["id"] for one in offices.certificates(0, holder)}
    assert outcome(offices.decide(0, middle, "level-4")) == (
        *("DecisionRecorded", None),
    )

    # What another gateway took in is seen within half a second.
    eventually(lambda: len(offices.certificates(1, holder)) == len(ids))
    judged = {one["level"]: clauses(one) for one in offices.certificates(1, holder)}
    lower = offices.decide(1, ids["LEVEL_5"], "level-5")
    higher = offices.decide(1, ids["LEVEL_3"], "level-3", amountYuan=2000)

    once = {level: found["17-once"] for level, found in judged.items()}
    assert once == {"LEVEL_5": "UNMET", "LEVEL_4": "UNMET", "LEVEL_3": "MET"}
    assert outcome(lower) == ("AlreadyPaid", "17-once")
    assert outcome(higher) == ("DecisionRecorded", None)


SPELT: dict[str, dict[str, Any]] = {
    "as it came": {},
    "in full width": {
        "certificateNumber": lambda one: "".join(chr(ord(c) + 0xFEE0) for c in one)
    },
    "a blank and no code": {
        "certificateNumber": lambda one: f" {one}",
        "jobCode": lambda _: None,
    },
    "no level": {"skillLevel": lambda _: None},
    "no days": {"firstIssueDate": lambda _: None, "issueDate": lambda _: ""},
}


@pytest.mark.parametrize("spelt", SPELT.values(), ids=SPELT)
def test_what_shows_as_revoked_is_claimed_back_however_it_was_spelt(
    offices: Offices, spelt: dict[str, Any]
) -> None:
    holder, said, certificate = offices.certified()
    claim = f"spelt-{holder.number[-4:]}"
    offices.decide(0, certificate, claim)
    words = said | {name: spell(said[name]) for name, spell in spelt.items()}

    codes = offices.change(words, "撤销")

    (shown,) = offices.certificates(0, holder)
    opened = offices.recovery(claim)
    assert codes == [None]
    assert clauses(shown)["219-3b"] == "UNMET"
    assert opened is not None
    assert (opened["cause"], opened["state"]) == ("REVOKED", "OPEN")


@pytest.mark.parametrize(
    "other", [{"certificateNumber": "S-0"}, {"issueDate": "20200101"}]
)
def test_what_is_of_another_certificate_does_neither(
    offices: Offices, other: dict[str, Any]
) -> None:
    holder, said, certificate = offices.certified()
    claim = f"other-{holder.number[-4:]}"
    offices.decide(0, certificate, claim)

    codes = offices.change(said | other, "撤销")

    (shown,) = offices.certificates(0, holder)
    assert codes == ["UNKNOWN_CERTIFICATE"]
    assert clauses(shown)["219-3b"] == "MET"
    assert offices.recovery(claim) is None


def test_what_is_stated_and_what_the_ledger_has_count_together(
    offices: Offices,
) -> None:
    holder, _, certificate = offices.certified()
    earlier = [{"itemCode": "4-02-01-01", "level": "LEVEL_3"}]

    (stated_alone,) = offices.certificates(0, holder, payments=earlier)
    offices.decide(0, certificate, "together")
    (denied,) = offices.certificates(1, holder, payments=[])

    assert clauses(stated_alone)["17-once"] == "UNMET"
    assert clauses(denied)["17-once"] == "UNMET"


def test_a_decision_is_of_the_day_that_is_stated(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    day = (today() - timedelta(days=20)).isoformat()
    decision = stated(certificate=certificate, claim="a-day", decidedOn=day)

    query = DECIDE.replace(
        "__typename", "__typename ... on DecisionRecorded {decidedOn}"
    )
    facts = {**CLAIM, "claimedOn": day}
    answer = offices.post(
        *(0, PLATFORM, query), key="a-day", decision=decision, claim=facts
    )[1]

    assert answer["data"]["recordDecision"]["decidedOn"] == day


def test_the_bytes_of_live_and_collected_records_are_kept_as_they_were_signed(
    offices: Offices,
) -> None:
    _, _, collected = offices.certified()
    live = live_certificate(offices, "look-alike")
    refused: dict[str, Any] = {"outcome": "REFUSED", "amountYuan": None}
    config = next(offices.gateways[0].folder.glob("*.toml"))

    for number, certificate in enumerate((collected, live)):
        claim = f"bytes-{number}"
        recorded = offices.decide(0, certificate, claim, key=claim, **refused)
        digest = recorded["evidence"]
        shown = CliRunner().invoke(
            app, ["evidence", "show", "--config", str(config), digest]
        )
        assert hashlib.sha256(shown.stdout_bytes).hexdigest() == digest


def live_certificate(offices: Offices, person: str) -> str:
    """Return the id of the one certificate that a story person has."""
    found = offices.ask(
        *(0, PLATFORM),
        "query($n: String!) { holder(idNumber: $n) { certificates { nodes { id } } } }",
        n=offices.agencies.person(person)["idNumber"],
    )
    node, *_ = found["holder"]["certificates"]["nodes"]
    id_: str = node["id"]
    return id_


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


def preview(offices: Offices, place: int, **decision: object) -> dict[str, Any]:
    """Return what recording a decision would come to."""
    answer = offices.ask(place, PLATFORM, PREVIEW, decision=stated(**decision))
    found: dict[str, Any] = answer["previewDecision"]
    return found


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


def signed_in(offices: Offices, connector: str, agency: AgencyId) -> str:
    """Return an agency's assertion, good for one request."""
    key, now = key_of(offices.agencies, agency), int(time.time())
    claims = {
        "iss": connector,
        "sub": connector,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 60,
        "jti": f"{connector}-{time.monotonic_ns()}",
    }
    algorithm = key.algorithm.value
    header = {"alg": algorithm, "kid": key.kid, "typ": "client-authentication+jwt"}
    private: Any = key.private_key
    return compact(header, claims, lambda text: signature(algorithm, private, text))


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


PART = "fragment All on RecoveryConnection { nodes { id certificate claim } }"


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


PROVE = """mutation($id: ID!) { proveRecordFalse(certificate: $id, reason: "伪造",
  evidence: "沪检〔2026〕1号") { __typename ... on FalseRecordProved {
  opened { claim cause state } } ... on RecoveryRefused { code } } }"""


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
