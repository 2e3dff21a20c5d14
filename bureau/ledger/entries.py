"""A decision on a claim, as it is stated, kept and refused."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum

import msgspec

from bureau.privacy.masks import has_identity_number
from policy.claim_clauses import CLAIM_CLAUSES
from policy.clauses import CLAUSES
from policy.documents import Document
from policy.evidence import Claim, ClaimantCategory, Fund, Payment
from policy.finding import Finding
from policy.level import Level
from policy.normal_form import is_blank
from policy.optional_clauses import OPTIONAL_CLAUSES

KEY = re.compile(r"[!-~]{1,128}", re.ASCII)
"""A request's key: whatever the caller counts or draws by, in printable ASCII."""
CLAIM = re.compile(r"[0-9A-Za-z\u4e00-\u9fff()（）\[\]〔〕._/-]{1,64}")
MAX_RULING = 500
MAX_OFFICER = 64
RULED = frozenset({*CLAUSES, *CLAIM_CLAUSES, *OPTIONAL_CLAUSES})
"""The clauses that a ruling may name."""
_MARK = "\x1f"
MAX_YUAN = 100_000
"""Nothing in notice 17 comes near it; it catches a sum in fen, or two run together."""
FIRST_DAY = date(2022, 8, 22)
"""Before the notice nobody was paid by it."""


class DecisionOutcome(StrEnum):
    """The outcome of a decision on a claim."""

    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    PAID = "PAID"


class DecisionRefusal(StrEnum):
    """A reason not to record a decision."""

    BAD_KEY = "BAD_KEY"
    BAD_CLAIM = "BAD_CLAIM"
    BAD_DISTRICT = "BAD_DISTRICT"
    NOT_YOUR_DISTRICT = "NOT_YOUR_DISTRICT"
    BAD_AMOUNT = "BAD_AMOUNT"
    BAD_DAY = "BAD_DAY"
    BAD_RULING = "BAD_RULING"
    BAD_CLAIMANT = "BAD_CLAIMANT"
    UNKNOWN_ITEM = "UNKNOWN_ITEM"
    KEY_USED = "KEY_USED"
    CATEGORY_DIFFERS = "CATEGORY_DIFFERS"
    BEFORE_ISSUE = "BEFORE_ISSUE"
    CLAIM_OF_ANOTHER_CERTIFICATE = "CLAIM_OF_ANOTHER_CERTIFICATE"
    CLAIM_OF_ANOTHER_DISTRICT = "CLAIM_OF_ANOTHER_DISTRICT"
    CLAIM_PAID = "CLAIM_PAID"
    CLAIM_UNDER_WAY = "CLAIM_UNDER_WAY"
    NOT_PUBLISHED = "NOT_PUBLISHED"
    PUBLICATION_RUNNING = "PUBLICATION_RUNNING"
    NOT_IN_FORCE = "NOT_IN_FORCE"
    PROVED_FALSE = "PROVED_FALSE"
    CLAIM_FALSE = "CLAIM_FALSE"
    INELIGIBLE = "INELIGIBLE"
    AMOUNT_DIFFERS = "AMOUNT_DIFFERS"
    UNDETERMINED = "UNDETERMINED"
    NO_EVIDENCE_KEY = "NO_EVIDENCE_KEY"


class DecisionError(Exception):
    """A decision is not recorded; ``findings`` are what stands against it, if any."""

    def __init__(
        self, refusal: DecisionRefusal, findings: Sequence[Finding] = ()
    ) -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self.findings = tuple(findings)


