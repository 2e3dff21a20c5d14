"""Take steps of payments in the database, and look at what is known before paying.

No registry is asked: what was sent, read or proved of the certificate by now stands
against paying what was approved before, and so do a recovery that is open and an agency
that is frozen. A step that takes a payment back takes back what is owed of it, too.
"""

from dataclasses import replace

from sqlalchemy import Connection

from bureau.ledger.book import Districts, Proof
from bureau.ledger.entries import Decision, DecisionOutcome
from bureau.ledger.payments import (
    ClaimPayment,
    PayingRules,
    PaymentChangedError,
    PaymentStepStated,
    Unfit,
    UnfitPaymentError,
    UnknownPaymentError,
)
from policy.payment_states import PaymentStep, Reached, require_step
from store.ledger.causes import open_of_another
from store.ledger.decision_rows import add as add_decision
from store.ledger.decision_rows import find_by_id
from store.ledger.moves import district_of
from store.ledger.payments import add, find
from store.ledger.recoveries import follow_payment
from store.ledger.recovery_rows import has_open
from store.ledger.standing import (
    is_claim_false,
    is_known_revoked,
    is_seen_revoked,
    known_of,
    standing_proof,
)


def take(
    connection: Connection,
    stated: PaymentStepStated,
    rules: PayingRules,
    districts: Districts = None,
) -> ClaimPayment:
    """Take a step; see ``LedgerBook.take_payment_step``.

    Raises:
        UnknownPaymentError: nothing is to be paid on the claim.
        PaymentChangedError: it is another version by now.
        PaymentStepError: the step cannot be taken from here.
        UnfitPaymentError: what is known by now stands against paying.
    """
    payment = find(connection, stated.claim, districts)
    if payment is None:
        raise UnknownPaymentError
    if payment.version != stated.version:
        raise PaymentChangedError
    since = payment.history[-1].booked_on
    require_step(
        Reached(payment.state, since),
        *(stated.step, stated.day, rules.publication_days(stated.day)),
    )
    decision = find_by_id(connection, payment.history[-1].decision)
    assert decision is not None  # noqa: S101 - a step rests on one
    if stated.step is PaymentStep.PAY:
        decision = _paid(connection, stated, decision, rules)
    add(connection, stated, decision)
    if stated.step is PaymentStep.PAY:
        open_of_another(connection, decision)
    if stated.step is PaymentStep.RETURN:
        follow_payment(connection, decision.id, None, _said(stated, decision))
    taken = find(connection, stated.claim)
    assert taken is not None  # noqa: S101 - it was there a step ago
    return taken


def _said(stated: PaymentStepStated, decision: Decision) -> Proof:
    return Proof(
        certificate=decision.certificate,
        reason=stated.reason,
        evidence="",
        actor=stated.actor,
        at=stated.at,
    )


def _paid(
    connection: Connection,
    stated: PaymentStepStated,
    approved: Decision,
    rules: PayingRules,
) -> Decision:
    """Return the decision PAID that follows an approval, or was paid before.

    A claim that was moved since is paid by the district that it was moved to.
    """
    reason = _unfit(connection, approved, rules)
    if reason is not None:
        raise UnfitPaymentError(reason)
    if approved.outcome is DecisionOutcome.PAID:
        return approved
    return add_decision(
        connection,
        replace(
            approved,
            outcome=DecisionOutcome.PAID,
            # Whoever pays it now, if the claim was moved since it was approved.
            district=district_of(connection, stated.claim) or approved.district,
            decided_on=stated.day,
            recorded_at=stated.at,
            recorded_by=stated.actor,
            # No caller's key has a blank.
            request_key=f"step {stated.claim} {stated.version + 1}",
            request_digest="",
        ),
    )


def _unfit(
    connection: Connection, approved: Decision, rules: PayingRules
) -> Unfit | None:
    """Return what stands against paying what was ``approved``, first things first."""
    known = known_of(connection, approved.certificate)
    if is_known_revoked(connection, known) or is_seen_revoked(connection, known):
        return Unfit.NOT_IN_FORCE
    if standing_proof(connection, known.ids) is not None:
        return Unfit.PROVED_FALSE
    if is_claim_false(connection, approved.claim):
        return Unfit.CLAIM_FALSE
    if has_open(connection, known.ids):
        return Unfit.RECOVERY_OPEN
    if rules.is_frozen(approved.connector):
        return Unfit.AGENCY_FROZEN
    return None
