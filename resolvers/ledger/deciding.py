"""Payment feedback: a decision is recorded, or tried, about verified bytes."""

from typing import Annotated

import strawberry

from bureau.ledger.entries import AlreadyPaidError, DecisionError
from bureau.ledger.recording import NotVerifiedError
from bureau.scopes import PAY
from connectors.errors import StoreUnavailableError
from resolvers.bilingual import both
from resolvers.certificates.claim import ClaimInput
from resolvers.context import Info
from resolvers.documents.directives import LooksUpPeople
from resolvers.errors import store_unavailable
from resolvers.ledger.decision_inputs import ClaimantInput, DecisionInput
from resolvers.ledger.decisions import (
    DecisionAnswer,
    already_paid_shown,
    decision_shown,
    not_verified_shown,
    refusal_shown,
)
from resolvers.ledger.previews import DecisionPreviewAnswer, preview_shown
from resolvers.ledger.recording import previewed, recorded

Claimed = Annotated[
    ClaimInput | None,
    strawberry.argument(
        description=both(
            "申领的事实，据以判断17号文件各条；未给出的视为未知",
            "The facts of the claim, by which the clauses of notice 17 are judged; "
            "what is left out is not known",
        )
    ),
]
Claiming = Annotated[
    ClaimantInput | None,
    strawberry.argument(
        description=both(
            "申领人，与持证人核对（219-2c）；未给出的视为持证人本人，未作核对",
            "Who claims, compared with the holder (219-2c); if left out the holder is "
            "taken for it, and nothing is compared",
        )
    ),
]


@strawberry.federation.type(authenticated=True)
class PaymentSteps:
    """The feedback of the human-resources platform."""

    @strawberry.federation.field(
        directives=[LooksUpPeople()],
        requires_scopes=PAY,
        description=both(
            "记录对一次申领的决定；证书须当即核验通过，同一请求键只记录一次",
            "Record a decision on a claim; the certificate has to verify now, and one "
            "key records once",
        ),
    )
    async def record_decision(
        self,
        info: Info,
        key: Annotated[
            str,
            strawberry.argument(
                description=both(
                    "请求键，由调用方自定且唯一；重发时不变",
                    "The request's key, the caller's own; the same when sent again",
                )
            ),
        ],
        decision: Annotated[
            DecisionInput,
            strawberry.argument(description=both("决定", "The decision")),
        ],
        claim: Claimed = None,
        claimant: Claiming = None,
    ) -> DecisionAnswer | None:
        """Record a decision."""
        context = info.context
        try:
            who = None if claimant is None else claimant.stated()
            stated = decision.stated(claim)
            return decision_shown(await recorded(context, key, stated, who))
        except NotVerifiedError as error:
            return not_verified_shown(error)
        except AlreadyPaidError as error:
            return already_paid_shown(error)
        except DecisionError as error:
            return refusal_shown(error)
        except StoreUnavailableError:
            raise store_unavailable() from None


@strawberry.federation.type(authenticated=True)
class DecisionQuestions:
    """The questions of who is about to decide."""

    @strawberry.federation.field(
        directives=[LooksUpPeople()],
        requires_scopes=PAY,
        description=both(
            "试算对一次申领的决定：将记录什么，有何原因不予记录；不作任何记录",
            "Try a decision on a claim: what would be recorded and what stands against "
            "it; nothing is recorded",
        ),
    )
    async def preview_decision(
        self,
        info: Info,
        decision: Annotated[
            DecisionInput,
            strawberry.argument(description=both("决定", "The decision")),
        ],
        claim: Claimed = None,
        claimant: Claiming = None,
    ) -> DecisionPreviewAnswer | None:
        """Try a decision."""
        context = info.context
        try:
            who = None if claimant is None else claimant.stated()
            return preview_shown(await previewed(context, decision.stated(claim), who))
        except NotVerifiedError as error:
            return not_verified_shown(error)
        except DecisionError as error:
            return refusal_shown(error)
        except StoreUnavailableError:
            raise store_unavailable() from None