class AlreadyPaidError(Exception):
    """Clause 17-once bars the payment."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.clause)
        self.finding = finding


Objection = DecisionError | AlreadyPaidError
"""What stands against a decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What an officer of the bureau ruled on clauses, and why."""

    clauses: tuple[str, ...]
    reason: str
    officer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCertificate:
    """A certificate as an officer saw it, whose registry is silent."""

    item: str
    """Its code in the annex."""
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedDecision:
    """A decision as the human-resources platform states it."""

    claim: str
    outcome: DecisionOutcome
    district: str
    amount_yuan: int | None
    category: ClaimantCategory | None
    decided_on: date | None
    ruling: str | None
    """A reason that stands for every clause which is undetermined."""
    certificate: str
    fund: Fund | None = None
    facts: Claim = field(default_factory=Claim)
    """What the claim states; of its payments those that the ledger may lack."""
    rulings: tuple[Ruling, ...] = ()
    seen: SeenCertificate | None = None
    """What it is for, if its registry does not answer and that was ruled on."""

    @property
    def digest(self) -> str:
        """Return the digest of all that is stated.

        What could not be stated at first counts where it is stated, so that a request
        of then is known again.
        """
        first = (self.claim, self.outcome, self.district, self.amount_yuan)
        then = (self.category, self.decided_on, self.ruling, self.certificate)
        # None of the fields but the certificate's id, which is last, may hold the mark.
        stated = _MARK.join(map(str, (*first, *then)))
        if self.fund is not None or self.facts != Claim() or self.rulings:
            stated += f"{_MARK}{self.fund}{_MARK}{json_of(self.facts)}"
            stated += "".join(_MARK + json_of(ruling) for ruling in self.rulings)
        if self.seen is not None:
            stated += f"{_MARK}{self.seen.item}{_MARK}{self.seen.level}"
        return hashlib.sha256(stated.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def claimant_category(self) -> ClaimantCategory | None:
        """Return the claimant's category, wherever it is stated."""
        return self.category or self.facts.category

    def is_ruled(self, clause: str) -> bool:
        """Say whether a person ruled on ``clause``, named."""
        return any(clause in ruling.clauses for ruling in self.rulings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One row of the ledger."""

    id: int = 0
    """Given by the database."""
    claim: str
    outcome: DecisionOutcome
    amount_yuan: int | None
    district: str
    person: str
    """The holder's pseudonym."""
    certificate: str
    """Its sealed id."""
    connector: str
    authority: str
    """By its id in the catalogue."""
    item: str | None
    level: Level | None
    category: ClaimantCategory | None
    """The claimant's."""
    evidence: str
    """The digest of the signed bytes that were believed."""
    ruling: str | None
    decided_on: date
    recorded_at: datetime
    recorded_by: str
    request_key: str
    request_digest: str
    fund: Fund | None = None
    document: Document | None = None
    """Of which one the certificate is; not read back."""
    may_follow_recovered: bool = False
    """Whether a payment that was paid back in full bars it no more; not kept."""

    @property
    def payment(self) -> Payment:
        """Return it as the clauses know payments."""
        return Payment(
            item_code=self.item,
            level=self.level,
            category=self.category,
            fund=self.fund,
            paid_on=self.decided_on,
            amount_yuan=self.amount_yuan,
        )


def json_of(stated: Claim | Ruling) -> str:
    """Return what is stated, as JSON: of the fields those that are."""
    known = {name: value for name, value in asdict(stated).items() if value is not None}
    return json.dumps(known, default=str, ensure_ascii=False, sort_keys=True)


def claim_of(kept: Mapping[str, object]) -> Claim:
    """Return the claim of what ``json_of`` made of one."""
    return msgspec.convert(kept, Claim)


def is_text(words: str, most: int) -> bool:
    """Say whether ``words`` may be kept: some, not too many, and no identity number."""
    return (
        len(words.strip()) <= most
        and not is_blank(words)
        and words.isprintable()
        and not has_identity_number(words)
    )


def require_well_formed(stated: StatedDecision, key: str, today: date) -> None:
    """Refuse what cannot be a decision, whatever anybody knows.

    The district is looked at by who has the list.

    Raises:
        DecisionError: with the first thing that is wrong.
    """
    if not KEY.fullmatch(key) or has_identity_number(key):
        raise DecisionError(DecisionRefusal.BAD_KEY)
    if not CLAIM.fullmatch(stated.claim) or has_identity_number(stated.claim):
        raise DecisionError(DecisionRefusal.BAD_CLAIM)
    if not _is_fit(stated.amount_yuan, stated.outcome):
        raise DecisionError(DecisionRefusal.BAD_AMOUNT)
    day = stated.decided_on or today
    claimed = stated.facts.claimed_on
    if not FIRST_DAY <= day <= today or (claimed is not None and claimed > day):
        raise DecisionError(DecisionRefusal.BAD_DAY)
    category = stated.facts.category
    if category is not None and category != stated.claimant_category:
        raise DecisionError(DecisionRefusal.CATEGORY_DIFFERS)
    if stated.ruling is not None and not is_text(stated.ruling, MAX_RULING):
        raise DecisionError(DecisionRefusal.BAD_RULING)
    if not _are_fit(stated.rulings):
        raise DecisionError(DecisionRefusal.BAD_RULING)


def _are_fit(rulings: Sequence[Ruling]) -> bool:
    """Say whether each clause is ruled on once, by somebody and for a reason."""
    ruled = [clause for ruling in rulings for clause in ruling.clauses]
    return (
        len(ruled) == len(set(ruled))
        and RULED.issuperset(ruled)
        and all(
            ruling.clauses
            and is_text(ruling.reason, MAX_RULING)
            and is_text(ruling.officer, MAX_OFFICER)
            for ruling in rulings
        )
    )


def _is_fit(yuan: int | None, outcome: DecisionOutcome) -> bool:
    match outcome:
        case DecisionOutcome.PAID:
            return yuan is not None and 0 < yuan <= MAX_YUAN
        case DecisionOutcome.APPROVED:
            return yuan is None or 0 < yuan <= MAX_YUAN
        case DecisionOutcome.REFUSED:
            return yuan is None
