"""Decide whether the notice pays for a certificate, and say why.

``evaluate`` runs every clause of notice 219, and those of notice 17 when there
is a claim, and returns one ``Finding`` a clause in a fixed order. It does not
stop at the first failure: a person with three things to put right is shown all
three. The worst finding decides: one unmet clause makes the verdict ineligible;
failing that, one undetermined clause makes it undetermined.

Nothing here does I/O or reads the clock, so a verdict can be computed again from
the evidence years later. ``tests/policy/test_unknown_facts.py`` holds the promise
that an answer to an open question never flips a decided verdict.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from policy.amount import share_and_amount
from policy.case import Case, ClaimCase, ClauseResult
from policy.catalogue import Catalogue, Item, load_catalogue
from policy.claim_clauses import CLAIM_CLAUSES
from policy.clause_results import DAY_NOT_COME
from policy.clauses import CLAUSES
from policy.evidence import Claim, Evidence
from policy.finding import Finding, FindingOutcome, worst
from policy.level import LEVEL_NAMES, Level
from policy.optional_clauses import OPTIONAL_CLAUSES
from policy.parameters import Figures, Parameters, load_parameters
from policy.row import row_of, row_of_item
from policy.states import FROM_THE_BEGINNING, state_on
from policy.text import Text


class EligibilityOutcome(StrEnum):
    """Whether the notice pays for a certificate."""

    ELIGIBLE = "ELIGIBLE"
    INELIGIBLE = "INELIGIBLE"
    UNDETERMINED = "UNDETERMINED"


STANDING = "219-3b"
"""The clause about what the certificate is worth now."""
_VERDICTS: Mapping[FindingOutcome, EligibilityOutcome] = MappingProxyType(
    {
        FindingOutcome.MET: EligibilityOutcome.ELIGIBLE,
        FindingOutcome.UNMET: EligibilityOutcome.INELIGIBLE,
        FindingOutcome.UNDETERMINED: EligibilityOutcome.UNDETERMINED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """A verdict with its findings, and the sum that a claim comes to."""

    outcome: EligibilityOutcome
    findings: tuple[Finding, ...]
    # The annex row and level the verdict is about; None where not known.
    item_code: str | None
    level: Level | None
    # Both present exactly when a claim is ELIGIBLE.
    amount_yuan: int | None = None
    share_percent: int | None = None
    # The sum that the figures give, whatever the verdict; None where not known.
    computed_yuan: int | None = None


class Absence(StrEnum):
    """A reason why there is no certificate to judge."""

    # A signed statement says that the registry holds none.
    NONE_HELD = "NONE_HELD"
    # All that was sent is believed, but no signature covers the list as a whole.
    NOT_SHOWN = "NOT_SHOWN"
    NOT_ANSWERED = "NOT_ANSWERED"
    ACCOUNT_FROZEN = "ACCOUNT_FROZEN"
    # What the registry shows is signed by nobody.
    UNSIGNED = "UNSIGNED"
    # The day asked about is after today: there may be one by then.
    DAY_NOT_COME = "DAY_NOT_COME"


def evaluate(
    evidence: Evidence,
    *,
    catalogue: Catalogue,
    parameters: Parameters,
    figures_of: date | None = None,
) -> Eligibility:
    """Run every clause against ``evidence``.

    The figures are those of the day asked about, or of ``figures_of``: a decision is
    recorded today by the figures of its own day.
    """
    row = row_of(evidence.record, catalogue)
    figures = parameters.in_force(figures_of or evidence.as_of)
    case = Case(evidence, row, figures)
    findings = tuple([_finding(id_, clause(case)) for id_, clause in CLAUSES.items()])
    record, claim = evidence.record, evidence.claim
    sums = None
    if claim is not None:
        claimed = ClaimCase.of(
            record, claim, row=row, figures=figures, catalogue=catalogue
        )
        findings += _claim_findings(claimed)
        sums = share_and_amount(claimed)
    if evidence.attestation.is_outdated:
        findings = _of_then(findings, evidence)
    outcome = _verdict(findings)
    share, computed = sums or (None, None)
    is_eligible = outcome is EligibilityOutcome.ELIGIBLE
    return Eligibility(
        outcome=outcome,
        findings=findings,
        item_code=None if row.item is None else row.item.code,
        level=record.level,
        amount_yuan=computed if is_eligible else None,
        share_percent=share if is_eligible else None,
        computed_yuan=computed,
    )


def _of_then(findings: tuple[Finding, ...], evidence: Evidence) -> tuple[Finding, ...]:
    """Return what ``findings`` of an outdated record decide: nothing to anybody's harm.

    That it is revoked is certain: it counts from the beginning, and is not put right.
    """
    if state_on(evidence.record, evidence.as_of) in FROM_THE_BEGINNING:
        return findings
    return tuple(
        Finding(
            found.clause,
            FindingOutcome.UNDETERMINED,
            Text(
                f"登记机构目前未作答，据此前的记录：{found.reason.zh}",
                f"the registry does not answer; by its earlier record: "
                f"{found.reason.en}",
            ),
        )
        if found.outcome is FindingOutcome.UNMET or found.clause == STANDING
        else found
        for found in findings
    )


def _claim_findings(case: ClaimCase) -> tuple[Finding, ...]:
    found = tuple(_finding(id_, clause(case)) for id_, clause in CLAIM_CLAUSES.items())
    if not case.figures.optional_clauses:
        return found
    return found + tuple(
        _finding(id_, OPTIONAL_CLAUSES[id_](case))
        for id_ in case.figures.optional_clauses
    )


# Results are few, but for the days of issue; a reason has at most some hundred words
# of an agency's, and none of a person's.
@lru_cache(maxsize=4096)
def _finding(clause: str, result: ClauseResult) -> Finding:
    return Finding(clause, *result)


_NOTHING_TO_JUDGE = Text("没有可供核对的证书", "there is no certificate to judge")
_NOT_ANSWERED = Text(
    "未得到登记机构可信的答复", "the registry gave no answer that can be believed"
)
_NONE_HELD = Text(
    "登记机构答复该人员未持有此项证书",
    "the registry answers that the person holds no such certificate",
)
_NOT_SHOWN = Text(
    "所送证书中没有此项，但无签名证明清单完整",
    "not among what was sent, and nothing signed says that the list is complete",
)
UNSIGNED = Text(
    "登记机构所示内容无人签名，不作依据；须有归集机构签名的记录",
    "what the registry shows is signed by nobody and is not relied on; a record that "
    "the collection body signed is needed",
)
_FROZEN = Text(
    "归集机构账号已冻结，其数据不作依据",
    "the agency's account is frozen, its data is not relied on",
)


_ABSENT: Mapping[Absence, tuple[tuple[str, ...], FindingOutcome, Text]] = (
    MappingProxyType(
        {
            Absence.NONE_HELD: (("219-1a",), FindingOutcome.UNMET, _NONE_HELD),
            Absence.NOT_SHOWN: (("219-1a",), FindingOutcome.UNDETERMINED, _NOT_SHOWN),
            Absence.NOT_ANSWERED: ((), FindingOutcome.UNDETERMINED, _NOT_ANSWERED),
            Absence.ACCOUNT_FROZEN: (("219-2b",), FindingOutcome.UNMET, _FROZEN),
            Absence.UNSIGNED: (("219-2b",), FindingOutcome.UNDETERMINED, UNSIGNED),
            Absence.DAY_NOT_COME: ((), FindingOutcome.UNDETERMINED, DAY_NOT_COME),
        }
    )
)
"""What each says, and of which clauses; of all of them if none is named."""


def of_unsigned(
    level: Level | None, figures: Figures, *, is_claimed: bool
) -> Eligibility:
    """Return the verdict on a certificate that nobody signed: every clause is open.

    Nothing it states decides anything, for its holder or against them, so no clause
    looks at it. With a claim the clauses of notice 17 are reported, too.
    """
    clauses = [*CLAUSES, *(CLAIM_CLAUSES if is_claimed else ())]
    if is_claimed:
        clauses += figures.optional_clauses
    return Eligibility(
        outcome=EligibilityOutcome.UNDETERMINED,
        findings=tuple(
            Finding(clause, FindingOutcome.UNDETERMINED, UNSIGNED) for clause in clauses
        ),
        item_code=None,
        level=level,
    )


def without_certificate(
    item: Item,
    level: Level | None,
    why: Absence,
    *,
    claim: Claim | None = None,
    figures: Figures | None = None,
) -> Eligibility:
    """Return the verdict on an item (and level) for which no record came.

    A level the annex does not list for the item is unmet whoever answered. With a
    claim the clauses of notice 17 are reported too: those that ask about the claim,
    the item and the level alone are decided, so a civil servant gets a verdict at once.

    ``figures`` are those of the day asked about (``Parameters.in_force``); left out,
    the project's newest.
    """
    absent = _absent(item, level, why)
    if claim is None:
        return absent
    case = ClaimCase(
        claim=claim,
        row=row_of_item(item),
        level=level,
        first_issued_on=None,
        issued_on=None,
        figures=figures or load_parameters().figures[-1],
        catalogue=load_catalogue(),
    )
    _, computed = share_and_amount(case) or (None, None)
    findings = absent.findings + tuple(
        # The months start from a day that only a certificate states.
        Finding(found.clause, FindingOutcome.UNDETERMINED, _NOTHING_TO_JUDGE)
        if found.clause == "17-window"
        else found
        for found in _claim_findings(case)
    )
    return replace(
        absent,
        outcome=_verdict(findings),
        findings=findings,
        computed_yuan=computed,
    )


# Items, levels and absences are few, and a query may ask about all 41 pairs.
@lru_cache(maxsize=1024)
def _absent(item: Item, level: Level | None, why: Absence) -> Eligibility:
    """Return the verdict by the clauses of notice 219 alone."""
    findings = {
        id_: Finding(id_, FindingOutcome.UNDETERMINED, _NOTHING_TO_JUDGE)
        for id_ in CLAUSES
    }

    clauses, outcome, why_so = _ABSENT[why]
    for clause in clauses or CLAUSES:
        findings[clause] = Finding(clause, outcome, why_so)
    if level is not None and level not in item.levels:
        reason = Text(
            f"附件未列{item.name.zh}的{LEVEL_NAMES[level].zh}",
            f"{LEVEL_NAMES[level].en} of {item.name.en} is not in the annex",
        )
        findings["219-1a"] = Finding("219-1a", FindingOutcome.UNMET, reason)
    reported = tuple(findings.values())
    return Eligibility(
        outcome=_verdict(reported),
        findings=reported,
        item_code=item.code,
        level=level,
    )


def _verdict(findings: tuple[Finding, ...]) -> EligibilityOutcome:
    return _VERDICTS[worst([finding.outcome for finding in findings])]
