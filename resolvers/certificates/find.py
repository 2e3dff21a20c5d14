"""Find the attested record of one certificate again by its opaque id."""

from dataclasses import dataclass

from bureau.certificate_ids import UnknownIdError, fingerprints
from bureau.versions.sources import sharing_rows
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
    context: RequestContext,
    id_: str,
    *,
    is_for_payment: bool = False,
    licence_id: str | None = None,
) -> AttestedCertificate | Unanswered | None:
    """Ask the agency that has the certificate of ``id_``, through the gate.

    All others that answer for its rows are asked, too: one may have a newer version.

    ``None``: there is none under this id, or its registry has it no more; nor under
    the electronic ``licence_id``, if that is stated.

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

    def is_it(certificate: AttestedCertificate) -> bool:
        record = certificate.record
        if licence_id is not None and record.licence_id != licence_id:
            return False
        return place.fingerprint in fingerprints(record)

    asked = sharing_rows(agency, context.agencies)
    answers = await look_up(
        context,
        place.holder,
        asked,
        shows=is_it,
        is_for_payment=is_for_payment,
    )
    by_agency = dict(zip(asked, answers, strict=True))
    # Its own agency first, in case that one has another of the same fingerprint.
    for answer in (by_agency[agency], *answers):
        for certificate in answer.certificates:
            # Nothing is paid for what its registry does not say now.
            if is_for_payment and certificate.as_of is not None:
                continue
            if is_it(certificate):
                return certificate
    answer = by_agency[agency]
    return None if answer.is_complete else Unanswered(agency, answer)
