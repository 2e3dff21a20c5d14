"""Find the attested record of one certificate again by its opaque id."""

from dataclasses import dataclass

from bureau.certificate_ids import UnknownIdError, fingerprints
from connectors.agency import Agency
from connectors.answer import Answer, AttestedCertificate
from resolvers.context import RequestContext
from resolvers.look_ups import look_up, look_up_by_wrong_id


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The agency that would know gave no answer that can be believed."""

    agency: Agency
    answer: Answer


async def find_attested(
    context: RequestContext, id_: str
) -> AttestedCertificate | Unanswered | None:
    """Ask the one agency that has the certificate of ``id_``, through the gate.

    ``None``: there is none under this id, or its registry has it no more.

    Raises:
        RequestError: as ``look_up``.
    """
    try:
        place = context.services.certificate_ids.open(id_)
    except UnknownIdError:
        await look_up_by_wrong_id(context, id_)
        return None
    # What the id was made of names the connector of then; the holder is the same.
    agency = context.snapshot.registry.agency_after(place.agency)
    if agency is None:
        await look_up_by_wrong_id(context, id_)
        return None
    (answer,) = await look_up(
        context,
        place.holder,
        [agency],
        shows=lambda certificate: place.fingerprint in fingerprints(certificate.record),
    )
    for certificate in answer.certificates:
        if place.fingerprint in fingerprints(certificate.record):
            return certificate
    return None if answer.is_complete else Unanswered(agency, answer)
