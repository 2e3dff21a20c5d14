"""A claim's payment in the graph, and the words of its states and steps."""

from datetime import date, datetime

import strawberry

from bureau.ledger.payments import ClaimPayment as Kept
from bureau.scopes import SUM_UP
from policy.payment_states import PaymentState, PaymentStep
from resolvers.bilingual import both, described_enum
from resolvers.documents.directives import list_of

described_enum(
    PaymentState,
    both("一笔补贴的状态", "How far a payment has come"),
    {
        PaymentState.APPROVED: both("审核通过，待公示或支付", "Approved"),
        PaymentState.PUBLISHED: both("公示中", "Published"),
        PaymentState.PAID: both("已支付", "Paid"),
        PaymentState.RETURNED: both("退票，款已退回", "Paid, and it came back"),
        PaymentState.CANCELLED: both("已取消，不支付", "Cancelled, not paid"),
        PaymentState.REVERSED: both("已冲销", "Paid by mistake, and reversed"),
    },
)
described_enum(
    PaymentStep,
    both("对一笔补贴办理的步骤", "Something that was done about a payment"),
    {
        PaymentStep.APPROVE: both("审核通过（recordDecision）", "It was approved"),
        PaymentStep.PUBLISH: both("开始公示", "It was published"),
        PaymentStep.PAY: both("支付", "It was paid"),
        PaymentStep.RETURN: both("退票", "It came back"),
        PaymentStep.CANCEL: both("取消", "It was cancelled"),
        PaymentStep.REVERSE: both("冲销错误的支付", "A wrong payment was reversed"),
        PaymentStep.CORRECT: both("更正后的支付", "The right one was put beside it"),
    },
)


@strawberry.federation.type(
    requires_scopes=SUM_UP,
    description=both("一笔补贴的一个步骤", "One step of a payment"),
)
class PaymentEvent:
    """One step."""

    decision: strawberry.ID = strawberry.field(
        description=both("所凭决定的编号", "The number of the decision it rests on")
    )
    step: PaymentStep = strawberry.field(description=both("步骤", "The step"))
    after: PaymentState = strawberry.field(
        description=both("此后的状态", "The state after it")
    )
    day: date = strawberry.field(
        description=both("日期，汇总按此计", "The day; totals count by it")
    )
    amount_yuan: int = strawberry.field(
        description=both(
            "支付的金额（元），退回或冲销为负数，其他步骤为零",
            "The yuan it paid; less than nothing if it took back, else nothing",
        )
    )
    officer: str | None = strawberry.field(
        description=both("经办人；由 recordDecision 记录的为空", "Who took it")
    )
    reason: str | None = strawberry.field(description=both("理由", "Why"))
    actor: str = strawberry.field(description=both("调用方", "The caller"))
    at: datetime = strawberry.field(
        description=both("记录时间", "When it was recorded")
    )


@strawberry.federation.type(
    requires_scopes=SUM_UP,
    description=both("一次申领的补贴", "The payment of a claim"),
)
class ClaimPayment:
    """The payment of a claim."""

    claim: str = strawberry.field(description=both("申领编号", "The claim's id"))
    version: int = strawberry.field(
        description=both("版本，每办一步加一", "Counts its steps")
    )
    state: PaymentState = strawberry.field(description=both("状态", "The state"))
    certificate: strawberry.ID = strawberry.field(
        description=both("证书编号", "Certificate.id")
    )
    district: str = strawberry.field(description=both("区代码", "The district"))
    amount_yuan: int | None = strawberry.field(
        description=both("金额（元）", "The amount in yuan")
    )
    history: list[PaymentEvent] = strawberry.field(
        directives=[list_of(10)],
        description=both("步骤，先办的在前", "Its steps, oldest first"),
    )


def payment_shown(payment: Kept) -> ClaimPayment:
    """Return a claim's payment."""
    return ClaimPayment(
        claim=payment.claim,
        version=payment.version,
        state=payment.state,
        certificate=strawberry.ID(payment.certificate),
        district=payment.district,
        amount_yuan=payment.amount_yuan,
        history=[
            PaymentEvent(
                decision=strawberry.ID(str(event.decision)),
                step=event.step,
                after=event.after,
                day=event.booked_on,
                amount_yuan=event.amount_yuan,
                officer=event.officer,
                reason=event.reason,
                actor=event.actor,
                at=event.at,
            )
            for event in payment.history
        ],
    )
