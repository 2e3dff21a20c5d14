"""Read base64url in its one canonical spelling (RFC 7515 section 2).

Two spellings of the same bytes would be two digests of the same record. So the
text is decoded, encoded again and compared: padding, characters outside the
alphabet, white space and non-zero trailing bits all fail that one comparison.
"""

import binascii

from signing.errors import Check, Refusal, SigningError

_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_FROM_STANDARD = bytes.maketrans(b"+/", b"-_")


def encode(value: bytes) -> bytes:
    """Return ``value`` in base64url without padding."""
    standard = binascii.b2a_base64(value, newline=False)
    return standard.rstrip(b"=").translate(_FROM_STANDARD)


def decode(text: bytes, part: str) -> bytes:
    """Return the bytes ``text`` spells; ``part`` names it in the refusal.

    Raises:
        SigningError: ``text`` is not the canonical spelling of any bytes.
    """
    padding = b"=" * (-len(text) % 4)
    try:
        value = binascii.a2b_base64(text.translate(_TO_STANDARD) + padding)
    except binascii.Error:
        value = None
    if value is None or encode(value) != text:
        raise SigningError(
            Check.FORM,
            Refusal.NON_CANONICAL_BASE64URL,
            f"the {part} part is not canonical base64url without padding",
        )
    return value
