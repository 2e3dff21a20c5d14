"""Whatever nobody signed is never eligible, never paid, and shown to few."""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bureau.claims import weigh
from bureau.ledger.recording import not_vouched
from bureau.person import Person
from bureau.unsigned import NOTHING_PAID, seen_by
from connectors.answer import (
    Answer,
    AttestedCertificate,
    SourceOutcome,
    UnsignedCertificate,
)
from connectors.decoding.versions import names_of
from policy.certificate import CertificateState, StateChange
from policy.clauses import CLAUSES
from policy.eligibility import EligibilityOutcome, of_unsigned
from policy.evidence import Claim, ClaimantCategory, Hukou
from policy.finding import FindingOutcome
from policy.level import Level
from policy.parameters import load_parameters
from policy.standing import Standing, standing_of_unsigned
from policy.stated import ClaimOutcome, StatedCertificate
from tests.bureau.test_person import (
    CATALOGUE,
    CLAIMANT,
    DRIVER,
    GOOD,
    TODAY,
    agency,
    answered,
    judged,
)
from tests.connectors.agency import COLLECTION_BODY, NOW

FIGURES = load_parameters().in_force(TODAY)
AGENCY = agency()
DAYS = st.dates(date(2015, 1, 1), date(2030, 1, 1))
MAYBE_DAYS = st.none() | DAYS


def row_of(certificate: AttestedCertificate) -> UnsignedCertificate:
    """Return what a registry that signs nothing shows of the same certificate."""
    return UnsignedCertificate(
        agency="transport",
        institution=COLLECTION_BODY,
        record=certificate.record,
        digest=b"\0" * 32,
        retrieved_at=NOW,
    )


def signed_certificates() -> st.SearchStrategy[AttestedCertificate]:
    """Return certificates of the row asked about and of others, in order and not."""
    changes = st.fixed_dictionaries(
        {
            "number": st.sampled_from([GOOD.record.number, "2509000000400001"]),
            "level": st.sampled_from([Level.LEVEL_4, Level.LEVEL_3, None]),
            "issued_on": MAYBE_DAYS,
            "first_issued_on": MAYBE_DAYS,
            "valid_until": MAYBE_DAYS,
            "state": st.none() | st.sampled_from(CertificateState),
            "item_code": st.sampled_from([DRIVER.code, "99.9", None]),
        }
    )

    def changed(stated: dict[str, Any]) -> AttestedCertificate:
        return replace(GOOD, record=replace(GOOD.record, **stated))

    return changes.map(changed)


ROWS = st.lists(signed_certificates().map(row_of), min_size=1, max_size=3).map(tuple)
CLAIMS = st.none() | st.builds(
    Claim,
    claimed_on=st.just(TODAY),
    category=st.sampled_from(ClaimantCategory),
    hukou=st.sampled_from(Hukou),
    is_civil_servant=st.booleans(),
    payments=st.just(()),
)


def of_rows(
    rows: tuple[UnsignedCertificate, ...], *more: AttestedCertificate
) -> Answer:
    return Answer(
        agency="transport",
        outcome=SourceOutcome.UNSIGNED,
        certificates=more,
        unsigned=rows,
        retrieved_at=NOW,
    )


@given(rows=ROWS, claim=CLAIMS, ahead=st.integers(-400, 400))
def test_whatever_is_unsigned_is_never_eligible(
    rows: tuple[UnsignedCertificate, ...], claim: Claim | None, ahead: int
) -> None:
    verdict = judged(
        (AGENCY, of_rows(rows)), claim=claim, as_of=TODAY + timedelta(days=ahead)
    )

    assert verdict.certificate is None
    assert verdict.eligibility.outcome is not EligibilityOutcome.ELIGIBLE
    assert verdict.eligibility.amount_yuan is None
    for row in rows:
        alone = of_unsigned(row.record.level, FIGURES, is_claimed=claim is not None)
        assert alone.outcome is EligibilityOutcome.UNDETERMINED
        assert {one.outcome for one in alone.findings} == {FindingOutcome.UNDETERMINED}
        assert {*CLAUSES} <= {one.clause for one in alone.findings}
        assert (alone.amount_yuan, alone.computed_yuan) == (None, None)


