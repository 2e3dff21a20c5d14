"""Events as the graph shows them; of people they say nothing but a sealed id."""

from datetime import date, datetime
from typing import Self

import strawberry

from bureau.caller import Scope
from bureau.events.events import (
    CertificateStateEvent,
    ConnectorStateEvent,
    Kind,
    SanctionStepEvent,
)
from bureau.privacy.masks import without_identity_numbers
from bureau.scopes import OVERSEER, READER
from resolvers.bilingual import both
from resolvers.bodies import Body, body_of
from resolvers.context import RequestContext
from resolvers.enums import CertificateState
from resolvers.registration.enums import (
    ConnectorState,
    SanctionKind,
    SanctionState,
    SanctionStep,
    Step,
)

CURSOR = both(
    "游标：中断后以此续接", "The cursor: where to go on after having been cut off"
)


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "登记机构推送的一次证书状态变更；不指名任何人",
        "A change of a certificate's state that an agency sent; it names nobody",
    ),
)
class CertificateStateChanged:
    """A change of state."""

    kept: strawberry.Private[CertificateStateEvent]
    cursor: str = strawberry.field(description=CURSOR)
    at: datetime = strawberry.field(
        description=both("网关收到的时间", "When the gateway took it in")
    )
    certificate_id: strawberry.ID = strawberry.field(
        description=both("证书编号（不透明）", "Certificate.id, which is opaque")
    )
    agency_id: strawberry.ID = strawberry.field(
        description=both("登记机构的连接器编号", "The agency, by its connector's id")
    )
    state: CertificateState = strawberry.field(
        description=both("变更后的状态", "The state it has now")
    )
    effective_on: date = strawberry.field(
        description=both("生效日期", "From which day on")
    )
    reason: str = strawberry.field(
        description=both(
            "机构所述理由，身份号码已隐去", "Why, as the agency says, numbers masked"
        )
    )

    @classmethod
    def of(cls, event: CertificateStateEvent, context: RequestContext) -> Self:
        """Return ``event`` as the graph shows it."""
        cursors = context.services.cursors
        return cls(
            kept=event,
            cursor=cursors.of(Kind.CERTIFICATE_STATES, event.number),
            at=event.at,
            certificate_id=strawberry.ID(event.certificate),
            agency_id=strawberry.ID(event.connector),
            state=event.state,
            effective_on=event.effective_on,
            reason=without_identity_numbers(event.reason),
        )


@strawberry.federation.type(
    requires_scopes=READER,
    description=both("对连接器办理的一个步骤", "A step that was taken on a connector"),
)
class ConnectorStateChanged:
    """A step."""

    kept: strawberry.Private[ConnectorStateEvent]
    cursor: str = strawberry.field(description=CURSOR)
    at: datetime = strawberry.field(description=both("办理时间", "When"))
    connector_id: strawberry.ID = strawberry.field(
        description=both("连接器编号", "The connector's id")
    )
    version: int = strawberry.field(
        description=both("办理后的版本", "The version it made")
    )
    step: Step = strawberry.field(description=both("步骤", "The step"))
    before: ConnectorState | None = strawberry.field(
        description=both("办理前", "The state before")
    )
    after: ConnectorState = strawberry.field(
        description=both("办理后", "The state after")
    )
    actor: str = strawberry.field(description=both("办理人", "Who"))
    reason: str = strawberry.field(description=both("理由", "Why"))

    @classmethod
    def of(cls, event: ConnectorStateEvent, context: RequestContext) -> Self:
        """Return ``event`` as the graph shows it."""
        cursors = context.services.cursors
        return cls(
            kept=event,
            cursor=cursors.of(Kind.CONNECTOR_STATES, event.number),
            at=event.at,
            connector_id=strawberry.ID(event.connector),
            version=event.version,
            step=event.step,
            before=event.before,
            after=event.after,
            actor=event.actor,
            reason=without_identity_numbers(event.reason),
        )


@strawberry.federation.type(
    requires_scopes=OVERSEER,
    description=both("对处置办理的一个步骤", "A step that was taken on a sanction"),
)
class SanctionChanged:
    """A step on a sanction."""

    kept: strawberry.Private[SanctionStepEvent]
    cursor: str = strawberry.field(description=CURSOR)
    at: datetime = strawberry.field(description=both("办理时间", "When"))
    sanction_id: strawberry.ID = strawberry.field(
        description=both("处置编号", "The sanction's id")
    )
    body: Body = strawberry.field(description=both("对象", "On whom"))
    kind: SanctionKind = strawberry.field(description=both("措施", "What"))
    step: SanctionStep = strawberry.field(description=both("步骤", "The step"))
    after: SanctionState = strawberry.field(
        description=both("办理后", "The state after")
    )
    actor: str = strawberry.field(
        description=both("办理人；到期处理为 gateway", "Who; the clock is gateway")
    )
    reason: str = strawberry.field(description=both("理由", "Why"))

    @classmethod
    def of(cls, event: SanctionStepEvent, context: RequestContext) -> Self:
        """Return ``event`` as the graph shows it."""
        services = context.services
        return cls(
            kept=event,
            cursor=services.cursors.of(Kind.SANCTIONS, event.number),
            at=event.at,
            sanction_id=strawberry.ID(str(event.sanction)),
            body=body_of(services.catalogue.bodies[event.body]),
            kind=event.kind,
            step=event.step,
            after=event.after,
            actor=event.actor,
            reason=without_identity_numbers(event.reason),
        )
