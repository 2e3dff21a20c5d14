"""The annex's row of a certificate, as 219-1a finds it, in the graph."""

import strawberry

from bureau.caller import Scope
from policy.catalogue import Catalogue
from policy.certificate import CertificateRecord
from policy.contradictions import LEVEL_IN_DOUBT, warnings_of
from policy.row import row_of
from resolvers.bilingual import both
from resolvers.catalogue.catalogue import Item, item_of
from resolvers.enums import Level


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "附件的一行与等级，由网关判定", "A row of the annex and a grade, as computed"
    ),
)
class AnnexRow:
    """The row that a certificate is, whatever its registry calls it."""

    item: Item = strawberry.field(description=both("项目", "The item"))
    level: Level | None = strawberry.field(
        description=both(
            "附件为该项目所列的等级；未注明、未列或自相矛盾时为空",
            "The grade, if the annex lists it for the item; null if it does not, or "
            "the record states none or two",
        )
    )


def shown_row(record: CertificateRecord, catalogue: Catalogue) -> AnnexRow | None:
    """Return the row of ``record``; ``None`` if it is none, or not known."""
    item = row_of(record, catalogue).item
    if item is None:
        return None
    is_certain = LEVEL_IN_DOUBT.isdisjoint(warnings_of(record))
    is_listed = is_certain and record.level in item.levels
    return AnnexRow(item=item_of(item), level=record.level if is_listed else None)