@given(rows=ROWS, signed=signed_certificates())
def test_a_row_changes_no_verdict_on_what_is_signed(
    rows: tuple[UnsignedCertificate, ...], signed: AttestedCertificate
) -> None:
    assert judged((AGENCY, of_rows(rows, signed))) == judged(
        (AGENCY, of_rows((), signed))
    )


@given(rows=ROWS, stated=signed_certificates())
def test_nothing_stated_is_right_or_wrong_by_a_row(
    rows: tuple[UnsignedCertificate, ...], stated: AttestedCertificate
) -> None:
    record = stated.record
    verdict = weigh(
        StatedCertificate(
            items=frozenset({DRIVER.code}),
            level=record.level,
            issued_on=record.issued_on,
            number=record.number,
            name=None,
        ),
        [(AGENCY, of_rows(rows))],
        CATALOGUE,
    )

    assert verdict.outcome is ClaimOutcome.UNKNOWN
    assert verdict.certificate is None


@given(rows=ROWS, is_refused=st.booleans())
def test_whatever_is_unsigned_is_never_paid_unless_the_figures_let_it_be_ruled_on(
    rows: tuple[UnsignedCertificate, ...], is_refused: bool
) -> None:
    answer = of_rows(rows)
    if is_refused:
        answer = replace(answer, outcome=SourceOutcome.UNVERIFIED)
    holder = CLAIMANT.identity

    refused = not_vouched(answer, holder, FIGURES)
    ruled = not_vouched(answer, holder, replace(FIGURES, unsigned_may_be_ruled_on=True))

    assert refused.silent is None
    assert (ruled.silent is None) is is_refused
    if not is_refused:
        assert refused.reason == ruled.reason == NOTHING_PAID


def test_nothing_may_be_ruled_on_by_the_figures_there_are() -> None:
    assert {one.unsigned_may_be_ruled_on for one in load_parameters().figures} == {
        False
    }


@given(
    rows=ROWS,
    signed=st.lists(signed_certificates(), max_size=2).map(tuple),
    may_see=st.booleans(),
    in_doubt=st.booleans(),
)
def test_a_row_is_shown_to_who_may_see_it_and_beside_no_signed_version(
    rows: tuple[UnsignedCertificate, ...],
    signed: tuple[AttestedCertificate, ...],
    may_see: bool,
    in_doubt: bool,
) -> None:
    other = answered(*signed)
    if in_doubt:
        other = replace(other, certificates=(), undecided=signed)
    known = {name for one in signed for name in names_of(one.record, CATALOGUE)}

    first, second = seen_by([of_rows(rows), other], CATALOGUE, may_see=may_see)

    assert second == other
    assert first.unsigned == tuple(
        row
        for row in rows
        if may_see and known.isdisjoint(names_of(row.record, CATALOGUE))
    )
    assert first.outcome is SourceOutcome.UNSIGNED
    shown = Person(CLAIMANT, [(AGENCY, first), (AGENCY, second)]).certificates
    assert {one for one in shown if isinstance(one, UnsignedCertificate)} == {
        *first.unsigned
    }


@given(
    certificate=signed_certificates(),
    state=st.none() | st.sampled_from(CertificateState),
)
def test_nothing_a_row_states_makes_it_good_or_bad(
    certificate: AttestedCertificate, state: CertificateState | None
) -> None:
    sent = (
        ()
        if state is None
        else (StateChange(state=state, effective_on=TODAY, received_at=NOW),)
    )
    record = replace(certificate.record, changes=sent)

    found = standing_of_unsigned(record, TODAY)

    assert found is not Standing.VALID
    if state in (None, CertificateState.VALID):
        assert found is Standing.UNKNOWN
    if state is CertificateState.REVOKED:
        assert found is Standing.REVOKED
    unreadable = replace(record, changes=None)
    assert standing_of_unsigned(unreadable, TODAY) is Standing.UNKNOWN


def test_a_row_has_nothing_that_vouches_for_it() -> None:
    own = {one.name for one in fields(UnsignedCertificate)}

    assert own.isdisjoint({"proof", "envelope", "attestation", "collected", "bound"})
