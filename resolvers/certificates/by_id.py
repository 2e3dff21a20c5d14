"""``certificate(id:)``: a certificate, or why there is none to show."""

from typing import Annotated

import strawberry

from bureau.caller import Scope
from bureau.privacy.masks import without_identity_numbers
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.certificates.certificate import Certificate, certificate_alone
from resolvers.certificates.find import Unanswered, find_certificate
from resolvers.context import RequestContext
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


async def certificate_by_id(
    context: RequestContext, id_: strawberry.ID
) -> Certificate | UnknownCertificate | AgencyUnavailable:
    """Ask the one agency that has the certificate of ``id_``."""
    found = await find_certificate(context, id_)
    if found is None:
        # What was asked for may be a person's number.
        return UnknownCertificate(id=strawberry.ID(without_identity_numbers(id_)))
    if isinstance(found, Unanswered):
        source = source_of(found.agency, found.answer, context.now)
        return AgencyUnavailable(source=source)
    return await certificate_alone(context, found)
