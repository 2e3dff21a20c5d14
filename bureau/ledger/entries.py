"""A decision on a claim, as it is stated, kept and refused."""

import hashlib
import re
from dataclasses import astuple, dataclass
from datetime import date, datetime
from enum import StrEnum

from bureau.privacy.masks import has_identity_number
from policy.documents import Document
from policy.evidence import ClaimantCategory, Payment
from policy.finding import Finding
from policy.level import Level
from policy.normal_form import is_blank

KEY = re.compile(r"[!-~]{1,128}", re.ASCII)
"""A request's key: whatever the caller counts or draws by, in printable ASCII."""
CLAIM = re.compile(r"[0-9A-Za-z\u4e00-\u9fff()（）\[\]〔〕._/-]{1,64}")
MAX_RULING = 500
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
    BAD_AMOUNT = "BAD_AMOUNT"
    BAD_DAY = "BAD_DAY"
    BAD_RULING = "BAD_RULING"
    KEY_USED = "KEY_USED"
    CLAIM_OF_ANOTHER_CERTIFICATE = "CLAIM_OF_ANOTHER_CERTIFICATE"
    CLAIM_PAID = "CLAIM_PAID"
    NOT_IN_FORCE = "NOT_IN_FORCE"
    PROVED_FALSE = "PROVED_FALSE"
    UNDETERMINED = "UNDETERMINED"


class DecisionError(Exception):
    """A decision is not recorded; ``finding`` is the clause that stands against it."""

    def __init__(
        self, refusal: DecisionRefusal, finding: Finding | None = None
    ) -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self.finding = finding


class AlreadyPaidError(Exception):
    """Clause 17-once bars the payment."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.clause)
        self.finding = finding


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
    certificate: str

    @property
    def digest(self) -> str:
        """Return the digest of all that is stated."""
        # None of the fields but the certificate's id, which is last, may hold the mark.
        stated = _MARK.join(map(str, astuple(self)))
        return hashlib.sha256(stated.encode("utf-8", "surrogatepass")).hexdigest()


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
    document: Document | None = None
    """Of which one the certificate is; not read back."""
    may_follow_recovered: bool = False
    """Whether a payment that was paid back in full bars it no more; not kept."""

    @property
    def payment(self) -> Payment:
        """Return it as the clauses know payments."""
        return Payment(item_code=self.item, level=self.level, category=self.category)


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
    day = stated.decided_on
    if day is not None and not FIRST_DAY <= day <= today:
        raise DecisionError(DecisionRefusal.BAD_DAY)
    if stated.ruling is not None and not is_text(stated.ruling, MAX_RULING):
        raise DecisionError(DecisionRefusal.BAD_RULING)


def _is_fit(yuan: int | None, outcome: DecisionOutcome) -> bool:
    match outcome:
        case DecisionOutcome.PAID:
            return yuan is not None and 0 < yuan <= MAX_YUAN
        case DecisionOutcome.APPROVED:
            return yuan is None or 0 < yuan <= MAX_YUAN
        case DecisionOutcome.REFUSED:
            return yuan is None
