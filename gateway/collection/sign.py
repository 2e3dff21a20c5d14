"""Sign a transfer on an agency's side: the counterpart of ``signature``.

``gateway collect`` and the tests send what this signs; so may any other implementation
of RFC 9421, of which this uses nothing beyond the components named here.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime

from http_message_signatures import HTTPMessageSigner, HTTPSignatureAlgorithm

from gateway.collection.refusal import TAG
from signing.sign import SigningKey, raw_signature

NONCE_BYTES = 18
COVERED = ("@method", "@target-uri")
COVERED_OF_A_BODY = ("content-digest", "content-length", "content-encoding")


class _TheKeyDecides(HTTPSignatureAlgorithm):
    """Stands for the key's algorithm, which is not stated."""

    algorithm_id = ""

    def __init__(self, public_key: None = None, private_key: None = None) -> None:
        """Hold nothing: ``prepare`` says what to sign, and the key signs it."""


@dataclass(frozen=True, slots=True)
class _Draft:
    method: str
    url: str
    headers: MutableMapping[str, str] = field(default_factory=dict)


def signed_headers(  # noqa: PLR0913 - what a signature covers
    method: str,
    url: str,
    key: SigningKey,
    *,
    at: datetime,
    body: bytes | None = None,
    encoding: str | None = None,
    nonce: str | None = None,
    chunked: bool = False,
) -> Mapping[str, str]:
    """Return the headers that make a request of ``key``'s institution's."""
    draft = _Draft(method, url)
    covered = list(COVERED)
    if body is not None:
        draft.headers["Content-Digest"] = content_digest(body)
        if not chunked:
            draft.headers["Content-Length"] = str(len(body))
        if encoding is not None:
            draft.headers["Content-Encoding"] = encoding
        covered += [c for c in COVERED_OF_A_BODY if c.title() in draft.headers]
    signer = HTTPMessageSigner(signature_algorithm=_TheKeyDecides)
    prepared = signer.prepare(
        draft,
        key_id=key.kid,
        created=at,
        nonce=secrets.token_urlsafe(NONCE_BYTES) if nonce is None else nonce,
        label="sig",
        tag=TAG,
        include_alg=False,
        covered_component_ids=covered,
        use_existing_digest=body is not None,
    )
    signer.apply(draft, prepared, raw_signature(prepared.signature_base, key))
    return draft.headers


def content_digest(body: bytes) -> str:
    """Return the ``Content-Digest`` of ``body`` (RFC 9530)."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return f"sha-256=:{digest}:"
