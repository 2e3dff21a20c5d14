"""Read everything that can be put in force without a restart, and refuse half of it.

What is not taken is told by its name: a gateway that took it would have to open ports,
databases and keys again under requests that use them.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from connectors.errors import ManifestError
from connectors.manifest import Manifest
from connectors.registry import load_manifests
from connectors.secrets import Secrets
from gateway.callers.wiring import refuse_unusable_callers
from gateway.clock import utc_now
from gateway.errors import StartError
from gateway.mlps3.judging import require_profile
from gateway.providers.kept_secrets import secrets_of
from gateway.settings.settings import Settings
from gateway.trust import load_trust_bundle
from policy.catalogue import Catalogue
from signing.trust import TrustBundle

TAKEN = (
    "manifests",
    "trust_bundle",
    "tokens",
    "roles",
    "role_districts",
    "issuers",
    "agency_callers",
    "client_certificates",
    "secrets",
    "router_tokens",
)
"""The options that are taken at a reload, with the files that they name."""
NEEDS_RESTART = tuple(
    field.encode_name
    for field in msgspec.structs.fields(Settings)
    if field.encode_name not in TAKEN
)


@dataclass(frozen=True, slots=True)
class Again:
    """Everything that was read, as of one moment, and found usable together."""

    settings: Settings
    """What is in force then: those that were taken, and the others as they were."""
    manifests: Sequence[Manifest]
    bundle: TrustBundle
    secrets: Secrets
    needs_restart: Sequence[str]
    """The options that were changed and were not taken."""


def read_again(stated: Settings, running: Settings, catalogue: Catalogue) -> Again:
    """Read the files that are ``stated``, beside what is ``running``.

    Raises:
        StartError: something in them, or in what is stated, cannot be used.
    """
    taken = {name: getattr(stated, name) for name in TAKEN}
    settings = msgspec.structs.replace(running, **taken)
    refuse_unusable_callers(settings)
    try:
        manifests = load_manifests(Path(settings.manifests))
    except ManifestError as error:
        raise StartError(str(error)) from None
    require_profile(settings, manifests, utc_now())
    return Again(
        settings=settings,
        manifests=manifests,
        bundle=load_trust_bundle(Path(settings.trust_bundle), catalogue),
        secrets=secrets_of(settings, os.environ),
        needs_restart=[
            name
            for name in NEEDS_RESTART
            if getattr(stated, name) != getattr(running, name)
        ],
    )
