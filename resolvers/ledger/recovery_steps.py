"""Steps of recoveries as mutations; a step that is not taken is an answer."""

from enum import Enum
from typing import Annotated

import strawberry

from bureau.certificate_ids import UnknownIdError
from bureau.documents import document_of_id
from bureau.ledger.book import (
    Authorities,
    ChangedMeanwhileError,
    Proof,
    ProvedBeforeError,
    StepStated,
    UnknownRecoveryError,
)
from bureau.ledger.entries import is_text
from bureau.scopes import RECOVER
from connectors.errors import StoreUnavailableError
from policy.recovery import RecoveryError, RecoveryStep
from resolvers.bilingual import both, described_enum
from resolvers.context import Info, RequestContext
from resolvers.documents.directives import list_of
from resolvers.errors import store_unavailable
from resolvers.ledger.recoveries import CURSOR
from resolvers.ledger.recoveries_shown import Recovery, recoveries_shown
from resolvers.ledger.recovery_refused import RecoveryRefusal, RecoveryRefused, refused

MAX_REASON = 500
MAX_EVIDENCE = 500


class RecoveryAction(Enum):
    """A step that people take on a recovery; the gateway takes the others."""

    NOTIFY = "NOTIFY"
    REPAY = "REPAY"
    REFER = "REFER"
    CLOSE = "CLOSE"


described_enum(
    RecoveryAction,
    both("牵头部门或人力资源社会保障部门办理的步骤", "What people do about a recovery"),
    {
        RecoveryAction.NOTIFY: both("通知当事人", "The claimant was told"),
        RecoveryAction.REPAY: both("登记还款", "Something was paid back"),
        RecoveryAction.REFER: both(
            "移送公安机关（三（三））", "Referred to the police (part 3.3)"
        ),
        RecoveryAction.CLOSE: both("结案，不再追回其余", "Closed without the rest"),
    },
)


@strawberry.federation.type(
    requires_scopes=RECOVER,
    description=both(
        "已查实：该证书的记录不真实，此后不再据以支付",
        "Proved: the certificate's record was false; it is paid for no more",
    ),
)
class FalseRecordProved:
    """A proof that is kept."""

    certificate: strawberry.ID = strawberry.field(
        description=both("证书编号", "Certificate.id")
    )
    opened: list[Recovery] = strawberry.field(
        directives=[list_of(10)],
        description=both("因此立案的追回", "The recoveries that it opened"),
    )


RecoveryAnswer = Annotated[
    Recovery | RecoveryRefused,
    strawberry.union(
        "RecoveryAnswer",
        description=both("办理一个步骤的结果", "What taking a step gives"),
    ),
]
FalseRecordAnswer = Annotated[
    FalseRecordProved | RecoveryRefused,
    strawberry.union(
        "FalseRecordAnswer",
        description=both("提交查实结论的结果", "What proving a record false gives"),
    ),
]


@strawberry.input(
    description=both("对一笔追回办理的步骤", "A step that is to be taken")
)
class RecoveryStepInput:
    """The input of a step."""

    id: strawberry.ID = strawberry.field(description=both("追回编号", "Recovery.id"))
    version: int = strawberry.field(
        description=both(
            "所见版本；已被他人办理时不予办理",
            "The version that was seen; refused if somebody took a step meanwhile",
        )
    )
    action: RecoveryAction = strawberry.field(description=both("步骤", "The step"))
    amount_yuan: int | None = strawberry.field(
        default=None,
        description=both(
            "还款金额（元），仅用于登记还款", "Yuan, for a repayment alone"
        ),
    )
    reason: str = strawberry.field(
        description=both("理由（1至500字）", "Why, 1 to 500 characters")
    )


