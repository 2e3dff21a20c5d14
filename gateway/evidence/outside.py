"""A bundle's decision as those read it who have neither us nor our bundles."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bureau.evidence.bundle import Subject, SubjectKind
from bureau.evidence.proofs import (
    DecisionShown,
    NothingToProveError,
    NotOfTheLogError,
    decision_shown,
)
from gateway.errors import StartError


def require_decision(subject: Subject) -> None:
    """Refuse a proof or a receipt of a certificate, before a bundle is made.

    Raises:
        StartError: ``subject`` is none of a decision.
    """
    if subject.kind is not SubjectKind.DECISION:
        raise StartError(
            "a proof and a receipt are of a decision: name it by its number, or leave "
            "out --proof and --cose"
        )


def proof_of(bundle: bytes) -> str:
    """Return the decision's proof (C2SP tlog-proof).

    Raises:
        StartError: the bundle does not prove it.
    """
    return str(_shown(bundle).proof)


def receipt_of(bundle: bytes, key: Ed25519PrivateKey) -> bytes:
    """Return the decision's COSE receipt (RFC 9942), signed by the log's ``key``.

    Raises:
        StartError: the bundle does not prove it, or its checkpoint is of another key.
    """
    try:
        return _shown(bundle).receipt(key)
    except NotOfTheLogError as error:
        raise StartError(
            f"{error}; a receipt is of a checkpoint by the present key: let the "
            "gateway sign one"
        ) from None


def _shown(bundle: bytes) -> DecisionShown:
    try:
        return decision_shown(bundle)
    except NothingToProveError as error:
        raise StartError(f"{error}; see: gateway audit verify") from None
