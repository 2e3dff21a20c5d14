"""Open the office where agencies and operators take their steps."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from connectors.conformance.check import check_connector
from connectors.conformance.plan import Plan
from connectors.conformance.report import Report
from connectors.conformance.subject import Effort
from connectors.manifest import Manifest
from connectors.network.addresses import AddressGuard
from connectors.network.networks import Network
from connectors.registration.key_steps import KeyRegistrar
from connectors.registration.office import RegistrationOffice
from connectors.registration.registrar import Registrar
from connectors.registration.rules import Configured
from connectors.registration.sanction_steps import Sanctioner
from connectors.registration.store import RegistrationStore
from policy.catalogue import Catalogue
from signing.trust import TrustBundle

CHALLENGE_BYTES = 24


def open_office(  # noqa: PLR0913 - what an office is made of
    store: RegistrationStore,
    *,
    catalogue: Catalogue,
    configured: Configured,
    networks: Sequence[Network],
    effort: Effort,
    clock: Callable[[], datetime],
) -> RegistrationOffice:
    """Return the office; ``effort`` bounds each run of the conformance kit."""

    async def run_check(
        manifest: Manifest, bundle: TrustBundle, plan: Plan, rows: frozenset[str]
    ) -> Report:
        return await check_connector(
            manifest,
            bundle,
            plan,
            catalogue=catalogue,
            guard=AddressGuard(networks),
            clock=clock,
            effort=effort,
            rows=rows,
        )

    return RegistrationOffice(
        connectors=Registrar(
            store=store,
            catalogue=catalogue,
            configured=configured,
            networks=networks,
            clock=clock,
            run_check=run_check,
        ),
        keys=KeyRegistrar(
            store=store,
            configured=configured,
            clock=clock,
            # Hexadecimal: a command takes it as an argument, where "-" means more.
            new_id=lambda: secrets.token_hex(CHALLENGE_BYTES),
        ),
        sanctions=Sanctioner(store=store, catalogue=catalogue, clock=clock),
        store=store,
    )
