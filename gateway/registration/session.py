"""Take one step at the command line, on the gateway's own database."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bureau.caller import actor_of
from connectors.conformance.subject import Effort
from connectors.registration.office import RegistrationOffice
from connectors.registration.rules import Actor, Configured
from connectors.registry import load_manifests
from gateway.clock import utc_now
from gateway.registration.identity import caller_of
from gateway.registration.wiring import open_office
from gateway.settings.settings import Settings, load_settings
from gateway.trust import load_trust_bundle
from policy.catalogue import load_catalogue
from store.database import open_database
from store.registration.registrations import StoredRegistrations


@asynccontextmanager
async def office_of(settings: Settings) -> AsyncIterator[RegistrationOffice]:
    """Open the office on the database of ``settings``.

    Raises:
        StartError: a file or the database cannot be used.
    """
    catalogue = load_catalogue()
    configured = Configured(
        load_manifests(Path(settings.manifests)),
        load_trust_bundle(Path(settings.trust_bundle), catalogue),
    )
    async with open_database(settings.database_url) as engine:
        yield open_office(
            StoredRegistrations(engine),
            catalogue=catalogue,
            configured=configured,
            networks=settings.registration.networks,
            effort=Effort(),
            clock=utc_now,
        )


def settings_and_actor(
    config: Path, token_file: Path, step: str
) -> tuple[Settings, Actor]:
    """Return the settings in ``config``, and who takes ``step``.

    Raises:
        StartError: the configuration or the token does not do.
    """
    settings = load_settings(config, os.environ)
    caller = caller_of(settings, token_file, step, utc_now().timestamp())
    return settings, actor_of(caller)


@asynccontextmanager
async def office_at(config: Path) -> AsyncIterator[RegistrationOffice]:
    """Open the office of the configuration in ``config``.

    Raises:
        StartError: as ``office_of``.
    """
    async with office_of(load_settings(config, os.environ)) as office:
        yield office
