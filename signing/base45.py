"""Write bytes in the 45 characters that a QR code packs best (RFC 9285)."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
"""Those of a QR code's alphanumeric mode (ISO/IEC 18004), in their order."""


def encode(raw: bytes) -> str:
    """Return ``raw`` as text: three characters for two bytes, two for a last one."""
    written = []
    for at in range(0, len(raw), 2):
        pair = raw[at : at + 2]
        number = int.from_bytes(pair)
        for _ in range(len(pair) + 1):
            number, place = divmod(number, len(ALPHABET))
            written.append(ALPHABET[place])
    return "".join(written)


def decode(text: str) -> bytes:
    """Return the bytes of ``text``.

    Raises:
        ValueError: it is no base45.
    """
    raw = bytearray()
    for at in range(0, len(text), 3):
        places = [ALPHABET.index(one) for one in text[at : at + 3]]
        number = sum(place * len(ALPHABET) ** n for n, place in enumerate(places))
        if len(places) == 1 or number >= 256 ** (len(places) - 1):
            raise ValueError(f"{text[at : at + 3]!r} is no base45")
        raw += number.to_bytes(len(places) - 1)
    return bytes(raw)
