"""Compare a statement of a certificate with all answers about the person.

As ``person.judge`` has it: the best certificate counts, a match stands whoever else is
silent, and anything less is said only where signed bytes say that there is no more.
Pure: no clock, no I/O.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bureau.person import absence_of, in_annex_order
from connectors.agency import Agency
from connectors.answer import Answer, AttestedCertificate
from policy.catalogue import Catalogue
from policy.eligibility import Absence
from policy.stated import (
    ClaimOutcome,
    Comparison,
    StatedCertificate,
    compare,
    nearest,
)
from policy.text import Text


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """The outcome for a statement, and the certificate that decides it, if any."""

    outcome: ClaimOutcome
    reason: Text
    comparison: Comparison | None = None
    certificate: AttestedCertificate | None = None


def weigh(
    stated: StatedCertificate,
    answers: Sequence[tuple[Agency, Answer]],
    catalogue: Catalogue,
) -> ClaimVerdict:
    """Compare ``stated`` with what ``answers`` have of it."""
    concerned = [one for one in answers if stated.items & one[0].rows]
    compared = [
        (certificate, comparison)
        for certificate in in_annex_order(concerned)
        # What may have been put right since is like nothing and unlike nothing.
        if not certificate.attestation.is_outdated
        and (comparison := compare(stated, certificate.record, catalogue)) is not None
    ]
    absence = absence_of(concerned, stated.items)
    best = nearest(comparison for _, comparison in compared)
    if best is not None:
        certificate, comparison = compared[best]
        outcome = comparison.outcome
        if outcome is ClaimOutcome.MATCH or absence is Absence.NONE_HELD:
            return ClaimVerdict(outcome, _COMPARED[outcome], comparison, certificate)
        # What nobody proved might be the certificate that is meant.
        return ClaimVerdict(ClaimOutcome.UNKNOWN, _SILENT[absence])
    if absence is Absence.NONE_HELD:
        return ClaimVerdict(ClaimOutcome.NOT_FOUND, _NOT_FOUND)
    return ClaimVerdict(ClaimOutcome.UNKNOWN, _SILENT[absence])


_NOT_FOUND = Text(
    "登记机构签名证明此人未持有所述项目的证书",
    "the registry signed that the person holds no certificate of the stated item",
)
_COMPARED: Mapping[ClaimOutcome, Text] = MappingProxyType(
    {
        ClaimOutcome.MATCH: Text(
            "所述各项与登记一致", "all that is stated is what the registry says"
        ),
        ClaimOutcome.MISMATCH: Text(
            "所述与登记不一致，见各项结果；登记内容不在此显示",
            "something stated is not what the registry says, see the fields; what it "
            "says is not shown here",
        ),
        ClaimOutcome.UNKNOWN: Text(
            "登记中缺少所述的某项，无法比较",
            "the registry does not say something that is stated",
        ),
    }
)
_SILENT: Mapping[Absence, Text] = MappingProxyType(
    {
        Absence.NOT_ANSWERED: Text(
            "未得到登记机构可信的答复，结果未知，请稍后再查",
            "the registry gave no answer that can be believed; ask again later",
        ),
        Absence.NOT_SHOWN: Text(
            "所送证书与所述不符，但无签名证明清单完整，结果未知",
            "what was sent is not what is stated, and nothing signed says that the "
            "list is complete",
        ),
        Absence.UNSIGNED: Text(
            "登记机构所示内容无人签名，不作依据，结果未知",
            "what the registry shows is signed by nobody and is not relied on",
        ),
        Absence.ACCOUNT_FROZEN: Text(
            "归集机构账号已冻结，未查询，结果未知",
            "the agency's account is frozen; it was not asked",
        ),
    }
)
