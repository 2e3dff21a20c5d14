"""Every step as a mutation. A refused step is an answer of its own type."""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from bureau.scopes import STEPS, actor_of
from connectors.registration.connector import Connector as KeptConnector
from connectors.registration.keys import MAX_OVERLAP
from resolvers.bilingual import both
from resolvers.context import Info
from resolvers.registration.inputs import (
    KeyIdArgument,
    KeyInput,
    ReasonArgument,
    StepArgument,
    SubmissionArgument,
)
from resolvers.registration.refused import RegistrationRefused, answered
from resolvers.registration.shown import (
    Connector,
    KeyChallenge,
    challenge_shown,
    connector_shown,
)

ConnectorAnswer = Annotated[
    Connector | RegistrationRefused,
    strawberry.union(
        "ConnectorAnswer",
        description=both("办理一个步骤的结果", "What taking a step gives"),
    ),
]
KeyChallengeAnswer = Annotated[
    KeyChallenge | RegistrationRefused,
    strawberry.union(
        "KeyChallengeAnswer",
        description=both("申请质询的结果", "What asking for a challenge gives"),
    ),
]

BEYOND_DAYS = MAX_OVERLAP.days + 1
"""Refused, as every longer overlap."""


async def _shown(
    info: Info, step: Awaitable[KeptConnector], connector: str | None = None
) -> Connector | RegistrationRefused:
    taken = await answered(info, step, connector)
    if isinstance(taken, RegistrationRefused):
        return taken
    return connector_shown(taken, info.context)


