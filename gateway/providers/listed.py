"""Sign with the key of the list whose time it is."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from gateway.providers.key_list import ListedKey
from signing.held import AwaitedSigner, HeldKey, HeldSigner
from signing.signer import Signer, SignerError

KeyOf: TypeAlias = Callable[[ListedKey], HeldKey]
"""Opens a key of the list.

Raises:
    StartError: its file is not there, or has another key in it.
"""
OpenKeys: TypeAlias = Sequence[tuple[ListedKey, HeldKey]]
"""Keys of one use, that which signs last first."""


def opened(listed: Sequence[ListedKey], key_of: KeyOf) -> OpenKeys:
    """Open keys of the list, each once, whatever it signs.

    Raises:
        StartError: one cannot be opened.
    """
    return [(key, key_of(key)) for key in listed]


class ListedSigner:
    """Signs with the newest key that signs by now; before the first, with a file's."""

    def __init__(self, keys: OpenKeys, type_: str, of_file: Signer | None) -> None:
        """Sign one type of payload; ``type_`` is the header's ``typ``."""
        self._signers: Sequence[tuple[ListedKey, AwaitedSigner]] = [
            (listed, HeldSigner(key, type_)) for listed, key in keys
        ]
        self._of_file = of_file

    async def sign(self, payload: bytes, signed_at: datetime) -> bytes:
        """See ``AwaitedSigner.sign``."""
        for listed, signer in self._signers:
            if listed.signs_at(signed_at):
                return await signer.sign(payload, signed_at)
        if self._of_file is not None:
            return self._of_file.sign(payload, signed_at)
        raise SignerError("no key of the list signs now")
