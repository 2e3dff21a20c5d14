"""Find whose recoveries and sums a caller may see: its authority's, or everybody's.

An agency that signed in with its key is seen as the authorities of its annex rows,
whatever scopes the operator gave it. A caller that registered a connector is seen
likewise, once two people have approved that: a draft may name any row. Everybody else
is the bureau by its scopes, or sees nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bureau.caller import Caller
from bureau.ledger.book import Authorities
from bureau.scopes import BUREAU, actor_of
from connectors.registration.lifecycle import IN_FORCE
from connectors.registration.rules import AGENCY
from connectors.registration.store import RegistrationStore
from connectors.registry import Registry
from policy.catalogue import Catalogue

NOBODYS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """The authorities that lead, by the annex and the agencies in force."""

    catalogue: Catalogue
    registry: Registry
    registrations: RegistrationStore

    async def of_caller(self, caller: Caller) -> Authorities:
        """Return the ids of the authorities whose money ``caller`` may see.

        ``None`` is everybody's.

        Raises:
            StoreUnavailableError: the database is away.
        """
        if caller.id.startswith(AGENCY):
            return self.of_agency(caller.id.removeprefix(AGENCY))
        if caller.scopes & BUREAU:
            return None
        actor = actor_of(caller)
        return self._authorities(
            item
            for connector in await self.registrations.connectors()
            if connector.state in IN_FORCE and actor.owns(connector)
            for item in connector.items
        )

    def of_agency(self, id_: str) -> frozenset[str]:
        """Return the authorities of an agency's annex rows.

        Of one that was replaced, those of what replaced it.
        """
        agency = self.registry.agency_after(id_)
        return NOBODYS if agency is None else self._authorities(agency.rows)

    def authority_of(self, connector: str | None, item: str | None) -> str | None:
        """Return who leads for a connector's record of an item; ``None``: not known."""
        known = self.catalogue.items.get(item or "")
        if known is not None:
            return known.authority.id
        of_agency = self.of_agency(connector or "")
        return next(iter(of_agency)) if len(of_agency) == 1 else None

    def _authorities(self, items: Iterable[str]) -> frozenset[str]:
        known = self.catalogue.items
        return frozenset(known[item].authority.id for item in items if item in known)
