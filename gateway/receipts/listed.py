"""Sign receipts with the key of the list whose time it is."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from gateway.errors import StartError
from gateway.providers.key_list import ListedKey
from gateway.receipts.keys import MOST, Jwk, ReceiptKeys
from signing.envelope import PayloadType
from signing.held import AwaitedSigner, HeldKey, HeldSigner
from signing.signer import Signer, SignerError


class ListedSigner:
    """Signs with the newest key that signs by now; before the first, with a file's."""

    def __init__(
        self,
        signers: Sequence[tuple[ListedKey, AwaitedSigner]],
        of_file: Signer | None,
    ) -> None:
        """Take the keys, that which signs last first."""
        self._signers = signers
        self._of_file = of_file

    async def sign(self, payload: bytes, signed_at: datetime) -> bytes:
        """See ``AwaitedSigner.sign``."""
        for listed, signer in self._signers:
            if listed.signs_at(signed_at):
                return await signer.sign(payload, signed_at)
        if self._of_file is not None:
            return self._of_file.sign(payload, signed_at)
        raise SignerError("no key of the list signs now")


def with_listed(
    of_file: ReceiptKeys,
    listed: Sequence[ListedKey],
    key_of: Callable[[ListedKey], HeldKey],
) -> ReceiptKeys:
    """Return the keys of a list, and those of a file beside them.

    Raises:
        StartError: a key cannot be opened, or there are too many.
    """
    if not listed:
        return of_file
    signers = [(key, HeldSigner(key_of(key), PayloadType.RECEIPT)) for key in listed]
    return ReceiptKeys(
        of_file.signer,
        published(of_file, listed),
        of_file.signer_of,
        ListedSigner(signers, of_file.signer),
    )


def published(of_file: ReceiptKeys, listed: Sequence[ListedKey]) -> Sequence[Jwk]:
    """Return all public keys: announced ones, those that sign, and those that did.

    Raises:
        StartError: there are too many, or one stands there twice.
    """
    found = [*map(jwk_of, listed), *of_file.published]
    if len(found) > MOST:
        raise StartError(f"{len(found)} keys of receipts, at most {MOST}")
    if len({str(jwk["kid"]) for jwk in found}) < len(found):
        raise StartError(
            "a key of receipts is in receipt_key_file and on the list of keys"
        )
    return found


def jwk_of(listed: ListedKey) -> Jwk:
    """Return a key as it is published: with when it signs, as ``nbf`` and ``exp``.

    Both are POSIX times, as members of a JWK in OpenID Federation 1.0, 8.7.
    """
    window: Mapping[str, object] = {"nbf": _seconds(listed.signs_from)}
    if listed.signs_until is not None:
        window = {**window, "exp": _seconds(listed.signs_until)}
    return {**listed.half.jwk, **window}


def _seconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())
