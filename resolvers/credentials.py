"""Credentials in the graph: a certificate for its holder's wallet, if the holder asks.

Asked as an extract of evidence is: by an office, for whom the holder asks it, and on
the audit log before anything is given. The certificate's agencies are asked now, as
before a payment; what they do not vouch for today is given to nobody.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated

import strawberry
from strawberry.federation.schema_directives import Cost

from bureau.caller import Purpose
from bureau.certificate_ids import UnknownIdError
from bureau.credentials.holder_key import HolderKey, HolderKeyError, read_holder_key
from bureau.credentials.issuing import (
    CredentialForm,
    CredentialRefusal,
    IssuedCredential,
    NotIssuedError,
)
from bureau.scopes import EVIDENCE
from connectors.answer import AttestedCertificate
from connectors.errors import StoreUnavailableError
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, described_enum, said
from resolvers.certificates.find import find_for_payment
from resolvers.context import Info, RequestContext
from resolvers.documents.directives import LooksUpPeople
from resolvers.errors import store_unavailable
from resolvers.ledger.recovery_steps import leads
from resolvers.look_ups import look_up_by_wrong_id, require_purpose

WEIGHT = 200
"""As how many values a credential counts: it is written down, and signed."""
_MEANINGS: Mapping[CredentialRefusal, Text] = MappingProxyType(
    {
        CredentialRefusal.NOT_OFFERED: Text(
            "本网关不签发凭证；请运维人员设置 credentials.issuer 及签署凭证的密钥",
            "none are issued here; have credentials.issuer set, and a key that signs "
            "them",
        ),
        CredentialRefusal.UNKNOWN: Text(
            "没有此证书，或登记机构已不再提供",
            "there is no such certificate, or its registry has it no more",
        ),
        CredentialRefusal.NOT_YOUR_AUTHORITY: Text(
            "该项目由其他行业主管部门牵头",
            "another authority leads for that",
        ),
        CredentialRefusal.NOT_VERIFIED: Text(
            "目前无附件所列归集机构以有效密钥担保此证书；机构未作答的，请稍后再试",
            "the annex's collection body does not vouch for it now, with a key in "
            "force; if it does not answer, try again later",
        ),
        CredentialRefusal.NOT_VALID: Text(
            "该证书今日并非有效：已撤销、暂扣、过期、未按期复审，或状态未知",
            "it is not in force today: revoked, suspended, expired, not reviewed in "
            "time, proved false, or its state is not known",
        ),
        CredentialRefusal.NOT_IN_THE_ANNEX: Text(
            "附件中没有该证书的项目", "the annex has no item of this certificate"
        ),
        CredentialRefusal.HOLDER_KEY: Text(
            "持证人密钥不是 Ed25519 或 P-256 的公钥（JWK），或含有私钥",
            "the holder's key is no public JWK on Ed25519 or P-256, or has its private "
            "part",
        ),
        CredentialRefusal.NOT_SIGNED: Text(
            "目前无法签名，请稍后再试", "it cannot be signed now; try again later"
        ),
    }
)
described_enum(
    CredentialRefusal,
    both("未签发凭证的原因", "Why no credential is issued"),
    {code: both(text.zh, text.en) for code, text in _MEANINGS.items()},
)
described_enum(
    CredentialForm,
    both("凭证的形式", "The form of a credential"),
    {
        CredentialForm.SD_JWT_VC: both(
            "SD-JWT VC：各项个人信息由持证人选择出示",
            "SD-JWT VC: its holder chooses what of it is shown",
        ),
        CredentialForm.OPEN_BADGE: both(
            "Open Badges 3.0（VC-JWT）：整体出示，含姓名，不含证件号码与证书编号",
            "Open Badges 3.0 as a VC-JWT: shown as a whole, with the name, and without "
            "the identity's number and the certificate's",
        ),
    },
)


@strawberry.federation.type(
    requires_scopes=EVIDENCE,
    description=both(
        "已签发的凭证；公钥见 /receipts/keys，状态见其 statusList",
        "A credential that was issued; its key is at /receipts/keys, and what became "
        "of it in its status list",
    ),
)
class Credential:
    """A credential that is given."""

    text: str = strawberry.field(
        description=both(
            "凭证全文；SD-JWT VC 含全部披露内容",
            "The credential; an SD-JWT VC with all of its disclosures",
        )
    )
    expires_at: datetime = strawberry.field(
        description=both("失效时间", "When it ends")
    )
    status_list: str = strawberry.field(
        description=both("状态列表地址", "The address of its status list")
    )
    index: int = strawberry.field(
        description=both("在状态列表中的位置", "Its place in the status list")
    )


@strawberry.federation.type(
    requires_scopes=EVIDENCE,
    description=both("未签发凭证", "No credential is issued"),
)
class CredentialRefused:
    """Why there is none."""

    code: CredentialRefusal = strawberry.field(
        description=both("原因代码", "Why, as a code")
    )

    @strawberry.field(description=both("原因与处理办法", "Why, and what to do"))
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the meaning in ``language``."""
        return said(_MEANINGS[self.code], language)


