"""Revocations that were read, and not sent: in answers, records and status lists.

Whoever reads one must not wait for the ledger, so it is only noted; the recovery is
opened beside the answers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bureau.certificate_ids import CertificateIds
from bureau.documents import document_of_certificate
from connectors.answer import Answer, AttestedCertificate
from policy.documents import Document
from policy.recovery import OPENING_STATES, RecoverySource


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRevocation:
    """A certificate of which something says that it is revoked."""

    certificate: str
    """Its sealed id."""
    document: Document
    source: RecoverySource
    since: date | None
    """From when on; ``None`` if nobody says."""
    connector: str
    evidence: str
    """The digest of the signed bytes that say so, or that the list is about."""
    seen_at: datetime
    """When those bytes came."""


class RevocationsSeen(Protocol):
    """Takes what was read; whoever calls waits for nothing."""

    def note(self, certificate: AttestedCertificate, source: RecoverySource) -> None:
        """Let a recovery be opened of what was paid on ``certificate``, if need be."""


def revoked_in(
    answers: Sequence[Answer], listed: Sequence[Answer]
) -> Iterator[tuple[AttestedCertificate, RecoverySource]]:
    """Yield what is revoked in ``answers``, or ``listed``: the same with status lists.

    What was sent of it is not looked at: that opened its recoveries when it came.
    """
    for answer, with_list in zip(answers, listed, strict=True):
        pairs = zip(answer.certificates, with_list.certificates, strict=True)
        for stated, one in pairs:
            if one.record.state not in OPENING_STATES:
                continue
            if stated.record.state not in OPENING_STATES:
                yield one, RecoverySource.STATUS_LIST
            elif one.collected is not None:
                yield one, RecoverySource.COLLECTED_RECORD
            else:
                yield one, RecoverySource.LIVE_ANSWER


def seen_revocation(
    ids: CertificateIds, certificate: AttestedCertificate, source: RecoverySource
) -> SeenRevocation:
    """Return what is noted of a certificate that ``source`` says is revoked."""
    return SeenRevocation(
        certificate=ids.seal(certificate),
        document=document_of_certificate(ids, certificate),
        source=source,
        since=certificate.record.state_since,
        connector=certificate.agency,
        evidence=certificate.envelope.digest.hex(),
        seen_at=certificate.retrieved_at,
    )
