"""Say which data is protected by which algorithm, in which module, as it runs."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from connectors.manifest import Manifest
from gateway.providers.key_list import Use as KeyUse
from gateway.providers.wiring import read_listed
from gateway.receipts.keys import read_receipt_keys
from gateway.settings.receipts import Receipts
from gateway.settings.settings import Settings
from signing.algorithms import Algorithm

OPENSSL, SODIUM = "OpenSSL (cryptography)", "libsodium (PyNaCl)"
HERE = frozenset({"127.0.0.1", "::1", "localhost"})


class Use(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One use of cryptography."""

    data: str
    """The id of the data."""
    algorithm: str
    module: str
    product_certificate: str | None = None
    """The number of the module's certificate, as the operator states it."""
    is_open: bool = False
    """Whether it is done outside the gateway, if at all."""


def uses_of(
    settings: Settings, manifests: Sequence[Manifest], now: datetime
) -> Sequence[Use]:
    """Return every use.

    Raises:
        StartError: a file of keys cannot be read.
    """
    return [
        *_callers(settings),
        *_traffic(settings, manifests),
        Use(data="certificate-ids", algorithm="AES-256-SIV", module=OPENSSL),
        Use(data="pseudonyms", algorithm="HMAC-SHA-256", module="OpenSSL (hashlib)"),
        *_kept(settings),
        *_log(settings, now),
        *receipts_of(settings, now),
        *_credentials(settings, now),
    ]


def is_here(host: str | None) -> bool:
    """Say whether only this machine can connect to a host."""
    return host in HERE


def _callers(settings: Settings) -> Iterator[Use]:
    if settings.tokens:
        yield Use(data="callers", algorithm="a shared token", module="none")
    for issuer in settings.issuers:
        yield Use(data="callers", algorithm="/".join(issuer.algorithms), module=OPENSSL)
    if settings.client_certificates:
        yield Use(data="callers", algorithm="TLS client certificate", module="a proxy")
    if settings.agency_callers is not None:
        yield Use(data="callers", algorithm="JWT by agencies' keys", module=OPENSSL)


def _traffic(settings: Settings, manifests: Sequence[Manifest]) -> Iterator[Use]:
    if settings.tls is not None:
        yield Use(data="callers-traffic", algorithm="TLS", module="rustls (granian)")
    else:
        yield Use(
            data="callers-traffic",
            algorithm="a proxy's TLS" if is_here(settings.host) else "none",
            module="not the gateway's",
            is_open=is_here(settings.host),
        )
    for manifest in manifests:
        for url in manifest.endpoint.addresses.values():
            parts = urlsplit(url)
            stays = is_here(parts.hostname)
            is_secret = parts.scheme == "https"
            yield Use(
                data="agencies-traffic",
                algorithm="TLS" if is_secret else "none",
                module="OpenSSL (Python)"
                if is_secret
                else "on this machine"
                if stays
                else "none",
                is_open=stays and not is_secret,
            )


def _kept(settings: Settings) -> Iterator[Use]:
    yield Use(
        data="collected",
        algorithm="none",
        module="the database's, or its disk's",
        is_open=True,
    )
    if settings.evidence_key_file is not None:
        yield Use(data="evidence", algorithm="AES-256-GCM", module=OPENSSL)


def _log(settings: Settings, now: datetime) -> Iterator[Use]:
    if settings.transparency.key_file is not None:
        yield Use(data="log", algorithm="Ed25519", module=OPENSSL)
    if settings.transparency.ml_dsa_key_file is not None:
        yield Use(data="log", algorithm="ML-DSA-44", module=OPENSSL)
    yield from _listed(settings, KeyUse.CHECKPOINTS, "log", now)


def receipts_of(settings: Settings, now: datetime) -> Iterator[Use]:
    """Return how receipts are signed, from now on.

    Raises:
        StartError: a file of keys cannot be read.
    """
    if settings.receipts is Receipts.OFF:
        return
    yield from _listed(settings, KeyUse.RECEIPTS, "receipts", now)
    if settings.receipt_key_file is not None and not _signs(
        settings, KeyUse.RECEIPTS, now
    ):
        yield _by_file(settings.receipt_key_file, "receipts")


def _credentials(settings: Settings, now: datetime) -> Iterator[Use]:
    """Return how credentials are signed: by keys of their own, or by receipts' file."""
    if settings.credentials.issuer is None:
        return
    yield from _listed(settings, KeyUse.CREDENTIALS, "credentials", now)
    if settings.receipt_key_file is not None and not _signs(
        settings, KeyUse.CREDENTIALS, now
    ):
        yield _by_file(settings.receipt_key_file, "credentials")


def _listed(settings: Settings, use: KeyUse, data: str, now: datetime) -> Iterator[Use]:
    """Yield the keys of the list that sign, or will."""
    for key in read_listed(settings).newest_first(use):
        if not key.has_ended(now):
            options = settings.providers[key.provider]
            yield Use(
                data=data,
                algorithm=key.half.algorithm,
                module=f"{options.kind}: {key.provider}",
                product_certificate=options.product_certificate,
            )


def _signs(settings: Settings, use: KeyUse, now: datetime) -> bool:
    return any(key.signs_at(now) for key in read_listed(settings).newest_first(use))


def _by_file(path: str, data: str) -> Use:
    algorithm = str(read_receipt_keys(Path(path)).published[0]["alg"])
    module = SODIUM if algorithm == Algorithm.ED25519 else OPENSSL
    return Use(data=data, algorithm=algorithm, module=module)
