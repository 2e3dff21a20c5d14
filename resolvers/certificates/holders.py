"""A person in the graph: what they hold, and who was asked.

``holder`` asks every agency before anything below it is resolved, so the whole
subtree is pure. A malformed identity number is an answer of its own type: nobody
is asked, and the certificates are null, which is not an empty list.
"""

from datetime import date
from typing import Annotated

import strawberry

from bureau.caller import Scope
from bureau.person import Person, RowQuestion, judge
from policy import normal_form
from policy.evidence import Claim, Claimant
from policy.identity import IdentityError, parse_identity
from policy.names import stated_name
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.certificates.claim import ClaimArgument, StatedClaim
from resolvers.certificates.connection import (
    TAKEN,
    AfterArgument,
    CertificateConnection,
    FilterArgument,
    FirstArgument,
    connection_of,
)
from resolvers.certificates.eligibility import (
    AsOf,
    ClaimEligibility,
    Eligibility,
    shown,
)
from resolvers.context import Info, RequestContext
from resolvers.documents.directives import list_of, page_of
from resolvers.enums import (
    IdentityProblem,
    IdType,
    Level,
)
from resolvers.errors import RequestError
from resolvers.ledger.paid import paid_before
from resolvers.look_ups import count_name, look_up
from resolvers.sources import Source, skipped, source_of

ItemCode = Annotated[
    str,
    strawberry.argument(
        description=both("附件项目代码", "The item's code in the annex")
    ),
]
AnnexLevel = Annotated[
    Level,
    strawberry.argument(
        description=both("附件所列等级", "A grade the annex lists for the item")
    ),
]
MAX_HOLDERS = 100
PEOPLE = Text("人", "people")


@strawberry.federation.interface(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "对一个人的查询结果：Holder 或 InvalidIdentity",
        "What asking about one person gives: a Holder or an InvalidIdentity",
    ),
)
class HolderAnswer:
    """The fields that both answers have."""

    sources: list[Source] = strawberry.field(
        directives=[list_of(10)],
        description=both(
            "每个机构一行：是否答复、是否可信、原因",
            "One row an agency: whether it answered, was believed, and why",
        ),
    )

    @strawberry.field(
        directives=[page_of(TAKEN, "nodes", "edges")],
        description=both(
            "经核验的证书；证件号码有误时为空（null），不等于没有证书",
            "The verified certificates; null if the number is malformed, which does "
            "not say that there are none",
        ),
    )
    def certificates(
        self,
        filter: FilterArgument = None,  # noqa: A002 - the field's argument
        first: FirstArgument = None,
        after: AfterArgument = None,
    ) -> CertificateConnection | None:
        """Return nothing: nobody was asked."""


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "一位持证人；对号码有效的人总有结果，各机构的答复见 sources",
        "A person whose number is well-formed; what each agency said is in sources",
    ),
)
class Holder(HolderAnswer):
    """A person the agencies were asked about."""

    person: strawberry.Private[Person]
    id_type: IdType = strawberry.field(
        description=both("证件类型（所述或推得）", "The id type, stated or inferred")
    )

    @strawberry.field(
        directives=[page_of(TAKEN, "nodes", "edges")],
        description=both("经核验的证书", "The certificates that verified"),
    )
    def certificates(
        self,
        info: Info,
        filter: FilterArgument = None,  # noqa: A002 - the field's argument
        first: FirstArgument = None,
        after: AfterArgument = None,
    ) -> CertificateConnection | None:
        """Return one page of what verified."""
        return connection_of(
            self.person.certificates,
            self.person.claimant,
            info.context,
            paid=self.person.paid,
            selection=filter,
            first=first,
            after=after,
        )

    @strawberry.field(
        description=both(
            "此人凭附件某一项目、等级能否获得补贴；有关机构未答复时为 UNDETERMINED",
            "Whether the notice pays this person for one item and grade of the annex; "
            "UNDETERMINED if the agency concerned did not answer",
        )
    )
    def eligibility(
        self,
        info: Info,
        item_code: ItemCode,
        level: AnnexLevel,
        as_of: AsOf = None,
        claim: ClaimArgument = None,
    ) -> Eligibility | None:
        """Evaluate the holder's best certificate of that row, or say what is missing.

        Raises:
            RequestError: ``item_code`` is not in the annex, or the claim's day has not
                come.
        """
        if claim is not None:
            refused = claim.in_future(info.context.today)
            if refused is not None:
                raise refused.as_error
        stated = None if claim is None else claim.as_claim(self.person.paid)
        return self._judged(info, item_code, level, as_of, stated)

    @strawberry.field(
        description=both(
            "此人凭附件某一项目、等级的一次申领能否获得补贴",
            "Whether a claim of this person for one item and grade of the annex is "
            "paid",
        )
    )
    def claim_eligibility(
        self,
        info: Info,
        item_code: ItemCode,
        level: AnnexLevel,
        claim: StatedClaim,
        as_of: AsOf = None,
    ) -> ClaimEligibility | None:
        """Evaluate as ``eligibility`` does, or refuse a claim of a later day.

        Raises:
            RequestError: ``item_code`` is not in the annex.
        """
        refused = claim.in_future(info.context.today)
        stated = claim.as_claim(self.person.paid)
        return refused or self._judged(info, item_code, level, as_of, stated)

    def _judged(
        self,
        info: Info,
        item_code: str,
        level: Level,
        as_of: date | None,
        claim: Claim | None,
    ) -> Eligibility:
        context = info.context
        services = context.services
        item = services.catalogue.items.get(normal_form.code(item_code))
        if item is None:
            raise RequestError(
                f"itemCode {item_code!r} is not in the annex; see catalogue.items"
            )
        question = RowQuestion(
            item=item,
            level=level,
            as_of=as_of or context.today,
            today=context.today,
            claim=claim,
        )
        verdict = judge(
            self.person,
            question,
            catalogue=services.catalogue,
            parameters=services.parameters,
        )
        certificate = verdict.certificate
        if certificate is None:
            return shown(verdict.eligibility)
        return shown(
            verdict.eligibility,
            lambda reason: context.mask.text(reason, certificate.record),
        )


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "证件号码有误：说明问题，未向任何机构查询",
        "A malformed identity number: what is wrong; no agency was asked",
    ),
)
class InvalidIdentity(HolderAnswer):
    """An identity number that is malformed."""

    stated: strawberry.Private[Text]
    problem: IdentityProblem = strawberry.field(
        description=both("问题代码", "What is wrong, as a code")
    )

    @strawberry.field(
        description=both("问题、所允许的形式与处理办法", "What is wrong and what to do")
    )
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the message in ``language``."""
        return said(self.stated, language)


@strawberry.input(description=both("批量查询中的一个人", "One person of a batch"))
class PersonInput:
    """A person to ask about."""

    id_number: str = strawberry.field(
        description=both("证件号码", "The identity number")
    )
    id_type: IdType | None = strawberry.field(
        default=None,
        description=both(
            "证件类型；省略时按号码推得（护照须注明）",
            "The id type; inferred if left out (a passport's must be stated)",
        ),
    )
    name: str | None = strawberry.field(
        default=None,
        description=both(
            "申领人姓名；给出时与证书核对（219-2c）",
            "The claimant's name; compared with the certificate if stated (219-2c)",
        ),
    )


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both("批量查询的结果", "What a batch gives"),
)
class Holders:
    """Answers in the order asked."""

    nodes: list[HolderAnswer] = strawberry.field(
        directives=[list_of(MAX_HOLDERS)],
        description=both("逐人结果，按所问顺序", "One answer a person, in order"),
    )


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "列表为空或过长：未查询", "A list that is empty or too long; nobody was asked"
    ),
)
class InvalidList:
    """A batch that was not asked."""

    counted: strawberry.Private[Text] = PEOPLE
    found: int = strawberry.field(description=both("所给数目", "How many were given"))
    allowed: int = strawberry.field(description=both("最多数目", "The most allowed"))

    @strawberry.field(description=both("说明", "What to do"))
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the message in ``language``."""
        return said(
            Text(
                f"列表有{self.found}{self.counted.zh}，允许1至{self.allowed}"
                f"{self.counted.zh}，请分批查询",
                f"{self.found} {self.counted.en} given, 1 to {self.allowed} allowed; "
                "ask in several batches",
            ),
            language,
        )


