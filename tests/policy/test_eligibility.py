"""What ``evaluate`` promises: every clause reported, doubt never rounded."""

from dataclasses import replace
from datetime import date

import pytest

from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord, CertificateState
from policy.eligibility import Absence, EligibilityOutcome, without_certificate
from policy.evidence import (
    AccountState,
    Claimant,
    ClaimantCategory,
    Hukou,
    Payment,
)
from policy.finding import FindingOutcome, worst
from policy.level import Level
from policy.parameters import load_parameters
from policy.text import Text
from tests.policy.factories import (
    BY_WORK_SAFETY_INSTITUTE,
    EMPLOYED_CLAIM,
    FIRE_MONITORING,
    LOW_VOLTAGE,
    PLAIN_NUMBER,
    RAIL_DRIVER,
    SOMEBODY_ELSE,
    TODAY,
    evidence,
    finding,
    judge,
    told,
)

MET, UNMET = FindingOutcome.MET, FindingOutcome.UNMET
UNDETERMINED = FindingOutcome.UNDETERMINED
NOTICE_219 = ["219-1a", "219-1b", "219-n2", "219-2a", "219-2b", "219-3b", "219-2c"]
NOTICE_17 = [
    "17-share",
    "17-amount",
    "17-hukou",
    "17-window",
    "17-once",
    "17-excluded",
]


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        pytest.param([MET, MET], MET, id="every clause met"),
        pytest.param([MET, UNMET], UNMET, id="one clause unmet"),
        pytest.param([MET, UNDETERMINED], UNDETERMINED, id="evidence missing"),
        pytest.param([UNDETERMINED, UNMET], UNMET, id="unmet outweighs doubt"),
    ],
)
def test_the_worst_finding_decides(
    outcomes: list[FindingOutcome], expected: FindingOutcome
) -> None:
    assert worst(outcomes) is expected


@pytest.mark.parametrize(
    "record", [LOW_VOLTAGE, RAIL_DRIVER, FIRE_MONITORING], ids=["work", "rail", "fire"]
)
def test_a_certificate_that_meets_every_clause_is_eligible(
    record: CertificateRecord,
) -> None:
    assert judge(evidence(record)).outcome is EligibilityOutcome.ELIGIBLE


def test_one_unmet_clause_makes_a_certificate_ineligible() -> None:
    revoked = replace(LOW_VOLTAGE, state=CertificateState.REVOKED)

    assert judge(evidence(revoked)).outcome is EligibilityOutcome.INELIGIBLE


def test_one_unknown_fact_makes_a_certificate_undetermined() -> None:
    stateless = replace(LOW_VOLTAGE, state=None)

    assert judge(evidence(stateless)).outcome is EligibilityOutcome.UNDETERMINED


def test_a_look_alike_with_the_code_of_a_row_is_ineligible() -> None:
    look_alike = replace(LOW_VOLTAGE, item="压力焊作业")

    assert judge(evidence(look_alike)).outcome is EligibilityOutcome.INELIGIBLE


def test_the_clauses_of_notice_219_are_reported_in_order() -> None:
    verdict = judge(evidence())

    assert [found.clause for found in verdict.findings] == NOTICE_219


def test_the_clauses_of_notice_17_follow_when_there_is_a_claim() -> None:
    verdict = judge(evidence(claim=EMPLOYED_CLAIM))

    assert [found.clause for found in verdict.findings] == NOTICE_219 + NOTICE_17


def test_every_clause_is_reported_even_after_a_failure() -> None:
    hopeless = replace(
        LOW_VOLTAGE,
        item="压力焊作业",
        issued_on=date(2019, 1, 1),
        evaluation_body=None,
        state=CertificateState.REVOKED,
    )
    claimant = Claimant(SOMEBODY_ELSE)

    verdict = judge(evidence(hopeless, claimant=claimant, claim=EMPLOYED_CLAIM))

    assert [found.clause for found in verdict.findings] == NOTICE_219 + NOTICE_17


def test_every_reason_is_given_in_both_languages() -> None:
    verdict = judge(evidence(claim=EMPLOYED_CLAIM))

    assert all(found.reason.zh and found.reason.en for found in verdict.findings)


