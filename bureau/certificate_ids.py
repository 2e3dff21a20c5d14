"""Opaque certificate ids that only this gateway can make and read.

An id must not be guessable from an identity number, and a gateway without a store
must still find the certificate again. So an id is the certificate's place (agency,
holder, fingerprint) sealed with AES-SIV (RFC 5297) under the gateway's own key:
deterministic, so that caches and Relay see one id a certificate; authenticated, so
that an invented id is refused before any agency is asked.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from connectors.answer import ShownCertificate
from policy import normal_form
from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord, Spelling
from policy.identity import Identity, IdType
from signing.marks import SignatureMarks

KEY_BYTES = 64
"""AES-256-SIV takes two 256-bit keys."""
MAX_ID_CHARACTERS = 400
WORDS = 2_000
"""Of how many codes and names of items the marks are at hand."""
_SEPARATOR = "\x1f"
_HOLDER = "holder"
"""Before a person, where a certificate has its agency; it has a part less."""
_FINGERPRINT_CHARACTERS = 24


@dataclass(frozen=True, slots=True)
class CertificatePlace:
    """The place where a certificate is found again."""

    agency: str
    holder: Identity
    fingerprint: str


class UnknownIdError(Exception):
    """The id was not made by this gateway, or under another key."""


class CertificateIds:
    """Seals places into ids and opens them."""

    def __init__(self, key: bytes) -> None:
        self._sealer = AESSIV(key)
        self.signatures = SignatureMarks(key)
        """Mark signatures that were verified, under a key that follows from this."""
        self.mark_of_word = lru_cache(WORDS)(self.mark_of)
        """As ``mark_of``, of words that many certificates share; kept at hand."""

    def seal(self, certificate: ShownCertificate) -> str:
        """Return the certificate's id."""
        return self.seal_record(certificate.agency, certificate.record)

    def seal_record(self, agency: str, record: CertificateRecord) -> str:
        """Return the id of the certificate that ``record`` is of at ``agency``."""
        return self._sealed(agency, record, fingerprint(record))

    def _sealed(self, agency: str, record: CertificateRecord, mark: str) -> str:
        holder = record.holder
        place = _SEPARATOR.join((agency, holder.type, holder.number, mark))
        return _spelt(self._sealer.encrypt(place.encode(), None))

    def seal_holder(self, holder: Identity) -> str:
        """Return the id of a person."""
        whom = _SEPARATOR.join((_HOLDER, holder.type, holder.number))
        return _spelt(self._sealer.encrypt(whom.encode(), None))

    def mark(self, text: str) -> str:
        """Return a mark of ``text`` that reveals nothing of it without the key.

        Ids have one key for good, so marks of today are found again in years.
        """
        sealed = self._sealer.encrypt(f"mark{_SEPARATOR}{text}".encode(), None)
        return hashlib.sha256(sealed).hexdigest()

    def mark_of(self, *parts: str) -> str:
        """Return a mark of several texts together."""
        return self.mark(_SEPARATOR.join(parts))

    def places(self, record: CertificateRecord) -> tuple[str, str | None]:
        """Return a mark of a certificate's place, whichever agency shows it.

        Beside it, if it is another, the one that it had by its spelling.
        """
        place, *former = (
            self._place(record.holder, mark) for mark in fingerprints(record)
        )
        return place, next(iter(former), None)

    def place_of(self, id_: str) -> str:
        """Return a mark of the place that an id was made of, without its agency.

        Raises:
            UnknownIdError: not an id of this gateway.
        """
        place = self.open(id_)
        return self._place(place.holder, place.fingerprint)

    def _place(self, holder: Identity, mark: str) -> str:
        return self.mark_of("place", holder.type, holder.number, mark)

    def open(self, id_: str) -> CertificatePlace:
        """Return the place an id was made of.

        Raises:
            UnknownIdError: not an id of this gateway.
        """
        try:
            agency, id_type, number, mark = self._parts_of(id_)
        except ValueError:
            raise UnknownIdError from None
        return CertificatePlace(agency, Identity(IdType(id_type), number), mark)

    def open_holder(self, id_: str) -> Identity:
        """Return the person an id was made of.

        Raises:
            UnknownIdError: not an id of a person, of this gateway.
        """
        try:
            kind, id_type, number = self._parts_of(id_)
        except ValueError:
            raise UnknownIdError from None
        if kind != _HOLDER:
            raise UnknownIdError
        return Identity(IdType(id_type), number)

    def _parts_of(self, id_: str) -> list[str]:
        """Return what an id was sealed of.

        Raises:
            UnknownIdError: not an id of this gateway.
        """
        if len(id_) > MAX_ID_CHARACTERS:
            raise UnknownIdError
        try:
            # What is no character of an id is passed over here, and refused below:
            # it makes another spelling.
            sealed = base64.urlsafe_b64decode(f"{id_}==")
            parts = self._sealer.decrypt(sealed, None)
        except (binascii.Error, ValueError, InvalidTag):
            raise UnknownIdError from None
        # One certificate, one spelling: padding or stray characters would make more.
        if _spelt(sealed) != id_:
            raise UnknownIdError
        return parts.decode().split(_SEPARATOR)

    def are_of_one(self, one: str, other: str) -> bool:
        """Say whether two ids are of one certificate, whichever agency shows it."""
        if one == other:
            return True
        try:
            return self.place_of(one) == self.place_of(other)
        except UnknownIdError:
            return False


def _spelt(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def fingerprint(record: CertificateRecord) -> str:
    """Return what sets a certificate apart from the holder's others at one agency.

    The number alone does not: a special-operations number is "T" and the holder's
    identity number, shared by all of the holder's licences. A renewed card is another
    document than the old one, which a registry may still show beside it. The state is
    left out: a certificate that is revoked is the same certificate. So is one whose
    number, code or item is spelt in another way.
    """
    return _fingerprint(record, record.number, item_of(record))


def fingerprints(record: CertificateRecord) -> tuple[str, ...]:
    """Return the certificate's fingerprint, and the one it had by its spelling.

    Before there was a normal form, a fingerprint was made of what came; ids and rows
    of then are found by it still.
    """
    spelt = record.spelt or Spelling(
        record.number, record.own_item_code or record.item_code
    )
    found = fingerprint(record)
    item = spelt.item_code or record.item
    if spelt.number == record.number and item == item_of(record):
        return (found,)
    return found, _fingerprint(record, spelt.number, item)


def item_of(record: CertificateRecord) -> str:
    """Return the item of ``record`` as marks are made of it: its code, or its name.

    The registry's own code, so that no mark changes when a manifest maps it.
    """
    return record.own_item_code or record.item_code or printed_name(record.item)


def _fingerprint(record: CertificateRecord, number: str, item: str) -> str:
    parts = (
        number,
        item,
        record.level or "",
        str(record.first_issued_on),
        str(record.issued_on),
    )
    digest = hashlib.sha256(_SEPARATOR.join(parts).encode())
    return digest.hexdigest()[:_FINGERPRINT_CHARACTERS]


_FULL_WIDTH = str.maketrans("(),:;", "（），：；")


def printed_name(item: str) -> str:
    """Return an item's name in the one spelling that marks are made of.

    The annex's own, or else with the marks of full width that Chinese is written with:
    a record in either has had the same fingerprint ever since.
    """
    words = normal_form.words(item)
    return _printed().get(words) or words.translate(_FULL_WIDTH)


@cache
def _printed() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for item in load_catalogue().items.values():
        for name in (item.name.zh, *item.aliases):
            names.setdefault(normal_form.words(name), name)
    return names