CredentialOutcome = Annotated[
    Credential | CredentialRefused,
    strawberry.union(
        "CredentialOutcome",
        description=both("签发凭证的结果", "What asking for a credential gives"),
    ),
]


@strawberry.federation.type(authenticated=True)
class CredentialSteps:
    """What is issued to holders."""

    @strawberry.federation.field(
        directives=[LooksUpPeople(), Cost(weight=WEIGHT)],
        requires_scopes=EVIDENCE,
        description=both(
            "应持证人本人申请签发其证书的凭证，目的须为 HOLDER_REQUEST；"
            "先询问登记机构，查询记入审计日志",
            "Issue a credential of a certificate to its holder who asks for it, with "
            "the purpose HOLDER_REQUEST. Its agency is asked now, and the look-up is "
            "on the audit log",
        ),
    )
    async def issue_credential(
        self,
        info: Info,
        certificate: Annotated[
            strawberry.ID,
            strawberry.argument(description=both("证书编号", "Certificate.id")),
        ],
        form: Annotated[
            CredentialForm, strawberry.argument(description=both("形式", "Its form"))
        ],
        holder_key: Annotated[
            str | None,
            strawberry.argument(
                description=both(
                    "持证人钱包的公钥（JWK，JSON 文本），凭证与之绑定；可省略",
                    "The public key of the holder's wallet, a JWK as JSON, to which "
                    "the credential is bound; may be left out",
                )
            ),
        ] = None,
    ) -> CredentialOutcome | None:
        """Issue a credential."""
        context = info.context
        # Before anything is found, so that a refusal says nothing of what there is.
        require_purpose(context, [Purpose.HOLDER_REQUEST])
        try:
            key = None if holder_key is None else read_holder_key(holder_key)
            issued = await _issued(context, certificate, form, key)
        except HolderKeyError:
            return CredentialRefused(code=CredentialRefusal.HOLDER_KEY)
        except NotIssuedError as error:
            return CredentialRefused(code=error.refusal)
        except StoreUnavailableError:
            raise store_unavailable() from None
        return Credential(
            text=issued.text,
            expires_at=issued.expires_at,
            status_list=issued.status_list,
            index=issued.index,
        )


async def _issued(
    context: RequestContext, id_: str, form: CredentialForm, key: HolderKey | None
) -> IssuedCredential:
    """Issue a credential of what is found under ``id_``.

    Raises:
        NotIssuedError: there is none, or it is not to be given.
        StoreUnavailableError: the database is away.
    """
    credentials = context.services.credentials
    if not credentials.is_offered:
        raise NotIssuedError(CredentialRefusal.NOT_OFFERED)
    try:
        context.services.certificate_ids.open(id_)
    except UnknownIdError:
        # Trying ids costs what trying people costs.
        await look_up_by_wrong_id(context, id_)
        raise NotIssuedError(CredentialRefusal.UNKNOWN) from None
    authorities = await context.jurisdiction.of_caller(context.caller)
    if not leads(context, id_, authorities):
        raise NotIssuedError(CredentialRefusal.NOT_YOUR_AUTHORITY)
    match await find_for_payment(context, id_):
        case AttestedCertificate() as found:
            return await credentials.issue(found, form, key, context.now)
        case None:
            raise NotIssuedError(CredentialRefusal.UNKNOWN)
        case _:
            raise NotIssuedError(CredentialRefusal.NOT_VERIFIED)