def test_no_reason_contains_the_holders_number_or_name() -> None:
    claimant = Claimant(SOMEBODY_ELSE, "王晓明")
    said = str(judge(evidence(claimant=claimant, claim=EMPLOYED_CLAIM)))

    personal = ("310101199001010012", "310101199001010020", "王小明", "王晓明")
    assert [words for words in personal if words in said] == []


def test_evidence_does_not_show_personal_data() -> None:
    personal = ("310101199001010012", "王小明")
    shown = repr(evidence())

    assert [words for words in personal if words in shown] == []


@pytest.mark.parametrize(
    ("record", "level", "category", "share", "amount"),
    [
        pytest.param(LOW_VOLTAGE, "UNGRADED", "EMPLOYED", 80, 800, id="ungraded, 80"),
        pytest.param(LOW_VOLTAGE, "UNGRADED", "DISABLED", 100, 1000, id="ungraded"),
        pytest.param(RAIL_DRIVER, "LEVEL_5", "EMPLOYED", 80, 1200, id="level 5, 80"),
        pytest.param(RAIL_DRIVER, "LEVEL_5", "FLEXIBLE", 100, 1500, id="level 5"),
        pytest.param(RAIL_DRIVER, "LEVEL_4", "EMPLOYED", 80, 1600, id="level 4, 80"),
        pytest.param(RAIL_DRIVER, "LEVEL_4", "UNEMPLOYED", 100, 2000, id="level 4"),
        pytest.param(RAIL_DRIVER, "LEVEL_3", "EMPLOYED", 80, 2000, id="level 3, 80"),
        pytest.param(RAIL_DRIVER, "LEVEL_3", "UNEMPLOYED", 100, 2500, id="level 3"),
        pytest.param(RAIL_DRIVER, "LEVEL_2", "EMPLOYED", 80, 2400, id="level 2, 80"),
        pytest.param(RAIL_DRIVER, "LEVEL_2", "UNEMPLOYED", 100, 3000, id="level 2"),
        pytest.param(RAIL_DRIVER, "LEVEL_1", "EMPLOYED", 80, 2800, id="level 1, 80"),
        pytest.param(RAIL_DRIVER, "LEVEL_1", "UNEMPLOYED", 100, 3500, id="level 1"),
    ],
)
def test_an_eligible_claim_has_its_share_and_amount(
    record: CertificateRecord, level: str, category: str, share: int, amount: int
) -> None:
    claim = replace(EMPLOYED_CLAIM, category=ClaimantCategory(category))
    graded = replace(record, number=PLAIN_NUMBER, level=Level(level))

    verdict = judge(evidence(graded, claim=claim))

    assert (verdict.outcome, verdict.share_percent, verdict.amount_yuan) == (
        EligibilityOutcome.ELIGIBLE,
        share,
        amount,
    )


@pytest.mark.parametrize(
    ("state", "has_claim"),
    [
        pytest.param(CertificateState.VALID, False, id="no claim"),
        pytest.param(CertificateState.REVOKED, True, id="ineligible"),
        pytest.param(CertificateState.OTHER, True, id="undetermined"),
    ],
)
def test_there_is_no_amount_but_for_an_eligible_claim(
    state: CertificateState, has_claim: bool
) -> None:
    record = replace(LOW_VOLTAGE, state=state)

    verdict = judge(evidence(record, claim=EMPLOYED_CLAIM if has_claim else None))

    assert (verdict.share_percent, verdict.amount_yuan) == (None, None)


@pytest.mark.parametrize(
    ("why", "expected"),
    [
        pytest.param(
            Absence.NONE_HELD,
            [UNMET, *[UNDETERMINED] * 6],
            id="the registry has none",
        ),
        pytest.param(Absence.NOT_SHOWN, [UNDETERMINED] * 7, id="not among those sent"),
        pytest.param(Absence.NOT_ANSWERED, [UNDETERMINED] * 7, id="no answer"),
        pytest.param(
            Absence.ACCOUNT_FROZEN,
            [*[UNDETERMINED] * 4, UNMET, *[UNDETERMINED] * 2],
            id="account frozen",
        ),
    ],
)
def test_without_a_certificate_each_clause_says_what_is_known(
    why: Absence, expected: list[FindingOutcome]
) -> None:
    item = load_catalogue().items["1.2"]

    verdict = told(without_certificate(item, Level.UNGRADED, why))

    assert [found.clause for found in verdict.findings] == NOTICE_219
    assert [found.outcome for found in verdict.findings] == expected


