"""The database as the steps need it.

A ``Work`` is one transaction, and of all gateways only one has one at a time: what it
reads stays so until it ends. It ends in all of its writes or in none.

Every method raises ``StoreUnavailableError`` if the database is away; a ``Work`` does
when it is left, if not before.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from connectors.registration.challenge import Challenge
from connectors.registration.connector import Connector, Event
from connectors.registration.keys import RegisteredKey
from connectors.registration.sanctions import (
    Sanction,
    SanctionEvent,
    SanctionProposal,
)

REPLACED_FILE = "replacedFile"
"""In the detail of an activation: the agency of the operator's files that gave way."""


class RegistrationReader(Protocol):
    """Read access to registrations."""

    async def connector(self, id_: str) -> Connector | None:
        """Return one connector with its keys."""

    async def connectors(self) -> Sequence[Connector]:
        """Return all connectors, by id; the retired ones too."""

    async def events(self, connector: str) -> Sequence[Event]:
        """Return what was done to a connector, oldest first."""

    async def sanctions(self, *, lifted: bool) -> Sequence[Sanction]:
        """Return the sanctions that did not end, with ``lifted`` all of them."""

    async def sanction_events(self, sanction: int) -> Sequence[SanctionEvent]:
        """Return what was done to a sanction, oldest first."""

    async def proposals(self) -> Sequence[SanctionProposal]:
        """Return the proposals nobody has decided on."""


class Work(RegistrationReader, Protocol):
    """One transaction."""

    async def replaced_files(self) -> frozenset[str]:
        """Return the agencies of the operator's files whose place was ever taken."""

    async def key(self, kid: str) -> RegisteredKey | None:
        """Return a key by its id."""

    async def key_by_fingerprint(self, fingerprint: str) -> RegisteredKey | None:
        """Return a key by what it is."""

    async def challenge(self, id_: str) -> Challenge | None:
        """Return a challenge."""

    async def add(self, connector: Connector, event: Event) -> None:
        """Keep a new connector."""

    async def change(self, connector: Connector, event: Event) -> None:
        """Keep the next version of a connector."""

    async def add_key(self, key: RegisteredKey) -> None:
        """Keep a new key."""

    async def change_key(self, key: RegisteredKey) -> None:
        """Keep a key as it is now."""

    async def add_challenge(self, challenge: Challenge) -> None:
        """Keep a challenge, and forget those that expired long ago."""

    async def use_challenge(self, challenge: Challenge) -> None:
        """Keep that a challenge was answered."""

    async def add_sanction(self, sanction: Sanction, event: SanctionEvent) -> Sanction:
        """Keep a new sanction; return it with its id."""

    async def change_sanction(self, sanction: Sanction, event: SanctionEvent) -> None:
        """Keep a sanction as it is now."""

    async def decide_proposal(self, proposal: SanctionProposal) -> None:
        """Keep what was decided on a proposal."""


class RegistrationStore(RegistrationReader, Protocol):
    """Registrations, kept."""

    def work(self) -> AbstractAsyncContextManager[Work]:
        """Begin a transaction; leaving it by an exception undoes all of it."""
