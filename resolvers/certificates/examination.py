"""The examination behind a certificate in the graph."""

from datetime import date

import strawberry

from bureau.caller import Scope
from bureau.privacy.masks import Mask
from policy.certificate import CertificateRecord
from resolvers.bilingual import both


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "证书所依据的鉴定（考核），由登记机构签名；未载明的为空",
        "The assessment (鉴定) that a certificate rests on, as its registry signs it; "
        "null is not stated",
    ),
)
class Examination:
    """An examination, as far as it is stated."""

    held_on: date | None = strawberry.field(
        description=both("考核日期", "The day of the examination")
    )
    site: str | None = strawberry.field(
        description=both("考核地点", "Where it was held")
    )
    batch: str | None = strawberry.field(description=both("批次", "Its batch"))
    assessor: str | None = strawberry.federation.field(
        requires_scopes=[[Scope.READ_IDENTITY]],
        description=both(
            "考评员编码，属个人信息", "The assessor, by a code: personal data"
        ),
    )
    theory: str | None = strawberry.field(
        description=both("理论成绩或结论", "The mark or conclusion in theory")
    )
    practice: str | None = strawberry.field(
        description=both("实操成绩或结论", "The mark or conclusion in practice")
    )


def shown_examination(record: CertificateRecord, mask: Mask) -> Examination | None:
    """Return what is stated of the examination; ``None`` if nothing is."""
    stated = record.examination
    if stated is None:
        return None
    return Examination(
        held_on=stated.held_on,
        site=mask.words(stated.site, record),
        batch=mask.words(stated.batch, record),
        assessor=stated.assessor,
        theory=mask.words(stated.theory, record),
        practice=mask.words(stated.practice, record),
    )
