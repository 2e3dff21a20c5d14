"""A bundle's decision as those read it who have neither us nor our bundles."""

import os

from bureau.evidence.bundle import Subject, SubjectKind
from bureau.evidence.proofs import (
    DecisionShown,
    NothingToProveError,
    NotOfTheLogError,
    decision_shown,
)
from gateway.errors import StartError
from gateway.providers.guarded import Unheard
from gateway.providers.wiring import open_providers
from gateway.settings.settings import Settings
from gateway.transparency.keys import OwnKey
from signing.held import ProviderError


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


async def receipt_of(bundle: bytes, settings: Settings, own: OwnKey) -> bytes:
    """Return the decision's COSE receipt (RFC 9942), signed by the log's ``own`` key.

    Raises:
        StartError: the bundle does not prove it, its checkpoint is of another key, or
            whoever keeps the key does not sign.
    """
    try:
        async with open_providers(settings, os.environ, Unheard()) as providers:
            unsigned = _shown(bundle).receipt(own.key)
            held = own.held(providers.key_of)
            return unsigned.with_signature(await held.sign(unsigned.signed))
    except ProviderError as error:
        raise StartError(f"the log's key does not sign: {error}") from None
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
