"""Record a decision: have the certificate vouched for now, and let the ledger decide.

The bureau decides; the gateway refuses what its own ledger makes certain (17-once) and
what the registry does (the certificate is not there, or not in force). What is
undetermined is neither: it is recorded if the bureau says that it ruled on it.
``docs/decisions/payment-ledger.md`` has the reasons.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bureau.ledger.book import LedgerBook
from bureau.ledger.entries import (
    Decision,
    DecisionError,
    DecisionOutcome,
    DecisionRefusal,
    StatedDecision,
    require_well_formed,
)
from bureau.ledger.jurisdiction import Jurisdiction
from bureau.privacy.pseudonyms import Pseudonyms
from connectors.answer import AttestedCertificate, SourceOutcome
from policy.case import Case, ClaimCase
from policy.catalogue import Catalogue
from policy.claim_clauses import not_paid_before, share_for_category
from policy.clauses import in_good_standing
from policy.districts import DISTRICTS
from policy.documents import Document
from policy.evidence import Claim, Claimant, ClaimantCategory, Evidence
from policy.finding import Finding, FindingOutcome
from policy.parameters import Parameters
from policy.payments import Payments
from policy.row import row_of
from policy.text import Text

IN_FORCE, ONCE, SHARE = "219-3b", "17-once", "17-share"
NO_CERTIFICATE = Text(
    "没有此证书：编号不是本网关所发，或登记机构已不再提供",
    "there is no such certificate: the id is not of this gateway, or its registry has "
    "it no more",
)
NO_ANSWER = Text(
    "登记机构未给出可信的答复，请稍后再试",
    "the registry gave no answer that can be believed; try again later",
)


class NotVerifiedError(Exception):
    """There is no such certificate (no ``outcome``), or its registry did not say."""

    def __init__(self, reason: Text, outcome: SourceOutcome | None = None) -> None:
        super().__init__(outcome)
        self.reason = reason
        self.outcome = outcome


Find = Callable[[str], Awaitable[AttestedCertificate]]
"""Has a certificate vouched for now, by its sealed id; raises ``NotVerifiedError``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request to record a decision: the caller, a key of theirs, and the moment."""

    key: str
    stated: StatedDecision
    caller: str
    now: datetime
    today: date
    """The day of ``now`` in Shanghai."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recorder of decisions: the ledger, the annex with its figures, who leads."""

    ledger: LedgerBook
    catalogue: Catalogue
    parameters: Parameters
    pseudonyms: Pseudonyms
    jurisdiction: Jurisdiction
    document_of: Callable[[AttestedCertificate], Document]

    async def record(self, request: Request, find: Find) -> Decision:
        """Record what is stated, or return what was recorded under the same key.

        Raises:
            NotVerifiedError: nobody vouches for the certificate now.
            AlreadyPaidError: a payment bars it.
            DecisionError: something else stands against it.
            StoreUnavailableError: the database is away.
        """
        stated = request.stated
        require_well_formed(stated, request.key, request.today)
        if stated.district not in DISTRICTS:
            raise DecisionError(DecisionRefusal.BAD_DISTRICT)
        # What was answered once is answered again, whatever became of the certificate.
        first = await self.ledger.first_answer(request.caller, request.key)
        if first is not None:
            if first.request_digest != stated.digest:
                raise DecisionError(DecisionRefusal.KEY_USED)
            return first
        found = await find(stated.certificate)
        if stated.outcome is DecisionOutcome.PAID:
            self._require_in_force(request, found)
        decision = self._decision(request, found)
        return await self.ledger.record(
            decision,
            self.pseudonyms.all_of(found.record.holder),
            lambda paid: self._once(found, decision, paid),
        )

    def _require_in_force(self, request: Request, found: AttestedCertificate) -> None:
        """Refuse to pay for what its registry says is not in force today (219-3b).

        Raises:
            DecisionError: it is not; or it is not known, and nobody ruled on that.
        """
        evidence = Evidence(
            record=found.record,
            attestation=found.attestation,
            claimant=Claimant(found.record.holder),
            claim=None,
            as_of=request.today,
            today=request.today,
        )
        row = row_of(found.record, self.catalogue)
        figures = self.parameters.in_force(request.today)
        finding = Finding(IN_FORCE, *in_good_standing(Case(evidence, row, figures)))
        if finding.outcome is FindingOutcome.UNMET:
            raise DecisionError(DecisionRefusal.NOT_IN_FORCE, finding)
        is_ruled_on = request.stated.ruling is not None
        if finding.outcome is FindingOutcome.UNDETERMINED and not is_ruled_on:
            raise DecisionError(DecisionRefusal.UNDETERMINED, finding)

    def _once(
        self, found: AttestedCertificate, decision: Decision, paid: Payments
    ) -> Sequence[Finding]:
        """Return what the clauses say that look at earlier payments."""
        record = found.record
        case = ClaimCase.of(
            record,
            Claim(
                claimed_on=decision.decided_on,
                category=decision.category,
                payments=paid,
            ),
            row=row_of(record, self.catalogue),
            figures=self.parameters.in_force(decision.decided_on),
            catalogue=self.catalogue,
        )
        findings = [Finding(ONCE, *not_paid_before(case))]
        if decision.category is ClaimantCategory.VOCATIONAL_FINAL_YEAR:
            # Its share is paid so many times in all.
            findings.append(Finding(SHARE, *share_for_category(case)))
        return findings

    def _decision(self, request: Request, found: AttestedCertificate) -> Decision:
        stated, record = request.stated, found.record
        item = row_of(record, self.catalogue).item
        code = None if item is None else item.code
        decided_on = stated.decided_on or request.today
        figures = self.parameters.in_force(decided_on)
        return Decision(
            claim=stated.claim,
            outcome=stated.outcome,
            amount_yuan=stated.amount_yuan,
            district=stated.district,
            person=self.pseudonyms.of(record.holder),
            certificate=stated.certificate,
            connector=found.agency,
            authority=self.jurisdiction.authority_of(found.agency, code) or "",
            item=code,
            level=record.level,
            category=stated.category,
            evidence=found.proof.digest.hex(),
            ruling=stated.ruling,
            decided_on=decided_on,
            recorded_at=request.now,
            recorded_by=request.caller,
            request_key=request.key,
            request_digest=stated.digest,
            document=self.document_of(found),
            may_follow_recovered=not figures.recovered_payment_bars,
        )
