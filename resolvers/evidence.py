"""Evidence bundles in the graph: for auditors, and for a holder who asks an office.

A bundle has the signed bytes, and so a person's name and number in full; each that is
given is on the audit log, and counts as a look-up of one person.
"""

import asyncio
import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated

import strawberry
from strawberry.federation.schema_directives import Cost

from bureau.caller import Purpose, Scope
from bureau.certificate_ids import UnknownIdError
from bureau.evidence.bundle import Subject, SubjectKind
from bureau.evidence.making import (
    EvidenceRefusal,
    MadeBundle,
    NotMadeError,
    hidden_from,
)
from bureau.evidence.printed.page import page_of
from bureau.ledger.reading import DecisionSelection
from bureau.scopes import EVIDENCE
from connectors.errors import StoreUnavailableError
from policy.identity import Identity
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, described_enum, said
from resolvers.context import Info, RequestContext
from resolvers.documents.directives import LooksUpPeople
from resolvers.errors import RequestError, store_unavailable
from resolvers.ledger.recovery_steps import leads
from resolvers.look_ups import hand_out, look_up_by_wrong_id, require_purpose

WEIGHT = 20_000
"""As how many values a bundle counts: it is some 100 kB, and each row has a proof."""
EXTRACT_WEIGHT = 2_000
"""As how many values its extract counts: some 40 kB, and a code to be drawn."""
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_MEANINGS: Mapping[EvidenceRefusal, Text] = MappingProxyType(
    {
        EvidenceRefusal.UNKNOWN: Text(
            "截至该日没有此决定，或未归集过此证书",
            "by that day there was no such decision, or nothing was sent of such a "
            "certificate",
        ),
        EvidenceRefusal.NOT_YOUR_DISTRICT: Text(
            "该决定属其他区，请向作出决定的区查询",
            "another district decided that; ask there",
        ),
        EvidenceRefusal.NOT_YOUR_AUTHORITY: Text(
            "该项目由其他行业主管部门牵头",
            "another authority leads for that",
        ),
        EvidenceRefusal.PENDING: Text(
            "尚未全部写入已签名的透明日志，请一秒后再试",
            "not all of it is in the signed log yet; try again in a second",
        ),
        EvidenceRefusal.NOT_SIGNED: Text(
            "透明日志未经签名，无从证明；请运维人员设置 transparency.key_file",
            "the log is signed by nobody and proves nothing; have "
            "transparency.key_file set",
        ),
        EvidenceRefusal.ALTERED: Text(
            "所存内容与透明日志所载不符，已被改动；请运维人员运行 gateway audit verify",
            "what is kept is not what was logged: somebody changed it; have gateway "
            "audit verify run",
        ),
        EvidenceRefusal.NO_KEY: Text(
            "本网关没有签名原文的密钥，无法读取；请运维人员设置 evidence_key_file",
            "this gateway has no key to read signed bytes; have evidence_key_file set",
        ),
        EvidenceRefusal.OTHER_KEY: Text(
            "签名原文以其他密钥封存，请运维人员将原密钥列于现密钥之下",
            "the signed bytes were sealed under another key; have the former key put "
            "below the present one",
        ),
    }
)
described_enum(
    EvidenceRefusal,
    both("未给出证据包的原因", "Why no bundle is given"),
    {code: both(text.zh, text.en) for code, text in _MEANINGS.items()},
)


@strawberry.federation.type(
    requires_scopes=EVIDENCE,
    description=both(
        "证据包：无须依赖本系统即可核验的一个文件，用 gateway verify 核验",
        "An evidence bundle: a file that proves a decision without us; check it with "
        "gateway verify",
    ),
)
class EvidenceBundle:
    """A bundle that is given."""

    json: str = strawberry.field(
        description=both(
            "文件全文（certificate-gateway-evidence@v1），须原样保存，含末尾换行",
            "The file's exact text, certificate-gateway-evidence@v1; keep it as it is, "
            "with the end of its line",
        )
    )
    digest: str = strawberry.field(
        description=both(
            "文件中 digest 一项：其余内容的 SHA-256（十六进制）",
            "Its member digest: SHA-256 of all the rest, in hexadecimal",
        )
    )
    made_at: datetime = strawberry.field(
        description=both("制作时间", "When it was made")
    )
    erased: int = strawberry.field(
        description=both(
            "其中已依法删除原文的签名件数；其摘要与删除记录仍在",
            "How many signed bytes it lacks because they were erased; it has their "
            "digests, and that they were",
        )
    )

    @strawberry.federation.field(
        directives=[Cost(weight=EXTRACT_WEIGHT)],
        description=both(
            "供持证人留存、打印的摘录（HTML，A4，附二维码），不含姓名与证件号码",
            "The extract for the holder to print and keep: HTML for A4, with a code to "
            "check; neither name nor identity number is in it",
        ),
    )
    async def extract(self) -> str:
        """Return the extract, made off the loop."""
        return await asyncio.to_thread(page_of, self.json.encode())


