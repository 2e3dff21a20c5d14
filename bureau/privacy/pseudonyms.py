"""Stand-ins for people in records that outlive the answer.

A pseudonym is HMAC-SHA-256 of the identity under a key that only the gateways have
(个人信息保护法, article 73: de-identified, not anonymous). One person has one
pseudonym, so look-ups of a person can be counted and found again; nobody without the
key can try all identity numbers, which are few enough.
"""

from collections.abc import Sequence
from functools import lru_cache

from policy.identity import Identity
from signing.keyed import KeyedHash

KEY_BYTES = 32
PEOPLE = 200
"""Of how many people the pseudonyms are at hand: a question needs them repeatedly."""
_KINDS = (b"person\x1f", b"id\x1f", b"document\x1f", b"statement\x1f", b"officer\x1f")


class Pseudonyms:
    """Makes pseudonyms under the first key, and finds those made under the others."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._people, self._ids, self._documents, self._statements, self._officers = (
            [KeyedHash(key, kind) for key in keys] for kind in _KINDS
        )
        self._last_document = "", self._of_document("")
        self._of_person = lru_cache(PEOPLE)(self._made_of)

    def of(self, person: Identity | str) -> str:
        """Return the pseudonym of a person or a certificate id, in hexadecimal."""
        if isinstance(person, str):
            return self._ids[0].hexdigest(person.encode("utf-8", "surrogatepass"))
        return self._of_person(person)[0]

    def all_of(self, person: Identity) -> list[str]:
        """Return every pseudonym ``person`` ever had here, the present one first."""
        return [*self._of_person(person)]

    def _made_of(self, person: Identity) -> tuple[str, ...]:
        spelt = "\x1f".join(person).encode()
        return tuple([under.hexdigest(spelt) for under in self._people])

    def of_document(self, text: str) -> str:
        """Return a mark of a GraphQL document, whose literals may name people."""
        # Most requests have the document of the one before.
        known, mark = self._last_document
        if text != known:
            mark = self._of_document(text)
            self._last_document = text, mark
        return mark

    def _of_document(self, text: str) -> str:
        return self._documents[0].hexdigest(text.encode("utf-8", "surrogatepass"))

    def of_statement(self, text: str) -> str:
        """Return a mark of what was stated about somebody."""
        return self._statements[0].hexdigest(text.encode("utf-8", "surrogatepass"))

    def of_officer(self, officer: str) -> str:
        """Return the pseudonym of an officer, given in full (``elements_of``)."""
        return self._officers[0].hexdigest(officer.encode("utf-8", "surrogatepass"))

    def all_of_officer(self, officer: str) -> list[str]:
        """Return every pseudonym ``officer`` ever had here."""
        text = officer.encode("utf-8", "surrogatepass")
        return [under.hexdigest(text) for under in self._officers]
