"""The interface of the ledger that keeps decisions and recoveries."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bureau.ledger.entries import Decision
from bureau.ledger.moves import ClaimMove, ClaimPlace
from bureau.ledger.sums import TotalsAsked, TotalsRow
from policy.finding import Finding
from policy.level import Level
from policy.payments import Payments
from policy.recovery import Progress, RecoveryCause, RecoveryState, RecoveryStep

OnceRule = Callable[[Payments], Sequence[Finding]]
"""Judges by the clauses about earlier payments, given those there are."""

Authorities = AbstractSet[str] | None
"""Whose recoveries may be seen, by the authorities' ids; ``None`` for everybody's."""
Districts = AbstractSet[str] | None
"""Which districts' may be; ``None`` for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryEvent:
    """One step of a recovery."""

    step: RecoveryStep
    after: RecoveryState
    at: datetime
    actor: str
    reason: str
    amount_yuan: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """A payment that is claimed back."""

    id: int
    authority: str
    cause: RecoveryCause
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


class UnknownRecoveryError(Exception):
    """There is none, or none that the asker may know of."""


class ChangedMeanwhileError(Exception):
    """Somebody else took a step on the recovery first."""


class ProvedBeforeError(Exception):
    """The record was proved false before."""


class LedgerBook(Protocol):
    """Keeps decisions, recoveries and their sums.

    Every method raises ``StoreUnavailableError`` if the database is away.
    """

    async def first_answer(self, caller: str, key: str) -> Decision | None:
        """Return the decision that ``caller`` recorded under ``key``."""

    async def record(
        self, decision: Decision, people: Sequence[str], once: OnceRule
    ) -> Decision:
        """Record ``decision``, or find the one that was recorded under its key.

        ``people`` are all pseudonyms of its holder. For a payment ``once`` is asked
        in the transaction that keeps it, so of two at one moment one is first.

        Raises:
            DecisionError: something that is kept stands against it.
            AlreadyPaidError: a payment bars it.
        """

    async def payments_of(self, people: Sequence[Sequence[str]]) -> Sequence[Payments]:
        """Return what was paid to each of ``people``, given by all pseudonyms."""

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
