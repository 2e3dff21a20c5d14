"""No evidence raises: every clause answers, whatever dates and words it is handed."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from policy.case import ClaimCase
from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord, CertificateState
from policy.claim_clauses import CLAIM_CLAUSES
from policy.clauses import CLAUSES
from policy.eligibility import Absence, evaluate, without_certificate
from policy.evidence import (
    AccountState,
    Acquisition,
    Attestation,
    Claim,
    Claimant,
    ClaimantCategory,
    Evidence,
    Fund,
    HeldLevel,
    Hukou,
    Payment,
)
from policy.examination import Examination
from policy.finding import FindingOutcome
from policy.level import Level
from policy.optional_clauses import OPTIONAL_CLAUSES
from policy.parameters import load_parameters
from policy.row import row_of
from tests.policy.factories import (
    FIRE_MONITORING,
    HOLDER,
    LOW_VOLTAGE,
    RAIL_DRIVER,
    told,
)

ITEMS = load_catalogue().items
ALL_CLAUSES = [*CLAUSES, *CLAIM_CLAUSES]
# The ends of time more often than chance would have it.
ANY_DAY = st.sampled_from([date.min, date.max]) | st.dates()
DATES = st.none() | st.sampled_from([date.min, date.max]) | st.dates()
CODES = st.none() | st.sampled_from([*ITEMS, "4-07-05-04", "1.9"]) | st.text(max_size=9)
LEVELS = st.none() | st.sampled_from(Level)
WORDS = st.text(max_size=9)
NAMES = st.none() | WORDS

RECORDS = st.builds(
    CertificateRecord,
    number=st.text(max_size=24),
    holder=st.just(HOLDER),
    holder_name=NAMES,
    title=st.sampled_from(["特种作业操作证", "消防设施操作员"]) | WORDS,
    category=NAMES,
    item=st.sampled_from([item.name.zh for item in ITEMS.values()]) | WORDS,
    item_code=CODES,
    level=LEVELS,
    first_issued_on=DATES,
    issued_on=DATES,
    valid_from=DATES,
    valid_until=DATES,
    review_due_on=DATES,
    state=st.none() | st.sampled_from(CertificateState),
    authority=NAMES,
    evaluation_body=NAMES,
    collection_body=NAMES,
    licence_id=NAMES,
    examination=st.none() | st.builds(Examination, held_on=DATES),
)
# Rows that are found, so that no clause stops at the row.
DATED_RECORDS = st.builds(
    replace,
    st.sampled_from([LOW_VOLTAGE, RAIL_DRIVER, FIRE_MONITORING]),
    first_issued_on=DATES,
    issued_on=DATES,
    valid_from=DATES,
    valid_until=DATES,
    review_due_on=DATES,
)
CLAIMS = st.builds(
    Claim,
    claimed_on=DATES,
    category=st.sampled_from(ClaimantCategory) | st.none(),
    hukou=st.none() | st.sampled_from(Hukou),
    studies_in_shanghai=st.none() | st.booleans(),
    discharged_on=DATES,
    payments=st.none()
    | st.lists(
        st.builds(
            Payment,
            item_code=CODES,
            level=LEVELS,
            category=st.none() | st.sampled_from(ClaimantCategory),
            fund=st.none() | st.sampled_from(Fund),
            paid_on=DATES,
            amount_yuan=st.none() | st.integers(0, 100_000),
        ),
        max_size=3,
    ).map(tuple),
    held=st.none()
    | st.lists(st.builds(HeldLevel, item_code=CODES, level=LEVELS), max_size=3).map(
        tuple
    ),
    is_civil_servant=st.none() | st.booleans(),
    acquisition=st.none() | st.sampled_from(Acquisition),
)
ATTESTATIONS = st.builds(
    Attestation,
    institution=st.sampled_from(sorted(load_catalogue().bodies)) | WORDS,
    scope=st.frozensets(st.sampled_from(sorted(ITEMS)), max_size=3),
    key_in_force=st.none() | st.booleans(),
    account=st.none() | st.sampled_from(AccountState),
)


@settings(deadline=None)
@given(
    record=DATED_RECORDS | RECORDS,
    attestation=ATTESTATIONS,
    name=NAMES,
    claim=CLAIMS,
    days=st.tuples(ANY_DAY, ANY_DAY),
)
def test_every_clause_answers_whatever_the_evidence(
    record: CertificateRecord,
    attestation: Attestation,
    name: str | None,
    claim: Claim,
    days: tuple[date, date],
) -> None:
    as_of, today = days
    judged = Evidence(
        record=record,
        attestation=attestation,
        claimant=Claimant(HOLDER, name),
        claim=claim,
        as_of=as_of,
        today=today,
    )

    verdict = told(
        evaluate(judged, catalogue=load_catalogue(), parameters=load_parameters())
    )

    assert [found.clause for found in verdict.findings] == ALL_CLAUSES


ALL_ON = replace(
    load_parameters().figures[-1],
    yearly_payments=1,
    yearly_yuan=3000,
    held_higher_bars=True,
    excluding_funds=frozenset({Fund.OTHER}),
    days_between_payments=30,
)


@settings(deadline=None)
@given(record=DATED_RECORDS | RECORDS, claim=CLAIMS, day=ANY_DAY)
def test_every_clause_that_may_exist_answers_once_it_is_on(
    record: CertificateRecord, claim: Claim, day: date
) -> None:
    case = ClaimCase.of(
        record,
        claim,
        row=row_of(record, load_catalogue()),
        figures=replace(ALL_ON, first_eligible_day=day),
        catalogue=load_catalogue(),
    )

    outcomes = [clause(case)[0] for clause in OPTIONAL_CLAUSES.values()]

    assert set(outcomes) <= set(FindingOutcome)


@settings(deadline=None)
@given(
    code=st.sampled_from(sorted(ITEMS)),
    level=LEVELS,
    why=st.sampled_from(Absence),
    claim=CLAIMS,
)
def test_every_clause_answers_where_there_is_no_certificate(
    code: str, level: Level | None, why: Absence, claim: Claim
) -> None:
    verdict = told(without_certificate(ITEMS[code], level, why, claim=claim))

    assert [found.clause for found in verdict.findings] == ALL_CLAUSES
