"""Sanctions as mutations, and what is in force as questions."""

from typing import Annotated

import strawberry

from bureau.scopes import STEPS, actor_of
from resolvers.bilingual import both
from resolvers.context import Info
from resolvers.registration.enums import SanctionKind
from resolvers.registration.inputs import ReasonArgument
from resolvers.registration.refused import RegistrationRefused, answered
from resolvers.registration.shown import (
    Sanction,
    SanctionProposal,
    proposal_shown,
    sanction_shown,
)

SanctionAnswer = Annotated[
    Sanction | RegistrationRefused,
    strawberry.union(
        "SanctionAnswer",
        description=both("作出或解除处置的结果", "What a sanction's step gives"),
    ),
]
SanctionProposalAnswer = Annotated[
    SanctionProposal | RegistrationRefused,
    strawberry.union(
        "SanctionProposalAnswer",
        description=both("处理建议的结果", "What deciding on a proposal gives"),
    ),
]


@strawberry.federation.type(authenticated=True)
class SanctionSteps:
    """The steps of sanctions."""

    @strawberry.federation.field(
        requires_scopes=STEPS["impose_sanction"],
        description=both(
            "对主管部门或归集机构作出处置（通知三(一)），各网关一秒内生效",
            "Sanction an authority or a collection body (notice, 3(1)); in force at "
            "every gateway within a second",
        ),
    )
    async def impose_sanction(
        self,
        info: Info,
        body: Annotated[
            strawberry.ID,
            strawberry.argument(description=both("对象的目录编号", "On whom, by id")),
        ],
        kind: Annotated[
            SanctionKind, strawberry.argument(description=both("措施", "What"))
        ],
        reason: ReasonArgument,
    ) -> SanctionAnswer:
        """Impose a sanction."""
        steps = info.context.services.registration.sanctions
        actor = actor_of(info.context.caller)
        taken = await answered(info, steps.impose(actor, body, kind, reason))
        if isinstance(taken, RegistrationRefused):
            return taken
        return sanction_shown(taken, info.context)

    @strawberry.federation.field(
        requires_scopes=STEPS["lift_sanction"],
        description=both("解除处置", "Lift a sanction"),
    )
    async def lift_sanction(
        self,
        info: Info,
        id: Annotated[  # noqa: A002 - the field's argument
            strawberry.ID,
            strawberry.argument(description=both("处置编号", "The sanction's id")),
        ],
        reason: ReasonArgument,
    ) -> SanctionAnswer:
        """Lift a sanction."""
        steps = info.context.services.registration.sanctions
        actor = actor_of(info.context.caller)
        taken = await answered(info, steps.lift(actor, _number(id), reason))
        if isinstance(taken, RegistrationRefused):
            return taken
        return sanction_shown(taken, info.context)

    @strawberry.federation.field(
        requires_scopes=STEPS["decide_sanction_proposal"],
        description=both(
            "处理系统的建议：采纳即冻结账号，否则予以驳回",
            "Decide on a proposal: accepted, the account is frozen; else dismissed",
        ),
    )
    async def decide_sanction_proposal(
        self,
        info: Info,
        id: Annotated[  # noqa: A002 - the field's argument
            strawberry.ID,
            strawberry.argument(description=both("建议编号", "The proposal's id")),
        ],
        accept: Annotated[
            bool, strawberry.argument(description=both("是否采纳", "Whether to freeze"))
        ],
        reason: ReasonArgument,
    ) -> SanctionProposalAnswer:
        """Decide on a proposal."""
        steps = info.context.services.registration.sanctions
        actor = actor_of(info.context.caller)
        decided = steps.decide(actor, _number(id), accept=accept, reason=reason)
        taken = await answered(info, decided)
        if isinstance(taken, RegistrationRefused):
            return taken
        return proposal_shown(taken, info.context)


def _number(id_: str) -> int:
    """Return the number of an id; what is none is nothing's."""
    is_number = id_.isascii() and id_.isdigit() and len(id_) < _DIGITS
    return int(id_) if is_number else -1


_DIGITS = 19