@pytest.mark.parametrize(
    ("why", "said", "clauses"),
    [
        (Absence.NONE_HELD, "answers that the person holds no such", ["219-1a"]),
        (Absence.NOT_SHOWN, "nothing signed says that the list is", ["219-1a"]),
        (Absence.NOT_ANSWERED, "gave no answer that can be believed", NOTICE_219),
        (Absence.ACCOUNT_FROZEN, "the agency's account is frozen", ["219-2b"]),
        (Absence.DAY_NOT_COME, "the day asked about has not come", NOTICE_219),
    ],
)
def test_without_a_certificate_each_clause_says_why(
    why: Absence, said: str, clauses: list[str]
) -> None:
    item = load_catalogue().items["1.2"]

    verdict = without_certificate(item, Level.UNGRADED, why)

    for found in verdict.findings:
        reason = said if found.clause in clauses else "no certificate to judge"
        assert reason in found.reason.en


@pytest.mark.parametrize(
    ("why", "expected"),
    [
        (Absence.NONE_HELD, EligibilityOutcome.INELIGIBLE),
        (Absence.NOT_SHOWN, EligibilityOutcome.UNDETERMINED),
        (Absence.NOT_ANSWERED, EligibilityOutcome.UNDETERMINED),
        (Absence.ACCOUNT_FROZEN, EligibilityOutcome.INELIGIBLE),
    ],
)
@pytest.mark.parametrize("level", [Level.UNGRADED, None])
def test_no_answer_is_not_the_answer_none(
    why: Absence, level: Level | None, expected: EligibilityOutcome
) -> None:
    item = load_catalogue().items["1.2"]

    assert told(without_certificate(item, level, why)).outcome is expected


def test_an_unsigned_list_is_told_from_no_answer() -> None:
    item = load_catalogue().items["1.2"]

    found = told(without_certificate(item, Level.UNGRADED, Absence.NOT_SHOWN)).findings[
        0
    ]

    assert (found.clause, found.reason) == (
        "219-1a",
        Text(
            "所送证书中没有此项，但无签名证明清单完整",
            "not among what was sent, and nothing signed says that the list is "
            "complete",
        ),
    )


def test_a_level_is_named_beside_what_the_annex_has() -> None:
    monitoring = replace(FIRE_MONITORING, number=PLAIN_NUMBER)
    reasons = [
        finding("219-1a", evidence(replace(monitoring, level=level))).reason
        for level in (None, Level.LEVEL_1, Level.LEVEL_4)
    ]

    name = "消防设施操作员（消防设施监控操作）（4-07-05-04.1）"
    listed = "初级工（五级）、中级工（四级）、高级工（三级）、技师（二级）"
    assert [reason.zh for reason in reasons] == [
        f"附件列有{name}，但证书未注明等级",
        f"附件未列{name}的高级技师（一级），所列为{listed}",
        f"附件所列：{name}，中级工（四级）",
    ]
    absent = without_certificate(
        load_catalogue().items["4-07-05-04.1"], Level.LEVEL_1, Absence.NONE_HELD
    )
    assert absent.findings[0].reason.zh == (
        "附件未列消防设施操作员（消防设施监控操作）的高级技师（一级）"
    )


def test_a_level_outside_the_annex_is_ineligible_whoever_answered() -> None:
    monitoring = load_catalogue().items["4-07-05-04.1"]

    verdict = told(without_certificate(monitoring, Level.LEVEL_1, Absence.NOT_ANSWERED))

    assert verdict.outcome is EligibilityOutcome.INELIGIBLE


@pytest.mark.parametrize("why", list(Absence))
@pytest.mark.parametrize("level", [Level.LEVEL_4, None])
def test_without_a_certificate_a_claim_has_every_clause_reported(
    why: Absence, level: Level | None
) -> None:
    monitoring = load_catalogue().items["4-07-05-04.1"]

    verdict = told(without_certificate(monitoring, level, why, claim=EMPLOYED_CLAIM))

    assert [found.clause for found in verdict.findings] == NOTICE_219 + NOTICE_17
    assert (
        verdict.findings[:7]
        == told(without_certificate(monitoring, level, why)).findings
    )


