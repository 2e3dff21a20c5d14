"""The changes of a certificate's state that its agency sent, as the graph has them."""

from datetime import date, datetime

import strawberry

from bureau.caller import Scope
from policy.certificate import CertificateRecord
from resolvers.bilingual import both
from resolvers.enums import CertificateState


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "归集机构推送的一次状态变更", "One change of state that an agency sent"
    ),
)
class StateChange:
    """A change of a certificate's state; it is signed, and was checked when it came."""

    state: CertificateState = strawberry.field(
        description=both("变更后的状态；VALID 为恢复", "The new state; VALID lifts")
    )
    effective_on: date = strawberry.field(
        description=both("生效之日", "The first day on which it counts")
    )
    received_at: datetime = strawberry.field(
        description=both("收到时间", "When the gateway took it in")
    )
    reason: str = strawberry.federation.field(
        requires_scopes=[[Scope.READ_IDENTITY]],
        description=both(
            "归集机构所述原因，可能提及持证人；未说明时为空文本",
            "The reason in the agency's words, which may name the holder; empty if "
            "none was given",
        ),
    )


def shown_changes(record: CertificateRecord) -> list[StateChange] | None:
    """Return what was sent of ``record``; ``None`` if that cannot be known now."""
    if record.changes is None:
        return None
    return [
        StateChange(
            state=change.state,
            effective_on=change.effective_on,
            received_at=change.received_at,
            reason=change.reason,
        )
        for change in record.changes
    ]
