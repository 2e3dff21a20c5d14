"""Cursors: places in the order of events, which only this gateway can write.

A number would say how many events there are, of all agencies, and invite to count. It
is sealed like a certificate's id, and for one kind of event: a cursor of the other
kind, of another installation, or an invented one is no place at all.
"""

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from bureau.events.events import Kind

MAX_CURSOR_CHARACTERS = 100
_PURPOSE = b"cursor"


class UnknownCursorError(Exception):
    """This gateway wrote no such cursor."""


class Cursors:
    """Seals numbers of events into cursors and opens them."""

    def __init__(self, key: bytes) -> None:
        self._sealer = AESSIV(key)

    def of(self, kind: Kind, number: int) -> str:
        """Return the cursor of an event."""
        return _spelt(self._sealer.encrypt(b"%d" % number, _meant_for(kind)))

    def number(self, kind: Kind, cursor: str) -> int:
        """Return the number of the event that ``cursor`` is of.

        Raises:
            UnknownCursorError: it is of none of this kind.
        """
        if len(cursor) > MAX_CURSOR_CHARACTERS:
            raise UnknownCursorError
        try:
            sealed = base64.b64decode(
                cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True
            )
            return int(self._sealer.decrypt(sealed, _meant_for(kind)))
        except (binascii.Error, ValueError, InvalidTag):
            raise UnknownCursorError from None


def _meant_for(kind: Kind) -> list[bytes]:
    return [_PURPOSE, kind.encode()]


def _spelt(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()
