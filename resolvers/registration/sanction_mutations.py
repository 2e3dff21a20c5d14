"""Every step of a sanction as a mutation."""

from collections.abc import Awaitable
from datetime import date
from typing import Annotated

import strawberry

from bureau.scopes import STEPS, sanctioner_of
from connectors.registration.rules import Actor
from connectors.registration.sanctions import Sanction as KeptSanction
from resolvers.bilingual import both
from resolvers.context import Info
from resolvers.registration.enums import SanctionKind
from resolvers.registration.inputs import ReasonArgument
from resolvers.registration.refused import RegistrationRefused, answered
from resolvers.registration.sanctions_shown import (
    Sanction,
    SanctionProposal,
    proposal_shown,
    sanction_shown,
)

SanctionAnswer = Annotated[
    Sanction | RegistrationRefused,
    strawberry.union(
        "SanctionAnswer",
        description=both("对处置办理一个步骤的结果", "What a sanction's step gives"),
    ),
]
SanctionProposalAnswer = Annotated[
    SanctionProposal | RegistrationRefused,
    strawberry.union(
        "SanctionProposalAnswer",
        description=both("处理建议的结果", "What deciding on a proposal gives"),
    ),
]
BodyArgument = Annotated[
    strawberry.ID,
    strawberry.argument(description=both("对象的目录编号", "On whom, by id")),
]
KindArgument = Annotated[
    SanctionKind, strawberry.argument(description=both("措施", "What"))
]
IdArgument = Annotated[
    strawberry.ID,
    strawberry.argument(description=both("处置编号", "The sanction's id")),
]


def _sanctioner(info: Info) -> Actor:
    context = info.context
    of_officer = context.services.oversight.pseudonyms.of_officer
    return sanctioner_of(context.caller, of_officer)


async def _shown(
    info: Info, step: Awaitable[KeptSanction]
) -> Sanction | RegistrationRefused:
    taken = await answered(info, step)
    if isinstance(taken, RegistrationRefused):
        return taken
    return sanction_shown(taken, info.context)


@strawberry.federation.type(authenticated=True)
class SanctionSteps:
    """The steps of sanctions."""

    @strawberry.federation.field(
        requires_scopes=STEPS["issue_warning"],
        description=both(
            "警告主管部门或归集机构", "Warn an authority or a collection body"
        ),
    )
    async def issue_warning(
        self, info: Info, body: BodyArgument, reason: ReasonArgument
    ) -> SanctionAnswer:
        """Warn a body."""
        steps = info.context.services.registration.sanctions
        actor = _sanctioner(info)
        return await _shown(info, steps.warn(actor, body, reason))

    @strawberry.federation.field(
        requires_scopes=STEPS["order_rectification"],
        description=both(
            "责令限期整改；逾期由系统提出冻结建议，待另一人确认",
            "Have things put right by a day; once it is over the gateway proposes a "
            "freeze, for another person to confirm",
        ),
    )
    async def order_rectification(
        self,
        info: Info,
        body: BodyArgument,
        last_day: Annotated[
            date,
            strawberry.argument(
                description=both(
                    "期限（上海）：明日起一年之内",
                    "The last day, in Shanghai: from tomorrow to a year from now",
                )
            ),
        ],
        reason: ReasonArgument,
    ) -> SanctionAnswer:
        """Order a rectification."""
        steps = info.context.services.registration.sanctions
        actor = _sanctioner(info)
        ordered = steps.order_rectification(actor, body, last_day, reason)
        return await _shown(info, ordered)

    @strawberry.federation.field(
        requires_scopes=STEPS["propose_sanction"],
        description=both(
            "提出冻结账号或取消归集权限；经另一人确认后生效",
            "Propose a freeze or a cancellation; in force once another person confirms",
        ),
    )
    async def propose_sanction(
        self,
        info: Info,
        body: BodyArgument,
        kind: KindArgument,
        reason: ReasonArgument,
    ) -> SanctionAnswer:
        """Propose a sanction."""
        steps = info.context.services.registration.sanctions
        actor = _sanctioner(info)
        return await _shown(info, steps.propose(actor, body, kind, reason))

    @strawberry.federation.field(
        requires_scopes=STEPS["freeze_urgently"],
        description=both(
            "紧急冻结：各网关一秒内生效；另一人须在一日内确认，否则自动解除",
            "Freeze at once, at every gateway within a second; another person confirms "
            "it within a day, or it ends",
        ),
    )
    async def freeze_urgently(
        self, info: Info, body: BodyArgument, reason: ReasonArgument
    ) -> SanctionAnswer:
        """Freeze at once."""
        steps = info.context.services.registration.sanctions
        actor = _sanctioner(info)
        return await _shown(info, steps.freeze_urgently(actor, body, reason))

    @strawberry.federation.field(
        requires_scopes=STEPS["confirm_sanction"],
        description=both(
            "确认他人提出的处置或紧急冻结",
            "Confirm what somebody else proposed, or froze urgently",
        ),
    )
    async def confirm_sanction(
        self,
        info: Info,
        id: IdArgument,  # noqa: A002 - the field's argument
        reason: ReasonArgument,
    ) -> SanctionAnswer:
        """Confirm a sanction."""
        steps = info.context.services.registration.sanctions
        actor = _sanctioner(info)
        return await _shown(info, steps.confirm(actor, _number(id), reason))

    @strawberry.federation.field(
        requires_scopes=STEPS["reject_sanction"],
        description=both("驳回或撤回待确认的处置", "Reject or take back a proposal"),
    )
    async def reject_sanction(
        self,
        info: Info,
        id: IdArgument,  # noqa: A002 - the field's argument
        reason: ReasonArgument,
    ) -> SanctionAnswer:
        """Reject a proposal."""
        steps = info.context.services.registration.sanctions
        actor = _sanctioner(info)
        return await _shown(info, steps.reject(actor, _number(id), reason))

    @strawberry.federation.field(
        requires_scopes=STEPS["impose_sanction"],
        deprecation_reason=both(
            "冻结即 freezeUrgently，取消即 proposeSanction；下一版本移除",
            "a freeze is freezeUrgently's, a cancellation proposeSanction's; gone with "
            "the next version",
        ),
        description=both(
            "旧接口：冻结按紧急冻结办理，取消归集权限按提出办理",
            "The former way: a freeze is an urgent one, a cancellation is proposed",
        ),
    )
    async def impose_sanction(
        self,
        info: Info,
        body: BodyArgument,
        kind: KindArgument,
        reason: ReasonArgument,
    ) -> SanctionAnswer:
        """Impose a sanction."""
        steps = info.context.services.registration.sanctions
        actor = _sanctioner(info)
        return await _shown(info, steps.impose(actor, body, kind, reason))

    @strawberry.federation.field(
        requires_scopes=STEPS["lift_sanction"],
        description=both(
            "解除处置；整改完成亦由此办结", "Lift a sanction, or end one that was done"
        ),
    )
    async def lift_sanction(
        self,
        info: Info,
        id: IdArgument,  # noqa: A002 - the field's argument
        reason: ReasonArgument,
    ) -> SanctionAnswer:
        """Lift a sanction."""
        steps = info.context.services.registration.sanctions
        actor = _sanctioner(info)
        return await _shown(info, steps.lift(actor, _number(id), reason))

    @strawberry.federation.field(
        requires_scopes=STEPS["decide_sanction_proposal"],
        description=both(
            "处理系统按计数提出的建议：采纳即紧急冻结，否则予以驳回",
            "Decide on what was proposed by count: accepted, the account is frozen "
            "urgently; else dismissed",
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
        actor = _sanctioner(info)
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