@strawberry.federation.type(authenticated=True)
class ConnectorSteps:
    """The steps of connectors and their keys."""

    @strawberry.federation.field(
        requires_scopes=STEPS["draft_connector"],
        description=both("起草一个连接器，编号取自清单", "Begin a connector"),
    )
    async def draft_connector(
        self, info: Info, submission: SubmissionArgument, reason: ReasonArgument
    ) -> ConnectorAnswer:
        """Begin a connector."""
        context = info.context
        steps = context.services.registration.connectors
        actor = actor_of(context.caller)
        return await _shown(info, steps.draft(actor, submission.stated(), reason))

    @strawberry.federation.field(
        requires_scopes=STEPS["redraft_connector"],
        description=both("改写草稿", "Write a draft anew"),
    )
    async def redraft_connector(
        self, info: Info, step: StepArgument, submission: SubmissionArgument
    ) -> ConnectorAnswer:
        """Write a draft anew."""
        steps = info.context.services.registration.connectors
        asked = step.asked_by(info.context.caller)
        return await _shown(info, steps.redraft(asked, submission.stated()), step.id)

    @strawberry.federation.field(
        requires_scopes=STEPS["request_key_challenge"],
        description=both(
            "登记一把密钥之前，申请须由它签名的质询",
            "Ask for the challenge that a key has to sign before it is registered",
        ),
    )
    async def request_key_challenge(
        self,
        info: Info,
        connector: Annotated[
            strawberry.ID,
            strawberry.argument(description=both("连接器编号", "The connector's id")),
        ],
        key: Annotated[
            KeyInput, strawberry.argument(description=both("公钥", "The public key"))
        ],
    ) -> KeyChallengeAnswer:
        """Make a challenge."""
        steps = info.context.services.registration.keys
        actor = actor_of(info.context.caller)
        asked = steps.challenge(actor, connector, key.stated())
        taken = await answered(info, asked, connector)
        if isinstance(taken, RegistrationRefused):
            return taken
        return challenge_shown(taken)

    @strawberry.federation.field(
        requires_scopes=STEPS["prove_key"],
        description=both("交回签名的质询，证明持有密钥", "Prove possession of a key"),
    )
    async def prove_key(
        self,
        info: Info,
        challenge: Annotated[
            strawberry.ID,
            strawberry.argument(description=both("质询编号", "The challenge's id")),
        ],
        proof: Annotated[
            str,
            strawberry.argument(
                description=both(
                    "紧凑 JWS，内容为质询的 text",
                    "A compact JWS over the challenge's text",
                )
            ),
        ],
    ) -> ConnectorAnswer:
        """Take a proof."""
        steps = info.context.services.registration.keys
        actor = actor_of(info.context.caller)
        return await _shown(info, steps.prove(actor, challenge, proof))

    @strawberry.federation.field(
        requires_scopes=STEPS["submit_connector"],
        description=both("提交草稿", "Hand a draft in"),
    )
    async def submit_connector(self, info: Info, step: StepArgument) -> ConnectorAnswer:
        """Hand a draft in."""
        steps = info.context.services.registration.connectors
        asked = step.asked_by(info.context.caller)
        return await _shown(info, steps.submit(asked), step.id)

    @strawberry.federation.field(
        requires_scopes=STEPS["check_connector"],
        description=both(
            "对其在线接口进行符合性检查；未通过时报告亦保留",
            "Run the conformance kit on the live endpoint; the report is kept either "
            "way",
        ),
    )
    async def check_connector(self, info: Info, step: StepArgument) -> ConnectorAnswer:
        """Run the conformance kit."""
        steps = info.context.services.registration.connectors
        asked = step.asked_by(info.context.caller)
        return await _shown(info, steps.check(asked), step.id)

    @strawberry.federation.field(
        requires_scopes=STEPS["return_connector"],
        description=both("退回为草稿", "Send it back to be drafted anew"),
    )
    async def return_connector(self, info: Info, step: StepArgument) -> ConnectorAnswer:
        """Send it back."""
        steps = info.context.services.registration.connectors
        asked = step.asked_by(info.context.caller)
        return await _shown(info, steps.send_back(asked), step.id)

    @strawberry.federation.field(
        requires_scopes=STEPS["approve_connector"],
        description=both(
            "审批；不得由起草、提交或证明密钥者审批",
            "Approve; not by who drafted, submitted or proved a key",
        ),
    )
    async def approve_connector(
        self, info: Info, step: StepArgument
    ) -> ConnectorAnswer:
        """Approve."""
        steps = info.context.services.registration.connectors
        asked = step.asked_by(info.context.caller)
        return await _shown(info, steps.approve(asked), step.id)

    @strawberry.federation.field(
        requires_scopes=STEPS["activate_connector"],
        description=both(
            "启用；被替换者同时退出", "Activate; what it replaces retires at once"
        ),
    )
    async def activate_connector(
        self, info: Info, step: StepArgument
    ) -> ConnectorAnswer:
        """Activate."""
        steps = info.context.services.registration.connectors
        asked = step.asked_by(info.context.caller)
        return await _shown(info, steps.activate(asked), step.id)

    @strawberry.federation.field(
        requires_scopes=STEPS["suspend_connector"],
        description=both("停用，可恢复", "Suspend until resumed"),
    )
    async def suspend_connector(
        self, info: Info, step: StepArgument
    ) -> ConnectorAnswer:
        """Suspend."""
        steps = info.context.services.registration.connectors
        asked = step.asked_by(info.context.caller)
        return await _shown(info, steps.suspend(asked), step.id)

    @strawberry.federation.field(
        requires_scopes=STEPS["resume_connector"],
        description=both("恢复", "Resume"),
    )
    async def resume_connector(self, info: Info, step: StepArgument) -> ConnectorAnswer:
        """Resume."""
        steps = info.context.services.registration.connectors
        asked = step.asked_by(info.context.caller)
        return await _shown(info, steps.resume(asked), step.id)

    @strawberry.federation.field(
        requires_scopes=STEPS["retire_connector"],
        description=both("退出，不可恢复", "Retire for good"),
    )
    async def retire_connector(self, info: Info, step: StepArgument) -> ConnectorAnswer:
        """Retire."""
        steps = info.context.services.registration.connectors
        asked = step.asked_by(info.context.caller)
        return await _shown(info, steps.retire(asked), step.id)

    @strawberry.federation.field(
        requires_scopes=STEPS["approve_key"],
        description=both(
            "审批连接器获批之后新增的密钥",
            "Approve a key that came after its connector was approved",
        ),
    )
    async def approve_key(
        self, info: Info, step: StepArgument, key_id: KeyIdArgument
    ) -> ConnectorAnswer:
        """Approve a key."""
        steps = info.context.services.registration.keys
        asked = step.asked_by(info.context.caller)
        return await _shown(info, steps.approve(asked, key_id), step.id)

    @strawberry.federation.field(
        requires_scopes=STEPS["rotate_key"],
        description=both(
            "轮换密钥：新旧并用若干天后旧密钥到期",
            "Rotate: the old key ends after an overlap in which both are believed",
        ),
    )
    async def rotate_key(
        self,
        info: Info,
        step: StepArgument,
        old_key_id: Annotated[
            str, strawberry.argument(description=both("旧密钥", "The key that ends"))
        ],
        new_key_id: Annotated[
            str,
            strawberry.argument(
                description=both("新密钥，须已审批并生效", "Its successor, in force")
            ),
        ],
        overlap_days: Annotated[
            int,
            strawberry.argument(
                description=both("并用天数（0至90）", "The overlap, 0 to 90 days")
            ),
        ],
    ) -> ConnectorAnswer:
        """Rotate a key."""
        steps = info.context.services.registration.keys
        asked = step.asked_by(info.context.caller)
        # Cut, since a span of time has an end that an Int is beyond.
        overlap = timedelta(days=max(-1, min(overlap_days, BEYOND_DAYS)))
        rotated = steps.rotate(asked, old=old_key_id, new=new_key_id, overlap=overlap)
        return await _shown(info, rotated, step.id)

    @strawberry.federation.field(
        requires_scopes=STEPS["retire_key"],
        description=both("密钥即刻退役", "Retire a key at once"),
    )
    async def retire_key(
        self, info: Info, step: StepArgument, key_id: KeyIdArgument
    ) -> ConnectorAnswer:
        """Retire a key."""
        steps = info.context.services.registration.keys
        asked = step.asked_by(info.context.caller)
        return await _shown(info, steps.retire(asked, key_id), step.id)

    @strawberry.federation.field(
        requires_scopes=STEPS["declare_key_compromised"],
        description=both(
            "声明密钥自某时起泄露；此前收到的记录仍可证明，此后不予采信",
            "Declare a key compromised since a moment: what was collected before stays "
            "proved, later records are refused",
        ),
    )
    async def declare_key_compromised(
        self,
        info: Info,
        step: StepArgument,
        key_id: KeyIdArgument,
        since: Annotated[
            datetime,
            strawberry.argument(
                description=both("自何时起（不晚于现在）", "Since when; not the future")
            ),
        ],
    ) -> ConnectorAnswer:
        """Declare a key compromised."""
        steps = info.context.services.registration.keys
        asked = step.asked_by(info.context.caller)
        return await _shown(info, steps.compromise(asked, key_id, since), step.id)
