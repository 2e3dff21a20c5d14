"""What nobody signed, as far as a caller may see it.

An agency that signs nothing is shown where its manifest says so, and to callers with
the scope for that. A certificate that any agency signed is shown as that one alone,
believed or in doubt, and no row of it beside.
"""

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter

from connectors.answer import Answer
from connectors.unsigned import without_signed
from policy.catalogue import Catalogue
from policy.text import Text

NO_SCOPE = Text(
    "所送内容无人签名；调用方无 unsigned:read 权限，未予显示",
    "what came is signed by nobody; it is not shown to a caller without unsigned:read",
)
SIGNED_ELSEWHERE = Text(
    "所送内容无人签名；同一证书已有签名的记录，以其为准",
    "what came is signed by nobody; of the same certificates there are signed records, "
    "which are shown instead",
)
NOTHING_PAID = Text(
    "此记录无人签名，不据以支付；须有归集机构签名的记录",
    "nobody signed this record, and nothing is paid on it; one that the collection "
    "body signed is needed",
)


_unsigned = attrgetter("unsigned")


def seen_by(
    answers: Sequence[Answer], catalogue: Catalogue, *, may_see: bool
) -> list[Answer]:
    """Return ``answers`` with the unsigned rows that the caller ``may_see``."""
    if not any(map(_unsigned, answers)):
        return [*answers]
    signed = [
        one for answer in answers for one in (*answer.certificates, *answer.undecided)
    ]
    seen = []
    for answer in answers:
        left = without_signed(answer.unsigned, signed, catalogue)
        reason = answer.reason
        if answer.unsigned and not answer.refusals and not (left and may_see):
            reason = NO_SCOPE if left else SIGNED_ELSEWHERE
        shown = left if may_see else ()
        seen.append(replace(answer, unsigned=shown, reason=reason))
    return seen
