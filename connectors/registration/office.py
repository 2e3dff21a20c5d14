"""All steps together, as one value for whoever takes them."""

from dataclasses import dataclass

from connectors.registration.key_steps import KeyRegistrar
from connectors.registration.registrar import Registrar
from connectors.registration.sanction_steps import Sanctioner
from connectors.registration.store import RegistrationStore


@dataclass(frozen=True, slots=True)
class RegistrationOffice:
    """The steps of agencies and operators, and their store."""

    connectors: Registrar
    keys: KeyRegistrar
    sanctions: Sanctioner
    store: RegistrationStore
