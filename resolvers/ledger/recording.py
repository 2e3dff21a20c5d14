"""Record a decision of the graph: the bureau's rule, with the gate to find by."""

from functools import partial

from bureau.documents import document_of_certificate
from bureau.ledger.book import Weighed
from bureau.ledger.entries import Decision, StatedDecision
from bureau.ledger.judging import Rules, Vouched
from bureau.ledger.recording import (
    NO_CERTIFICATE,
    Find,
    NotVerifiedError,
    Recording,
    Request,
    not_vouched,
)
from policy.evidence import Claimant
from resolvers.certificates.find import Unanswered, find_for_payment
from resolvers.context import RequestContext
from resolvers.look_ups import count_name

PREVIEW = "preview"
"""The key of a dry run, which holds none."""


async def recorded(
    context: RequestContext,
    key: str,
    stated: StatedDecision,
    claimant: Claimant | None,
) -> Decision:
    """Record ``stated``, or find what was recorded under ``key``.

    Raises:
        RequestError: nobody may be looked up, see ``resolvers.look_ups``.
        NotVerifiedError, AlreadyPaidError, DecisionError, StoreUnavailableError: as
            ``Recording.record``.
    """
    request = request_of(context, key, stated, claimant)
    find = finder(context, claimant)
    return await recording_of(context).record(request, find)


async def previewed(
    context: RequestContext, stated: StatedDecision, claimant: Claimant | None
) -> Weighed:
    """Return what recording ``stated`` would come to; nothing is kept.

    Raises:
        RequestError: nobody may be looked up, see ``resolvers.look_ups``.
        NotVerifiedError, DecisionError, StoreUnavailableError: as
            ``Recording.preview``.
    """
    request = request_of(context, PREVIEW, stated, claimant)
    find = finder(context, claimant)
    return await recording_of(context).preview(request, find)


def finder(context: RequestContext, claimant: Claimant | None = None) -> Find:
    """Return what has a certificate vouched for, through the gate.

    A name that is compared with the holder's is counted, once they were looked up.
    """

    async def find(id_: str) -> Vouched:
        found = await find_for_payment(context, id_)
        if found is None:
            raise NotVerifiedError(NO_CERTIFICATE)
        if isinstance(found, Unanswered):
            raise not_vouched(
                found.answer,
                context.services.certificate_ids.open(id_).holder,
                context.services.parameters.in_force(context.today),
            )
        if claimant is not None:
            count_name(context, found.record.holder, claimant.name)
        agency = context.snapshot.registry.agency(found.agency)
        # At once, so that it is the list that was put on the answer.
        lists = None if agency is None else agency.listed
        if lists is None:
            return Vouched(found)
        return Vouched(found, lists.envelope, listed_by=lists.signed_by)

    return find


def recording_of(context: RequestContext) -> Recording:
    """Return what records decisions."""
    services = context.services
    return Recording(
        ledger=services.ledger,
        rules=Rules(catalogue=services.catalogue, parameters=services.parameters),
        pseudonyms=services.oversight.pseudonyms,
        jurisdiction=context.jurisdiction,
        vault=services.vault,
        document_of=partial(document_of_certificate, services.certificate_ids),
        mark=services.certificate_ids.mark,
    )


def request_of(
    context: RequestContext,
    key: str,
    stated: StatedDecision,
    claimant: Claimant | None = None,
) -> Request:
    """Return ``stated`` as a request of this moment."""
    return Request(
        key=key,
        stated=stated,
        claimant=claimant,
        caller=context.caller.id,
        districts=context.caller.districts,
        now=context.now,
        today=context.today,
    )
