"""What a person can claim now: each certificate, how much, until when, and if not why.

A claim is judged as ``claimEligibility`` judges it, and then weighed by the ledger as a
decision on it would be (``previewDecision``), so that nothing is called claimable which
the ledger would refuse to record. Whoever may not see claims is told that much is not
known, and nothing is asked of the ledger for them but what was paid, as in any verdict.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Annotated

import strawberry

from bureau.caller import Scope
from bureau.ledger.book import Weighed
from bureau.ledger.entries import (
    AlreadyPaidError,
    DecisionError,
    DecisionOutcome,
    Objection,
    StatedDecision,
)
from bureau.ledger.judging import Vouched
from bureau.person import Person, absence_of
from bureau.scopes import SEE_CLAIMS, may
from connectors.answer import AttestedCertificate, ShownCertificate
from connectors.errors import StoreUnavailableError
from policy.eligibility import Absence
from resolvers.bilingual import both, described_enum
from resolvers.certificates.certificate import Certificate, certificate_of
from resolvers.certificates.claim import ClaimInFuture, ClaimInput
from resolvers.certificates.eligibility import (
    Eligibility,
    evaluated,
    unsigned_evaluated,
)
from resolvers.context import RequestContext
from resolvers.documents.directives import list_of
from resolvers.enums import EligibilityOutcome
from resolvers.ledger.enums import DecisionRefusal
from resolvers.ledger.recording import PREVIEW, recording_of, request_of

NOT_A_CLAIM = "?"
"""No claim has this number: none that was recorded is meant."""
DEADLINES = frozenset({"219-3b", "17-share", "17-window"})
"""The clauses that are met until a day."""


class LedgerView(StrEnum):
    """What the ledger has to say of paying a claim."""

    CLEAR = "CLEAR"
    OBJECTS = "OBJECTS"
    UNKNOWN = "UNKNOWN"


described_enum(
    LedgerView,
    both("台账对此次申领的意见", "What the ledger has against a claim"),
    {
        LedgerView.CLEAR: both("无异议", "Nothing"),
        LedgerView.OBJECTS: both("有异议", "Something"),
        LedgerView.UNKNOWN: both(
            "未知：调用方无权查看申领，登记机构现未作答，或台账暂不可用",
            "Not known: the caller may see no claims, the registry does not answer "
            "now, or the ledger cannot be used",
        ),
    },
)


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "此人的一张证书，及现在凭其申领的结果",
        "One certificate of the person, and what claiming by it now comes to",
    ),
)
class ClaimableCertificate:
    """One certificate that a claim may be made by."""

    certificate: Certificate = strawberry.field(
        description=both("证书", "The certificate")
    )
    eligibility: Eligibility = strawberry.field(
        description=both(
            "按两份文件逐条判断，不含台账的其他意见",
            "The verdict by the clauses of both notices; whatever else the ledger has "
            "against it is not in it",
        )
    )
    outcome: EligibilityOutcome = strawberry.field(
        description=both(
            "能否申领：ELIGIBLE 的，台账现在也会予以记录；台账意见未知的不为 ELIGIBLE",
            "Whether it can be claimed: if ELIGIBLE, the ledger would record it now, "
            "too; never so where what the ledger has is not known",
        )
    )
    amount_yuan: int | None = strawberry.field(
        description=both(
            "可申领的金额（元）；不能申领的为空",
            "The yuan that can be claimed; null if it cannot be",
        )
    )
    claim_until: date | None = strawberry.field(
        description=both(
            "可申领至哪一日（含）：申领期限、证书效力中最早的一日；未知的为空",
            "The last day to claim by: the first on which the time to claim, or what "
            "the certificate is worth, ends; null if it is not known",
        )
    )
    ledger: LedgerView = strawberry.field(
        description=both("台账的意见", "What the ledger has against it")
    )
    refusals: list[DecisionRefusal] = strawberry.field(
        directives=[list_of(2)],
        description=both(
            "台账不予记录的原因代码；无权查看的为空列表，见 ledger",
            "Why the ledger would not record it, as codes; empty for whoever may not "
            "see, see ledger",
        ),
    )


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both("此人现在可以申领什么", "What the person can claim now"),
)
class Claimable:
    """What can be claimed."""

    is_complete: bool = strawberry.field(
        description=both(
            "是否有签名证明附件各项别无其他证书；否则可能有未列出的，见 sources",
            "Whether signed bytes say that there is no other certificate of the annex; "
            "else there may be one that is not here, see sources",
        )
    )
    certificates: list[ClaimableCertificate] = strawberry.field(
        directives=[list_of(5)],
        description=both(
            "逐张证书，各按其为下一次申领判断",
            "Each certificate, judged as if it were the next claim",
        ),
    )


ClaimableAnswer = Annotated[
    Claimable | ClaimInFuture,
    strawberry.union(
        "ClaimableAnswer",
        description=both("可申领的内容，或不予判断", "What can be claimed, if judged"),
    ),
]


async def claimable_of(
    context: RequestContext, person: Person, claim: ClaimInput
) -> Claimable:
    """Return what ``person`` can claim today by what ``claim`` states.

    A claim without a day is made today.
    """
    if claim.claimed_on is None:
        claim = replace(claim, claimed_on=context.today)
    items = frozenset(context.services.catalogue.items)
    return Claimable(
        is_complete=absence_of(person.answers, items) is Absence.NONE_HELD,
        certificates=[
            await _certificate(context, person, claim, found)
            for found in person.certificates
        ],
    )


async def _certificate(
    context: RequestContext, person: Person, claim: ClaimInput, found: ShownCertificate
) -> ClaimableCertificate:
    shown = certificate_of(
        *(found, person.claimant, context.services, context.mask), person.paid
    )
    if not isinstance(found, AttestedCertificate):
        eligibility = unsigned_evaluated(found, context, as_of=None, is_claimed=True)
        return _of(shown, eligibility, None)
    eligibility = evaluated(
        *(found, person.claimant, context),
        as_of=context.today,
        claim=claim.as_claim(person.paid),
    )
    weighed = None
    if eligibility.outcome is not EligibilityOutcome.INELIGIBLE:
        weighed = await _weighed(context, person, claim, found)
    return _of(shown, eligibility, weighed)


async def _weighed(
    context: RequestContext,
    person: Person,
    claim: ClaimInput,
    found: AttestedCertificate,
) -> Weighed | None:
    """Return what the ledger would do; ``None`` if that is not known, or not to them.

    Nothing is paid for what its registry does not say now (``find_for_payment``), nor
    where what it signed could not be kept.
    """
    is_said_now = found.as_of is None and context.services.vault is not None
    if not is_said_now or not may(context.caller.scopes, SEE_CLAIMS):
        return None
    stated = StatedDecision(
        claim=NOT_A_CLAIM,
        outcome=DecisionOutcome.APPROVED,
        district="",
        amount_yuan=None,
        category=None,
        decided_on=None,
        ruling=None,
        certificate=context.services.certificate_ids.seal(found),
        facts=claim.facts(),
    )
    recording = recording_of(context)
    request = request_of(context, PREVIEW, stated, person.claimant)
    drawn = recording.drawn_up(request, Vouched(found, claimant=person.claimant))
    try:
        return await recording.ledger.weigh(*drawn)
    except StoreUnavailableError:
        return None


def _of(
    certificate: Certificate, eligibility: Eligibility, weighed: Weighed | None
) -> ClaimableCertificate:
    objections = () if weighed is None else weighed.objections
    outcome = eligibility.outcome
    if weighed is not None and objections:
        outcome = _outcome(objections)
    elif weighed is None and outcome is EligibilityOutcome.ELIGIBLE:
        outcome = EligibilityOutcome.UNDETERMINED
    is_paid = outcome is EligibilityOutcome.ELIGIBLE
    view = LedgerView.OBJECTS if objections else LedgerView.CLEAR
    return ClaimableCertificate(
        certificate=certificate,
        eligibility=eligibility,
        outcome=outcome,
        amount_yuan=eligibility.amount_yuan if is_paid else None,
        claim_until=eligibility.met_until(DEADLINES),
        ledger=LedgerView.UNKNOWN if weighed is None else view,
        refusals=[
            *dict.fromkeys(
                one.refusal for one in objections if isinstance(one, DecisionError)
            )
        ],
    )


def _outcome(objections: Sequence[Objection]) -> EligibilityOutcome:
    """Return what objections come to: one that stands whatever is found out decides."""
    for objection in objections:
        if isinstance(objection, AlreadyPaidError) or objection.refusal not in _OPEN:
            return EligibilityOutcome.INELIGIBLE
    return EligibilityOutcome.UNDETERMINED


_OPEN = frozenset({DecisionRefusal.UNDETERMINED, DecisionRefusal.BAD_AMOUNT})
"""What is refused for what is not known alone."""
