"""``certificateByLicenceId``: the certificate of an electronic licence (电子证照).

Agencies are asked about people. Whose licence it is comes from what they sent, and
then they are asked about that person as ``certificate(id:)`` asks: through the gate,
at the same price, whether anything is found or not.
"""

from typing import Annotated

import strawberry

from bureau.caller import Scope
from bureau.licences import stating_licences
from bureau.privacy.masks import MAX_MESSAGE, without_identity_numbers
from connectors.errors import StoreUnavailableError
from policy import normal_form
from policy.identifiers import LICENCE_ID_PROBLEMS, licence_id_problem
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.certificates.by_id import AgencyUnavailable
from resolvers.certificates.certificate import Certificate, certificate_alone
from resolvers.certificates.find import Unanswered, find_certificate
from resolvers.context import RequestContext
from resolvers.documents.directives import list_of
from resolvers.enums import LicenceIdProblem
from resolvers.errors import store_unavailable
from resolvers.look_ups import look_up_by_wrong_id
from resolvers.sources import source_of

_UNKNOWN = Text(
    "归集数据中没有此电子证照标识的证书；这不表示没有此证书，请按证件号码查询",
    "no certificate under this licence id is among what agencies sent; that does not "
    "say that there is none: ask by the identity number",
)


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "电子证照标识有误：未向任何机构查询",
        "A malformed electronic licence id: nobody was asked",
    ),
)
class InvalidLicenceId:
    """An electronic licence id that cannot be one."""

    problem: LicenceIdProblem = strawberry.field(
        description=both("问题代码", "What is wrong, as a code")
    )
    found: str = strawberry.field(
        description=both("所给标识，按规范形式读取", "What was given, as it was read")
    )

    @strawberry.field(description=both("问题", "What is wrong"))
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the message in ``language``."""
        return said(LICENCE_ID_PROBLEMS[self.problem], language)


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "归集数据中没有此电子证照标识；不表示没有此证书",
        "No such licence id is among what agencies sent; that is not that there is "
        "no such certificate",
    ),
)
class UnknownLicence:
    """Nothing is known under the licence id, which is not that there is nothing."""

    stated: str = strawberry.field(
        description=both("所问标识", "The licence id that was asked for")
    )
    searched: list[strawberry.ID] = strawberry.field(
        directives=[list_of(10)],
        description=both(
            "在哪些机构所报送的数据中查找：其余机构的证书无法按此标识查到",
            "Among whose data it was searched: of others no certificate is found by "
            "its licence id",
        ),
    )

    @strawberry.field(description=both("说明", "What to do"))
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the message in ``language``."""
        return said(_UNKNOWN, language)


LicenceAnswer = Annotated[
    Certificate | UnknownLicence | InvalidLicenceId | AgencyUnavailable,
    strawberry.union(
        "LicenceAnswer",
        description=both(
            "按电子证照标识查询的结果",
            "What asking by an electronic licence id gives",
        ),
    ),
]


async def certificate_by_licence_id(
    context: RequestContext, stated: str
) -> Certificate | UnknownLicence | InvalidLicenceId | AgencyUnavailable:
    """Ask about the holder of an electronic licence.

    Raises:
        RequestError: as ``look_up``; or what was sent cannot be read now.
    """
    licence_id = normal_form.number(stated[:MAX_MESSAGE])
    shown = without_identity_numbers(licence_id)
    problem = licence_id_problem(licence_id)
    if problem is not None:
        return InvalidLicenceId(problem=problem, found=shown)
    searched = stating_licences(context.agencies)
    try:
        ids = await context.services.licences.find(licence_id, searched)
    except StoreUnavailableError:
        raise store_unavailable() from None
    if not ids:
        await look_up_by_wrong_id(context, licence_id)
        found = None
    else:
        found = await find_certificate(context, ids[0], licence_id=licence_id)
    if found is None:
        names = [strawberry.ID(agency.id) for agency in searched]
        return UnknownLicence(stated=shown, searched=names)
    if isinstance(found, Unanswered):
        source = source_of(found.agency, found.answer, context.now)
        return AgencyUnavailable(source=source)
    return await certificate_alone(context, found)
