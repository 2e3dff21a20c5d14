"""The application's state, typed: what every request may use.

No other file spells the attribute; ``tests/architecture/test_state.py`` holds that.
"""

from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.types import Scope

from gateway.admission.admission import Admission
from gateway.callers.authenticate import Callers
from gateway.collection.intake import Intake
from gateway.credentials.status_lists import StatusLists
from gateway.providers.wiring import Providers
from gateway.receipts.attesting import Attesting
from gateway.transparency.wiring import OpenLog
from resolvers.context import Services
from store.background import Supervisor
from store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationState:
    """Everything that requests use, open as long as the application is."""

    services: Services
    intake: Intake
    callers: Callers
    admission: Admission
    attesting: Attesting
    """Makes receipts of answers."""
    store: Store
    log: OpenLog
    """The log of hashes."""
    status_lists: StatusLists | None
    """What became of credentials; ``None`` where none are issued."""
    providers: Providers
    """Who keeps the keys that sign."""
    supervisor: Supervisor
    """Keeps going what goes on beside the requests."""


def put_state(app: Starlette, state: ApplicationState) -> None:
    """Let requests of ``app`` use ``state``."""
    app.state.gateway = state


def state_of(scope: Scope) -> ApplicationState:
    """Return what requests of the scope's application use."""
    state: ApplicationState = scope["app"].state.gateway
    return state
