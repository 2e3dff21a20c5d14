"""The interface of the ledger that keeps decisions and recoveries."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bureau.evidence.facts import Basis
from bureau.ledger.corrections import Answer, Correction, Proposal, Redrawn
from bureau.ledger.entries import Decision, Objection
from bureau.ledger.evidence import SealedEvidence
from bureau.ledger.judging import Judge, Judgement
from bureau.ledger.moves import ClaimMove, ClaimPlace
from bureau.ledger.payments import ClaimPayment, PayingRules, PaymentStepStated
from bureau.ledger.proofs import FalseClaim, Withdrawal
from bureau.ledger.seen import SeenRevocation
from bureau.ledger.sums import TotalsAsked, TotalsRow
from policy.documents import Document
from policy.level import Level
from policy.payments import Payments
from policy.recovery import (
    Progress,
    RecoveryCause,
    RecoverySource,
    RecoveryState,
    RecoveryStep,
)

Authorities = AbstractSet[str] | None
"""Whose recoveries may be seen, by the authorities' ids; ``None`` for everybody's."""
Districts = AbstractSet[str] | None
"""Which districts' may be; ``None`` for all."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A decision as it would be kept, and all that stands against it."""

    decision: Decision
    judgement: Judgement
    objections: Sequence[Objection]
    """The one that is answered with comes first."""
    basis: Basis | None = None
    """What it was computed from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryEvent:
    """One step of a recovery."""

    step: RecoveryStep
    after: RecoveryState
    at: datetime
    actor: str
    reason: str
    amount_yuan: int | None
    """What was paid back by it."""
    owed_yuan: int | None = None
    """By how much it changed what is owed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """A payment that is claimed back."""

    id: int
    decision: int
    """Of the payment; that of the right one, once it was corrected."""
    authority: str
    cause: RecoveryCause
    source: RecoverySource | None
    """What said so first; ``None`` if that was not kept."""
    holder_differs: bool
    """Whether what opened it names another holder: an officer has to look."""
    progress: Progress
    version: int
    opened_at: datetime
    changed_at: datetime
    claim: str
    certificate: str
    district: str
    item: str | None
    level: Level | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverySelection:
    """A selection of recoveries: all conditions hold, ``None`` does not select."""

    authorities: Authorities
    districts: Districts = None
    states: Sequence[RecoveryState] | None = None
    causes: Sequence[RecoveryCause] | None = None
    district: str | None = None
    items: Sequence[str] | None = None
    claim: str | None = None
    certificate: str | None = None
    document: Document | None = None
    """What the certificate's id says of it."""
    opened_from: datetime | None = None
    opened_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecoverySums:
    """The sums of the selected recoveries."""

    count: int
    owed_yuan: int
    recovered_yuan: int
    by_state: Mapping[RecoveryState, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStated:
    """A step, by whom and why, on the version that was seen."""

    recovery: int
    version: int
    step: RecoveryStep
    amount_yuan: int | None
    reason: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof that a certificate's record was false."""

    certificate: str
    reason: str
    evidence: str
    actor: str
    at: datetime
    document: Document | None = None
    """What is known of the certificate by its id."""


class UnknownRecoveryError(Exception):
    """There is none, or none that the asker may know of."""


class ChangedMeanwhileError(Exception):
    """Somebody else took a step on the recovery first."""


class ProvedBeforeError(Exception):
    """The record, or the claim, was proved false before."""


class LedgerBook(Protocol):
    """Keeps decisions, recoveries and their sums.

    Every method raises ``StoreUnavailableError`` if the database is away.
    """

    async def first_answer(self, caller: str, key: str) -> Decision | None:
        """Return the decision that ``caller`` recorded under ``key``."""

    async def record(
        self,
        decision: Decision,
        people: Sequence[str],
        judge: Judge,
        evidence: Sequence[SealedEvidence] = (),
    ) -> Decision:
        """Record ``decision``, or find the one that was recorded under its key.

        ``people`` are all pseudonyms of its holder. ``judge`` is asked in the
        transaction that keeps it, so of two at one moment one is first. What it
        comes to is kept, and ``evidence``, whose bytes are kept once.

        Raises:
            DecisionError: something that is kept stands against it.
            AlreadyPaidError: a payment bars it.
        """

    async def weigh(
        self, decision: Decision, people: Sequence[str], judge: Judge
    ) -> Weighed:
        """Return what ``record`` would do now; nothing is kept."""

    async def judgement(self, decision: int) -> Judgement | None:
        """Return what was computed when a decision was recorded, if anything was."""

    async def decision(self, id_: int) -> Decision | None:
        """Return a decision by its number; ``None`` if there is none."""

    async def propose_correction(
        self, proposal: Proposal, districts: Districts = None
    ) -> Correction:
        """Keep a proposal to correct a payment, by who acts for ``districts``.

        Raises:
            CorrectionError: it cannot be proposed.
        """

    async def correction(
        self, id_: int, districts: Districts = None
    ) -> Correction | None:
        """Return a correction by its number; ``None`` if there is none to be seen."""

    async def open_corrections(
        self, first: int, districts: Districts = None
    ) -> Sequence[Correction]:
        """Return corrections that nobody answered yet, oldest first."""

    async def answer_correction(
        self, answer: Answer, redrawn: Redrawn | None, districts: Districts = None
    ) -> Correction:
        """Keep an answer, and do what it confirms, by who acts for ``districts``.

        The wrong payment is reversed, and ``redrawn`` is put beside it.

        Raises:
            CorrectionError: it cannot be answered.
            AlreadyPaidError: a payment bars what is put beside it.
            DecisionError: something else stands against that.
        """

    async def payment(
        self, claim: str, districts: Districts = None
    ) -> ClaimPayment | None:
        """Return a claim's payment with its steps; ``None`` if none is to be seen."""

    async def take_payment_step(
        self,
        stated: PaymentStepStated,
        rules: PayingRules,
        districts: Districts = None,
    ) -> ClaimPayment:
        """Take a step of a payment, by who acts for ``districts``.

        Raises:
            UnknownPaymentError: nothing is to be paid on the claim.
            PaymentChangedError: it is another version by now.
            PaymentStepError: the step cannot be taken from here.
            UnfitPaymentError: what is known by now stands against paying.
        """

    async def payments_of(self, people: Sequence[Sequence[str]]) -> Sequence[Payments]:
        """Return what is paid, or under way, to each of ``people``, by pseudonyms."""

    async def recoveries(
        self, selection: RecoverySelection, *, first: int, before: int | None
    ) -> Sequence[Recovery]:
        """Return the selected recoveries, newest first, below ``before``."""

    async def sums(self, selection: RecoverySelection) -> RecoverySums:
        """Return what the selected recoveries come to."""

    async def recovery(
        self, id_: int, authorities: Authorities, districts: Districts = None
    ) -> Recovery | None:
        """Return one recovery; ``None`` if there is none to be seen."""

    async def histories(self, ids: Sequence[int]) -> Sequence[Sequence[RecoveryEvent]]:
        """Return the steps of each recovery, oldest first."""

    async def take(
        self,
        stated: StepStated,
        authorities: Authorities,
        districts: Districts = None,
    ) -> Recovery:
        """Take a step.

        Raises:
            UnknownRecoveryError: there is none to be seen.
            ChangedMeanwhileError: it is another version by now.
            RecoveryError: the step cannot be taken from here.
        """

    async def prove_false(self, proof: Proof) -> Sequence[Recovery]:
        """Keep a proof; return the recoveries that it opened.

        Raises:
            ProvedBeforeError: there is one already.
        """

    async def withdraw_proof(self, stated: Withdrawal) -> bool:
        """Keep an officer's word against a proof; say whether it was the second.

        By then the proof counts no more, and what it alone opened is withdrawn.

        Raises:
            NotProvedError: there is no proof.
            SamePersonError: the first word was by the same officer or caller.
        """

    async def prove_claim_false(self, proof: FalseClaim) -> Sequence[Recovery]:
        """Keep a proof; return the recovery that it opened, if it did.

        Raises:
            UnknownClaimError: nothing was paid on the claim.
            ProvedBeforeError: there is one already.
        """

    async def open_seen(self, seen: Sequence[SeenRevocation], at: datetime) -> int:
        """Open the recoveries that are called for; return how many.

        What is open stays as it is, and nothing is written where nothing was paid.
        """

    async def totals(self, asked: TotalsAsked) -> Sequence[TotalsRow]:
        """Return the sums that were asked for, in the order of their dimensions."""

    async def place_of(
        self, claim: str, authorities: Authorities, districts: Districts
    ) -> ClaimPlace | None:
        """Return whose a claim is; ``None`` if there is none to be seen."""

    async def move(
        self, stated: ClaimMove, authorities: Authorities, districts: Districts
    ) -> ClaimPlace:
        """Move a claim, by who acts for ``districts``.

        Raises:
            MoveError: there is none to be seen, or it is another's by now.
        """
