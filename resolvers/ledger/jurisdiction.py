"""Whose recoveries and sums a caller may see: its own authority's, or everybody's.

An agency that signed in with its key is seen as the authorities of its annex rows,
whatever scopes the operator gave it. A caller that registered a connector is seen
likewise, once two people have approved that: a draft may name any row. Everybody else
is the bureau by its scopes, or sees nothing.
"""

from bureau.ledger.book import Authorities
from bureau.scopes import BUREAU
from connectors.registration.lifecycle import IN_FORCE
from connectors.registration.rules import AGENCY
from resolvers.context import RequestContext
from resolvers.registration.inputs import actor_of

NOBODYS: frozenset[str] = frozenset()


async def jurisdiction_of(context: RequestContext) -> Authorities:
    """Return the ids of the authorities whose money the caller may see.

    ``None`` is everybody's.

    Raises:
        StoreUnavailableError: the database is away.
    """
    caller = context.caller
    if caller.id.startswith(AGENCY):
        return authorities_of_agency(context, caller.id.removeprefix(AGENCY))
    if caller.scopes & BUREAU:
        return None
    actor = actor_of(caller)
    connectors = await context.services.registration.store.connectors()
    items = {
        item
        for connector in connectors
        if connector.state in IN_FORCE and actor.owns(connector)
        for item in connector.items
    }
    return _authorities(context, items)


def authorities_of_agency(context: RequestContext, id_: str) -> frozenset[str]:
    """Return the authorities of an agency's annex rows."""
    agency = context.snapshot.registry.agency(id_)
    return NOBODYS if agency is None else _authorities(context, agency.rows)


def _authorities(
    context: RequestContext, items: set[str] | frozenset[str]
) -> frozenset[str]:
    known = context.services.catalogue.items
    return frozenset(known[item].authority.id for item in items if item in known)


def authority_of(
    context: RequestContext, connector: str | None, item: str | None
) -> str | None:
    """Return who leads for a connector's record of an item; ``None`` if not known."""
    known = context.services.catalogue.items.get(item or "")
    if known is not None:
        return known.authority.id
    of_agency = authorities_of_agency(context, connector or "")
    return next(iter(of_agency)) if len(of_agency) == 1 else None
