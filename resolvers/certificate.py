"""Find one certificate again by its opaque id."""

from typing import Annotated

import strawberry

from connectors.answer import AttestedCertificate
from policy.evidence import Claimant
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.caller import Scope
from resolvers.certificate_ids import UnknownIdError, fingerprint
from resolvers.certificates import Certificate, certificate_of
from resolvers.context import RequestContext
from resolvers.ledger.paid import paid_before
from resolvers.look_ups import look_up, look_up_by_wrong_id
from resolvers.privacy import without_identity_numbers
from resolvers.sources import Source, source_of


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "没有此证书：编号不是本网关所发，或登记机构已不再提供",
        "There is no such certificate: the id is not of this gateway, or its registry "
        "has it no more",
    ),
)
class UnknownCertificate:
    """Nothing is known under the id."""

    id: strawberry.ID = strawberry.field(
        description=both("所问编号", "The id that was asked for")
    )


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "登记机构未能给出可信的答复，证书情况未知",
        "The registry gave no answer that can be believed; nothing is known",
    ),
)
class AgencyUnavailable:
    """The agency that would know did not say."""

    source: Source = strawberry.field(
        description=both("该机构的答复情况", "How the agency answered")
    )

    @strawberry.field(description=both("原因", "The reason"))
    def reason(self, language: InLanguage = Language.ZH) -> str | None:
        """Return the source's reason in ``language``."""
        text = self.source.said
        return None if text is None else said(text, language)


CertificateAnswer = Annotated[
    Certificate | UnknownCertificate | AgencyUnavailable,
    strawberry.union(
        "CertificateAnswer",
        description=both("按编号查询的结果", "What asking for a certificate gives"),
    ),
]


async def find_certificate(
    context: RequestContext, id_: strawberry.ID
) -> Certificate | UnknownCertificate | AgencyUnavailable:
    """Ask the one agency that has the certificate of ``id_``."""
    found = await find_attested(context, id_)
    if not isinstance(found, AttestedCertificate):
        return found
    holder = found.record.holder
    return certificate_of(
        found,
        Claimant(holder),
        context.services,
        context.veil,
        await paid_before(context, holder),
    )


async def find_attested(
    context: RequestContext, id_: str
) -> AttestedCertificate | UnknownCertificate | AgencyUnavailable:
    """Ask the one agency that has the certificate of ``id_``, through the gate.

    Raises:
        RequestError: as ``look_up``.
    """
    try:
        place = context.services.certificate_ids.open(id_)
    except UnknownIdError:
        await look_up_by_wrong_id(context, id_)
        return _unknown(id_)
    agency = context.snapshot.registry.agency(place.agency)
    if agency is None:
        await look_up_by_wrong_id(context, id_)
        return _unknown(id_)
    (answer,) = await look_up(
        context,
        place.holder,
        [agency],
        shows=lambda certificate: fingerprint(certificate.record) == place.fingerprint,
    )
    for certificate in answer.certificates:
        if fingerprint(certificate.record) == place.fingerprint:
            return certificate
    if answer.is_complete:
        return _unknown(id_)
    return AgencyUnavailable(source=source_of(agency, answer, context.now))


def _unknown(id_: str) -> UnknownCertificate:
    """Answer that there is none; what was asked for may be a person's number."""
    return UnknownCertificate(id=strawberry.ID(without_identity_numbers(id_)))
