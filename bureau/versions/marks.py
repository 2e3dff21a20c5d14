"""By what a certificate's versions are known: keyed marks, which disclose nothing.

A mark is made of holder, number and item, as versions are found by
(``connectors.decoding.versions``): what a correction changes is not in it, nor is the
agency, since a connector may be replaced.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from bureau.versions.memory import Seen, SeenVersion, said_of
from connectors.decoding.versions import names_of
from policy.catalogue import Catalogue
from policy.certificate import CertificateRecord
from signing.envelope import SignatureProof

Mark = Callable[[str], str]
"""Makes a keyed mark of a text."""
DIGEST_CHARACTERS = 16
"""So much of an envelope's digest tells versions apart."""


def marks_of(
    record: CertificateRecord, catalogue: Catalogue, mark: Mark
) -> Iterator[str]:
    """Yield the marks by which versions of the certificate are known.

    One, unless it may be of several items.
    """
    holder = record.holder
    for number, item in sorted(names_of(record, catalogue)):
        yield mark("\x1f".join(("version", *holder, number, item)))


def seen_as(
    record: CertificateRecord,
    proof: SignatureProof,
    at: datetime,
    *,
    catalogue: Catalogue,
    mark: Mark,
) -> Seen:
    """Return the version that ``record`` is, under the marks of its certificate."""
    digest = proof.digest.hex()[:DIGEST_CHARACTERS]
    seen = SeenVersion(proof.signed_at, said_of(record), digest, proof.key.kid, at)
    return dict.fromkeys(marks_of(record, catalogue, mark), seen)


def add_newer(seen: dict[str, SeenVersion], more: Seen) -> None:
    """Put ``more`` into ``seen`` where it is no older."""
    for mark, one in more.items():
        if mark not in seen or seen[mark].signed_at <= one.signed_at:
            seen[mark] = one
