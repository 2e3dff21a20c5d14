"""Proofs of false claims, and false records taken back by two, as mutations."""

from typing import Annotated

import strawberry

from bureau.documents import document_of_id
from bureau.ledger.book import ProvedBeforeError
from bureau.ledger.entries import is_text
from bureau.ledger.proofs import (
    FalseClaim,
    NotProvedError,
    SamePersonError,
    UnknownClaimError,
    Withdrawal,
    is_officer,
)
from bureau.scopes import RECOVER
from connectors.errors import StoreUnavailableError
from policy import normal_form
from resolvers.bilingual import both
from resolvers.context import Info, RequestContext
from resolvers.documents.directives import list_of
from resolvers.errors import store_unavailable
from resolvers.ledger.enums import FalsePart
from resolvers.ledger.recoveries_shown import Recovery, recoveries_shown
from resolvers.ledger.recovery_refused import RecoveryRefusal, RecoveryRefused, refused
from resolvers.ledger.recovery_steps import MAX_EVIDENCE, MAX_REASON, leads

Reason = Annotated[
    str,
    strawberry.argument(
        description=both("理由（1至500字）", "Why, 1 to 500 characters")
    ),
]
Officer = Annotated[
    str,
    strawberry.argument(
        description=both("经办人（1至64字）", "The officer, 1 to 64 characters")
    ),
]


@strawberry.federation.type(
    requires_scopes=RECOVER,
    description=both(
        "对查实结论的撤回；须两名经办人，前后均留存",
        "A proof of a false record taken back, which takes two; both are kept",
    ),
)
class FalseRecordWithdrawal:
    """One officer's word against a proof."""

    certificate: strawberry.ID = strawberry.field(
        description=both("证书编号", "Certificate.id")
    )
    is_withdrawn: bool = strawberry.field(
        description=both(
            "是否已有两人提出，结论不再有效；否则待另一经办人提出",
            "Whether it was the second word, and the proof counts no more",
        )
    )


@strawberry.federation.type(
    requires_scopes=RECOVER,
    description=both(
        "已查实：该申领不真实，据此支付的补贴应予追回",
        "Proved: the claim was false; what was paid on it is claimed back",
    ),
)
class FalseClaimProved:
    """A proof that is kept."""

    claim: str = strawberry.field(description=both("申领编号", "The claim's id"))
    opened: list[Recovery] = strawberry.field(
        directives=[list_of(1)],
        description=both("因此立案的追回", "The recovery that it opened"),
    )


WithdrawalAnswer = Annotated[
    FalseRecordWithdrawal | RecoveryRefused,
    strawberry.union(
        "WithdrawalAnswer",
        description=both("撤回查实结论的结果", "What taking a proof back gives"),
    ),
]
FalseClaimAnswer = Annotated[
    FalseClaimProved | RecoveryRefused,
    strawberry.union(
        "FalseClaimAnswer",
        description=both("提交申领查实结论的结果", "What proving a claim false gives"),
    ),
]


@strawberry.federation.type(authenticated=True)
class ProofSteps:
    """What officers prove, and take back."""

    @strawberry.federation.field(
        requires_scopes=RECOVER,
        description=both(
            "撤回证书记录不真实的查实结论；须两名经办人以两个调用方各提出一次",
            "Take a proof of a false record back: two officers say so, as two callers",
        ),
    )
    async def withdraw_false_record(  # noqa: PLR0911 - a refusal each
        self,
        info: Info,
        certificate: Annotated[
            strawberry.ID,
            strawberry.argument(description=both("证书编号", "Certificate.id")),
        ],
        officer: Officer,
        reason: Reason,
    ) -> WithdrawalAnswer | None:
        """Take a proof back."""
        context = info.context
        if (wrong := _wrong_with(context, officer)) is not None:
            return refused(wrong)
        if not is_text(reason, MAX_REASON):
            return refused(RecoveryRefusal.REASON_MISSING)
        try:
            authorities = await context.jurisdiction.of_caller(context.caller)
            if context.caller.districts is not None:
                return refused(RecoveryRefusal.NOT_FOR_DISTRICTS)
            if not leads(context, certificate, authorities):
                return refused(RecoveryRefusal.UNKNOWN_CERTIFICATE)
            is_withdrawn = await context.services.ledger.withdraw_proof(
                Withdrawal(
                    certificate=certificate,
                    document=document_of_id(
                        context.services.certificate_ids, certificate
                    ),
                    reason=reason,
                    officer=officer,
                    actor=context.caller.id,
                    at=context.now,
                )
            )
        except NotProvedError:
            return refused(RecoveryRefusal.NOT_PROVED)
        except SamePersonError:
            return refused(RecoveryRefusal.SAME_PERSON)
        except StoreUnavailableError:
            raise store_unavailable() from None
        return FalseRecordWithdrawal(certificate=certificate, is_withdrawn=is_withdrawn)

    @strawberry.federation.field(
        requires_scopes=RECOVER,
        description=both(
            "查实某次申领不真实（人员类别、户籍或身份）：对所支付的补贴立案追回；限人力"
            "资源社会保障部门",
            "Prove a claim false (category, hukou or identity): what was paid on it is "
            "claimed back; for the bureau alone",
        ),
    )
    async def prove_claim_false(  # noqa: PLR0913, PLR0917 - what it has to say
        self,
        info: Info,
        claim: Annotated[
            str, strawberry.argument(description=both("申领编号", "The claim's id"))
        ],
        part: Annotated[
            FalsePart,
            strawberry.argument(description=both("何处不真实", "What was false")),
        ],
        officer: Officer,
        reason: Reason,
        evidence: Annotated[
            str,
            strawberry.argument(
                description=both(
                    "依据：文号，或所存材料的摘要（1至500字）",
                    "A document's number, or a digest of what is on file",
                )
            ),
        ],
    ) -> FalseClaimAnswer | None:
        """Prove a claim false."""
        context = info.context
        claim = normal_form.text(claim)
        if (wrong := _wrong_with(context, officer)) is not None:
            return refused(wrong)
        if not (is_text(reason, MAX_REASON) and is_text(evidence, MAX_EVIDENCE)):
            return refused(RecoveryRefusal.REASON_MISSING)
        try:
            # What a claimant stated is the bureau's to judge, and no authority's.
            if await context.jurisdiction.of_caller(context.caller) is not None:
                return refused(RecoveryRefusal.UNKNOWN_CLAIM)
            opened = await context.services.ledger.prove_claim_false(
                FalseClaim(
                    claim=claim,
                    part=part,
                    reason=reason,
                    evidence=evidence,
                    officer=officer,
                    actor=context.caller.id,
                    at=context.now,
                    districts=context.caller.districts,
                )
            )
        except UnknownClaimError:
            return refused(RecoveryRefusal.UNKNOWN_CLAIM)
        except ProvedBeforeError:
            return refused(RecoveryRefusal.PROVED_BEFORE)
        except StoreUnavailableError:
            raise store_unavailable() from None
        return FalseClaimProved(claim=claim, opened=recoveries_shown(context, opened))


def _wrong_with(context: RequestContext, officer: str) -> RecoveryRefusal | None:
    if not is_officer(officer):
        return RecoveryRefusal.OFFICER_MISSING
    if not context.caller.may_be(officer):
        return RecoveryRefusal.OTHER_OFFICER
    return None
