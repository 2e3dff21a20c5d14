"""Record a decision of the graph: the bureau's rule, with the gate to find by."""

from bureau.ledger.entries import Decision, StatedDecision
from bureau.ledger.recording import (
    NO_ANSWER,
    NO_CERTIFICATE,
    NotVerifiedError,
    Recording,
    Request,
)
from connectors.answer import AttestedCertificate
from resolvers.certificates.find import Unanswered, find_attested
from resolvers.context import RequestContext


async def recorded(
    context: RequestContext, key: str, stated: StatedDecision
) -> Decision:
    """Record ``stated``, or find what was recorded under ``key``.

    Raises:
        RequestError: nobody may be looked up, see ``resolvers.look_ups``.
        NotVerifiedError, AlreadyPaidError, DecisionError, StoreUnavailableError: as
            ``Recording.record``.
    """

    async def find(id_: str) -> AttestedCertificate:
        found = await find_attested(context, id_, is_for_payment=True)
        if found is None:
            raise NotVerifiedError(NO_CERTIFICATE)
        if isinstance(found, Unanswered):
            answer = found.answer
            raise NotVerifiedError(answer.reason or NO_ANSWER, answer.outcome)
        return found

    services = context.services
    recording = Recording(
        ledger=services.ledger,
        catalogue=services.catalogue,
        parameters=services.parameters,
        pseudonyms=services.oversight.pseudonyms,
        jurisdiction=context.jurisdiction,
    )
    request = Request(
        key=key,
        stated=stated,
        caller=context.caller.id,
        districts=context.caller.districts,
        now=context.now,
        today=context.today,
    )
    return await recording.record(request, find)
