"""What is read of revocations, and of decisions of before there were judgements."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bureau.certificate_ids import CertificateIds
from bureau.documents import document_of_certificate
from bureau.ledger.judging import Rules
from bureau.ledger.objections import AMOUNT
from bureau.ledger.proofs import is_officer
from bureau.ledger.seen import revoked_in, seen_revocation
from connectors.answer import Answer, SourceOutcome
from connectors.connector import Collected
from policy.catalogue import load_catalogue
from policy.certificate import CertificateState
from policy.eligibility import EligibilityOutcome
from policy.evidence import Fund, Payment
from policy.finding import FindingOutcome
from policy.parameters import load_parameters
from policy.recovery import RecoverySource
from tests.policy.factories import is_said_twice
from tests.resolvers.attested import certificate
from tests.store.ledger.test_ledger import decision

IDS = CertificateIds(b"i" * 64)
AT = datetime(2026, 3, 1, tzinfo=UTC)
GOOD = certificate()
REVOKED = certificate(state=CertificateState.REVOKED, state_since=date(2026, 2, 1))
SUSPENDED = certificate(state=CertificateState.SUSPENDED)
SENT = replace(REVOKED, collected=Collected(at=AT, sequence=1))


def answer(*certificates: object) -> Answer:
    return Answer(
        agency="transport",
        outcome=SourceOutcome.ANSWERED,
        certificates=certificates,  # type: ignore[arg-type]  # certificates
    )


def test_what_says_that_it_is_revoked_is_told_apart() -> None:
    stated = [answer(GOOD, REVOKED), answer(SENT, GOOD, SUSPENDED)]
    listed = [answer(REVOKED, REVOKED), answer(SENT, GOOD, SUSPENDED)]

    found = list(revoked_in(stated, listed))

    assert found == [
        (REVOKED, RecoverySource.STATUS_LIST),
        (REVOKED, RecoverySource.LIVE_ANSWER),
        (SENT, RecoverySource.COLLECTED_RECORD),
    ]


def test_a_revocation_that_was_read_is_noted_with_its_proof() -> None:
    seen = seen_revocation(IDS, REVOKED, RecoverySource.LIVE_ANSWER)

    assert (seen.certificate, seen.document) == (
        IDS.seal(REVOKED),
        document_of_certificate(IDS, REVOKED),
    )
    assert (seen.source, seen.since) == (
        RecoverySource.LIVE_ANSWER,
        date(2026, 2, 1),
    )
    assert (seen.connector, seen.evidence, seen.seen_at) == (
        "transport",
        REVOKED.envelope.digest.hex(),
        REVOKED.retrieved_at,
    )


def test_what_was_recorded_before_there_were_judgements_needs_a_ruling() -> None:
    parameters = load_parameters()
    day = date(2026, 11, 25)

    found = Rules(catalogue=load_catalogue(), parameters=parameters).unjudged(day)

    assert found.verdict is EligibilityOutcome.UNDETERMINED
    assert [(one.clause, one.outcome) for one in found.findings] == [
        (AMOUNT, FindingOutcome.UNDETERMINED)
    ]
    assert is_said_twice(found.findings[0].reason)
    assert (found.computed_yuan, found.figures_from, found.figures_digest) == (
        None,
        parameters.version(day),
        parameters.digest,
    )


def test_a_decision_is_a_payment_to_the_clauses() -> None:
    one = decision(fund=Fund.SKILLS)

    paid = one.payment

    assert paid == Payment(item_code=one.item, level=one.level, category=one.category)
    assert (paid.fund, paid.paid_on, paid.amount_yuan, paid.is_recovered) == (
        Fund.SKILLS,
        one.decided_on,
        one.amount_yuan,
        False,
    )


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("浦0017", True), ("o" * 64, True), ("o" * 65, False), ("", False)],
)
def test_an_officer_has_a_name(name: str, *, is_one: bool) -> None:
    assert is_officer(name) is is_one
