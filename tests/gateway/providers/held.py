"""Providers for tests, opened as the application opens them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.providers.key_list import ListedKey
from gateway.providers.pkcs11 import Module, Token
from gateway.providers.public_halves import public_half_of
from gateway.providers.wiring import Providers, open_providers
from gateway.settings.providers import ProviderOptions
from gateway.settings.secrets import SecretSource
from gateway.settings.settings import Settings
from signing.sm2.sign import Sm2PrivateKey
from tests.gateway.receipts.signing import private
from tests.gateway.test_trusted_documents import SETTINGS

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
LABEL, PIN, BEARER = "gateway", "4711-token", "let-me-sign"
ENVIRONMENT = {"PIN": PIN, "BEARER": BEARER, "WRONG": "0000"}
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)

Key = Ed25519PrivateKey | EllipticCurvePrivateKey | Sm2PrivateKey


class Heard:
    """Remembers how signatures ended, as metrics do."""

    def __init__(self) -> None:
        self.results: list[str] = []

    def asked(self, provider: str, result: str, seconds: float) -> None:  # noqa: ARG002
        self.results.append(result)


def pem_of(key: Key) -> bytes:
    return key.pem() if isinstance(key, Sm2PrivateKey) else private(key)


def public_pem(key: object) -> str:
    half = public_half_of(key)
    assert half is not None
    return half.pem()


def listed(provider: str, name: str, public: str, **more: Any) -> ListedKey:
    window = {"signs_from": NOON - timedelta(days=1), **more}
    return ListedKey(
        provider=provider,
        name=name,
        public_key=public,
        announced_at=NOON - timedelta(days=2),
        **window,
    )


def settings_of(providers: Mapping[str, Mapping[str, Any]]) -> Settings:
    """Return a configuration in which every provider may use every secret."""
    names = tuple(providers)
    secrets = {
        name.lower(): SecretSource(variable=name, providers=names)
        for name in ENVIRONMENT
    }
    tables = {n: msgspec.convert(o, ProviderOptions) for n, o in providers.items()}
    return msgspec.structs.replace(SETTINGS, providers=tables, secrets=secrets)


@asynccontextmanager
async def opened(
    heard: Heard | None = None, **providers: Mapping[str, Any]
) -> AsyncIterator[Providers]:
    settings = settings_of(providers)
    async with open_providers(settings, ENVIRONMENT, heard or Heard()) as found:
        yield found


def half_in_token(name: str, label: str = "gateway") -> str:
    token = Token(Module(MODULE), label, lambda: PIN, 1)
    try:
        return token.public_half(name).pem()
    finally:
        token.close()


def by_folder(folder: Path) -> dict[str, Any]:
    return {"kind": "file", "folder": str(folder)}


def by_token(**changes: Any) -> dict[str, Any]:
    stated = {"module": MODULE, "token": LABEL, "pin": "secret:pin"}
    # A machine that is busy takes long to open a token; nothing waits here.
    return {"kind": "pkcs11", "timeout_seconds": 10.0, **stated, **changes}


def by_server(url: str, **changes: Any) -> dict[str, Any]:
    stated = {"url": f"{url}/sign", "bearer_token": "secret:bearer"}
    return {"kind": "http", "timeout_seconds": 10.0, **stated, **changes}


async def turn(url: str, trouble: str | None = None, seconds: float = 60.0) -> int:
    """Set what goes wrong at a server; return how often it was asked so far."""
    wish = {"trouble": trouble, "seconds": seconds}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/sandbox/signatures", json=wish) as response,
    ):
        return int((await response.json())["questions"])
