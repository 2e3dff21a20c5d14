"""Why a step of a recovery, or a proof, was not taken."""

from collections.abc import Mapping, Sequence
from enum import Enum
from types import MappingProxyType

import strawberry

from bureau.scopes import RECOVER
from policy.recovery import Objection
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, described_enum, said
from resolvers.ledger.enums import OBJECTIONS, OTHER_OFFICER
from resolvers.ledger.recoveries_shown import Recovery


class RecoveryRefusal(Enum):
    """A reason not to take a step."""

    UNKNOWN_RECOVERY = "UNKNOWN_RECOVERY"
    UNKNOWN_CERTIFICATE = "UNKNOWN_CERTIFICATE"
    CHANGED_MEANWHILE = "CHANGED_MEANWHILE"
    REASON_MISSING = "REASON_MISSING"
    PROVED_BEFORE = "PROVED_BEFORE"
    NOT_PROVED = "NOT_PROVED"
    SAME_PERSON = "SAME_PERSON"
    OTHER_OFFICER = "OTHER_OFFICER"
    OFFICER_MISSING = "OFFICER_MISSING"
    UNKNOWN_CLAIM = "UNKNOWN_CLAIM"
    NOT_FOR_DISTRICTS = "NOT_FOR_DISTRICTS"
    WRONG_STATE = "WRONG_STATE"
    BAD_AMOUNT = "BAD_AMOUNT"
    MORE_THAN_OWED = "MORE_THAN_OWED"


_MEANINGS: Mapping[RecoveryRefusal, Text] = MappingProxyType(
    {
        RecoveryRefusal.UNKNOWN_RECOVERY: Text(
            "没有这笔追回", "there is no such recovery"
        ),
        RecoveryRefusal.UNKNOWN_CERTIFICATE: Text(
            "没有此证书", "there is no such certificate"
        ),
        RecoveryRefusal.CHANGED_MEANWHILE: Text(
            "已被他人办理，请重新读取后再试",
            "somebody took a step meanwhile; read it again",
        ),
        RecoveryRefusal.REASON_MISSING: Text(
            "理由和依据各为1至500字，且不得含证件号码",
            "a reason, and evidence, has 1 to 500 characters and no identity number",
        ),
        RecoveryRefusal.PROVED_BEFORE: Text(
            "该证书的记录或该申领此前已查实不真实",
            "the certificate's record, or the claim, was proved false before",
        ),
        RecoveryRefusal.NOT_PROVED: Text(
            "该证书的记录未查实不真实，或结论已撤回",
            "the certificate's record was not proved false, or that was taken back",
        ),
        RecoveryRefusal.SAME_PERSON: Text(
            "须由另一经办人、以另一调用方提出",
            "another officer has to say so, as another caller",
        ),
        RecoveryRefusal.OTHER_OFFICER: OTHER_OFFICER,
        RecoveryRefusal.OFFICER_MISSING: Text(
            "经办人为1至64字，且不得含证件号码",
            "an officer has 1 to 64 characters and no identity number",
        ),
        RecoveryRefusal.UNKNOWN_CLAIM: Text(
            "没有据此申领支付的补贴", "nothing was paid on such a claim"
        ),
        RecoveryRefusal.NOT_FOR_DISTRICTS: Text(
            "查实记录不真实涉及全市的支付，由行业主管部门或市级办理",
            "a false record concerns payments of the whole city; the authority or the "
            "city's bureau proves it",
        ),
        **{RecoveryRefusal(o.value): OBJECTIONS[o] for o in Objection},
    }
)
described_enum(
    RecoveryRefusal,
    both("步骤未予办理的原因", "Why a step was not taken"),
    {code: both(text.zh, text.en) for code, text in _MEANINGS.items()},
)


@strawberry.federation.type(
    requires_scopes=RECOVER,
    description=both("步骤未予办理，未作任何变更", "No step was taken"),
)
class RecoveryRefused:
    """A step that was not taken, and the reason."""

    code: RecoveryRefusal = strawberry.field(
        description=both("原因代码", "Why, as a code")
    )
    recovery: Recovery | None = strawberry.field(
        description=both("现状（限可见者）", "The recovery as it is, if it is yours")
    )

    @strawberry.field(description=both("原因与处理办法", "Why, and what to do"))
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the meaning in ``language``."""
        return said(_MEANINGS[self.code], language)


def refused(code: RecoveryRefusal, now: Sequence[Recovery] = ()) -> RecoveryRefused:
    """Return the refusal of a step, with the recovery as it is now."""
    return RecoveryRefused(code=code, recovery=next(iter(now), None))
