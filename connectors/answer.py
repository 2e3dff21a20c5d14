"""The answer of an agency about one person.

"No certificate", "no answer" and "an answer nobody vouches for" are three facts;
``SourceOutcome`` keeps them apart. Certificates here are attested: each carries the
proof that its bytes verified. Whatever did not verify is a ``RefusedRecord``: a
finding about its source, with a code and no contents.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from connectors.binding import Bound
from connectors.connector import Collected, LicenceFile
from policy.certificate import CertificateRecord
from policy.evidence import Attestation
from policy.text import Text
from signing.envelope import Envelope, SignatureProof


class SourceOutcome(StrEnum):
    """The outcome of asking one agency about one person."""

    ANSWERED = "ANSWERED"
    NONE = "NONE"
    TIMED_OUT = "TIMED_OUT"
    UNREACHABLE = "UNREACHABLE"
    CIRCUIT_OPEN = "CIRCUIT_OPEN"
    REFUSED = "REFUSED"
    UNVERIFIED = "UNVERIFIED"
    UNSIGNED = "UNSIGNED"
    SUSPENDED = "SUSPENDED"
    SKIPPED = "SKIPPED"


class RecordFault(StrEnum):
    """A reason why verified bytes are no certificate of the person asked about.

    Beside these, a refused record's code may be any ``signing.errors.Refusal``.
    """

    MALFORMED_RECORD = "MALFORMED_RECORD"
    FOREIGN_KEY = "FOREIGN_KEY"
    WRONG_HOLDER = "WRONG_HOLDER"
    REPLAYED = "REPLAYED"
    CONTRADICTION = "CONTRADICTION"
    UNSIGNED_ABSENCE = "UNSIGNED_ABSENCE"
    INCOMPLETE = "INCOMPLETE"
    UNREADABLE_ANSWER = "UNREADABLE_ANSWER"
    ISSUED_IN_FUTURE = "ISSUED_IN_FUTURE"
    ROLLBACK = "ROLLBACK"
    NOT_BOUND = "NOT_BOUND"
    OTHER_QUESTION = "OTHER_QUESTION"
    OTHER_AUDIENCE = "OTHER_AUDIENCE"


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """Something an agency sent that was not believed."""

    code: str
    reason: str
    key_id: str | None
    digest: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedCertificate:
    """A certificate whose bytes verified, with the proof beside it."""

    agency: str
    record: CertificateRecord
    attestation: Attestation
    proof: SignatureProof
    envelope: Envelope
    retrieved_at: datetime
    is_envelope_shared: bool = False
    """Whether the signed bytes are about other people too."""
    collected: Collected | None = None
    """How it came, if it was sent before anybody asked."""
    bound: Bound | None = None
    """What its agency signed of the question that it answers; ``None`` if nothing."""
    as_of: datetime | None = None
    """As of when it was true, if it stands in for an agency that is silent now."""
    supersedes: tuple["AttestedCertificate", ...] = ()
    """Its older versions that came beside it, the newest of them first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsignedCertificate:
    """A certificate in a row that nobody signed: shown to whoever may see it.

    It has neither proof nor attestation, so nothing that asks for one takes it: no
    clause, no decision, no evidence.
    """

    agency: str
    institution: str
    """The collection body in whose name the agency is asked; it signed nothing."""
    record: CertificateRecord
    digest: bytes
    """SHA-256 of the row, which proves nothing."""
    retrieved_at: datetime
    files: tuple[LicenceFile, ...] = ()


ShownCertificate = AttestedCertificate | UnsignedCertificate
"""What may be shown; what is believed is an ``AttestedCertificate`` alone."""


class NotAsked(NamedTuple):
    """That an agency is not asked for a while, since it did not answer."""

    since: datetime
    """When it was given up."""
    next_try_at: datetime
    """From when on it is asked again, if anybody asks; that may be over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One agency's answer about one person."""

    agency: str
    outcome: SourceOutcome
    certificates: tuple[AttestedCertificate, ...] = ()
    refusals: tuple[RefusedRecord, ...] = ()
    reason: Text | None = None
    retrieved_at: datetime | None = None
    """When the agency's bytes came; ``None`` if none did."""
    is_complete: bool = False
    """Whether signed bytes say that there is nothing beside ``certificates``."""
    unsigned: tuple[UnsignedCertificate, ...] = ()
    """What the agency shows and nobody signed; of no certificate that is signed."""
    undecided: tuple[AttestedCertificate, ...] = ()
    """Versions that count no more than others of their certificates: nothing older
    counts either, whoever has it."""
    proofs: tuple[SignatureProof, ...] = ()
    """Everything that was believed to arrive here, a signed absence included."""
    latency_seconds: float | None = None
    """How long the agency took; ``None`` if it was not asked."""
    attempts: int = 0
    """How often the agency was asked when this came; 0 if it was not."""
    not_asked: NotAsked | None = None
    """Since when the agency is not asked, and until when; ``None`` if it was."""
    available_at: datetime | None = None
    """When the agency may be asked again, if it gave no answer and that is known: what
    it said itself, or the end of a pause."""
    as_of: datetime | None = None
    """When what stands in for an agency that is silent was verified; else ``None``."""
    is_collected: bool = False
    """Whether it is made of what the agency sent before, or of there being nothing."""
    sequence: int | None = None
    """Up to which number of what the agency has everything was looked at: it signed so,
    or sent so much; ``None`` if that is not known."""

    @property
    def shown(self) -> tuple[ShownCertificate, ...]:
        """Return what there is to show: what is believed, and what nobody signed."""
        return (*self.certificates, *self.unsigned)


def suspended(agency: str) -> Answer:
    """Answer for an agency whose connector is suspended: it was not asked."""
    return Answer(
        agency=agency,
        outcome=SourceOutcome.SKIPPED,
        reason=Text(
            zh="连接器已停用，未查询",
            en="its connector is suspended; not asked",
        ),
    )


def frozen(agency: str) -> Answer:
    """Answer for an agency whose account is frozen, or may collect no more."""
    return Answer(
        agency=agency,
        outcome=SourceOutcome.SUSPENDED,
        reason=Text(
            zh="账号已被冻结或归集权限已被取消（通知三(一)），未查询",
            en="the account is frozen or its collection right cancelled "
            "(notice, 3(1)); not asked",
        ),
    )


def skipped(agency: str) -> Answer:
    """Answer for an agency that knows no numbers of the type."""
    return Answer(
        agency=agency,
        outcome=SourceOutcome.SKIPPED,
        reason=Text(
            zh="该机构不受理此类证件号码，未查询",
            en="the agency knows no identity numbers of this type; not asked",
        ),
    )
