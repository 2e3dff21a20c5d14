"""Rules of notice 17 that may exist: in neither text, and off until a figure says so.

Each is one dated line of ``annex/clauses.toml``. One that is off is not looked at and
not reported (``Figures.optional_clauses``). What is not known makes it undetermined
unless it comes out the same whatever that is, as with every clause.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from policy.case import ClaimCase, ClaimClause, ClauseResult
from policy.claim_clauses import NO_CLAIM_DAY, NO_LEDGER
from policy.evidence import HeldLevel, Payment
from policy.finding import FindingOutcome, worst
from policy.level import LEVEL_RANK
from policy.occupations import best, other_occupation
from policy.text import Text

MET = FindingOutcome.MET
UNMET = FindingOutcome.UNMET
UNDETERMINED = FindingOutcome.UNDETERMINED


def within_a_year(case: ClaimCase) -> ClauseResult:
    """17-yearly: neither the number nor the sum of a calendar year is spent."""
    payments = case.claim.payments
    if payments is None:
        return UNDETERMINED, NO_LEDGER
    in_year, of_unknown_day = of_year(payments, case.claim.claimed_on)
    found = [
        rule(case, in_year, of_unknown_day)
        for rule, is_on in (
            (_number_left, case.figures.yearly_payments),
            (_sum_left, case.figures.yearly_yuan),
        )
        if is_on
    ]
    outcome = worst(outcome for outcome, _ in found)
    return next(result for result in found if result[0] is outcome)


def of_year(
    payments: Sequence[Payment], day: date | None
) -> tuple[Sequence[Payment], Sequence[Payment]]:
    """Return the payments of the year of ``day``, and those that may be of it."""
    if day is None:
        return (), payments
    return (
        [one for one in payments if one.paid_on and one.paid_on.year == day.year],
        [one for one in payments if one.paid_on is None],
    )


def _number_left(
    case: ClaimCase, in_year: Sequence[Payment], of_unknown_day: Sequence[Payment]
) -> ClauseResult:
    most, paid, unknown = (
        case.figures.yearly_payments,
        len(in_year),
        len(of_unknown_day),
    )
    reason = Text(
        f"每年限补贴{most}次，当年已补贴{paid}次，另有{unknown}次日期不明",
        f"{most} payment(s) a year are allowed; {paid} were made in that year, and "
        f"{unknown} more on a day that is not known",
    )
    if paid >= most:
        return UNMET, reason
    return (UNDETERMINED if paid + unknown >= most else MET), reason


def _sum_left(
    case: ClaimCase, in_year: Sequence[Payment], of_unknown_day: Sequence[Payment]
) -> ClauseResult:
    most = case.figures.yearly_yuan
    paid = sum(payment.amount_yuan or 0 for payment in in_year)
    least, greatest = own_amounts(case)
    total = most_of_year(case, in_year, of_unknown_day)
    if paid + least > most:
        outcome = UNMET
    elif total is not None and total <= most:
        outcome = MET
    else:
        outcome = UNDETERMINED
    return outcome, Text(
        f"每年补贴不超过{most}元，当年已知补贴{paid}元，本次{_span(least, greatest)}元",
        f"{most} yuan a year are allowed; {paid} are known to have been paid in that "
        f"year, and this claim is for {_span(least, greatest)}",
    )


def most_of_year(
    case: ClaimCase, in_year: Sequence[Payment], of_unknown_day: Sequence[Payment]
) -> int | None:
    """Return what the year may come to with the claim; ``None`` if nobody knows."""
    amounts = [payment.amount_yuan for payment in (*in_year, *of_unknown_day)]
    if None in amounts:
        return None
    return sum(filter(None, amounts)) + own_amounts(case)[1]


def own_amounts(case: ClaimCase) -> tuple[int, int]:
    """Return the least and the most that the claim may come to."""
    category, level = case.claim.category, case.level
    shares = case.figures.share_percent
    amounts = case.figures.amount_yuan
    share = shares.values() if category is None else (shares[category],)
    amount = amounts.values() if level is None else (amounts[level],)
    return min(amount) * min(share) // 100, max(amount) * max(share) // 100


def _span(least: int, greatest: int) -> str:
    return str(least) if least == greatest else f"{least}-{greatest}"


def no_higher_level_held(case: ClaimCase) -> ClauseResult:
    """17-held: no certificate of this occupation at a higher level is held."""
    held = case.claim.held
    if held is None:
        return UNDETERMINED, Text(
            "未注明申请人持有的其他证书",
            "which other certificates the claimant holds is not stated",
        )
    match worst(bars_nothing(case, one) for one in held):
        case FindingOutcome.MET:
            return MET, Text(
                "未持有同一工种更高等级证书",
                "no higher level of this occupation is held",
            )
        case FindingOutcome.UNMET:
            return UNMET, Text(
                "已持有同一工种更高等级证书",
                "a higher level of this occupation is held",
            )
        case FindingOutcome.UNDETERMINED:
            return UNDETERMINED, Text(
                "无法确定所持证书是否属于同一工种的更高等级",
                "whether a certificate that is held is of a higher level of the same "
                "occupation is not known",
            )


def bars_nothing(case: ClaimCase, held: HeldLevel) -> FindingOutcome:
    """Return MET if it is of another occupation, or of no higher level."""
    if held.level is None or case.level is None:
        not_higher = UNDETERMINED
    else:
        is_higher = LEVEL_RANK[held.level] > LEVEL_RANK[case.level]
        not_higher = UNMET if is_higher else MET
    return best(other_occupation(case, held.item_code), not_higher)


def not_paid_by_excluding_fund(case: ClaimCase) -> ClauseResult:
    """17-fund: no payment for this occupation came from a fund that excludes."""
    payments = case.claim.payments
    if payments is None:
        return UNDETERMINED, NO_LEDGER
    funds = "、".join(sorted(case.figures.excluding_funds))
    match worst(excludes_nothing(case, payment) for payment in payments):
        case FindingOutcome.MET:
            return MET, Text(
                f"同一工种未由下列资金补贴：{funds}",
                f"nothing was paid for this occupation from {funds}",
            )
        case FindingOutcome.UNMET:
            return UNMET, Text(
                f"同一工种已由下列资金之一补贴：{funds}",
                f"this occupation was paid for from one of {funds}",
            )
        case FindingOutcome.UNDETERMINED:
            return UNDETERMINED, Text(
                f"无法确定已有补贴是否属于同一工种并由下列资金支付：{funds}",
                "whether a payment made before is for the same occupation and from one "
                f"of {funds} is not known",
            )


def excludes_nothing(case: ClaimCase, payment: Payment) -> FindingOutcome:
    """Return MET if it is for another occupation, or from a fund that excludes none."""
    if payment.fund is None:
        from_another = UNDETERMINED
    else:
        is_excluding = payment.fund in case.figures.excluding_funds
        from_another = UNMET if is_excluding else MET
    return best(other_occupation(case, payment.item_code), from_another)


def long_enough_ago(case: ClaimCase) -> ClauseResult:
    """17-interval: every other payment is some days from the day of the claim."""
    payments, claimed_on = case.claim.payments, case.claim.claimed_on
    if payments is None:
        return UNDETERMINED, NO_LEDGER
    least = case.figures.days_between_payments
    if not payments:
        return MET, Text("此前未曾补贴", "nothing was paid before")
    if claimed_on is None:
        return UNDETERMINED, NO_CLAIM_DAY
    days = days_apart(payments, claimed_on)
    unknown = len(payments) - len(days)
    reason = Text(
        f"两次补贴须间隔{least}天，最近一次相距{min(days, default='不明')}天，"
        f"另有{unknown}次日期不明",
        f"{least} days have to lie between two payments; the nearest is "
        f"{min(days, default='an unknown number of')} days away, and the day of "
        f"{unknown} more is not known",
    )
    if any(apart < least for apart in days):
        return UNMET, reason
    return (UNDETERMINED if unknown else MET), reason


def days_apart(payments: Sequence[Payment], day: date) -> list[int]:
    """Return how far each payment is from ``day``, if its own day is known."""
    return [abs((day - one.paid_on).days) for one in payments if one.paid_on]


OPTIONAL_CLAUSES: Mapping[str, ClaimClause] = MappingProxyType(
    {
        "17-yearly": within_a_year,
        "17-held": no_higher_level_held,
        "17-fund": not_paid_by_excluding_fund,
        "17-interval": long_enough_ago,
    }
)
