"""The annex's words as small values of the graph: bodies, levels, states."""

from functools import lru_cache

import strawberry

from policy.catalogue import Body as CatalogueBody
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, said


@strawberry.federation.type(
    authenticated=True,
    description=both(
        "附件所列机构：行业主管部门、评价机构或证书数据归集机构",
        "An institution of the annex: authority, evaluation body or collection body",
    ),
)
class Body:
    """An institution, by the catalogue's id or as a registry names it."""

    named: strawberry.Private[Text]
    id: strawberry.ID | None = strawberry.field(
        description=both(
            "目录编号；登记机构所写名称不在附件中时为空",
            "The catalogue's id; null if a registry names a body the annex does not",
        )
    )

    @strawberry.field(description=both("名称", "The name"))
    def name(self, language: InLanguage = Language.ZH) -> str:
        """Return the name in ``language``."""
        return said(self.named, language)


# The annex names a dozen.
@lru_cache(maxsize=256)
def body_of(body: CatalogueBody) -> Body:
    """Return a body of the catalogue."""
    return Body(named=body.name, id=strawberry.ID(body.id))
