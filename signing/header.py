"""Read a protected header; what came before need not be read again.

An agency sends one header with every record it signed in the same second, or in the
same batch. What a header says depends on its bytes alone, so compact headers that
were in order are kept by them: a kept one spares reading, and no check that asks for
the time, for the keys that are trusted or for what was expected.

Kept are headers of the profile's own members only, so nothing else that somebody
writes into a header stays in memory; ``tests/signing/test_header.py`` holds the limits.
"""

from signing import checks
from signing.checks import Header, Parts

MAX_KEPT = 1024
MAX_KEPT_BYTES = 512
"""A longer header is read each time; with this many, all kept ones take under 2 MB."""

_PROFILE = frozenset({"alg", "kid", "typ", "iat", "batch", "crit"})
_kept: dict[bytes, Header] = {}


def read_header(parts: Parts, body: bytes | None) -> Header:
    """Return the header, which names no key but by ``kid`` and no strange extension.

    Raises:
        SigningError: steps 3 to 5 of ``envelope.verify``.
    """
    raw = parts.header
    known = _kept.get(raw) if body is None else None
    if known is not None:
        return known
    header = checks.header(parts)
    checks.key_source(header)
    checks.critical(header, body)
    if body is None and len(raw) <= MAX_KEPT_BYTES and header.keys() <= _PROFILE:
        # Those in use are back at once, so no order of use has to be kept.
        if len(_kept) >= MAX_KEPT:
            _kept.clear()
        _kept[raw] = header
    return header
