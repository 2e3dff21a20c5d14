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