@strawberry.federation.type(
    requires_scopes=EVIDENCE,
    description=both("未给出证据包", "No bundle is given"),
)
class EvidenceRefused:
    """Why there is none."""

    code: EvidenceRefusal = strawberry.field(
        description=both("原因代码", "Why, as a code")
    )

    @strawberry.field(description=both("原因与处理办法", "Why, and what to do"))
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the meaning in ``language``."""
        return said(_MEANINGS[self.code], language)


EvidenceOutcome = Annotated[
    EvidenceBundle | EvidenceRefused,
    strawberry.union(
        "EvidenceOutcome",
        description=both("索取证据包的结果", "What asking for a bundle gives"),
    ),
]


@strawberry.federation.type(authenticated=True)
class EvidenceQuestions:
    """The question for what proves a decision."""

    @strawberry.federation.field(
        directives=[LooksUpPeople(), Cost(weight=WEIGHT)],
        requires_scopes=EVIDENCE,
        description=both(
            "一项决定或一张证书的证据包，二者择一。审计方以 SUPERVISION_AND_AUDIT "
            "为目的；本人申请的，由经办的区以 HOLDER_REQUEST 为目的。"
            "给出即记入审计日志",
            "The evidence bundle of a decision or of a certificate, one of them. "
            "Auditors ask with the purpose SUPERVISION_AND_AUDIT, an office whose "
            "holder asks with HOLDER_REQUEST. What is given is on the audit log",
        ),
    )
    async def evidence(
        self,
        info: Info,
        decision: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description=both("决定编号", "The decision's number, Decision.id")
            ),
        ] = None,
        certificate: Annotated[
            strawberry.ID | None,
            strawberry.argument(description=both("证书编号", "Certificate.id")),
        ] = None,
        as_of: Annotated[
            date | None,
            strawberry.argument(
                description=both(
                    "截至哪一日（上海）；省略时为今日",
                    "As of which day in Shanghai; today if left out",
                )
            ),
        ] = None,
    ) -> EvidenceOutcome | None:
        """Give a bundle."""
        context = info.context
        if (decision is None) is (certificate is None):
            raise RequestError("state one of decision and certificate")
        # Before anything is found, so that a refusal says nothing of what there is.
        require_purpose(context, _purposes(context))
        day = min(as_of or context.today, context.today)
        try:
            if certificate is not None:
                return await _of_certificate(context, certificate, day)
            return await _of_decision(context, str(decision), day)
        except StoreUnavailableError:
            raise store_unavailable() from None


def _purposes(context: RequestContext) -> list[Purpose]:
    own = [Purpose.HOLDER_REQUEST]
    is_auditor = context.caller.may(Scope.AUDIT)
    return [Purpose.SUPERVISION_AND_AUDIT, *own] if is_auditor else own


async def _of_decision(
    context: RequestContext, number: str, as_of: date
) -> EvidenceBundle | EvidenceRefused:
    unknown = EvidenceRefused(code=EvidenceRefusal.UNKNOWN)
    if not NUMBER.fullmatch(number):
        return unknown
    # The newest up to its number is the decision itself, if there is one.
    everybodys = DecisionSelection(authorities=None, districts=None)
    found = await context.services.decisions.page(
        everybodys, first=1, before=int(number) + 1
    )
    decision = next((one for one in found if one.id == int(number)), None)
    if decision is None:
        return unknown
    caller = context.caller
    authorities = await context.jurisdiction.of_caller(caller)
    hidden = hidden_from(decision, authorities, caller.districts_seen)
    if hidden is not None:
        return EvidenceRefused(code=hidden)
    subject = Subject(SubjectKind.DECISION, str(decision.id))
    return await _given(context, decision.certificate, subject, as_of)


async def _of_certificate(
    context: RequestContext, id_: str, as_of: date
) -> EvidenceBundle | EvidenceRefused:
    authorities = await context.jurisdiction.of_caller(context.caller)
    if not isinstance(_holder_of(context, id_), Identity):
        # Trying ids costs what trying people costs.
        await look_up_by_wrong_id(context, id_)
        return EvidenceRefused(code=EvidenceRefusal.UNKNOWN)
    if not leads(context, id_, authorities):
        return EvidenceRefused(code=EvidenceRefusal.NOT_YOUR_AUTHORITY)
    subject = Subject(SubjectKind.CERTIFICATE, id_)
    return await _given(context, id_, subject, as_of)


def _holder_of(context: RequestContext, id_: str) -> Identity | str:
    """Return whose certificate it is; the id itself if it is none of ours."""
    try:
        return context.services.certificate_ids.open(id_).holder
    except UnknownIdError:
        return id_


async def _given(
    context: RequestContext, certificate: str, subject: Subject, as_of: date
) -> EvidenceBundle | EvidenceRefused:
    """Return the bundle about whoever holds ``certificate``, through the gate."""

    async def made() -> MadeBundle | EvidenceRefusal:
        maker = context.services.evidence
        try:
            return await maker.make(subject, as_of, context.now)
        except NotMadeError as error:
            return error.refusal
        except StoreUnavailableError:
            raise store_unavailable() from None

    bundle = await hand_out(
        *(context, _holder_of(context, certificate), made),
        lambda one: isinstance(one, MadeBundle),
    )
    if isinstance(bundle, EvidenceRefusal):
        return EvidenceRefused(code=bundle)
    return EvidenceBundle(
        json=bundle.text.decode(),
        digest=bundle.digest,
        made_at=bundle.made_at,
        erased=bundle.erased,
    )
