"""Secrets of agencies that manifests name and never say.

``secret:NAME`` stands in a manifest for what whoever runs the gateway keeps elsewhere.
A secret is for the connectors that are named beside it alone: an agency that registers
itself would otherwise have another one's sent to its own address.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from msgspec.structs import replace

from connectors.errors import ManifestError
from connectors.manifest import Manifest
from connectors.manifest_endpoint import PLAIN_TOKEN, REFERENCE

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""How a secret is called."""


PLACES = (
    ("endpoint", "bearer_token"),
    ("national_exchange", "application_key"),
    ("tif", "token"),
    ("tif", "body_key"),
    ("tif", "signing_key"),
    ("licence_store", "password"),
)
"""Where a manifest may name one: the table and its key."""


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
        for table, name in PLACES:
            stated = getattr(getattr(manifest, table), name) or ""
            if stated.startswith(REFERENCE):
                value = self._of(manifest, f"{table}.{name}", stated)
                changed = replace(getattr(manifest, table), **{name: value})
                manifest = replace(manifest, **{table: changed})
        token = manifest.endpoint.bearer_token
        if token is not None and not PLAIN_TOKEN.fullmatch(token):
            raise ManifestError(
                "endpoint.bearer_token names a secret that is no bearer token: letters,"
                " digits and `._~+/-` are allowed (RFC 6750), and `=` at its end"
            )
        return manifest

    def _of(self, manifest: Manifest, place: str, stated: str) -> str:
        """Return the secret that is named at a place."""
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


def named_in(manifest: Manifest) -> Iterator[str]:
    """Yield the name of each secret that a manifest names."""
    for table, name in PLACES:
        stated = getattr(getattr(manifest, table), name) or ""
        if stated.startswith(REFERENCE):
            yield stated.removeprefix(REFERENCE)


NO_SECRETS = Secrets(MappingProxyType({}))
"""For who has none: a manifest that names one is refused."""
