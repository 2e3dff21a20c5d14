"""Load what was paid to people, where a question judges a claim.

One statement for all people of a request that are asked for in one tick. What cannot
be read is not known, which leaves clause 17-once undetermined.
"""

from collections.abc import Sequence

from strawberry.dataloader import DataLoader

from connectors.errors import StoreUnavailableError
from policy.identity import Identity
from policy.payments import Payments
from resolvers.context import RequestContext


async def paid_before(context: RequestContext, person: Identity) -> Payments | None:
    """Return what was paid to ``person``; ``None`` if it is not known or not asked."""
    if not context.judges_claims:
        return None
    if context.payments is None:
        context.payments = _loader(context)
    return await context.payments.load(person)


def _loader(context: RequestContext) -> DataLoader[Identity, Payments | None]:
    services = context.services
    pseudonyms = services.oversight.pseudonyms

    async def load(people: list[Identity]) -> Sequence[Payments | None]:
        try:
            return await services.ledger.payments_of(
                [pseudonyms.all_of(person) for person in people]
            )
        except StoreUnavailableError:
            return [None] * len(people)

    return DataLoader(load)
