"""The evidence for a verdict: everything ``evaluate`` may know.

``None`` means "not known" and nothing else. The claimant is part of the
question, not of the evidence: another claimant is another question. The same
holds for what the record is (``CertificateRecord.title``, ``category``, ``item``
and ``item_code``): they say which row is asked about.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from policy.certificate import CertificateRecord
from policy.identity import Identity
from policy.level import Level


class AccountState(StrEnum):
    """The state that the operator gives an agency's account (notice, part 3.1)."""

    ACTIVE = "ACTIVE"
    FROZEN = "FROZEN"
    COLLECTION_CANCELLED = "COLLECTION_CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """Facts about a record's signer that verification established."""

    # The body id under which the verifying key is registered.
    institution: str
    # The annex rows, by code, that the key may attest.
    scope: frozenset[str]
    key_in_force: bool | None
    account: AccountState | None
    # Whether the registry is silent, and this older than it lets count: anything of the
    # record may have been put right since.
    is_outdated: bool = False


@dataclass(frozen=True, slots=True)
class Claimant:
    """A person who asks to be paid: the number, and the name if stated."""

    identity: Identity
    name: str | None = field(default=None, repr=False)


class ClaimantCategory(StrEnum):
    """A group of people (人员类别) that notice 17 distinguishes."""

    EMPLOYED = "EMPLOYED"
    COLLEGE_FINAL_YEAR = "COLLEGE_FINAL_YEAR"
    VOCATIONAL_FINAL_YEAR = "VOCATIONAL_FINAL_YEAR"
    DISABLED = "DISABLED"
    VETERAN = "VETERAN"
    FLEXIBLE = "FLEXIBLE"
    HARD_TO_EMPLOY = "HARD_TO_EMPLOY"
    UNEMPLOYED = "UNEMPLOYED"
    LAID_OFF_INSURED = "LAID_OFF_INSURED"
    FORMER_RURAL_SURPLUS = "FORMER_RURAL_SURPLUS"
    OTHER_UNREGISTERED = "OTHER_UNREGISTERED"


class Hukou(StrEnum):
    """The place where the claimant's household is registered."""

    SHANGHAI = "SHANGHAI"
    ELSEWHERE = "ELSEWHERE"


class Acquisition(StrEnum):
    """The way the certificate was obtained."""

    EXAMINATION = "EXAMINATION"
    EMPLOYER_RECOGNITION = "EMPLOYER_RECOGNITION"
    COMPETITION = "COMPETITION"
    COMMENDATION = "COMMENDATION"


class Fund(StrEnum):
    """The fund (资金渠道) that a subsidy is paid from."""

    UNEMPLOYMENT_INSURANCE = "UNEMPLOYMENT_INSURANCE"
    EMPLOYMENT = "EMPLOYMENT"
    SKILLS = "SKILLS"
    LOCAL_EDUCATION = "LOCAL_EDUCATION"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A subsidy paid to this claimant before."""

    item_code: str | None
    level: Level | None
    category: ClaimantCategory | None
    # Not compared: a payment that is stated without it is the same payment.
    fund: Fund | None = field(default=None, compare=False)
    paid_on: date | None = field(default=None, compare=False)
    amount_yuan: int | None = field(default=None, compare=False)
    # Whether all of it was paid back, because it should not have been paid.
    is_recovered: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLevel:
    """A certificate that the claimant holds, beside the one that is claimed for."""

    item_code: str | None
    level: Level | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The facts of one subsidy claim under notice 17."""

    claimed_on: date | None = None
    category: ClaimantCategory | None = None
    hukou: Hukou | None = None
    # For final-year students without Shanghai hukou.
    studies_in_shanghai: bool | None = None
    # For veterans: the day of discharge.
    discharged_on: date | None = None
    # None: the ledger could not be had. Empty: nothing was ever paid.
    payments: tuple[Payment, ...] | None = None
    # None: nobody knows what else they hold. Looked at where a rule asks for it.
    held: tuple[HeldLevel, ...] | None = None
    is_civil_servant: bool | None = None
    acquisition: Acquisition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that one verdict is computed from."""

    record: CertificateRecord
    attestation: Attestation
    claimant: Claimant | None
    # None: no subsidy is asked for, the clauses of notice 219 alone are.
    claim: Claim | None
    as_of: date
    # The day on which it is asked: nothing is known of what comes after it.
    today: date

    @property
    def is_ahead(self) -> bool:
        """Whether the day asked about has not come."""
        return self.as_of > self.today
