"""Whether what was paid, or is held, is of one occupation (工种) with a claim's row."""

import re

from policy.case import ClaimCase
from policy.evidence import Payment
from policy.finding import FindingOutcome
from policy.level import LEVEL_RANK
from policy.parameters import Figures, Grouping

MET = FindingOutcome.MET
UNMET = FindingOutcome.UNMET
UNDETERMINED = FindingOutcome.UNDETERMINED

# 职业分类大典: one of eight great groups, a middle and a small group, the occupation.
_NATIONAL_CODE = re.compile(r"[1-8](?:-[0-9]{2}){3}")


def allowed_beside(case: ClaimCase, payment: Payment) -> FindingOutcome:
    """Return MET if ``payment`` bars nothing: another occupation or a lower level."""
    other = other_occupation(case, payment.item_code)
    return best(other, _lower_level(case, payment))


def best(one: FindingOutcome, other: FindingOutcome) -> FindingOutcome:
    """Return MET if either is, UNMET if both are not."""
    if MET in (one, other):
        return MET
    return UNMET if one is other is UNMET else UNDETERMINED


def other_occupation(case: ClaimCase, code: str | None) -> FindingOutcome:
    """Return MET only for a code known to be another occupation's.

    A code of the national classification is another occupation for certain, unless it
    is the row's own or one of those that may be related to it. A code of another form
    that the catalogue does not have may be a typing error, so it leaves the question
    open.
    """
    item = case.row.item
    if item is None or code is None:
        return UNDETERMINED
    if code in case.catalogue.items:
        return _other_item(case.figures, item.code, code)
    # A national code names one of the rows that share it.
    if (shared := case.catalogue.shared_codes.get(code)) is not None:
        found = {_other_item(case.figures, item.code, one) for one in shared}
        return found.pop() if len(found) == 1 else UNDETERMINED
    if not _NATIONAL_CODE.fullmatch(code):
        return UNDETERMINED
    doubtful = case.figures.doubtful_occupations.get(item.code, ())
    return UNDETERMINED if any(_is_under(code, one) for one in doubtful) else MET


def _is_under(code: str, group: str) -> bool:
    """Whether a national code is ``group``, or an occupation of that group."""
    return f"{code}-".startswith(f"{group}-")


def _other_item(figures: Figures, claimed: str, paid: str) -> FindingOutcome:
    if paid == claimed:
        return UNMET
    pair = {paid, claimed}
    if not any(pair <= group for group in figures.occupation_groups):
        return MET
    match figures.occupation_grouping:
        case Grouping.ONE:
            return UNMET
        case Grouping.SEPARATE:
            return MET
        case Grouping.UNDETERMINED:
            return UNDETERMINED


def _lower_level(case: ClaimCase, payment: Payment) -> FindingOutcome:
    level = case.level
    if level is None or payment.level is None:
        return UNDETERMINED
    return MET if LEVEL_RANK[payment.level] < LEVEL_RANK[level] else UNMET
