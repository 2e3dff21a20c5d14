"""Stand-ins for people in records that outlive the answer.

A pseudonym is HMAC-SHA-256 of the identity under a key that only the gateways have
(个人信息保护法, article 73: de-identified, not anonymous). One person has one
pseudonym, so look-ups of a person can be counted and found again; nobody without the
key can try all identity numbers, which are few enough.
"""

import hmac
from collections.abc import Sequence

from policy.identity import Identity

KEY_BYTES = 32
_PERSON = b"person\x1f"
_ID = b"id\x1f"
_DOCUMENT = b"document\x1f"
_STATEMENT = b"statement\x1f"
_OFFICER = b"officer\x1f"


class Pseudonyms:
    """Makes pseudonyms under the first key, and finds those made under the others."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = tuple(keys)
        self._last_document = "", self._of_document("")

    def of(self, person: Identity | str) -> str:
        """Return the pseudonym of a person or a certificate id, in hexadecimal."""
        if isinstance(person, str):
            return _under(self._keys[0], _ID, person.encode("utf-8", "surrogatepass"))
        return _under(self._keys[0], _PERSON, _spelt(person))

    def all_of(self, person: Identity) -> list[str]:
        """Return every pseudonym ``person`` ever had here, the present one first."""
        return [_under(key, _PERSON, _spelt(person)) for key in self._keys]

    def of_document(self, text: str) -> str:
        """Return a mark of a GraphQL document, whose literals may name people."""
        # Most requests have the document of the one before.
        known, mark = self._last_document
        if text != known:
            mark = self._of_document(text)
            self._last_document = text, mark
        return mark

    def _of_document(self, text: str) -> str:
        return _under(self._keys[0], _DOCUMENT, text.encode("utf-8", "surrogatepass"))

    def of_statement(self, text: str) -> str:
        """Return a mark of what was stated about somebody."""
        return _under(self._keys[0], _STATEMENT, text.encode("utf-8", "surrogatepass"))

    def of_officer(self, officer: str) -> str:
        """Return the pseudonym of an officer, given in full (``elements_of``)."""
        return _under(self._keys[0], _OFFICER, officer.encode("utf-8", "surrogatepass"))

    def all_of_officer(self, officer: str) -> list[str]:
        """Return every pseudonym ``officer`` ever had here."""
        text = officer.encode("utf-8", "surrogatepass")
        return [_under(key, _OFFICER, text) for key in self._keys]


def _spelt(person: Identity) -> bytes:
    return f"{person.type}\x1f{person.number}".encode()


def _under(key: bytes, kind: bytes, text: bytes) -> str:
    # By its name, since OpenSSL does it in one step then.
    return hmac.digest(key, kind + text, "sha256").hex()
