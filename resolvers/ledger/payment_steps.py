"""Steps of payments as mutations; a step that is not taken is an answer."""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import partial
from types import MappingProxyType
from typing import Annotated

import strawberry

from bureau.ledger.payments import (
    PayingRules,
    PaymentChangedError,
    PaymentStepStated,
    UnfitPaymentError,
    UnknownPaymentError,
    is_said,
)
from bureau.scopes import PAY
from connectors.errors import StoreUnavailableError
from policy import normal_form
from policy.evidence import AccountState
from policy.payment_states import PaymentStep, PaymentStepError
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, described_enum, said
from resolvers.context import Info, RequestContext
from resolvers.errors import store_unavailable
from resolvers.ledger.enums import DECISION_REFUSALS, OTHER_OFFICER, DecisionRefusal
from resolvers.ledger.payments_shown import ClaimPayment, payment_shown


class PaymentAction(Enum):
    """A step that people take on a payment."""

    PUBLISH = "PUBLISH"
    PAY = "PAY"
    RETURN = "RETURN"
    CANCEL = "CANCEL"


class PaymentRefusal(Enum):
    """A reason not to take a step."""

    UNKNOWN_PAYMENT = "UNKNOWN_PAYMENT"
    CHANGED_MEANWHILE = "CHANGED_MEANWHILE"
    NOT_SAID = "NOT_SAID"
    OTHER_OFFICER = "OTHER_OFFICER"
    WRONG_STATE = "WRONG_STATE"
    BAD_DAY = "BAD_DAY"
    NOT_PUBLISHED = "NOT_PUBLISHED"
    PUBLICATION_RUNNING = "PUBLICATION_RUNNING"
    NOT_IN_FORCE = "NOT_IN_FORCE"
    PROVED_FALSE = "PROVED_FALSE"
    CLAIM_FALSE = "CLAIM_FALSE"
    RECOVERY_OPEN = "RECOVERY_OPEN"
    AGENCY_FROZEN = "AGENCY_FROZEN"


_MEANINGS: Mapping[PaymentRefusal, Text] = MappingProxyType(
    {
        PaymentRefusal.UNKNOWN_PAYMENT: Text(
            "此申领没有审核通过或已支付的补贴", "nothing is to be paid on this claim"
        ),
        PaymentRefusal.CHANGED_MEANWHILE: Text(
            "已被他人办理，请重新读取后再试",
            "somebody took a step meanwhile; read it again",
        ),
        PaymentRefusal.NOT_SAID: Text(
            "须注明经办人（1至64字）和理由（1至500字），且不得含证件号码",
            "an officer of 1 to 64 characters and a reason of 1 to 500 are needed, "
            "without identity numbers",
        ),
        PaymentRefusal.OTHER_OFFICER: OTHER_OFFICER,
        PaymentRefusal.WRONG_STATE: Text(
            "所处状态不允许此步骤", "it cannot be done from the state it is in"
        ),
        PaymentRefusal.BAD_DAY: Text(
            "日期不得晚于今日（上海），也不得早于上一步骤",
            "the day is not after today in Shanghai, nor before the last step's",
        ),
        **{
            PaymentRefusal(refusal.value): DECISION_REFUSALS[refusal]
            for refusal in (
                DecisionRefusal.NOT_PUBLISHED,
                DecisionRefusal.PUBLICATION_RUNNING,
                DecisionRefusal.NOT_IN_FORCE,
                DecisionRefusal.PROVED_FALSE,
                DecisionRefusal.CLAIM_FALSE,
            )
        },
        PaymentRefusal.RECOVERY_OPEN: Text(
            "此证书的补贴正在追回，先办结追回再支付",
            "what was paid on this certificate is claimed back; end that first",
        ),
        PaymentRefusal.AGENCY_FROZEN: Text(
            "登记机构的账号已被冻结或取消归集资格，解除后再支付",
            "the agency's account is frozen, or it collects no more; pay once that is "
            "lifted",
        ),
    }
)
described_enum(
    PaymentAction,
    both("对一笔补贴办理的步骤", "What people do about a payment"),
    {
        PaymentAction.PUBLISH: both("开始公示", "It is published"),
        PaymentAction.PAY: both("支付，退票后再付亦同", "It is paid, or paid again"),
        PaymentAction.RETURN: both("退票，款已退回", "It came back from the bank"),
        PaymentAction.CANCEL: both("支付前取消", "It is cancelled, not being paid"),
    },
)
described_enum(
    PaymentRefusal,
    both("步骤未予办理的原因", "Why a step was not taken"),
    {code: both(text.zh, text.en) for code, text in _MEANINGS.items()},
)


