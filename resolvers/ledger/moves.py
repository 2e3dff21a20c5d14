"""Whose a claim is, and moving it to another district, in the graph."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Annotated

import strawberry

from bureau.ledger.moves import (
    MAX_REASON,
    MoveError,
    MoveRefusal,
    is_claim,
    require_sensible,
)
from bureau.ledger.moves import ClaimMove as KeptMove
from bureau.ledger.moves import ClaimPlace as KeptPlace
from bureau.scopes import PAY, SEE_CLAIMS
from connectors.errors import StoreUnavailableError
from policy import normal_form
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, described_enum, said
from resolvers.context import Info
from resolvers.documents.directives import list_of
from resolvers.errors import store_unavailable

_MEANINGS: Mapping[MoveRefusal, Text] = MappingProxyType(
    {
        MoveRefusal.UNKNOWN_CLAIM: Text(
            "没有此申领，或不属调用方所代表的区",
            "there is no such claim, or it is none of the caller's districts'",
        ),
        MoveRefusal.BAD_DISTRICT: Text(
            "区代码不是本市十六区之一，两区相同，或调用方不代表原区",
            "a code is none of Shanghai's sixteen districts, both are the same, or the "
            "caller does not act for the one it is moved from",
        ),
        MoveRefusal.BAD_REASON: Text(
            f"理由为1至{MAX_REASON}字，且不得含证件号码",
            f"a reason has 1 to {MAX_REASON} characters and no identity number",
        ),
        MoveRefusal.MOVED_MEANWHILE: Text(
            "此申领现属另一区，请重新读取",
            "the claim is another district's; read again",
        ),
    }
)
described_enum(
    MoveRefusal,
    both("申领未予移交的原因", "Why a claim was not moved"),
    {code: both(text.zh, text.en) for code, text in _MEANINGS.items()},
)
FromArgument = Annotated[
    str,
    strawberry.argument(
        name="from", description=both("所见现属区", "The district it is seen to be in")
    ),
]
ToArgument = Annotated[
    str, strawberry.argument(description=both("移交至", "The district it is moved to"))
]
ClaimArgument = Annotated[
    str, strawberry.argument(description=both("申领编号", "The claim's id"))
]


@strawberry.federation.type(
    requires_scopes=SEE_CLAIMS,
    description=both("申领在区间的一次移交", "One move of a claim between districts"),
)
class ClaimMove:
    """One move."""

    from_district: str = strawberry.field(description=both("原区", "From which"))
    to_district: str = strawberry.field(description=both("新区", "To which"))
    reason: str = strawberry.field(description=both("理由", "Why"))
    moved_at: datetime = strawberry.field(description=both("时间", "When"))
    moved_by: str = strawberry.field(description=both("办理者", "Which caller"))
    officer: str | None = strawberry.field(
        description=both("经办人的假名", "The pseudonym of the officer")
    )


@strawberry.federation.type(
    requires_scopes=SEE_CLAIMS,
    description=both(
        "申领现属之区；此前的决定仍计入作出决定之区",
        "Whose a claim is now; decisions before a move stay those of who decided",
    ),
)
class ClaimDistrict:
    """Whose a claim is."""

    claim: str = strawberry.field(description=both("申领编号", "The claim's id"))
    district: str = strawberry.field(
        description=both("现属区（GB/T 2260）", "The district, GB/T 2260")
    )
    moves: list[ClaimMove] = strawberry.field(
        directives=[list_of(10)],
        description=both("历次移交，由旧到新", "Its moves, oldest first"),
    )


@strawberry.federation.type(
    requires_scopes=PAY,
    description=both("申领未予移交，未作任何变更", "The claim was not moved"),
)
class ClaimMoveRefused:
    """A move that was not made, and the reason."""

    code: MoveRefusal = strawberry.field(description=both("原因代码", "Why, as a code"))

    @strawberry.field(description=both("原因与处理办法", "Why, and what to do"))
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the meaning in ``language``."""
        return said(_MEANINGS[self.code], language)


ClaimMoveAnswer = Annotated[
    ClaimDistrict | ClaimMoveRefused,
    strawberry.union(
        "ClaimMoveAnswer",
        description=both("移交一项申领的结果", "What moving a claim gives"),
    ),
]


@strawberry.federation.type(authenticated=True)
class ClaimQuestions:
    """The questions about claims."""

    @strawberry.federation.field(
        requires_scopes=SEE_CLAIMS,
        description=both(
            "申领现属之区；没有或不可见时为空",
            "Whose a claim is; null if there is none, or it is not yours to see",
        ),
    )
    async def claim_district(
        self, info: Info, claim: ClaimArgument
    ) -> ClaimDistrict | None:
        """Find a claim's district."""
        context = info.context
        caller = context.caller
        claim = normal_form.text(claim)
        if not is_claim(claim):
            return None
        try:
            authorities = await context.jurisdiction.of_caller(caller)
            place = await context.services.ledger.place_of(
                claim, authorities, caller.districts_seen
            )
        except StoreUnavailableError:
            raise store_unavailable() from None
        return None if place is None else _shown(place)


@strawberry.federation.type(authenticated=True)
class ClaimSteps:
    """The steps of districts."""

    @strawberry.federation.field(
        requires_scopes=PAY,
        description=both(
            "将一项申领移交另一区；由现属区或市级办理，永久留痕",
            "Move a claim to another district: by the one it is, or the city's bureau; "
            "kept for good",
        ),
    )
    async def move_claim(
        self,
        info: Info,
        claim: ClaimArgument,
        from_: FromArgument,
        to: ToArgument,
        reason: Annotated[
            str,
            strawberry.argument(
                description=both(f"理由（1至{MAX_REASON}字）", "Why the claim is moved")
            ),
        ],
    ) -> ClaimMoveAnswer | None:
        """Move a claim."""
        context = info.context
        caller = context.caller
        stated = KeptMove(
            claim=normal_form.text(claim),
            from_district=normal_form.code(from_),
            to_district=normal_form.code(to),
            reason=reason,
            moved_at=context.now,
            moved_by=caller.id,
            officer=context.stated.told.officer,
        )
        try:
            require_sensible(stated)
            authorities = await context.jurisdiction.of_caller(caller)
            place = await context.services.ledger.move(
                stated, authorities, caller.districts
            )
        except MoveError as error:
            return ClaimMoveRefused(code=error.refusal)
        except StoreUnavailableError:
            raise store_unavailable() from None
        return _shown(place)


def _shown(place: KeptPlace) -> ClaimDistrict:
    moves = []
    for one in place.moves:
        kept = asdict(one)
        del kept["claim"]
        moves.append(ClaimMove(**kept))
    return ClaimDistrict(claim=place.claim, district=place.district, moves=moves)
