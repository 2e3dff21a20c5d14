"""Connectors and keys as the graph shows them: no secret, no people of a plan."""

from datetime import datetime

import strawberry

from bureau.scopes import READER
from connectors.errors import StoreUnavailableError
from connectors.registration import connector as kept
from connectors.registration.challenge import Challenge
from connectors.registration.keys import RegisteredKey as KeptKey
from connectors.registration.submission import warnings_of
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.bodies import Body, body_of
from resolvers.context import Info, RequestContext
from resolvers.documents.directives import list_of
from resolvers.errors import store_unavailable
from resolvers.registration.enums import (
    Algorithm,
    ConnectorState,
    RegisteredKeyState,
    Step,
)
from resolvers.registration.manifest_shown import ManifestEntry, manifest_shown
from resolvers.registration.quality import (
    DataQuality,
    QualityWindow,
    WindowArgument,
    quality_of,
)
from signing.sm2.keys import DEFAULT_SIGNER_ID, SignatureForm


@strawberry.federation.type(
    requires_scopes=READER,
    description=both("一把已登记的密钥", "A registered key"),
)
class RegisteredKey:
    """A key."""

    key_id: str = strawberry.field(description=both("编号（kid）", "The id (kid)"))
    algorithm: Algorithm = strawberry.field(description=both("算法", "The algorithm"))
    state: RegisteredKeyState = strawberry.field(description=both("状态", "The state"))
    state_since: datetime | None = strawberry.field(
        description=both(
            "退役或泄露自何时起；此前收到的记录仍可证明",
            "Since when it is retired or compromised; what was collected before stays "
            "proved",
        )
    )
    not_before: datetime = strawberry.field(
        description=both("有效期起", "The first moment in force")
    )
    not_after: datetime = strawberry.field(
        description=both("有效期止", "The last moment in force")
    )
    fingerprint: str = strawberry.field(
        description=both("公钥的 SHA-256", "The SHA-256 of the public key")
    )
    proved_by: str = strawberry.field(
        description=both("证明持有者", "Who proved possession")
    )
    proved_at: datetime = strawberry.field(description=both("证明时间", "When"))
    approved_by: str | None = strawberry.field(
        description=both("审批人", "Who approved it")
    )
    sm2_signer_id: str | None = strawberry.field(
        description=both(
            "SM2 密钥的签名者标识（user ID），空文本即空标识；其他算法为空值",
            "Of a key of SM2, the id it signs under, an empty text for an empty id; "
            "null for another key",
        )
    )
    sm2_signature: SignatureForm | None = strawberry.field(
        description=both(
            "SM2 签名的编码；其他算法为空值",
            "Of a key of SM2, how its signatures are written; null for another key",
        )
    )


@strawberry.federation.type(
    requires_scopes=READER, description=both("联系方式", "Whom to call")
)
class Contact:
    """A contact."""

    name: str = strawberry.field(description=both("名称", "The name"))
    phone: str = strawberry.field(description=both("电话", "The telephone"))
    email: str = strawberry.field(description=both("邮箱", "The address for mail"))


@strawberry.federation.type(
    requires_scopes=READER,
    description=both("符合性检查的结果", "What the conformance kit found"),
)
class ConnectorReport:
    """A report."""

    checked_at: datetime = strawberry.field(description=both("检查时间", "When"))
    is_conforming: bool = strawberry.field(
        description=both("是否没有失败项", "Whether nothing failed")
    )
    findings: list[str] = strawberry.field(
        directives=[list_of(10)],
        description=both(
            "发现：级别、代码、位置（代码释义见 docs/agencies.md）",
            "Severity, code and place of each; docs/agencies.md explains the codes",
        ),
    )


@strawberry.federation.type(
    requires_scopes=READER,
    description=both("已办理的一个步骤：何人、何时、为何", "One step: who, when, why"),
)
class ConnectorEvent:
    """An event."""

    version: int = strawberry.field(
        description=both("办理后的版本", "The version it made")
    )
    step: Step = strawberry.field(description=both("步骤", "The step"))
    at: datetime = strawberry.field(description=both("时间", "When"))
    actor: str = strawberry.field(description=both("办理人", "Who"))
    reason: str = strawberry.field(description=both("理由", "Why"))
    before: ConnectorState | None = strawberry.field(
        description=both("办理前", "The state before")
    )
    after: ConnectorState = strawberry.field(
        description=both("办理后", "The state after")
    )
    key_id: str | None = strawberry.field(
        description=both("所涉密钥", "The key it was about")
    )


