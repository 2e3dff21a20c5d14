"""A certificate in the graph: the annex's words, its provenance, its eligibility.

An ``AttestedCertificate`` becomes one, so what is shown here verified; or a row that
nobody signed, which its provenance says, and of which no clause takes anything.
"""

from collections.abc import Hashable
from datetime import date
from typing import ClassVar

import strawberry

from bureau.caller import Scope
from bureau.privacy.masks import Mask
from connectors.answer import ShownCertificate, UnsignedCertificate
from policy.evidence import Claim, Claimant
from policy.payments import Payments
from policy.standing import standing as standing_of
from policy.standing import standing_of_unsigned
from policy.states import state_on
from policy.text import Text, same_words
from resolvers.bilingual import both
from resolvers.bodies import Body, body_of
from resolvers.certificates.annex_row import AnnexRow, shown_row
from resolvers.certificates.claim import ClaimArgument, StatedClaim
from resolvers.certificates.eligibility import (
    AsOf,
    ClaimEligibility,
    Eligibility,
    evaluated,
    unsigned_evaluated,
)
from resolvers.certificates.examination import Examination, shown_examination
from resolvers.certificates.find import Unanswered, find_certificate
from resolvers.certificates.kept import LIVE, shown_bytes, shown_of
from resolvers.certificates.licence_files import LicenceFile, shown_files
from resolvers.certificates.provenance import Provenance, provenance_of
from resolvers.certificates.state_changes import StateChange, shown_changes
from resolvers.certificates.warnings_shown import CertificateWarning, shown_warnings
from resolvers.context import Info, RequestContext, Services
from resolvers.documents.directives import list_of
from resolvers.enums import CertificateState, Level, Standing
from resolvers.errors import RequestError
from resolvers.fragment_cache.sight import Sight
from resolvers.ledger.paid import paid_before
from resolvers.relay import Node


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    keys=["id"],
    description=both(
        "一张职业资格证书：经核验，或无人签名（见 provenance.verdict）",
        "One vocational certificate: verified, or signed by nobody, see "
        "provenance.verdict",
    ),
)
class Certificate(Node):
    """One certificate; every field is what its registry says, signed or not."""

    live: ClassVar[frozenset[str]] = LIVE

    attested: strawberry.Private[ShownCertificate]
    claimant: strawberry.Private[Claimant]
    services: strawberry.Private[Services]
    paid: strawberry.Private[Payments | None]
    """What the ledger has of the holder, where a claim is to be judged."""
    number: str = strawberry.field(
        description=both(
            "证书编号；特种作业操作证编号含证件号码，属个人信息，且不唯一；"
            "无 identity:read 权限时部分隐去",
            "The certificate's number; for special operations it contains the "
            "identity number (personal data) and is not unique; masked without "
            "identity:read",
        )
    )
    title: str = strawberry.field(
        description=both("职业资格名称", "The qualification's title")
    )
    category: str | None = strawberry.field(
        description=both("证书项目大类", "The category of the item")
    )
    item: str = strawberry.field(description=both("证书项目", "The item"))
    item_code: str | None = strawberry.field(
        description=both(
            "项目代码；按代码而非名称匹配附件",
            "The item's code; the annex is matched by code, never by name",
        )
    )
    level: Level | None = strawberry.field(
        description=both("等级；未注明时为空", "The grade; null if none is stated")
    )
    holder_name: str | None = strawberry.field(
        description=both(
            "持证人姓名；无 identity:read 权限时部分隐去",
            "The holder's name; masked without identity:read",
        )
    )
    first_issued_on: date | None = strawberry.field(
        description=both("初次领证日期", "When it was first issued; renewals keep it")
    )
    licence_id: str | None = strawberry.field(
        description=both(
            "电子证照标识；含证件号码的部分隐去",
            "The electronic licence id; an identity number in it is masked without "
            "identity:read",
        )
    )
    issued_on: date | None = strawberry.field(
        description=both("发证日期", "When this document was issued")
    )
    valid_from: date | None = strawberry.field(
        description=both("有效期起", "The first valid day")
    )
    valid_until: date | None = strawberry.field(
        description=both("有效期止", "The last valid day")
    )
    review_due_on: date | None = strawberry.field(
        description=both("应复审日期", "By when a review (复审) is due")
    )
    examination: Examination | None = strawberry.field(
        description=both(
            "证书所依据的鉴定（考核）；登记机构未载明的为空",
            "The assessment (鉴定) it rests on; null if its registry states nothing",
        )
    )

    @strawberry.field(
        description=both(
            "今日（上海）的登记状态：登记机构所述与其推送的状态变更，以较差者为准；"
            "未知时为空",
            "Its state today (Shanghai): the worse of what its registry says and what "
            "was sent of it; null if unknown",
        )
    )
    def state(self, info: Info) -> CertificateState | None:
        """Return the state of today."""
        return state_on(self.attested.record, info.context.today)

    @strawberry.field(
        directives=[list_of(10)],
        description=both(
            "归集机构推送的状态变更，按推送次序；暂时无法读取时为空（null），"
            "此时状态未知",
            "The changes of state that its agency sent, in that order; null if they "
            "cannot be read now, and the state is unknown",
        ),
    )
    def state_changes(self) -> list[StateChange] | None:
        """Return what was sent."""
        return shown_changes(self.attested.record)

    @strawberry.field(
        description=both(
            "附件中的一行，由代码和名称判定；不在附件之列或无法确定时为空",
            "The row of the annex that it is, by its code and its names; null if it is "
            "none, or which is not known",
        )
    )
    def row(self) -> AnnexRow | None:
        """Return the row as clause 219-1a finds it."""
        return shown_row(self.attested.record, self.services.catalogue)

    @strawberry.field(
        directives=[list_of(3)],
        description=both(
            "登记信息自相矛盾之处；涉及某条规定时该条为 UNDETERMINED",
            "What its record says against itself; a clause that it touches is "
            "UNDETERMINED",
        ),
    )
    def warnings(self) -> list[CertificateWarning]:
        """Return the record's contradictions."""
        return shown_warnings(self.attested.record)

    @strawberry.field(description=both("行业主管部门", "The authority"))
    def authority(self) -> Body | None:
        """Return the authority that the registry names."""
        return _stated_body(self.attested.record.authority, self.services)

    @strawberry.field(description=both("评价机构（考试机构）", "The evaluation body"))
    def evaluation_body(self) -> Body | None:
        """Return the evaluation body that the registry names."""
        return _stated_body(self.attested.record.evaluation_body, self.services)

    @strawberry.field(
        description=both("证书数据归集机构", "The collection body of the data")
    )
    def collection_body(self) -> Body | None:
        """Return the collection body that the registry names."""
        return _stated_body(self.attested.record.collection_body, self.services)

    @strawberry.field(description=both("来源证明", "Who vouches for it"))
    def provenance(self) -> Provenance:
        """Return the proof beside it."""
        return provenance_of(self.attested)

    @strawberry.federation.field(
        requires_scopes=[[Scope.READ_IDENTITY]],
        directives=[list_of(2)],
        description=both(
            "证照文件在登记机构的引用，网关不予下载；经核验的证书为空列表",
            "References to pictures of the licence at its registry, which are not "
            "fetched; none of a verified certificate",
        ),
    )
    def licence_files(self) -> list[LicenceFile]:
        """Return where its registry has them."""
        return shown_files(self.attested)

    @strawberry.field(
        description=both(
            "不透明编号，由网关密钥生成，无法由证件号码推得",
            "An opaque id under the gateway's key; not guessable from a person",
        )
    )
    def id(self) -> strawberry.ID:
        """Return the sealed id."""
        return strawberry.ID(self.services.certificate_ids.seal(self.attested))

    @strawberry.field(
        description=both(
            "某日的效力，默认为今日（上海）；今日以后的，除日期已决定者外为 UNKNOWN；"
            "无人签名的为 UNKNOWN，除非推送的状态变更已使其失去效力",
            "Whether it holds on a day; today in Shanghai by default. A later day is "
            "UNKNOWN unless a date decides; so is what nobody signed, unless a change "
            "that was sent has ended it",
        )
    )
    def standing(self, info: Info, as_of: AsOf = None) -> Standing | None:
        """Return the standing on ``as_of``."""
        today = info.context.today
        if isinstance(self.attested, UnsignedCertificate):
            return standing_of_unsigned(self.attested.record, as_of or today)
        return standing_of(self.attested.record, as_of or today, today)

    @strawberry.field(
        description=both(
            "219号通知是否给予补贴：逐条说明；给出 claim 时并判断 17号文件各条",
            "Whether notice 219 pays for it, clause by clause; with a claim, the "
            "clauses of notice 17 too",
        )
    )
    def eligibility(
        self, info: Info, as_of: AsOf = None, claim: ClaimArgument = None
    ) -> Eligibility | None:
        """Evaluate the clauses on ``as_of``.

        Raises:
            RequestError: the claim's day has not come.
        """
        if claim is not None:
            refused = claim.in_future(info.context.today)
            if refused is not None:
                raise refused.as_error
        stated = None if claim is None else claim.as_claim(self.paid)
        return self._evaluated(info, as_of, stated)

    @strawberry.field(
        description=both(
            "凭此证书的一次申领能否获得补贴：219号通知和17号文件逐条说明",
            "Whether a claim by this certificate is paid, by the clauses of notices "
            "219 and 17",
        )
    )
    def claim_eligibility(
        self, info: Info, claim: StatedClaim, as_of: AsOf = None
    ) -> ClaimEligibility | None:
        """Evaluate the clauses on ``as_of``, or refuse a claim of a later day."""
        refused = claim.in_future(info.context.today)
        return refused or self._evaluated(info, as_of, claim.as_claim(self.paid))

    def _evaluated(
        self, info: Info, as_of: date | None, claim: Claim | None
    ) -> Eligibility:
        if isinstance(self.attested, UnsignedCertificate):
            return unsigned_evaluated(
                self.attested, info.context, as_of=as_of, is_claimed=claim is not None
            )
        return evaluated(
            self.attested,
            self.claimant,
            info.context,
            as_of=as_of or info.context.today,
            claim=claim,
        )

    def depends_on(self, sight: Sight) -> tuple[Hashable, ...]:
        """See ``Kept``."""
        shown = shown_of(self.attested)
        return (*shown, self.claimant, self.paid, sight.mask, sight.today)

    @property
    def dependence_bytes(self) -> int:
        """See ``Kept``."""
        return shown_bytes(self.attested)

    @classmethod
    async def resolve_reference(
        cls,
        info: Info,
        id: strawberry.ID,  # noqa: A002 - the key field's name
    ) -> "Certificate | None":
        """Find a certificate again for a federated query; ``None`` if not there.

        Raises:
            RequestError: as ``certificate_again``.
        """
        return await certificate_again(info.context, id)


