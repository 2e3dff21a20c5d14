"""Find one certificate again by its opaque id: to be shown, or to be paid for."""

from collections.abc import Sequence
from dataclasses import dataclass

from bureau.certificate_ids import CertificatePlace, UnknownIdError, fingerprints
from bureau.versions.sources import sharing_rows
from connectors.agency import Agency
from connectors.answer import Answer, AttestedCertificate, ShownCertificate
from resolvers.context import RequestContext
from resolvers.look_ups import look_up, look_up_by_wrong_id


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The agency that would know gave no answer that can be believed."""

    agency: Agency
    answer: Answer


@dataclass(frozen=True, slots=True)
class _Found:
    """What was answered about the holder, that of the certificate's agency first."""

    agency: Agency
    place: CertificatePlace
    answers: Sequence[Answer]
    licence_id: str | None

    def is_it(self, certificate: ShownCertificate) -> bool:
        return _is(certificate, self.place, self.licence_id)

    @property
    def nothing(self) -> Unanswered | None:
        """What it means that the certificate is in none of the answers."""
        answer = self.answers[0]
        return None if answer.is_complete else Unanswered(self.agency, answer)


async def find_certificate(
    context: RequestContext, id_: str, *, licence_id: str | None = None
) -> ShownCertificate | Unanswered | None:
    """Ask the agency that has the certificate of ``id_``, through the gate.

    All others that answer for its rows are asked, too: one may have a newer version.
    What nobody signed is found where no agency signed the same.

    ``None``: there is none under this id, or its registry has it no more; nor under
    the electronic ``licence_id``, if that is stated.

    Raises:
        RequestError: as ``look_up``.
    """
    found = await _ask(context, id_, licence_id=licence_id, is_for_payment=False)
    if found is None:
        return None
    for answer in found.answers:
        for certificate in answer.certificates:
            if found.is_it(certificate):
                return certificate
    for answer in found.answers:
        for row in answer.unsigned:
            if found.is_it(row):
                return row
    return found.nothing


async def find_for_payment(
    context: RequestContext, id_: str
) -> AttestedCertificate | Unanswered | None:
    """Have the certificate of ``id_`` vouched for now, by a signature.

    The store is asked, too, what other gateways collected and saw; see
    ``find_certificate`` for the rest.

    Raises:
        RequestError: as ``look_up``.
    """
    found = await _ask(context, id_, licence_id=None, is_for_payment=True)
    if found is None:
        return None
    for answer in found.answers:
        for certificate in answer.certificates:
            # Nothing is paid for what its registry does not say now.
            if certificate.as_of is None and found.is_it(certificate):
                return certificate
    return found.nothing


async def _ask(
    context: RequestContext, id_: str, *, licence_id: str | None, is_for_payment: bool
) -> _Found | None:
    """Ask about the holder of ``id_``; ``None`` if it is none of this gateway."""
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

    def shows(certificate: ShownCertificate) -> bool:
        is_signed = isinstance(certificate, AttestedCertificate)
        return (is_signed or not is_for_payment) and _is(certificate, place, licence_id)

    asked = sharing_rows(agency, context.agencies)
    answers = await look_up(
        context, place.holder, asked, shows=shows, is_for_payment=is_for_payment
    )
    by_agency = dict(zip(asked, answers, strict=True))
    # Its own agency first, in case that one has another of the same fingerprint.
    return _Found(agency, place, (by_agency[agency], *answers), licence_id)


def _is(
    certificate: ShownCertificate, place: CertificatePlace, licence_id: str | None
) -> bool:
    record = certificate.record
    if licence_id is not None and record.licence_id != licence_id:
        return False
    return place.fingerprint in fingerprints(record)
