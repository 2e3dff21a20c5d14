"""Proofs of false claims, and proofs of false records that are taken back by two."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from bureau.ledger.entries import MAX_OFFICER, is_text
from policy.documents import Document
from policy.recovery import FalsePart


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseClaim:
    """A proof that a claim said what was not so."""

    claim: str
    part: FalsePart
    reason: str
    evidence: str
    officer: str
    actor: str
    at: datetime
    districts: AbstractSet[str] | None = None
    """Whose claims the caller may judge; ``None`` for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """One officer's word that a record was not false; it takes a second one's."""

    certificate: str
    document: Document | None
    reason: str
    officer: str
    actor: str
    at: datetime


class NotProvedError(Exception):
    """The certificate's record was not proved false, or that was taken back."""


class SamePersonError(Exception):
    """The officer, or the caller, said so before; another one has to."""


class UnknownClaimError(Exception):
    """Nothing was paid on such a claim."""


def is_officer(name: str) -> bool:
    """Say whether ``name`` may be an officer's."""
    return is_text(name, MAX_OFFICER)