async def certificate_again(context: RequestContext, id_: str) -> Certificate | None:
    """Find a certificate where an answer has no type for an agency that is away.

    Raises:
        RequestError: its registry gave no answer that can be believed, or as
            ``look_up``.
    """
    found = await find_certificate(context, id_)
    if isinstance(found, Unanswered):
        raise RequestError(
            f"登记机构 {found.agency.id} 未能给出可信的答复，证书情况未知 / "
            f"{found.agency.id} gave no answer that can be believed; nothing is known",
            "AGENCY_UNAVAILABLE",
            agency=found.agency.id,
            outcome=str(found.answer.outcome),
        )
    return None if found is None else await certificate_alone(context, found)


async def certificate_alone(
    context: RequestContext, found: ShownCertificate
) -> Certificate:
    """Return a certificate that was asked for by itself; its holder claims nothing."""
    holder = found.record.holder
    return certificate_of(
        found,
        Claimant(holder),
        context.services,
        context.mask,
        await paid_before(context, holder),
    )


def certificate_of(
    attested: ShownCertificate,
    claimant: Claimant,
    services: Services,
    mask: Mask,
    paid: Payments | None = None,
) -> Certificate:
    """Return ``attested`` as the graph shows it to whoever looks through ``mask``."""
    record = attested.record
    return Certificate(
        attested=attested,
        claimant=claimant,
        services=services,
        paid=paid,
        number=mask.number(record.number),
        title=record.title,
        category=record.category,
        item=record.item,
        item_code=record.item_code,
        level=record.level,
        holder_name=mask.name(record.holder_name),
        licence_id=mask.words(record.licence_id, record),
        first_issued_on=record.first_issued_on,
        issued_on=record.issued_on,
        valid_from=record.valid_from,
        valid_until=record.valid_until,
        review_due_on=record.review_due_on,
        examination=shown_examination(record, mask),
    )


def _stated_body(name: str | None, services: Services) -> Body | None:
    """Return the body a registry names: the catalogue's, or its bare name."""
    if name is None:
        return None
    body = services.bodies_by_name.get(same_words(name))
    return Body(named=Text(name, name), id=None) if body is None else body_of(body)
