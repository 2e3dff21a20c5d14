"""What a rendering of a certificate depends on, so that it is kept and shown again."""

from collections.abc import Hashable

from connectors.answer import ShownCertificate, UnsignedCertificate

LIVE = frozenset(
    {
        "Provenance.checks",
        "Provenance.retrievedAt",
        "Provenance.asOf",
        "Provenance.collectedAt",
        "Provenance.sequence",
    }
)
"""Else the same bytes, read in the same way, are shown in the same way."""
SHOWN_BYTES = 1536
"""What ``shown_of`` a certificate takes, most of it the record."""
VERSION_BYTES = 96
"""What an older version adds: its digest."""


def shown_of(attested: ShownCertificate) -> tuple[Hashable, ...]:
    """Return what a rendering shows of ``attested``, but for what is live.

    The digest stands for the proof: the key's id, the algorithm and the moment are in
    the bytes, and verified.
    """
    if isinstance(attested, UnsignedCertificate):
        return attested.record, attested.digest, attested.agency, attested.files
    return (
        attested.record,
        attested.envelope.digest,
        attested.attestation,
        attested.agency,
        attested.is_envelope_shared,
        *[older.envelope.digest for older in attested.supersedes],
    )


def shown_bytes(attested: ShownCertificate) -> int:
    """Return about what ``shown_of`` takes."""
    if isinstance(attested, UnsignedCertificate):
        return SHOWN_BYTES + 2 * sum(len(one.reference) for one in attested.files)
    return SHOWN_BYTES + VERSION_BYTES * len(attested.supersedes)
