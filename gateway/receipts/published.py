"""Publish the keys of a list beside those of a file, and sign receipts with them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from gateway.errors import StartError
from gateway.providers.key_list import KeyList, ListedKey, Use
from gateway.providers.listed import KeyOf, ListedSigner, opened
from gateway.receipts.keys import MOST, Jwk, ReceiptKeys
from signing.envelope import PayloadType

PUBLISHED = (Use.RECEIPTS, Use.CREDENTIALS)
"""What is checked by keys of ``/receipts/keys``."""


def with_listed(of_file: ReceiptKeys, listed: KeyList, key_of: KeyOf) -> ReceiptKeys:
    """Return the keys of a list, and those of a file beside them.

    Raises:
        StartError: a key cannot be opened, or there are too many.
    """
    ours = opened(listed.newest_first(Use.RECEIPTS), key_of)
    type_ = PayloadType.RECEIPT
    return ReceiptKeys(
        of_file.signer,
        published(of_file, listed),
        of_file.signer_of,
        ListedSigner(ours, type_, of_file.signer) if ours else None,
    )


def published(of_file: ReceiptKeys, listed: KeyList) -> Sequence[Jwk]:
    """Return all public keys: announced ones, those that sign, and those that did.

    Raises:
        StartError: there are too many, or one stands there twice.
    """
    ours = listed.newest_first(*PUBLISHED)
    found = [*map(jwk_of, ours), *of_file.published]
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
