"""Record a decision: look the certificate up now, and let the ledger decide the rest.

The bureau decides; the gateway refuses what its own ledger makes certain (17-once) and
what the registry does (the certificate is not there, or not in force). What is
undetermined is neither: it is recorded if the bureau says that it ruled on it.
``docs/decisions/payment-ledger.md`` has the reasons.
"""

from collections.abc import Sequence

from bureau.ledger.entries import (
    Decision,
    DecisionError,
    DecisionOutcome,
    DecisionRefusal,
    StatedDecision,
    require_well_formed,
)
from connectors.answer import AttestedCertificate, SourceOutcome
from policy.case import Case, ClaimCase
from policy.claim_clauses import not_paid_before, share_for_category
from policy.clauses import in_good_standing
from policy.districts import DISTRICTS
from policy.evidence import Claim, Claimant, ClaimantCategory, Evidence
from policy.finding import Finding, FindingOutcome
from policy.payments import Payments
from policy.row import row_of
from policy.text import Text
from resolvers.certificates.find import Unanswered, find_attested
from resolvers.context import RequestContext
from resolvers.ledger.jurisdiction import authority_of
from resolvers.sources import source_of

IN_FORCE, ONCE, SHARE = "219-3b", "17-once", "17-share"
_NO_CERTIFICATE = Text(
    "没有此证书：编号不是本网关所发，或登记机构已不再提供",
    "there is no such certificate: the id is not of this gateway, or its registry has "
    "it no more",
)
_NO_ANSWER = Text(
    "登记机构未给出可信的答复，请稍后再试",
    "the registry gave no answer that can be believed; try again later",
)


class NotVerifiedError(Exception):
    """There is no such certificate (no ``outcome``), or its registry did not say."""

    def __init__(self, reason: Text, outcome: SourceOutcome | None = None) -> None:
        super().__init__(outcome)
        self.reason = reason
        self.outcome = outcome


async def recorded(
    context: RequestContext, key: str, stated: StatedDecision
) -> Decision:
    """Record ``stated``, or find what was recorded under ``key``.

    Raises:
        NotVerifiedError: nobody vouches for the certificate now.
        AlreadyPaidError: a payment bars it.
        DecisionError: something else stands against it.
        RequestError: nobody may be looked up, see ``resolvers.look_ups``.
        StoreUnavailableError: the database is away.
    """
    require_well_formed(stated, key, context.today)
    if stated.district not in DISTRICTS:
        raise DecisionError(DecisionRefusal.BAD_DISTRICT)
    ledger = context.services.ledger
    # What was answered once is answered again, whatever became of the certificate.
    first = await ledger.first_answer(context.caller.id, key)
    if first is not None:
        if first.request_digest != stated.digest:
            raise DecisionError(DecisionRefusal.KEY_USED)
        return first
    found = await find_attested(context, stated.certificate)
    if found is None:
        raise NotVerifiedError(_NO_CERTIFICATE)
    if isinstance(found, Unanswered):
        source = source_of(found.agency, found.answer, context.now)
        raise NotVerifiedError(source.said or _NO_ANSWER, source.outcome)
    if stated.outcome is DecisionOutcome.PAID:
        _require_in_force(context, found, stated)
    holder = found.record.holder
    pseudonyms = context.services.oversight.pseudonyms
    decision = _decision(context, key, stated, found)
    return await ledger.record(
        decision,
        pseudonyms.all_of(holder),
        lambda paid: _once(context, found, decision, paid),
    )


def _require_in_force(
    context: RequestContext, found: AttestedCertificate, stated: StatedDecision
) -> None:
    """Refuse to pay for what its registry says is not in force today.

    Raises:
        DecisionError: it is not; or it is not known, and nobody ruled on that.
    """
    services = context.services
    evidence = Evidence(
        record=found.record,
        attestation=found.attestation,
        claimant=Claimant(found.record.holder),
        claim=None,
        as_of=context.today,
    )
    row = row_of(found.record, services.catalogue)
    figures = services.parameters.in_force(context.today)
    finding = Finding(IN_FORCE, *in_good_standing(Case(evidence, row, figures)))
    if finding.outcome is FindingOutcome.UNMET:
        raise DecisionError(DecisionRefusal.NOT_IN_FORCE, finding)
    if finding.outcome is FindingOutcome.UNDETERMINED and stated.ruling is None:
        raise DecisionError(DecisionRefusal.UNDETERMINED, finding)


def _once(
    context: RequestContext,
    found: AttestedCertificate,
    decision: Decision,
    paid: Payments,
) -> Sequence[Finding]:
    """Return what the clauses say that look at earlier payments."""
    services = context.services
    record = found.record
    case = ClaimCase(
        claim=Claim(
            claimed_on=decision.decided_on,
            category=decision.category,
            payments=paid,
        ),
        row=row_of(record, services.catalogue),
        level=record.level,
        first_issued_on=record.first_issued_on,
        issued_on=record.issued_on,
        figures=services.parameters.in_force(decision.decided_on),
        catalogue=services.catalogue,
    )
    findings = [Finding(ONCE, *not_paid_before(case))]
    if decision.category is ClaimantCategory.VOCATIONAL_FINAL_YEAR:
        # Its share is paid so many times in all.
        findings.append(Finding(SHARE, *share_for_category(case)))
    return findings


def _decision(
    context: RequestContext,
    key: str,
    stated: StatedDecision,
    found: AttestedCertificate,
) -> Decision:
    services = context.services
    record = found.record
    item = row_of(record, services.catalogue).item
    code = None if item is None else item.code
    return Decision(
        claim=stated.claim,
        outcome=stated.outcome,
        amount_yuan=stated.amount_yuan,
        district=stated.district,
        person=services.oversight.pseudonyms.of(record.holder),
        certificate=stated.certificate,
        connector=found.agency,
        authority=authority_of(context, found.agency, code) or "",
        item=code,
        level=record.level,
        category=stated.category,
        evidence=found.proof.digest.hex(),
        ruling=stated.ruling,
        decided_on=stated.decided_on or context.today,
        recorded_at=context.now,
        recorded_by=context.caller.id,
        request_key=key,
        request_digest=stated.digest,
    )