@strawberry.federation.type(
    requires_scopes=PAY,
    description=both("步骤未予办理，未作任何变更", "No step was taken"),
)
class PaymentRefused:
    """A step that was not taken, and the reason."""

    code: PaymentRefusal = strawberry.field(
        description=both("原因代码", "Why, as a code")
    )
    payment: ClaimPayment | None = strawberry.field(
        description=both("现状", "The payment as it is")
    )

    @strawberry.field(description=both("原因与处理办法", "Why, and what to do"))
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the meaning in ``language``."""
        return said(_MEANINGS[self.code], language)


PaymentAnswer = Annotated[
    ClaimPayment | PaymentRefused,
    strawberry.union(
        "PaymentAnswer",
        description=both("办理一个步骤的结果", "What taking a step gives"),
    ),
]


@strawberry.input(
    description=both("对一笔补贴办理的步骤", "A step that is to be taken")
)
class PaymentStepInput:
    """The input of a step."""

    claim: str = strawberry.field(description=both("申领编号", "The claim's id"))
    version: int = strawberry.field(
        description=both(
            "所见版本；已被他人办理时不予办理",
            "The version that was seen; refused if somebody took a step meanwhile",
        )
    )
    action: PaymentAction = strawberry.field(description=both("步骤", "The step"))
    day: date | None = strawberry.field(
        default=None,
        description=both(
            "日期，默认为今日（上海）；不早于上一步骤",
            "The day; today by default, and not before the last step's",
        ),
    )
    officer: str = strawberry.field(
        description=both(
            "经办人（工号，1至64字），不得含证件号码",
            "Who takes it, by a staff number, 1 to 64 characters; no identity number",
        )
    )
    reason: str = strawberry.field(
        description=both("理由或凭证号（1至500字）", "Why, 1 to 500 characters")
    )


@strawberry.federation.type(authenticated=True)
class PaymentMoves:
    """The steps of who pays."""

    @strawberry.federation.field(
        requires_scopes=PAY,
        description=both(
            "办理一笔补贴的下一步：公示、支付、退票、取消",
            "Take the next step of a payment: publish, pay, note its return, cancel",
        ),
    )
    async def take_payment_step(
        self,
        info: Info,
        step: Annotated[
            PaymentStepInput,
            strawberry.argument(description=both("步骤", "The step")),
        ],
    ) -> PaymentAnswer | None:
        """Take a step."""
        try:
            return await _taken(info.context, step)
        except StoreUnavailableError:
            raise store_unavailable() from None


async def _taken(
    context: RequestContext, step: PaymentStepInput
) -> ClaimPayment | PaymentRefused:
    if not is_said(step.officer, step.reason):
        return PaymentRefused(code=PaymentRefusal.NOT_SAID, payment=None)
    if not context.caller.may_be(step.officer):
        return PaymentRefused(code=PaymentRefusal.OTHER_OFFICER, payment=None)
    day = step.day or context.today
    stated = PaymentStepStated(
        claim=normal_form.text(step.claim),
        version=step.version,
        step=PaymentStep(step.action.value),
        day=day,
        officer=step.officer,
        reason=step.reason,
        actor=context.caller.id,
        at=context.now,
    )
    ledger, parameters = context.services.ledger, context.services.parameters
    if day > context.today:
        # Nothing is told of it, since nobody looked whose it is. That it is before the
        # last step is seen there, and no step is from before the notice.
        return PaymentRefused(code=PaymentRefusal.BAD_DAY, payment=None)
    try:
        taken = await ledger.take_payment_step(
            stated,
            PayingRules(
                lambda day: parameters.in_force(day).publication_days,
                partial(_is_frozen, context),
            ),
            context.caller.districts,
        )
    except UnknownPaymentError:
        return PaymentRefused(code=PaymentRefusal.UNKNOWN_PAYMENT, payment=None)
    except PaymentChangedError:
        code = PaymentRefusal.CHANGED_MEANWHILE
    except PaymentStepError as error:
        code = PaymentRefusal(error.refusal.value)
    except UnfitPaymentError as error:
        code = PaymentRefusal(error.reason.value)
    else:
        return payment_shown(taken)
    found = await ledger.payment(stated.claim, context.caller.districts)
    return PaymentRefused(
        code=code, payment=None if found is None else payment_shown(found)
    )


def _is_frozen(context: RequestContext, connector: str) -> bool:
    """Say whether the agency that answers for ``connector`` now is under a sanction."""
    agency = context.snapshot.registry.agency_after(connector)
    return agency is not None and agency.account is not AccountState.ACTIVE
