"""Claims in the graph: what applicants stated, beside what the registries say.

Of what a registry says nothing is shown here: right or wrong, field by field, and for
those who may see people the id by which the certificate is found.
"""

from datetime import date
from typing import Annotated

import strawberry

from bureau.caller import Scope
from bureau.claims import ClaimVerdict
from policy.standing import standing as standing_of
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.certificates.holders import InvalidList
from resolvers.claims.enums import (
    ClaimOutcome,
    ClaimProblem,
    FieldOutcome,
    StatedField,
)
from resolvers.context import Info
from resolvers.documents.directives import list_of
from resolvers.enums import IdType, Level, Standing
from resolvers.sources import Source

MAX_CLAIMS = 500


@strawberry.input(
    description=both(
        "申领人所述的一张证书；省略的项不比较",
        "A certificate as an applicant states it; what is left out is not compared",
    )
)
class StatedCertificateInput:
    """One claim."""

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
    item: str = strawberry.field(
        description=both(
            "证书项目：附件代码，或其名称的已知写法",
            "The item: its code in the annex, or a known spelling of its name",
        )
    )
    level: Level | None = strawberry.field(
        default=None, description=both("等级", "The grade")
    )
    issued_on: date | None = strawberry.field(
        default=None, description=both("发证日期", "The day of issue")
    )
    number: str | None = strawberry.field(
        default=None, description=both("证书编号", "The certificate's number")
    )
    name: str | None = strawberry.field(
        default=None, description=both("姓名", "The holder's name")
    )


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both("一项的比较结果", "How one field compares"),
)
class FieldCheck:
    """One field beside the registry's, which is not shown."""

    field: StatedField = strawberry.field(description=both("项", "The field"))
    outcome: FieldOutcome = strawberry.field(description=both("结果", "The outcome"))


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "所述与登记的比较；登记内容一概不显示",
        "A claim beside the registry's record, of which nothing is shown",
    ),
)
class ClaimCheck:
    """A claim that was compared, or could not be."""

    verdict: strawberry.Private[ClaimVerdict]
    outcome: ClaimOutcome = strawberry.field(description=both("总结果", "The outcome"))
    sources: list[Source] = strawberry.field(
        directives=[list_of(3)],
        description=both(
            "每个机构一行：是否答复、是否可信、原因",
            "One row an agency: whether it answered, was believed, and why",
        ),
    )

    @strawberry.field(
        directives=[list_of(5)],
        description=both(
            "逐项结果；没有可比较的证书时为空列表。多张证书时以最相符者为准",
            "Field by field; empty if there is no certificate to compare with. Of "
            "several certificates the best-matching one counts",
        ),
    )
    def fields(self) -> list[FieldCheck]:
        """Return every field's outcome."""
        comparison = self.verdict.comparison
        outcomes = {} if comparison is None else comparison.fields
        return [FieldCheck(field=field, outcome=outcomes[field]) for field in outcomes]

    @strawberry.field(
        description=both(
            "MATCH 的证书今日（上海）的效力；一致不等于有效。其他结果时为空",
            "What a MATCHing certificate is worth today (Shanghai), which may be "
            "nothing; null for any other outcome",
        )
    )
    def standing(self, info: Info) -> Standing | None:
        """Return the standing of the certificate that is what was stated."""
        certificate = self.verdict.certificate
        if certificate is None or self.outcome is not ClaimOutcome.MATCH:
            return None
        today = info.context.today
        return standing_of(certificate.record, today, today)

    @strawberry.federation.field(
        requires_scopes=[[Scope.READ_IDENTITY]],
        description=both(
            "所比较证书的不透明编号，可用于 certificate 查询；没有可比较的证书时为空",
            "The opaque id of the certificate compared with, for certificate(id:); "
            "null if there is none",
        ),
    )
    def certificate_id(self, info: Info) -> strawberry.ID | None:
        """Return the sealed id, by which the registry's words are found."""
        certificate = self.verdict.certificate
        if certificate is None:
            return None
        return strawberry.ID(info.context.services.certificate_ids.seal(certificate))

    @strawberry.field(description=both("结果的原因", "Why the outcome is what it is"))
    def reason(self, language: InLanguage = Language.ZH) -> str:
        """Return the reason in ``language``."""
        return said(self.verdict.reason, language)


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "未予比较的陈述：说明问题", "A claim that is not compared, and why"
    ),
)
class RefusedClaim:
    """A claim that says nothing about a certificate."""

    stated: strawberry.Private[Text]
    problem: ClaimProblem = strawberry.field(
        description=both("问题代码", "What is wrong, as a code")
    )

    @strawberry.field(
        description=both("问题与处理办法", "What is wrong and what to do")
    )
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the message in ``language``."""
        return said(self.stated, language)


ClaimAnswer = Annotated[
    ClaimCheck | RefusedClaim,
    strawberry.union(
        "ClaimAnswer",
        description=both("一项陈述的结果", "What verifying one claim gives"),
    ),
]


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both("批量核对的结果", "What verifying a batch of claims gives"),
)
class CheckedClaims:
    """Answers in the order asked."""

    nodes: list[ClaimAnswer] = strawberry.field(
        directives=[list_of(MAX_CLAIMS)],
        description=both("逐项结果，按所问顺序", "One answer a claim, in order"),
    )


ClaimsAnswer = Annotated[
    CheckedClaims | InvalidList,
    strawberry.union(
        "ClaimsAnswer",
        description=both("批量核对的结果", "What verifying several claims gives"),
    ),
]