@strawberry.federation.type(authenticated=True)
class RecoverySteps:
    """The steps of the authority and the bureau."""

    @strawberry.federation.field(
        requires_scopes=RECOVER,
        description=both("办理一笔追回", "Take a step of a recovery"),
    )
    async def take_recovery_step(
        self,
        info: Info,
        step: Annotated[
            RecoveryStepInput,
            strawberry.argument(description=both("步骤", "The step")),
        ],
    ) -> RecoveryAnswer | None:
        """Take a step."""
        context = info.context
        try:
            return await _taken(context, step)
        except StoreUnavailableError:
            raise store_unavailable() from None

    @strawberry.federation.field(
        requires_scopes=RECOVER,
        description=both(
            "查实某证书的记录不真实：对据此支付的每笔补贴立案追回",
            "Prove a certificate's record false: a recovery is opened for each payment "
            "that relied on it",
        ),
    )
    async def prove_record_false(
        self,
        info: Info,
        certificate: Annotated[
            strawberry.ID,
            strawberry.argument(description=both("证书编号", "Certificate.id")),
        ],
        reason: Annotated[
            str, strawberry.argument(description=both("理由（1至500字）", "Why"))
        ],
        evidence: Annotated[
            str,
            strawberry.argument(
                description=both(
                    "依据：文号，或所存材料的摘要（1至500字）",
                    "A document's number, or a digest of what is on file",
                )
            ),
        ],
    ) -> FalseRecordAnswer | None:
        """Prove a record false."""
        context = info.context
        if not (is_text(reason, MAX_REASON) and is_text(evidence, MAX_EVIDENCE)):
            return refused(RecoveryRefusal.REASON_MISSING)
        try:
            authorities = await context.jurisdiction.of_caller(context.caller)
            if context.caller.districts is not None:
                return refused(RecoveryRefusal.NOT_FOR_DISTRICTS)
            if not leads(context, certificate, authorities):
                return refused(RecoveryRefusal.UNKNOWN_CERTIFICATE)
            opened = await context.services.ledger.prove_false(
                Proof(
                    certificate=certificate,
                    reason=reason,
                    evidence=evidence,
                    actor=context.caller.id,
                    at=context.now,
                    document=document_of_id(
                        context.services.certificate_ids, certificate
                    ),
                )
            )
        except ProvedBeforeError:
            return refused(RecoveryRefusal.PROVED_BEFORE)
        except StoreUnavailableError:
            raise store_unavailable() from None
        return FalseRecordProved(
            certificate=certificate, opened=recoveries_shown(context, opened)
        )


def leads(context: RequestContext, id_: str, authorities: Authorities) -> bool:
    """Say whether a certificate is one of ours, and the caller's to judge.

    The id is opened and nobody is asked: it names an agency, and says nothing of the
    holder to whoever has it. A record that was false may be gone from its registry.
    """
    try:
        place = context.services.certificate_ids.open(id_)
    except UnknownIdError:
        return False
    if authorities is None:
        return True
    return bool(authorities & context.jurisdiction.of_agency(place.agency))


async def _taken(
    context: RequestContext, step: RecoveryStepInput
) -> Recovery | RecoveryRefused:
    if not is_text(step.reason, MAX_REASON):
        return refused(RecoveryRefusal.REASON_MISSING)
    if not CURSOR.fullmatch(step.id):
        return refused(RecoveryRefusal.UNKNOWN_RECOVERY)
    ledger = context.services.ledger
    caller = context.caller
    authorities = await context.jurisdiction.of_caller(caller)
    stated = StepStated(
        recovery=int(step.id),
        version=step.version,
        step=RecoveryStep(step.action.value),
        amount_yuan=step.amount_yuan,
        reason=step.reason,
        actor=context.caller.id,
        at=context.now,
    )
    try:
        taken = await ledger.take(stated, authorities, caller.districts)
    except UnknownRecoveryError:
        return refused(RecoveryRefusal.UNKNOWN_RECOVERY)
    except ChangedMeanwhileError:
        code = RecoveryRefusal.CHANGED_MEANWHILE
    except RecoveryError as error:
        code = RecoveryRefusal(error.objection.value)
    else:
        return recoveries_shown(context, [taken])[0]
    found = await ledger.recovery(stated.recovery, authorities, caller.districts)
    return refused(code, recoveries_shown(context, [found] if found else []))
