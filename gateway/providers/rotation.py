"""Put a key on the list, after that of its use: announced now, signing later.

Both sign for a while by the list, so that gateways that begin with the new one a little
earlier or later than others are all right. Nothing is written before the new key has
signed something that its public half verifies.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from gateway.errors import StartError
from gateway.providers.folder import read_file_key
from gateway.providers.guarded import Unheard
from gateway.providers.key_list import (
    KeyList,
    ListedKey,
    Use,
    read_key_list,
    require_sound,
    write_key_list,
)
from gateway.providers.public_halves import PublicHalf, public_half_of, read_public_half
from gateway.providers.wiring import open_providers, pkcs11_library
from gateway.settings.providers import Kind, ProviderOptions
from gateway.settings.secrets import secret_of_provider
from gateway.settings.settings import Settings
from signing.errors import TrustBundleError
from signing.held import ProviderError

TRIAL = b"certificate-gateway: a new key signs this before it is announced\n"
"""No payload of ours begins so: nothing is signed by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The key that is to sign."""

    provider: str
    name: str
    public_key: Path | None
    """The file with its public half, PEM; else the provider is asked for it."""
    signs_from: datetime
    overlap: timedelta
    """How long the key before it goes on beside it."""
    use: Use = Use.RECEIPTS


async def rotate(settings: Settings, wish: Wish, now: datetime) -> KeyList:
    """Write the list with the key on it; return what is written.

    Raises:
        StartError: there is no list or provider, no such key, or it does not sign.
    """
    path = list_of(settings)
    known = read_key_list(path, is_new=True)
    if wish.provider not in settings.providers:
        raise StartError(
            f"{wish.provider!r} is no provider; set [providers.{wish.provider}]"
        )
    half = _half(settings, wish)
    made = ListedKey(
        provider=wish.provider,
        name=wish.name,
        use=wish.use,
        public_key=half.pem(),
        announced_at=now,
        signs_from=wish.signs_from,
    )
    ends = wish.signs_from + wish.overlap
    older = tuple(
        msgspec.structs.replace(key, signs_until=ends)
        if key.signs_until is None and _is_before(key, made)
        else key
        for key in known.key
    )
    listed = KeyList(key=(*older, made))
    require_sound(listed)
    await _require_signs(settings, made)
    write_key_list(path, listed)
    return listed


def _is_before(key: ListedKey, made: ListedKey) -> bool:
    """Say whether ``made`` takes its place: SM2 signs checkpoints beside Ed25519."""
    if key.use is Use.CHECKPOINTS and key.half.algorithm != made.half.algorithm:
        return False
    return key.use is made.use


def list_of(settings: Settings) -> Path:
    """Return where the list is.

    Raises:
        StartError: the configuration names none.
    """
    if settings.signing_keys_file is None:
        raise StartError('name a list first: signing_keys_file = "keys.toml"')
    return Path(settings.signing_keys_file)


async def _require_signs(settings: Settings, key: ListedKey) -> None:
    async with open_providers(settings, os.environ, Unheard()) as providers:
        try:
            await providers.key_of(key).sign(TRIAL)
        except ProviderError as error:
            raise StartError(
                f"the key {key.name!r} does not sign, and is not put on the list: "
                f"{error}"
            ) from None


def _half(settings: Settings, wish: Wish) -> PublicHalf:
    options = settings.providers[wish.provider]
    if wish.public_key is not None:
        return _half_in(wish.public_key)
    match options.kind:
        case Kind.FILE:
            key = read_file_key(Path(str(options.folder)), wish.name)
            half = public_half_of(key.public_key)
            assert half is not None  # noqa: S101 - read_file_key looked
            return half
        case Kind.PKCS11:
            return _half_in_token(settings, options, wish, os.environ)
        case Kind.HTTP:
            raise StartError(
                "a server for signatures is not asked for public keys: take the key's "
                "from its console, and give --public-key"
            )


def _half_in(path: Path) -> PublicHalf:
    try:
        half = read_public_half(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, TrustBundleError) as error:
        raise StartError(f"{path}: {error}") from None
    if half is None:
        raise StartError(f"{path} is no PUBLIC KEY of Ed25519, P-256 or SM2")
    return half


def _half_in_token(
    settings: Settings,
    options: ProviderOptions,
    wish: Wish,
    environment: Mapping[str, str],
) -> PublicHalf:
    library = pkcs11_library()
    pin = secret_of_provider(
        str(options.pin), wish.provider, settings.secrets, environment
    )
    token = library.Token(
        library.Module(str(options.module)), str(options.token), lambda: pin, 1
    )
    try:
        half: PublicHalf = token.public_half(wish.name)
    except ProviderError as error:
        raise StartError(str(error)) from None
    finally:
        token.close()
    return half
