"""Certificates as a Relay connection (https://relay.dev/graphql/connections.htm).

A certificate's id is its cursor: it means the same certificate when the list has
grown or shrunk meanwhile.
"""

from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, ClassVar

import strawberry

from bureau.caller import Scope
from bureau.privacy.masks import Mask
from connectors.answer import ShownCertificate
from policy import normal_form
from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord
from policy.evidence import Claimant
from policy.payments import Payments
from policy.row import row_of
from resolvers.bilingual import both
from resolvers.certificates.certificate import Certificate, certificate_of
from resolvers.certificates.kept import LIVE, shown_bytes, shown_of
from resolvers.context import RequestContext, Services
from resolvers.documents.directives import list_of
from resolvers.enums import CertificateState, Level
from resolvers.errors import RequestError
from resolvers.fragment_cache.sight import Sight
from resolvers.relay import PageInfo

MAX_FIRST = 1000
TAKEN = 20
"""How many certificates a person is taken to have, where the cost is estimated."""


@strawberry.input(
    description=both(
        "筛选条件，须全部满足；省略的不筛选",
        "What to show: all conditions hold; one left out does not select",
    )
)
class CertificateFilter:
    """A selection of certificates."""

    item_codes: list[str] | None = strawberry.field(
        default=None,
        description=both(
            "项目代码：证书所属或可能所属的附件项目，或登记所述的代码",
            "Item codes: of the annex's row that it is or may be, or as its registry "
            "states them",
        ),
    )
    levels: list[Level] | None = strawberry.field(
        default=None, description=both("等级", "Grades")
    )
    states: list[CertificateState] | None = strawberry.field(
        default=None, description=both("登记状态", "The registry's states")
    )
    agencies: list[strawberry.ID] | None = strawberry.field(
        default=None, description=both("机构编号", "Agencies, by id")
    )

    @property
    def _codes(self) -> frozenset[str]:
        return frozenset(map(normal_form.code, self.item_codes or ()))

    def lets_pass(self, certificate: ShownCertificate) -> bool:
        """Say whether ``certificate`` is selected."""
        record = certificate.record
        return (
            (self.item_codes is None or _is_of(record, self._codes))
            and (self.levels is None or record.level in self.levels)
            and (self.states is None or record.state in self.states)
            and (self.agencies is None or certificate.agency in self.agencies)
        )


def _is_of(record: CertificateRecord, codes: AbstractSet[str]) -> bool:
    """Say whether a certificate is, or may be, of one of the rows asked for."""
    if record.item_code in codes:
        return True
    candidates = row_of(record, load_catalogue()).candidates
    return not candidates.isdisjoint(codes)


FilterArgument = Annotated[
    CertificateFilter | None,
    strawberry.argument(
        description=both("筛选条件；省略时不筛选", "What to show; all if left out")
    ),
]
FirstArgument = Annotated[
    int | None,
    strawberry.argument(
        description=both(
            f"本页最多几项（0至{MAX_FIRST}）；省略时为{MAX_FIRST}",
            f"The most on this page, 0 to {MAX_FIRST}; {MAX_FIRST} if left out",
        )
    ),
]
AfterArgument = Annotated[
    str | None,
    strawberry.argument(
        description=both(
            "从此游标之后开始，取自上一页的 endCursor",
            "Begin after this cursor: the endCursor of the page before",
        )
    ),
]


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both("一张证书及其游标", "A certificate and its cursor"),
)
class CertificateEdge:
    """Relay's edge."""

    node: Certificate = strawberry.field(description=both("证书", "The certificate"))
    cursor: str = strawberry.field(description=both("游标", "The cursor"))


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both("证书列表（Relay 连接）", "A Relay connection of certificates"),
)
class CertificateConnection:
    """One page of the certificates that were selected."""

    live: ClassVar[frozenset[str]] = LIVE

    services: strawberry.Private[Services]
    page: strawberry.Private[Sequence[ShownCertificate]]
    skipped: strawberry.Private[int]
    claimant: strawberry.Private[Claimant]
    paid: strawberry.Private[Payments | None]
    mask: strawberry.Private[Mask]
    selected: strawberry.Private[int]

    @strawberry.field(
        directives=[list_of(TAKEN)],
        description=both("本页的证书", "The certificates of this page"),
    )
    def nodes(self) -> list[Certificate]:
        """Return the page."""
        return [self._node(certificate) for certificate in self.page]

    @strawberry.field(
        description=both(
            "符合筛选条件的总数，与所显示的一致", "How many were selected in all"
        )
    )
    def total_count(self) -> int:
        """Return how many there are on all pages."""
        return self.selected

    @strawberry.field(
        directives=[list_of(TAKEN)],
        description=both("本页的证书及游标", "The page with cursors"),
    )
    def edges(self) -> list[CertificateEdge]:
        """Return one edge a node."""
        return [
            CertificateEdge(node=self._node(one), cursor=self._cursor(one))
            for one in self.page
        ]

    @strawberry.field(description=both("分页信息", "Where this page stands"))
    def page_info(self) -> PageInfo:
        """Return Relay's page info."""
        page = self.page
        return PageInfo(
            has_next_page=self.skipped + len(page) < self.selected,
            has_previous_page=self.skipped > 0,
            start_cursor=self._cursor(page[0]) if page else None,
            end_cursor=self._cursor(page[-1]) if page else None,
        )

    def depends_on(self, sight: Sight) -> tuple[Hashable, ...]:
        """See ``Kept``."""
        return (
            *map(shown_of, self.page),
            self.skipped,
            self.selected,
            self.claimant,
            self.paid,
            sight.mask,
            sight.today,
        )

    @property
    def dependence_bytes(self) -> int:
        """See ``Kept``."""
        return sum(map(shown_bytes, self.page))

    def _node(self, certificate: ShownCertificate) -> Certificate:
        return certificate_of(
            certificate, self.claimant, self.services, self.mask, self.paid
        )

    def _cursor(self, certificate: ShownCertificate) -> str:
        return self.services.certificate_ids.seal(certificate)


def connection_of(  # noqa: PLR0913 - the arguments of a Relay connection
    certificates: Sequence[ShownCertificate],
    claimant: Claimant,
    context: RequestContext,
    *,
    paid: Payments | None,
    selection: CertificateFilter | None,
    first: int | None,
    after: str | None,
) -> CertificateConnection:
    """Return the page of ``certificates`` that was asked for.

    Raises:
        RequestError: ``first`` is out of range, or ``after`` is none of these.
    """
    services = context.services
    if first is not None and not 0 <= first <= MAX_FIRST:
        raise RequestError(f"first is {first}, allowed is 0 to {MAX_FIRST}")
    selected = [c for c in certificates if selection is None or selection.lets_pass(c)]
    start = 0 if after is None else _position_after(after, selected, services)
    page = selected[start : start + (MAX_FIRST if first is None else first)]
    return CertificateConnection(
        services=services,
        page=page,
        skipped=start,
        claimant=claimant,
        paid=paid,
        mask=context.mask,
        selected=len(selected),
    )


def _position_after(
    cursor: str, certificates: Sequence[ShownCertificate], services: Services
) -> int:
    seal = services.certificate_ids.seal
    # From the end: if two documents share a cursor, no page repeats them for ever.
    for position in range(len(certificates), 0, -1):
        if seal(certificates[position - 1]) == cursor:
            return position
    raise RequestError(
        "after is no cursor of this list; take endCursor of the page before, "
        "with the same filter"
    )
