"""Record a decision: have the certificate vouched for now, and judge by the rules.

The certificate is asked for before; the clauses are judged where the decision is kept,
with what the ledger has then. A dry run goes the same way and keeps nothing.
``docs/decisions/payment-ledger.md`` has the reasons.
"""

from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime

from bureau.ledger.book import LedgerBook, Weighed
from bureau.ledger.entries import (
    Decision,
    DecisionError,
    DecisionRefusal,
    StatedDecision,
    require_well_formed,
)
from bureau.ledger.evidence import SealedEvidence, Vault
from bureau.ledger.judging import Judge, Rules, Silent, Vouched
from bureau.ledger.jurisdiction import Jurisdiction
from bureau.privacy.pseudonyms import Pseudonyms
from bureau.unsigned import NOTHING_PAID
from connectors.answer import Answer, AttestedCertificate, SourceOutcome
from connectors.guard.health import SILENT
from policy.districts import DISTRICTS
from policy.documents import Document
from policy.evidence import Claimant
from policy.identity import Identity
from policy.level import Level
from policy.names import folded_name
from policy.parameters import Figures
from policy.row import row_of
from policy.text import Text

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

    def __init__(
        self,
        reason: Text,
        outcome: SourceOutcome | None = None,
        silent: Silent | None = None,
    ) -> None:
        super().__init__(outcome)
        self.reason = reason
        self.outcome = outcome
        self.silent = silent
        """Whose it is, if its registry did not answer at all."""


def not_vouched(answer: Answer, holder: Identity, figures: Figures) -> NotVerifiedError:
    """Return that no signature vouches for a certificate of ``holder`` by ``answer``.

    An officer may rule on what a registry is silent about; on what it shows and nobody
    signed only where the ``figures`` say so.
    """
    is_unsigned = answer.outcome is SourceOutcome.UNSIGNED
    may_be_ruled_on = answer.outcome in SILENT or (
        is_unsigned and figures.unsigned_may_be_ruled_on
    )
    return NotVerifiedError(
        NOTHING_PAID if is_unsigned else answer.reason or NO_ANSWER,
        answer.outcome,
        Silent(holder, answer.agency) if may_be_ruled_on else None,
    )


