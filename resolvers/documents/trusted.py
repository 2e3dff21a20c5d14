"""Trusted documents: those an operator has seen, by the SHA-256 of their text.

A manifest is a JSON object of digests and texts, as Relay's compiler and the client
preset of GraphQL Code Generator write it with SHA-256, ``sha256:`` before it or not. A
digest that is not that of its text stops the start: a manifest cannot name one document
and run another.
"""

import hashlib

import msgspec

_SHA1_LENGTH = 40
_OTHER_NAME = (
    "; it is as long as an SHA-1, which GraphQL Code Generator's client preset wrote "
    "before it took SHA-256: set persistedDocuments: { hashAlgorithm: 'sha256' }"
)


class TrustedDocumentsError(Exception):
    """A manifest cannot be used; the message says why."""


def digest_of(text: str) -> str:
    """Return the name of a document: its SHA-256 in hexadecimal."""
    # JSON may escape half a character; no document with one is valid, but it has
    # a digest all the same.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_manifest(content: bytes) -> dict[str, str]:
    """Read a manifest.

    Raises:
        TrustedDocumentsError: it is no JSON object of texts by their digests.
    """
    try:
        documents = msgspec.json.decode(content, type=dict[str, str])
    except msgspec.DecodeError as error:
        raise TrustedDocumentsError(
            f"{error}; a manifest is a JSON object of SHA-256 digests and texts, "
            "made with: gateway documents extract FILE... --out MANIFEST"
        ) from None
    for stated, text in documents.items():
        found = digest_of(text)
        name = stated.partition(":")[2] or stated
        if stated.removeprefix("sha256:") != found:
            raise TrustedDocumentsError(
                f"a document stands under {stated[:80]!r}, its SHA-256 is {found}"
                f"{_OTHER_NAME if len(name) == _SHA1_LENGTH else ''}"
            )
    return {digest_of(text): text for text in documents.values()}


def write_manifest(texts: list[str]) -> bytes:
    """Return the manifest of ``texts``."""
    documents = {digest_of(text): text for text in texts}
    return msgspec.json.format(msgspec.json.encode(documents), indent=2) + b"\n"
