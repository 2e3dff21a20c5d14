"""Read a key that a manifest names, in the form in which its owner was given it."""

import base64

from connectors.errors import ManifestError


def key_bytes(place: str, stated: str, form: str, *lengths: int) -> bytes:
    """Return the bytes of the key at a ``place``: ``text``, ``hex`` or ``base64``.

    Raises:
        ManifestError: it has none of the ``lengths``; it is not repeated.
    """
    try:
        match form:
            case "hex":
                key = bytes.fromhex(stated)
            case "base64":
                key = base64.b64decode(stated, validate=True)
            case _:
                key = stated.encode()
    except ValueError:
        key = b""
    if len(key) not in lengths:
        allowed = ", ".join(map(str, lengths))
        raise ManifestError(
            f"{place} is no key of {allowed} bytes, read as {form}: compare them"
        )
    return key