HoldersAnswer = Annotated[
    Holders | InvalidList,
    strawberry.union(
        "HoldersAnswer",
        description=both("批量查询的结果", "What asking about several people gives"),
    ),
]


async def ask_about(
    context: RequestContext,
    asked: PersonInput,
    agencies: list[strawberry.ID] | None = None,
) -> HolderAnswer:
    """Ask the agencies about one person.

    Raises:
        RequestError: an agency id is unknown, or too many names were tried.
    """
    _refuse_unknown(context, agencies)
    try:
        identity = parse_identity(asked.id_number, asked.id_type)
    except IdentityError as error:
        return InvalidIdentity(
            stated=error.message,
            problem=error.problem,
            sources=[skipped(agency, _MALFORMED) for agency in context.agencies],
        )
    chosen = [a for a in context.agencies if agencies is None or a.id in agencies]
    answers = await look_up(context, identity, chosen)
    count_name(context, identity, asked.name)
    by_agency = dict(zip(chosen, answers, strict=True))
    return Holder(
        person=Person(
            Claimant(identity, stated_name(asked.name)),
            tuple(by_agency.items()),
            await paid_before(context, identity),
        ),
        id_type=identity.type,
        sources=[
            source_of(agency, by_agency[agency], context.now)
            if agency in by_agency
            else skipped(agency, _NOT_CHOSEN)
            for agency in context.agencies
        ],
    )


def _refuse_unknown(
    context: RequestContext, agencies: list[strawberry.ID] | None
) -> None:
    if not agencies:
        return
    known = [agency.id for agency in context.agencies]
    for id_ in agencies:
        if id_ not in known:
            raise RequestError(f"no agency {id_!r}; known are {', '.join(known)}")


_MALFORMED = Text("证件号码有误，未查询", "the number is malformed; not asked")
_NOT_CHOSEN = Text("本次未选择该机构，未查询", "not chosen; not asked")
