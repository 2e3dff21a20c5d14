"""What a rendering of a certificate depends on, so that it is kept and shown again."""

from collections.abc import Hashable

from connectors.answer import AttestedCertificate

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


def shown_of(attested: AttestedCertificate) -> tuple[Hashable, ...]:
    """Return what a rendering shows of ``attested``, but for what is live.

    The digest stands for the proof: the key's id, the algorithm and the moment are in
    the bytes, and verified.
    """
    return (
        attested.record,
        attested.envelope.digest,
        attested.attestation,
        attested.agency,
        attested.is_envelope_shared,
        *[older.envelope.digest for older in attested.supersedes],
    )


def shown_bytes(attested: AttestedCertificate) -> int:
    """Return about what ``shown_of`` takes."""
    return SHOWN_BYTES + VERSION_BYTES * len(attested.supersedes)