Find = Callable[[str], Awaitable[Vouched]]
"""Has a certificate vouched for now, by its sealed id; raises ``NotVerifiedError``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request to record a decision: the caller, a key of theirs, and the moment."""

    key: str
    stated: StatedDecision
    caller: str
    districts: AbstractSet[str] | None = None
    """The districts that the caller acts for; ``None`` for all."""
    claimant: Claimant | None = None
    """Who claims, if that is stated; compared with the holder, and not kept."""
    now: datetime
    today: date
    """The day of ``now`` in Shanghai."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recorder of decisions: the ledger, the rules they are judged by, who leads."""

    ledger: LedgerBook
    rules: Rules
    pseudonyms: Pseudonyms
    jurisdiction: Jurisdiction
    vault: Vault | None
    document_of: Callable[[AttestedCertificate], Document]
    mark: Callable[[str], str]
    """Makes a mark of a text that reveals nothing of it."""

    async def record(self, request: Request, find: Find) -> Decision:
        """Record what is stated, or return what was recorded under the same key.

        Raises:
            NotVerifiedError: nobody vouches for the certificate now.
            AlreadyPaidError: a payment bars it.
            DecisionError: something else stands against it.
            StoreUnavailableError: the database is away.
        """
        self.require_well_formed(request)
        # What was answered once is answered again, whatever became of the certificate.
        first = await self.ledger.first_answer(request.caller, request.key)
        if first is not None:
            if first.request_digest != self._digest(request):
                raise DecisionError(DecisionRefusal.KEY_USED)
            return first
        vouched = await self.vouched(request, find)
        return await self.ledger.record(
            *self.drawn_up(request, vouched), self.sealed(vouched)
        )

    async def preview(self, request: Request, find: Find) -> Weighed:
        """Return what ``record`` would keep and what stands against it; keep nothing.

        Raises:
            NotVerifiedError: nobody vouches for the certificate now.
            DecisionError: it cannot be a decision, whatever anybody knows.
            StoreUnavailableError: the database is away.
        """
        self.require_well_formed(request)
        vouched = await self.vouched(request, find)
        return await self.ledger.weigh(*self.drawn_up(request, vouched))

    def require_well_formed(self, request: Request) -> None:
        """Refuse what cannot be a decision, whatever anybody knows.

        Raises:
            DecisionError: with the first thing that is wrong.
        """
        require_well_formed(request.stated, request.key, request.today)
        district = request.stated.district
        if district not in DISTRICTS:
            raise DecisionError(DecisionRefusal.BAD_DISTRICT)
        if request.districts is not None and district not in request.districts:
            raise DecisionError(DecisionRefusal.NOT_YOUR_DISTRICT)
        seen = request.stated.seen
        if seen is not None and seen.item not in self.rules.catalogue.items:
            raise DecisionError(DecisionRefusal.UNKNOWN_ITEM)

    async def vouched(self, request: Request, find: Find) -> Vouched | Silent:
        """Have the certificate vouched for, or know that its registry is silent.

        Raises:
            NotVerifiedError: nobody vouches for it now, and it was not said what it is.
            DecisionError: what it is vouched for with could not be kept.
        """
        # Nobody is asked where what they sign could not be kept.
        if self.vault is None:
            raise DecisionError(DecisionRefusal.NO_EVIDENCE_KEY)
        try:
            found = await find(request.stated.certificate)
        except NotVerifiedError as error:
            if error.silent is None or request.stated.seen is None:
                raise
            return replace(error.silent, claimant=request.claimant)
        return replace(found, claimant=request.claimant)

    def drawn_up(
        self, request: Request, vouched: Vouched | Silent
    ) -> tuple[Decision, Sequence[str], Judge]:
        """Return the decision, its holder's pseudonyms, and what judges it."""
        stated, today, rules = request.stated, request.today, self.rules
        if isinstance(vouched, Silent):
            seen = stated.seen
            assert seen is not None  # noqa: S101 - see ``vouched``
            decision = self._decision(
                request, vouched.holder, vouched.agency, seen.item, seen.level
            )
            people = self.pseudonyms.all_of(vouched.holder)
            return (
                decision,
                people,
                lambda paid: rules.judge_unseen(stated, vouched, paid, today),
            )
        found = vouched.certificate
        record = found.record
        item = row_of(record, rules.catalogue).item
        decision = self._decision(
            *(request, record.holder, found.agency),
            None if item is None else item.code,
            record.level,
        )
        return (
            replace(
                decision,
                evidence=found.proof.digest.hex(),
                document=self.document_of(found),
            ),
            self.pseudonyms.all_of(record.holder),
            lambda paid: rules.judge(stated, vouched, paid, today),
        )

    def sealed(self, vouched: Vouched | Silent) -> list[SealedEvidence]:
        """Return the signed bytes that a decision rests on, sealed."""
        assert self.vault is not None  # noqa: S101 - else nobody vouched
        if isinstance(vouched, Silent):
            return []
        signed = [vouched.certificate.envelope]
        if vouched.listed is not None:
            signed.append(vouched.listed)
        return [*map(self.vault.seal, signed)]

    def _digest(self, request: Request) -> str:
        """Return a digest of what is asked, and for whom."""
        digest, claimant = request.stated.digest, request.claimant
        if claimant is None:
            return digest
        name = folded_name(claimant.name or "")
        return self.mark("\x1f".join((digest, *claimant.identity, name)))

    def _decision(
        self,
        request: Request,
        holder: Identity,
        agency: str,
        code: str | None,
        level: Level | None,
    ) -> Decision:
        stated = request.stated
        decided_on = stated.decided_on or request.today
        figures = self.rules.parameters.in_force(decided_on)
        return Decision(
            claim=stated.claim,
            outcome=stated.outcome,
            amount_yuan=stated.amount_yuan,
            district=stated.district,
            person=self.pseudonyms.of(holder),
            certificate=stated.certificate,
            connector=agency,
            authority=self.jurisdiction.authority_of(agency, code) or "",
            item=code,
            level=level,
            category=stated.claimant_category,
            evidence="",
            ruling=stated.ruling,
            decided_on=decided_on,
            recorded_at=request.now,
            recorded_by=request.caller,
            request_key=request.key,
            request_digest=self._digest(request),
            fund=stated.fund,
            may_follow_recovered=not figures.recovered_payment_bars,
        )
