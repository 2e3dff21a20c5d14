"""By what a certificate's versions are known: keyed marks, which disclose nothing.

A mark is made of holder, number and item, as versions are found by
(``connectors.decoding.versions``): what a correction changes is not in it, nor is the
agency, since a connector may be replaced. Who comes first, so that all that is known of
a person lies together in a database, and is written as one page.
"""

from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b

from bureau.versions.memory import Seen, SeenVersion, said_of
from connectors.decoding.versions import names_of
from policy.catalogue import Catalogue
from policy.certificate import CertificateRecord
from policy.identity import Identity
from signing.envelope import SignatureProof

Mark = Callable[[str], str]
"""Makes a keyed mark of a text."""
BETWEEN = "\x1f"
"""Stands between the texts that a mark is made of."""
DIGEST_CHARACTERS = 16
"""So much of an envelope's digest tells versions apart."""
PERSON_CHARACTERS = 24
"""So much of a mark says whose it is."""
NAME_BYTES = 8
"""So much says which it is among a person's."""


def person_mark(holder: Identity, mark: Mark) -> str:
    """Return a mark of a person, under which those of certificates are made."""
    return mark(BETWEEN.join(("versions of", *holder)))


def mark_among(person: str, text: str) -> str:
    """Return a mark of ``text`` among those of ``person``.

    It is keyed with the whole of the person's mark, of which it shows a part.
    """
    name = blake2b(text.encode(), digest_size=NAME_BYTES, key=person.encode())
    return person[:PERSON_CHARACTERS] + name.hexdigest()


def name_of(mark: str) -> str:
    """Return what a certificate is called among those of its holder."""
    return mark[PERSON_CHARACTERS:]


def marks_of(
    record: CertificateRecord, catalogue: Catalogue, person: str
) -> tuple[str, ...]:
    """Return the marks by which versions of a ``person``'s certificate are known.

    One, unless it may be of several items.
    """
    return tuple(
        [
            mark_among(person, BETWEEN.join(("version", number, item)))
            for number, item in sorted(names_of(record, catalogue))
        ]
    )


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
    person = person_mark(record.holder, mark)
    return dict.fromkeys(marks_of(record, catalogue, person), seen)


def add_newer(seen: dict[str, SeenVersion], more: Seen) -> None:
    """Put ``more`` into ``seen`` where it is no older."""
    for mark, one in more.items():
        if mark not in seen or seen[mark].signed_at <= one.signed_at:
            seen[mark] = one
