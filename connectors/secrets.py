"""Secrets of agencies that manifests name and never say.

``secret:NAME`` stands in a manifest for what whoever runs the gateway keeps elsewhere.
A secret is for the connectors that are named beside it alone: an agency that registers
itself would otherwise have another one's sent to its own address.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from msgspec.structs import replace

from connectors.errors import ManifestError
from connectors.manifest import PLAIN_TOKEN, REFERENCE, Manifest

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""How a secret is called."""


@dataclass(frozen=True, slots=True)
class Secret:
    """What is kept under a name, and who may use it."""

    value: str = field(repr=False)
    connectors: frozenset[str]


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets that manifests may name."""

    kept: Mapping[str, Secret]

    def put_in(self, manifest: Manifest) -> Manifest:
        """Return ``manifest`` with the secrets that it names, to ask its agency by.

        What is returned is for connections alone: it is neither shown nor kept.

        Raises:
            ManifestError: it names one that is not there, is not its own, or cannot
                stand where it is to stand; the message does not repeat it.
        """
        endpoint, exchange = manifest.endpoint, manifest.national_exchange
        token = self._of(manifest, "endpoint.bearer_token", endpoint.bearer_token)
        if token != endpoint.bearer_token and not PLAIN_TOKEN.fullmatch(token or ""):
            raise ManifestError(
                "endpoint.bearer_token names a secret that is no bearer token: letters,"
                " digits and `._~+/-` are allowed (RFC 6750), and `=` at its end"
            )
        place = "national_exchange.application_key"
        key = self._of(manifest, place, exchange.application_key)
        if (token, key) == (endpoint.bearer_token, exchange.application_key):
            return manifest
        return replace(
            manifest,
            endpoint=replace(endpoint, bearer_token=token),
            national_exchange=replace(exchange, application_key=key or ""),
        )

    def _of(self, manifest: Manifest, place: str, stated: str | None) -> str | None:
        """Return the secret that is named at a place, or what is stated itself."""
        if stated is None or not stated.startswith(REFERENCE):
            return stated
        name = stated.removeprefix(REFERENCE)
        secret = self.kept.get(name)
        # Whether another one's is there is nobody's business.
        if secret is None or manifest.id not in secret.connectors:
            raise ManifestError(
                f"{place} names the secret {name!r}, and {manifest.id} "
                f"has none of that name; whoever runs the gateway sets "
                f"[secrets.{name}] with {manifest.id} among its connectors"
            )
        return secret.value


NO_SECRETS = Secrets(MappingProxyType({}))
"""For who has none: a manifest that names one is refused."""