@strawberry.federation.type(
    requires_scopes=READER,
    description=both("一个登记的连接器", "A registered connector"),
)
class Connector:
    """A connector."""

    kept: strawberry.Private[kept.Connector]
    id: strawberry.ID = strawberry.field(description=both("编号", "The id"))
    version: int = strawberry.field(
        description=both(
            "版本；办理下一步骤时须注明所见版本",
            "The version; the next step has to name the one it saw",
        )
    )
    state: ConnectorState = strawberry.field(description=both("阶段", "The state"))
    authority: Body = strawberry.field(
        description=both("行业主管部门", "The authority")
    )
    collection_body: Body = strawberry.field(
        description=both("证书数据归集机构，即签名者", "The collection body: who signs")
    )
    credit_code: str = strawberry.field(
        description=both("统一社会信用代码", "The unified social credit code")
    )
    items: list[str] = strawberry.field(
        directives=[list_of(10)],
        description=both("所申报的附件项目代码", "The annex items it claims, by code"),
    )
    contacts: list[Contact] = strawberry.field(
        directives=[list_of(10)], description=both("联系方式", "Whom to call")
    )
    replaces: strawberry.ID | None = strawberry.field(
        description=both("拟替换的连接器", "The connector whose place it takes")
    )
    owner: str = strawberry.field(description=both("起草人", "Who drafted it"))
    submitted_by: str | None = strawberry.field(
        description=both("提交人", "Who submitted it")
    )
    approved_by: str | None = strawberry.field(
        description=both("审批人", "Who approved it")
    )
    changed_at: datetime = strawberry.field(
        description=both("最近变更时间", "When it was last changed")
    )
    keys: list[RegisteredKey] = strawberry.field(
        directives=[list_of(10)], description=both("密钥", "Its keys")
    )
    report: ConnectorReport | None = strawberry.field(
        description=both("最近一次符合性检查", "The last conformance report")
    )

    @strawberry.field(
        directives=[list_of(10)],
        description=both("提示（不影响办理）", "What is odd, and not refused"),
    )
    def warnings(self, language: InLanguage = Language.ZH) -> list[str]:
        """Return the warnings in ``language``."""
        return [said(text, language) for text in warnings_of(self.kept.submission)]

    @strawberry.field(
        directives=[list_of(60)],
        description=both(
            "清单，逐项，表达式附说明；本版本不能读取时为空",
            "The manifest, entry by entry, expressions in words; null if this version "
            "cannot read it",
        ),
    )
    def manifest(self) -> list[ManifestEntry] | None:
        """Return what whoever approves it approves."""
        return manifest_shown(self.kept.submission.manifest)

    @strawberry.field(description=both("数据质量", "How good its data is"))
    async def quality(
        self, info: Info, window: WindowArgument = QualityWindow.WEEK
    ) -> DataQuality | None:
        """Return the quality of its data."""
        return await quality_of(self.id, window, info)

    @strawberry.field(
        directives=[list_of(10)],
        description=both("全部步骤，由旧到新", "All steps, oldest first"),
    )
    async def history(self, info: Info) -> list[ConnectorEvent]:
        """Read what was done to it."""
        try:
            events = await info.context.services.registration.store.events(self.kept.id)
        except StoreUnavailableError:
            raise store_unavailable() from None
        return [
            ConnectorEvent(
                version=event.version,
                step=event.step,
                at=event.at,
                actor=event.actor,
                reason=event.reason,
                before=event.before,
                after=event.after,
                key_id=event.detail.get("key"),
            )
            for event in events
        ]


@strawberry.federation.type(
    requires_scopes=READER,
    description=both(
        "持有证明的质询：以该密钥对 text 签名（紧凑 JWS，typ 为 key-proof+jws）",
        "A challenge: sign text with the key, as a compact JWS of typ key-proof+jws",
    ),
)
class KeyChallenge:
    """A challenge."""

    id: strawberry.ID = strawberry.field(description=both("编号", "The id"))
    text: str = strawberry.field(
        description=both("须签名的内容，逐字节", "What to sign, byte by byte")
    )
    expires_at: datetime = strawberry.field(
        description=both("此后作废", "Until when it may be answered")
    )


def connector_shown(connector: kept.Connector, context: RequestContext) -> Connector:
    """Return a connector as the graph shows it."""
    bodies = context.services.catalogue.bodies
    submission = connector.submission
    report = connector.check
    replaces = submission.replaces
    return Connector(
        kept=connector,
        id=strawberry.ID(connector.id),
        version=connector.version,
        state=connector.state,
        authority=body_of(bodies[connector.authority]),
        collection_body=body_of(bodies[connector.institution]),
        credit_code=submission.credit_code,
        items=sorted(connector.items),
        contacts=[
            Contact(name=c.name, phone=c.phone, email=c.email)
            for c in submission.contacts
        ],
        replaces=None if replaces is None else strawberry.ID(replaces),
        owner=connector.owner,
        submitted_by=connector.submitted_by,
        approved_by=connector.approved_by,
        changed_at=connector.changed_at,
        keys=[_key_shown(key) for key in connector.keys],
        report=None
        if report is None
        else ConnectorReport(
            checked_at=report.checked_at,
            is_conforming=report.is_conforming,
            findings=list(report.findings),
        ),
    )


def challenge_shown(challenge: Challenge) -> KeyChallenge:
    """Return a challenge as the graph shows it."""
    return KeyChallenge(
        id=strawberry.ID(challenge.id),
        text=challenge.text,
        expires_at=challenge.expires_at,
    )


def _key_shown(key: KeptKey) -> RegisteredKey:
    stated = key.stated
    signer_id, form = stated.sm2_signer_id, stated.sm2_signature
    if stated.algorithm is Algorithm.SM2:
        signer_id = DEFAULT_SIGNER_ID if signer_id is None else signer_id
        form = form or SignatureForm.RAW
    return RegisteredKey(
        key_id=key.kid,
        algorithm=stated.algorithm,
        state=key.state,
        state_since=key.state_since,
        not_before=stated.not_before,
        not_after=stated.not_after,
        fingerprint=key.fingerprint,
        proved_by=key.proved_by,
        proved_at=key.proved_at,
        approved_by=key.approved_by,
        sm2_signer_id=signer_id,
        sm2_signature=form,
    )
