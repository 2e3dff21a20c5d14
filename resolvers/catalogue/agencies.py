"""The registered agencies in the graph: what they may attest, and how they are."""

from datetime import datetime
from enum import Enum

import strawberry

from bureau.scopes import OVERSEER, READER, may
from connectors.agency import Agency as RegisteredAgency
from connectors.registration.rules import AGENCY
from resolvers.bilingual import both
from resolvers.bodies import Body, body_of
from resolvers.context import Info
from resolvers.documents.directives import list_of
from resolvers.enums import (
    AccountState,
    KeyState,
    Protocol,
    SignatureForm,
    SourceOutcome,
)
from resolvers.registration.quality import (
    DataQuality,
    QualityWindow,
    WindowArgument,
    quality_of,
)
from resolvers.registration.sanctions_shown import Sanction, sanction_shown
from signing.trust import TrustedKey


@strawberry.enum(description=both("机构的近况", "How an agency has been lately"))
class HealthState(Enum):
    """The state of an agency by its last answer."""

    ANSWERING = strawberry.enum_value(
        "ANSWERING",
        description=both("最近一次答复可信", "Its last answer was believed"),
    )
    DOUBTFUL = strawberry.enum_value(
        "DOUBTFUL",
        description=both(
            "最近一次有答复，但被其拒绝或未通过核验",
            "It spoke, but refused, or its last answer did not verify",
        ),
    )
    FAILING = strawberry.enum_value(
        "FAILING", description=both("最近一次未答复", "Its last answer did not come")
    )
    NOT_ASKED = strawberry.enum_value(
        "NOT_ASKED", description=both("启动后尚未查询", "Not asked since the start")
    )


@strawberry.federation.type(
    authenticated=True, description=both("机构的近况", "How an agency has been lately")
)
class Health:
    """An agency's state by its last answer."""

    state: HealthState = strawberry.field(description=both("状态", "The state"))
    last_outcome: SourceOutcome | None = strawberry.field(
        description=both("最近一次结果", "The last outcome")
    )
    last_asked_at: datetime | None = strawberry.field(
        description=both("最近一次查询时间", "When it was last asked")
    )


@strawberry.federation.type(
    authenticated=True,
    description=both("信任名册中的一把密钥", "A key of the trust bundle"),
)
class Key:
    """A key an agency signs with."""

    key_id: str = strawberry.field(description=both("编号（kid）", "The id (kid)"))
    algorithm: str = strawberry.field(description=both("算法", "The algorithm"))
    state: KeyState = strawberry.field(description=both("状态", "The state"))
    not_before: datetime = strawberry.field(
        description=both("有效期起", "The first moment in force")
    )
    not_after: datetime = strawberry.field(
        description=both("有效期止", "The last moment in force")
    )
    scope: list[str] = strawberry.field(
        directives=[list_of(10)],
        description=both(
            "可证明的附件项目代码", "The annex items it may attest, by code"
        ),
    )


@strawberry.federation.type(
    authenticated=True, description=both("一个已注册的机构", "A registered agency")
)
class Agency:
    """One agency."""

    asked: strawberry.Private[RegisteredAgency]
    id: strawberry.ID = strawberry.field(description=both("编号", "The id"))
    authority: Body = strawberry.field(
        description=both("行业主管部门", "The authority")
    )
    collection_body: Body = strawberry.field(
        description=both("证书数据归集机构，即签名者", "The collection body: who signs")
    )
    protocol: Protocol = strawberry.field(description=both("协议", "The protocol"))
    signature_form: SignatureForm = strawberry.field(
        description=both("签名方式", "What its signatures cover")
    )
    account: AccountState = strawberry.field(
        description=both("账号状态", "The account's state")
    )
    keys: list[Key] = strawberry.field(
        directives=[list_of(10)],
        description=both("密钥", "Its keys of the trust bundle"),
    )
    health: Health = strawberry.field(description=both("近况", "How it has been"))

    @strawberry.federation.field(
        requires_scopes=READER,
        description=both("数据质量", "How good its data is"),
    )
    async def quality(
        self, info: Info, window: WindowArgument = QualityWindow.WEEK
    ) -> DataQuality | None:
        """Return the quality of its data."""
        return await quality_of(self.id, window, info)

    @strawberry.federation.field(
        directives=[list_of(3)],
        requires_scopes=READER,
        description=both(
            "对其主管部门或归集机构的未终止处置；监管者可见，机构仅见自己的",
            "Sanctions on its authority or collection body that did not end: for "
            "overseers and itself, else null",
        ),
    )
    def sanctions(self, info: Info) -> list[Sanction] | None:
        """Return the sanctions on it."""
        context = info.context
        is_own = context.caller.id == f"{AGENCY}{self.id}"
        if not is_own and not may(context.caller.scopes, OVERSEER):
            return None
        found = context.snapshot.sanctions_on(self.asked)
        return [sanction_shown(one, context) for one in found]


def agencies(info: Info) -> list[Agency]:
    """Return every registered agency."""
    catalogue = info.context.services.catalogue
    snapshot = info.context.snapshot
    keys = snapshot.bundle.keys.values()
    return [
        Agency(
            asked=agency,
            id=strawberry.ID(agency.id),
            authority=body_of(agency.authority),
            collection_body=body_of(catalogue.bodies[agency.manifest.collection_body]),
            protocol=agency.manifest.endpoint.protocol,
            signature_form=agency.manifest.signature.form,
            account=agency.account,
            keys=[
                _key(key)
                for key in keys
                if key.institution == agency.manifest.collection_body
            ],
            health=_health(agency),
        )
        for agency in snapshot.registry.agencies
    ]


def _key(key: TrustedKey) -> Key:
    return Key(
        key_id=key.kid,
        algorithm=key.algorithm.value,
        state=key.state,
        not_before=key.not_before,
        not_after=key.not_after,
        scope=sorted(key.scope),
    )


def _health(agency: RegisteredAgency) -> Health:
    health = agency.health
    return Health(
        state=_health_state(
            is_answering=health.is_answering, is_speaking=health.is_speaking
        ),
        last_outcome=health.last_outcome,
        last_asked_at=health.asked_at,
    )


def _health_state(
    *, is_answering: bool | None, is_speaking: bool | None
) -> HealthState:
    if is_answering is None:
        return HealthState.NOT_ASKED
    if is_answering:
        return HealthState.ANSWERING
    return HealthState.DOUBTFUL if is_speaking else HealthState.FAILING
