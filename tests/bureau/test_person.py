"""The verdict on a person and a row: the best certificate counts, doubt stays."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bureau.person import Person, RowQuestion, Verdict, judge
from connectors.agency import Agency
from connectors.answer import Answer, AttestedCertificate, SourceOutcome
from connectors.decoding.decode import Decoder
from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord, CertificateState
from policy.eligibility import EligibilityOutcome
from policy.evidence import AccountState, Attestation, Claim, Claimant
from policy.finding import FindingOutcome
from policy.identity import parse_identity
from policy.level import Level
from policy.parameters import load_parameters
from tests.connectors.agency import (
    BUNDLE,
    COLLECTION_BODY,
    NOW,
    ZHANG,
    believed,
    manifest,
    record,
)
from tests.connectors.guard.slow_agency import Notes
from tests.connectors.test_agency import Sends, agency_of

CATALOGUE = load_catalogue()
DRIVER = CATALOGUE.items["4-02-01-01"]
CLAIMANT = Claimant(parse_identity(ZHANG))
ELIGIBLE, INELIGIBLE, UNDETERMINED = EligibilityOutcome
MET, UNMET, _ = FindingOutcome
ENVELOPE = record()
PROOF = believed(ENVELOPE)


def certificate(**changes: object) -> AttestedCertificate:
    """Return an eligible certificate of a rail driver, with fields changed."""
    reading = Decoder(manifest(), CATALOGUE).decode(PROOF)
    (found,) = reading.holdings[ZHANG].records
    full: CertificateRecord = replace(
        found,
        evaluation_body=DRIVER.evaluation_body.name.zh,
        **changes,  # type: ignore[arg-type]  # test literals
    )
    return AttestedCertificate(
        agency="transport",
        record=full,
        attestation=Attestation(
            institution=COLLECTION_BODY,
            scope=frozenset({DRIVER.code}),
            key_in_force=True,
            account=AccountState.ACTIVE,
        ),
        proof=PROOF,
        envelope=ENVELOPE,
        retrieved_at=NOW,
    )


TODAY = date(2026, 3, 1)
GOOD = certificate()
REVOKED = certificate(state=CertificateState.REVOKED)
DOUBTFUL = certificate(state=None)
OTHER_LEVEL = certificate(level=Level.LEVEL_3)
TWO_LEVELS = certificate(level=Level.LEVEL_3, number="2509000000400001")
NO_LEVEL = certificate(level=None)
UNPLACED = certificate(item_code=None, item="司机")
LOOK_ALIKE = certificate(item_code="99.9", item="压力焊作业")


def answered(
    *certificates: AttestedCertificate,
    outcome: SourceOutcome = SourceOutcome.ANSWERED,
    is_complete: bool = True,
) -> Answer:
    return Answer(
        agency="transport",
        outcome=outcome,
        certificates=certificates,
        is_complete=is_complete,
    )


def agency(collection_body: str = COLLECTION_BODY) -> Agency:
    return agency_of(Sends(()), (COLLECTION_BODY, collection_body))


def judged(
    *answers: tuple[Agency, Answer],
    claim: Claim | None = None,
    as_of: date = TODAY,
) -> Verdict:
    question = RowQuestion(
        item=DRIVER, level=Level.LEVEL_4, as_of=as_of, today=TODAY, claim=claim
    )
    return judge(
        Person(CLAIMANT, answers),
        question,
        catalogue=CATALOGUE,
        parameters=load_parameters(),
    )


@pytest.mark.parametrize(
    ("answer", "outcome", "about"),
    [
        pytest.param(answered(GOOD), ELIGIBLE, GOOD, id="one in order"),
        pytest.param(answered(REVOKED), INELIGIBLE, REVOKED, id="one revoked"),
        pytest.param(answered(REVOKED, GOOD), ELIGIBLE, GOOD, id="the best counts"),
        pytest.param(
            answered(REVOKED, DOUBTFUL), UNDETERMINED, DOUBTFUL, id="doubt before no"
        ),
        pytest.param(answered(OTHER_LEVEL), INELIGIBLE, None, id="another level"),
        pytest.param(answered(NO_LEVEL), UNDETERMINED, NO_LEVEL, id="no level stated"),
        pytest.param(
            answered(TWO_LEVELS), UNDETERMINED, TWO_LEVELS, id="its number's level"
        ),
        pytest.param(
            answered(UNPLACED), UNDETERMINED, UNPLACED, id="a row nobody can tell"
        ),
        pytest.param(answered(LOOK_ALIKE), INELIGIBLE, None, id="a look-alike"),
        pytest.param(
            answered(outcome=SourceOutcome.NONE), INELIGIBLE, None, id="a signed none"
        ),
    ],
)
def test_a_complete_answer_decides(
    answer: Answer, outcome: EligibilityOutcome, about: AttestedCertificate | None
) -> None:
    verdict = judged((agency(), answer))

    assert verdict.eligibility.outcome is outcome
    assert (verdict.certificate and verdict.certificate.record) == (
        about and about.record
    )


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(answered(GOOD, is_complete=False), ELIGIBLE, id="one in order"),
        pytest.param(
            answered(REVOKED, is_complete=False), UNDETERMINED, id="one revoked"
        ),
        pytest.param(
            answered(OTHER_LEVEL, is_complete=False), UNDETERMINED, id="another level"
        ),
    ],
)
def test_a_list_that_is_not_proved_whole_never_says_no(
    answer: Answer, outcome: EligibilityOutcome
) -> None:
    assert judged((agency(), answer)).eligibility.outcome is outcome


@pytest.mark.parametrize(
    "outcome",
    [
        SourceOutcome.TIMED_OUT,
        SourceOutcome.UNREACHABLE,
        SourceOutcome.REFUSED,
        SourceOutcome.UNVERIFIED,
        SourceOutcome.SKIPPED,
    ],
)
@pytest.mark.parametrize("certificates", [(), (REVOKED,)], ids=["none", "a worse one"])
def test_an_agency_that_proved_nothing_leaves_doubt(
    outcome: SourceOutcome, certificates: tuple[AttestedCertificate, ...]
) -> None:
    answer = answered(*certificates, outcome=outcome, is_complete=False)

    verdict = judged((agency(), answer)).eligibility

    assert verdict.outcome is UNDETERMINED
    assert {finding.reason.en for finding in verdict.findings} == {
        "the registry gave no answer that can be believed"
    }


def test_a_certificate_that_verified_counts_beside_one_that_did_not() -> None:
    answer = answered(GOOD, outcome=SourceOutcome.UNVERIFIED, is_complete=False)

    assert judged((agency(), answer)).eligibility.outcome is ELIGIBLE


def test_an_account_that_is_frozen_is_a_no_by_219_2b() -> None:
    verdict = judged((agency(), answered(outcome=SourceOutcome.SUSPENDED)))

    unmet = [f.clause for f in verdict.eligibility.findings if f.outcome is UNMET]
    assert (verdict.eligibility.outcome, unmet) == (INELIGIBLE, ["219-2b"])


def test_another_agencys_silence_leaves_no_doubt() -> None:
    silent = answered(outcome=SourceOutcome.TIMED_OUT, is_complete=False)
    other = agency("shanghai-work-safety-institute")

    verdict = judged((other, silent), (agency(), answered(outcome=SourceOutcome.NONE)))

    assert verdict.eligibility.outcome is INELIGIBLE


def test_nobody_to_ask_leaves_doubt() -> None:
    other = agency("shanghai-work-safety-institute")

    assert judged((other, answered())).eligibility.outcome is UNDETERMINED


def test_a_claim_has_all_its_clauses_without_a_certificate_too() -> None:
    verdict = judged((agency(), answered(outcome=SourceOutcome.NONE)), claim=Claim())

    assert len(verdict.eligibility.findings) == 13


def test_certificates_stand_in_the_annexs_order() -> None:
    codes = ["4-02-01-01", "9.10", "99.9", "9.2", "1.2", "1.1"]
    held = [certificate(item_code=code) for code in codes]

    ordered = Person(CLAIMANT, [(agency(), answered(*held))]).certificates

    annex = [code for code in CATALOGUE.items if code in codes]
    assert [c.record.item_code for c in ordered] == [*annex, "99.9"]


def test_a_connector_that_claims_other_rows_proves_nothing_of_this_one() -> None:
    elsewhere = Agency(
        manifest(),
        Sends(()),
        bundle=BUNDLE,
        catalogue=CATALOGUE,
        observer=Notes(),
        clock=lambda: NOW,
        rows=frozenset({"1.1"}),
    )
    nothing = answered(outcome=SourceOutcome.NONE)

    assert judged((elsewhere, nothing)).eligibility.outcome is UNDETERMINED
    assert judged((agency(), nothing)).eligibility.outcome is INELIGIBLE


FROZEN = answered(outcome=SourceOutcome.SUSPENDED, is_complete=False)


@pytest.mark.parametrize(
    ("answer", "today", "tomorrow"),
    [
        pytest.param(answered(GOOD), ELIGIBLE, UNDETERMINED, id="one in order"),
        pytest.param(answered(REVOKED), INELIGIBLE, INELIGIBLE, id="one revoked"),
        pytest.param(
            answered(outcome=SourceOutcome.NONE),
            INELIGIBLE,
            UNDETERMINED,
            id="a signed none",
        ),
        pytest.param(FROZEN, INELIGIBLE, UNDETERMINED, id="a frozen account"),
    ],
)
def test_of_tomorrow_no_answer_of_today_says_that_there_is_none(
    answer: Answer, today: EligibilityOutcome, tomorrow: EligibilityOutcome
) -> None:
    then = TODAY + timedelta(days=1)

    assert judged((agency(), answer)).eligibility.outcome is today
    assert judged((agency(), answer), as_of=then).eligibility.outcome is tomorrow