PAID_AT_LEVEL_3 = (
    Payment(item_code="4-07-05-04.1", level=Level.LEVEL_3, category=None),
)


@pytest.mark.parametrize(
    ("clause", "changes", "expected"),
    [
        pytest.param("17-share", {}, MET, id="share"),
        pytest.param("17-share", {"category": None}, UNDETERMINED, id="no category"),
        pytest.param("17-amount", {}, MET, id="amount of the level asked about"),
        pytest.param("17-hukou", {}, MET, id="hukou"),
        pytest.param(
            "17-hukou",
            {"hukou": Hukou.ELSEWHERE, "category": ClaimantCategory.UNEMPLOYED},
            UNMET,
            id="hukou elsewhere",
        ),
        pytest.param("17-window", {}, UNDETERMINED, id="no day to count from"),
        pytest.param("17-once", {}, MET, id="never paid"),
        pytest.param("17-once", {"payments": PAID_AT_LEVEL_3}, UNMET, id="paid"),
        pytest.param("17-once", {"payments": None}, UNDETERMINED, id="no ledger"),
        pytest.param("17-excluded", {}, MET, id="not excluded"),
        pytest.param("17-excluded", {"is_civil_servant": True}, UNMET, id="servant"),
    ],
)
def test_without_a_certificate_the_claim_decides_what_it_can(
    clause: str, changes: dict[str, object], expected: FindingOutcome
) -> None:
    monitoring = load_catalogue().items["4-07-05-04.1"]
    claim = replace(EMPLOYED_CLAIM, **changes)  # type: ignore[arg-type] # fields by name

    verdict = told(
        without_certificate(
            monitoring, Level.LEVEL_4, Absence.NOT_ANSWERED, claim=claim
        )
    )

    found = {finding.clause: finding.outcome for finding in verdict.findings}
    assert found[clause] is expected


@pytest.mark.parametrize(
    ("is_civil_servant", "expected"),
    [
        pytest.param(True, EligibilityOutcome.INELIGIBLE, id="a civil servant"),
        pytest.param(False, EligibilityOutcome.UNDETERMINED, id="nobody excluded"),
    ],
)
def test_a_claim_that_fails_by_itself_is_ineligible_whoever_answered(
    is_civil_servant: bool, expected: EligibilityOutcome
) -> None:
    item = load_catalogue().items["1.2"]
    claim = replace(EMPLOYED_CLAIM, is_civil_servant=is_civil_servant)

    verdict = told(
        without_certificate(item, Level.UNGRADED, Absence.NOT_ANSWERED, claim=claim)
    )

    assert verdict.outcome is expected
    assert (verdict.share_percent, verdict.amount_yuan) == (None, None)


def test_without_a_certificate_no_registry_is_said_to_have_left_out_a_day() -> None:
    item = load_catalogue().items["1.2"]

    verdict = told(
        without_certificate(
            item, Level.UNGRADED, Absence.NONE_HELD, claim=EMPLOYED_CLAIM
        )
    )

    said = {finding.clause: finding.reason.en for finding in verdict.findings}
    assert said["17-window"] == "there is no certificate to judge"


def test_without_a_certificate_the_figures_are_those_handed_in() -> None:
    item = load_catalogue().items["1.2"]
    claim = replace(EMPLOYED_CLAIM, hukou=Hukou.ELSEWHERE)
    closed = replace(load_parameters().in_force(TODAY), open_to_other_hukou=frozenset())

    verdict = told(
        without_certificate(
            item, Level.UNGRADED, Absence.NONE_HELD, claim=claim, figures=closed
        )
    )

    found = {finding.clause: finding.outcome for finding in verdict.findings}
    assert found["17-hukou"] is UNMET


def test_a_frozen_account_makes_a_good_certificate_ineligible() -> None:
    frozen = replace(BY_WORK_SAFETY_INSTITUTE, account=AccountState.FROZEN)

    verdict = judge(evidence(LOW_VOLTAGE, frozen))

    assert verdict.outcome is EligibilityOutcome.INELIGIBLE


def test_an_old_day_is_answered_for_that_day() -> None:
    verdict = judge(evidence(LOW_VOLTAGE, as_of=date(2021, 1, 1)))

    assert verdict.outcome is EligibilityOutcome.INELIGIBLE
