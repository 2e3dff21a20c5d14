"""A person in the graph: what they hold, and who was asked.

``holder`` asks every agency before anything below it is resolved, so the whole
subtree is pure. A malformed identity number is an answer of its own type: nobody
is asked, and the certificates are null, which is not an empty list.
"""

from datetime import date
from typing import Annotated

import strawberry
from strawberry.federation.schema_directives import Cost

from bureau.caller import Scope
from bureau.person import Person, RowQuestion, judge
from policy import normal_form
from policy.evidence import Claim
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.certificates.claim import ClaimArgument, StatedClaim
from resolvers.certificates.claimable import ClaimableAnswer, claimable_of
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
    judged_shown,
)
from resolvers.context import Info
from resolvers.documents.directives import list_of, page_of
from resolvers.enums import (
    IdentityProblem,
    IdType,
    Level,
)
from resolvers.errors import RequestError
from resolvers.relay import Node
from resolvers.sources import Source

CLAIMABLE_WEIGHT = 20
"""The ledger is asked about each certificate."""
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


@strawberry.interface(
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
            "经核验的证书，以及有权限者可见的无人签名的内容；证件号码有误时为空（null），"
            "不等于没有证书",
            "The verified certificates, and what nobody signed to who may see it; null "
            "if the number is malformed, which does not say that there are none",
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
class Holder(HolderAnswer, Node):
    """A person the agencies were asked about."""

    person: strawberry.Private[Person]
    id_type: IdType = strawberry.field(
        description=both("证件类型（所述或推得）", "The id type, stated or inferred")
    )

    @strawberry.field(
        description=both(
            "不透明编号，由网关密钥生成，无法由证件号码推得",
            "An opaque id under the gateway's key; not guessable from a person",
        )
    )
    def id(self, info: Info) -> strawberry.ID:
        """Return the sealed id."""
        ids = info.context.services.certificate_ids
        return strawberry.ID(ids.seal_holder(self.person.claimant.identity))

    @strawberry.field(
        directives=[page_of(TAKEN, "nodes", "edges")],
        description=both(
            "经核验的证书；有 unsigned:read 权限的，另有无人签名的，"
            "见 provenance.verdict",
            "The certificates that verified; to callers with unsigned:read what nobody "
            "signed, too, see provenance.verdict",
        ),
    )
    def certificates(
        self,
        info: Info,
        filter: FilterArgument = None,  # noqa: A002 - the field's argument
        first: FirstArgument = None,
        after: AfterArgument = None,
    ) -> CertificateConnection | None:
        """Return one page of what is shown."""
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

    @strawberry.federation.field(
        directives=[Cost(weight=CLAIMABLE_WEIGHT)],
        description=both(
            "此人现在凭各张证书能申领什么：多少、至哪一日；不能的，逐条说明原因。"
            "省略申领日期的视为今日",
            "What this person can claim now by each certificate: how much, and until "
            "which day; if not, why, clause by clause. Without a day the claim is made "
            "today",
        ),
    )
    async def claimable(self, info: Info, claim: StatedClaim) -> ClaimableAnswer | None:
        """Judge and weigh a claim by each certificate, or refuse one of a later day."""
        refused = claim.in_future(info.context.today)
        return refused or await claimable_of(info.context, self.person, claim)

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
        return judged_shown(self.person, question, verdict, context)


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
