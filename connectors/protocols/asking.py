"""Write a question in its last form: bytes, and what an agency binds its answer to."""

import secrets
from typing import Any, NamedTuple

import orjson

from connectors.binding import BoundTo, digest_of
from connectors.elements import Told
from connectors.manifest_endpoint import Binding

NONCE_BYTES = 16


class Written(NamedTuple):
    """A question as it goes out."""

    body: bytes
    told: Told | None
    bound_to: BoundTo | None
    """What the answer has to repeat; ``None`` if the agency does not bind."""


def written(
    question: dict[str, Any],
    told: Told | None,
    binding: Binding,
    inside: str | None = None,
) -> Written:
    """Return ``question`` in bytes, with a nonce of its own if the agency binds.

    The nonce is a member of the question, or of the object ``inside`` it, unless the
    manifest has a header for it.
    """
    if binding.audience is None:
        return Written(orjson.dumps(question), told, None)
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    if binding.nonce_header is not None:
        headers = {} if told is None else told.headers
        told = Told(headers={**headers, binding.nonce_header: nonce})
    elif inside is None:
        question = {**question, binding.nonce: nonce}
    else:
        question = {
            **question,
            inside: {**question.get(inside, {}), binding.nonce: nonce},
        }
    body = orjson.dumps(question)
    return Written(body, told, BoundTo(digest_of(body), nonce, binding.audience))
