"""Bind an answer to its question, honestly or as a fault will have it.

The knob ``--binds`` turns it on. A question has to bring a nonce then: in a member of
its own, among the extensions of a GraphQL question, or in a header.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from sandbox.errors import BadQuestionError
from sandbox.faults import Fault
from sandbox.question import BAD_REQUEST
from signing import base64url

AUDIENCE, ANOTHER_AUDIENCE = "certificate-gateway", "another-gateway"
NONCE_HEADER = "X-Nonce"
MAX_NONCE_LENGTH = 128
OLD_NONCE = "YW4tb2xkLW5vbmNlLWhlcmU"
SEQUENCE = 1
"""Of what is in the registry, which never changes while it runs."""

Binding = Mapping[str, object]
"""What is signed of a question, beside what is said."""


class Binder:
    """Makes what an agency signs of each question."""

    def __init__(self) -> None:
        self._before = _binding(b"", OLD_NONCE)

    def of(
        self,
        body: bytes,
        question: Mapping[str, Any],
        headers: Mapping[str, str],
        fault: Fault | None,
    ) -> Binding | None:
        """Return the binding to a question; ``None`` if a fault leaves it out.

        Raises:
            BadQuestionError: the question brings no nonce.
        """
        binding = _binding(body, _nonce(question, headers))
        before, self._before = self._before, binding
        match fault:
            case Fault.REPLAY:
                return before
            case Fault.UNBOUND:
                return None
            case Fault.OTHER_AUDIENCE:
                return {**binding, "aud": ANOTHER_AUDIENCE}
            case Fault.OLD_NONCE | Fault.REPLAYED:
                return {**binding, "nonce": OLD_NONCE}
            case _:
                return binding


def _binding(body: bytes, nonce: str) -> Binding:
    digest = base64url.encode(hashlib.sha256(body).digest()).decode()
    return {
        "question": digest,
        "nonce": nonce,
        "aud": AUDIENCE,
        "sequence": SEQUENCE,
    }


def _nonce(question: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    extensions = question.get("extensions")
    inside = extensions if isinstance(extensions, dict) else {}
    nonce = question.get("nonce", inside.get("nonce", headers.get(NONCE_HEADER)))
    if not isinstance(nonce, str) or not 0 < len(nonce) <= MAX_NONCE_LENGTH:
        raise BadQuestionError(BAD_REQUEST, "there is no nonce to bind an answer to")
    return nonce
