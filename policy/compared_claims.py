"""What the clauses of notice 17 compare, as data (see ``policy.compared``)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import TypeAlias

from policy.case import ClaimCase
from policy.claim_clauses import (
    STUDENTS,
    last_day_of_veteran,
    paid_as_student,
    payments_counted,
    window_of,
)
from policy.compared_values import (
    NOTHING,
    Codes,
    Compared,
    Days,
    Numbers,
    Value,
    code,
    known,
    one,
)
from policy.evidence import Acquisition, ClaimantCategory, Hukou
from policy.facts import Fact
from policy.finding import FindingOutcome
from policy.level import Level
from policy.occupations import allowed_beside
from policy.optional_clauses import (
    bars_nothing,
    days_apart,
    excludes_nothing,
    most_of_year,
    of_year,
    own_amounts,
    within_a_year,
)

MET = FindingOutcome.MET
YES, NO = "YES", "NO"
NONE = Numbers(0, 0)


def share(case: ClaimCase, _: FindingOutcome) -> Compared:
    """17-share."""
    category = case.claim.category
    if category is None:
        return Compared({Fact.CATEGORY: Codes(tuple(ClaimantCategory))})
    percent = case.figures.share_percent[category]
    of_condition = _CONDITIONS.get(category, _unconditional)(case)
    return Compared(
        {Fact.CATEGORY: Codes(tuple(ClaimantCategory)), **of_condition.expected},
        {
            Fact.CATEGORY: Codes((category,)),
            Fact.SHARE_PERCENT: Numbers(percent, percent),
            **of_condition.actual,
        },
        of_condition.due_on,
    )


def _unconditional(_: ClaimCase) -> Compared:
    return NOTHING


def _college(case: ClaimCase) -> Compared:
    paid = case.figures.college_levels
    return Compared(
        {Fact.LEVEL: Codes(tuple(level for level in Level if paid[level] is MET))},
        known({Fact.LEVEL: code(case.level)}),
    )


def _vocational(case: ClaimCase) -> Compared:
    return Compared(
        {Fact.PAYMENTS_AS_STUDENT: Numbers(0, case.figures.vocational_payments - 1)},
        known({Fact.PAYMENTS_AS_STUDENT: _counted(paid_as_student(case))}),
    )


def _veteran(case: ClaimCase) -> Compared:
    discharged, claimed = case.claim.discharged_on, case.claim.claimed_on
    last = last_day_of_veteran(case)
    # Whenever it was: it has to be known, and the day of the claim goes by it.
    any_day = Days(None, None)
    return Compared(
        {Fact.DISCHARGED_ON: any_day, Fact.CLAIMED_ON: Days(discharged, last)},
        known({Fact.DISCHARGED_ON: one(discharged), Fact.CLAIMED_ON: one(claimed)}),
        last,
    )


_CONDITIONS: Mapping[ClaimantCategory, Callable[[ClaimCase], Compared]] = (
    MappingProxyType(
        {
            ClaimantCategory.COLLEGE_FINAL_YEAR: _college,
            ClaimantCategory.VOCATIONAL_FINAL_YEAR: _vocational,
            ClaimantCategory.VETERAN: _veteran,
        }
    )
)


def amount(case: ClaimCase, _: FindingOutcome) -> Compared:
    """17-amount."""
    level = case.level
    yuan = None if level is None else case.figures.amount_yuan[level]
    return Compared(
        {Fact.LEVEL: Codes(tuple(case.figures.amount_yuan))},
        known(
            {
                Fact.LEVEL: code(level),
                Fact.AMOUNT_YUAN: None if yuan is None else Numbers(yuan, yuan),
            }
        ),
    )


def hukou(case: ClaimCase, _: FindingOutcome) -> Compared:
    """17-hukou."""
    claim, open_to = case.claim, case.figures.open_to_other_hukou
    category = claim.category
    actual = known(
        {
            Fact.HUKOU: code(claim.hukou),
            Fact.CATEGORY: code(category),
            Fact.STUDIES_IN_SHANGHAI: _answer(is_so=claim.studies_in_shanghai),
        }
    )
    if claim.hukou is Hukou.SHANGHAI:
        return Compared({Fact.HUKOU: Codes((Hukou.SHANGHAI,))}, actual)
    if category in open_to:
        # Wherever the hukou is, then; of students, where they study.
        if category not in STUDENTS:
            return Compared({Fact.CATEGORY: _in_order(open_to)}, actual)
        if claim.hukou is not None or claim.studies_in_shanghai is not False:
            expected = {
                Fact.CATEGORY: _in_order(open_to),
                Fact.STUDIES_IN_SHANGHAI: Codes((YES,)),
            }
            return Compared(expected, actual)
    return Compared({Fact.HUKOU: Codes((Hukou.SHANGHAI,))}, actual)


def window(case: ClaimCase, _: FindingOutcome) -> Compared:
    """17-window."""
    days = window_of(case)
    if days is None:
        return NOTHING
    return Compared(
        {Fact.CLAIMED_ON: Days(*days)},
        known({Fact.CLAIMED_ON: one(case.claim.claimed_on)}),
        days[1],
    )


def once(case: ClaimCase, _: FindingOutcome) -> Compared:
    """17-once: how many payments bar it."""
    payments = payments_counted(case)
    if payments is None:
        return Compared({Fact.PAYMENTS: NONE})
    barring = _barring(allowed_beside(case, payment) for payment in payments)
    return Compared({Fact.PAYMENTS: NONE}, {Fact.PAYMENTS: barring})


def excluded(case: ClaimCase, _: FindingOutcome) -> Compared:
    """17-excluded."""
    barred = case.figures.excluded_acquisitions
    allowed = tuple(way for way in Acquisition if way not in barred)
    return Compared(
        {Fact.CIVIL_SERVANT: Codes((NO,)), Fact.ACQUISITION: Codes(allowed)},
        known(
            {
                Fact.CIVIL_SERVANT: _answer(is_so=case.claim.is_civil_servant),
                Fact.ACQUISITION: code(case.claim.acquisition),
            }
        ),
    )


def yearly(case: ClaimCase, outcome: FindingOutcome) -> Compared:
    """17-yearly: it comes out otherwise with the next year."""
    figures, claim = case.figures, case.claim
    expected: dict[Fact, Value] = {}
    if figures.yearly_payments:
        expected[Fact.PAYMENTS_IN_YEAR] = Numbers(0, figures.yearly_payments - 1)
    if figures.yearly_yuan:
        expected[Fact.YUAN_IN_YEAR] = Numbers(0, figures.yearly_yuan)
    if claim.payments is None:
        return Compared(expected)
    sure, open_ = of_year(claim.payments, claim.claimed_on)
    paid = sum(payment.amount_yuan or 0 for payment in sure)
    actual: dict[Fact, Value] = {
        Fact.PAYMENTS_IN_YEAR: Numbers(len(sure), len(sure) + len(open_)),
        Fact.YUAN_IN_YEAR: Numbers(
            paid + own_amounts(case)[0], most_of_year(case, sure, open_)
        ),
    }
    return Compared(
        expected,
        {fact: actual[fact] for fact in expected},
        None if outcome is MET else _better_year(case),
    )


def _better_year(case: ClaimCase) -> date | None:
    """Return when the next year begins, if the clause comes out otherwise in it.

    A claim may be of more than a whole year is given.
    """
    day = _next_year(case.claim.claimed_on)
    if day is None:
        return None
    then = replace(case, claim=replace(case.claim, claimed_on=day))
    return None if within_a_year(then)[0] is within_a_year(case)[0] else day


def _next_year(day: date | None) -> date | None:
    if day is None or day.year == date.max.year:
        return None
    return date(day.year + 1, 1, 1)


def higher_held(case: ClaimCase, _: FindingOutcome) -> Compared:
    """17-held: how many certificates bar it."""
    held = case.claim.held
    if held is None:
        return Compared({Fact.HELD: NONE})
    barring = _barring(bars_nothing(case, certificate) for certificate in held)
    return Compared({Fact.HELD: NONE}, {Fact.HELD: barring})


def of_fund(case: ClaimCase, _: FindingOutcome) -> Compared:
    """17-fund: how many payments bar it."""
    payments = case.claim.payments
    if payments is None:
        return Compared({Fact.PAYMENTS: NONE})
    barring = _barring(excludes_nothing(case, payment) for payment in payments)
    return Compared({Fact.PAYMENTS: NONE}, {Fact.PAYMENTS: barring})


def interval(case: ClaimCase, outcome: FindingOutcome) -> Compared:
    """17-interval: it comes out otherwise so many days after the last payment."""
    claim, least = case.claim, case.figures.days_between_payments
    expected = {Fact.DAYS_BETWEEN_PAYMENTS: Numbers(least, None)}
    payments, claimed_on = claim.payments, claim.claimed_on
    if payments is not None and not payments:
        return NOTHING
    if payments is None or claimed_on is None:
        return Compared(expected)
    apart = days_apart(payments, claimed_on)
    # What was paid on a day that is not known may be nearer.
    nearest = min(apart, default=None)
    lower = nearest if len(apart) == len(payments) else 0
    days = [payment.paid_on for payment in payments if payment.paid_on is not None]
    return Compared(
        expected,
        {Fact.DAYS_BETWEEN_PAYMENTS: Numbers(lower, nearest)},
        None if outcome is MET or not days else _days_after(max(days), least),
    )


def _days_after(day: date, days: int) -> date | None:
    left = (date.max - day).days
    return day + timedelta(days=days) if days <= left else None


def _counted(counted: tuple[int, int] | None) -> Numbers | None:
    if counted is None:
        return None
    sure, open_ = counted
    return Numbers(sure, sure + open_)


def _barring(allowed: Iterable[FindingOutcome]) -> Numbers:
    """Return of how many it is certain that they bar, and of how many it may be."""
    found = [*allowed]
    return Numbers(
        found.count(FindingOutcome.UNMET), len(found) - found.count(FindingOutcome.MET)
    )


def _answer(*, is_so: bool | None) -> Codes | None:
    return None if is_so is None else Codes((YES if is_so else NO,))


def _in_order(categories: Iterable[ClaimantCategory]) -> Codes:
    among = frozenset(categories)
    return Codes(tuple(one for one in ClaimantCategory if one in among))


Compare: TypeAlias = Callable[[ClaimCase, FindingOutcome], Compared]
BY_CLAUSE: Mapping[str, Compare] = MappingProxyType(
    {
        "17-share": share,
        "17-amount": amount,
        "17-hukou": hukou,
        "17-window": window,
        "17-once": once,
        "17-excluded": excluded,
        "17-yearly": yearly,
        "17-held": higher_held,
        "17-fund": of_fund,
        "17-interval": interval,
    }
)
