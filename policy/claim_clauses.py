"""The clauses of notice 17, run when a subsidy is claimed.

Their text is known from public copies and the official Q&A only, so every
figure is a dated parameter. A claim is a form half filled in: what is missing
makes a clause undetermined unless it comes out the same whatever the answer.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from policy.case import ClaimCase, ClaimClause, ClauseResult
from policy.evidence import ClaimantCategory, Hukou
from policy.finding import FindingOutcome, worst
from policy.level import LEVEL_NAMES
from policy.months import add_months
from policy.occupations import allowed_beside
from policy.payments import Payments
from policy.text import Text

MET = FindingOutcome.MET
UNMET = FindingOutcome.UNMET
UNDETERMINED = FindingOutcome.UNDETERMINED

STUDENTS = frozenset(
    {ClaimantCategory.COLLEGE_FINAL_YEAR, ClaimantCategory.VOCATIONAL_FINAL_YEAR}
)
NO_CATEGORY = Text("未注明人员类别", "the claimant's category is not stated")
NO_LEVEL = Text(
    "未注明证书等级，或其与证书编号不符",
    "the certificate's level is not stated, or its number states another",
)
NO_CLAIM_DAY = Text("未注明申请日期", "the day of the claim is not stated")
NO_LEDGER = Text("补贴发放记录未知", "the payments made before are not known")


def share_for_category(case: ClaimCase) -> ClauseResult:
    """17-share: the category is stated and its condition, if it has one, is met."""
    category = case.claim.category
    if category is None:
        return UNDETERMINED, NO_CATEGORY
    condition = CONDITIONS.get(category)
    if condition is not None:
        outcome, reason = condition(case)
        if outcome is not MET:
            return outcome, reason
    share = case.figures.share_percent[category]
    return MET, Text(f"补贴比例{share}%", f"the share is {share}%")


def _college_level(case: ClaimCase) -> ClauseResult:
    level = case.level
    if level is None:
        return UNDETERMINED, NO_LEVEL
    return case.figures.college_levels[level], Text(
        f"高校毕业学年学生须四级及以上，证书为{LEVEL_NAMES[level].zh}",
        "final-year college students need level 4 or above, "
        f"the certificate is {LEVEL_NAMES[level].en}",
    )


def _vocational_once(case: ClaimCase) -> ClauseResult:
    counted = paid_as_student(case)
    if counted is None:
        return UNDETERMINED, NO_LEDGER
    paid, unknown = counted
    allowed = case.figures.vocational_payments
    reason = Text(
        f"中职毕业学年学生限补贴{allowed}次，已补贴{paid}次，另有{unknown}次类别不明",
        f"final-year vocational students are paid {allowed} time(s); paid {paid}, "
        f"and {unknown} more of unknown category",
    )
    if paid >= allowed:
        return UNMET, reason
    return (UNDETERMINED if paid + unknown >= allowed else MET), reason


def paid_as_student(case: ClaimCase) -> tuple[int, int] | None:
    """Return how often a vocational student was paid, and how often it may have been.

    ``None`` if nobody knows.
    """
    payments = payments_counted(case)
    if payments is None:
        return None
    categories = [payment.category for payment in payments]
    student = ClaimantCategory.VOCATIONAL_FINAL_YEAR
    return categories.count(student), categories.count(None)


def last_day_of_veteran(case: ClaimCase) -> date | None:
    """Return until when a veteran may claim; ``None`` if the discharge is not known."""
    discharged = case.claim.discharged_on
    if discharged is None:
        return None
    return add_months(discharged, case.figures.veteran_months)


def _recently_discharged(case: ClaimCase) -> ClauseResult:
    discharged, claimed = case.claim.discharged_on, case.claim.claimed_on
    last = last_day_of_veteran(case)
    if discharged is None or last is None:
        return UNDETERMINED, Text(
            "未注明退役日期", "the day of discharge is not stated"
        )
    if claimed is None:
        return UNDETERMINED, NO_CLAIM_DAY
    return (MET if discharged <= claimed <= last else UNMET), Text(
        f"退役日期{discharged}，申请日期{claimed}，应在退役之日至{last}之间",
        f"discharged on {discharged}, claimed on {claimed}, "
        f"allowed from the discharge until {last}",
    )


CONDITIONS: Mapping[ClaimantCategory, ClaimClause] = MappingProxyType(
    {
        ClaimantCategory.COLLEGE_FINAL_YEAR: _college_level,
        ClaimantCategory.VOCATIONAL_FINAL_YEAR: _vocational_once,
        ClaimantCategory.VETERAN: _recently_discharged,
    }
)


def amount_for_level(case: ClaimCase) -> ClauseResult:
    """17-amount: the level is stated; every level has an amount."""
    level = case.level
    if level is None:
        return UNDETERMINED, NO_LEVEL
    name, amount = LEVEL_NAMES[level], case.figures.amount_yuan[level]
    return MET, Text(
        f"{name.zh}补贴标准{amount}元", f"the amount for {name.en} is {amount} yuan"
    )


def hukou_open_to_category(case: ClaimCase) -> ClauseResult:
    """17-hukou: Shanghai hukou, or a category that does not need it."""
    if case.claim.hukou is Hukou.SHANGHAI:
        return MET, Text("本市户籍", "Shanghai hukou")
    category = case.claim.category
    if category is None:
        return UNDETERMINED, NO_CATEGORY
    if category in case.figures.open_to_other_hukou:
        if category not in STUDENTS or case.claim.studies_in_shanghai:
            return MET, Text(
                f"人员类别{category}不要求本市户籍",
                f"category {category} needs no Shanghai hukou",
            )
        if case.claim.studies_in_shanghai is None:
            return UNDETERMINED, Text(
                "未注明是否在沪院校就读",
                "whether the school is in Shanghai is not stated",
            )
    if case.claim.hukou is None:
        return UNDETERMINED, Text("未注明户籍", "the hukou is not stated")
    return UNMET, Text(
        "非本市户籍仅限在职人员或在沪院校毕业学年学生",
        "without Shanghai hukou only the employed and final-year students of schools "
        "in Shanghai are paid",
    )


def claimed_in_window(case: ClaimCase) -> ClauseResult:
    """17-window: claimed within twelve months of the certificate's issue."""
    if case.row.outcome is UNDETERMINED:
        return UNDETERMINED, Text(
            "附件项目未确定，不知以初领日期还是发证日期起算",
            "the row is not known, so neither is which day the months start from",
        )
    window = window_of(case)
    if window is None:
        return UNDETERMINED, Text(
            "登记信息未注明起算日期（初领日期或发证日期），或自相矛盾",
            "the registry does not state the day the months start from, or contradicts "
            "itself on it",
        )
    if case.claim.claimed_on is None:
        return UNDETERMINED, NO_CLAIM_DAY
    anchor, last = window
    return (MET if anchor <= case.claim.claimed_on <= last else UNMET), Text(
        f"申请日期{case.claim.claimed_on}，应在{anchor}至{last}之间",
        f"claimed on {case.claim.claimed_on}, allowed from {anchor} until {last}",
    )


def window_of(case: ClaimCase) -> tuple[date, date] | None:
    """Return the first and the last day of a claim; ``None`` if they are not known."""
    anchor = None if case.row.outcome is UNDETERMINED else _issue_counted_from(case)
    if anchor is None:
        return None
    return anchor, add_months(anchor, case.figures.window_months)


def _issue_counted_from(case: ClaimCase) -> date | None:
    """Return 初领日期 for special operations (219-n2), else the day of issue."""
    item = case.row.item
    if item is not None and item.anchored_on_first_issue:
        return case.first_issued_on
    return case.issued_on


def not_paid_before(case: ClaimCase) -> ClauseResult:
    """17-once: no payment for this occupation at this level or a higher one."""
    payments = payments_counted(case)
    if payments is None:
        return UNDETERMINED, NO_LEDGER
    outcome = worst(allowed_beside(case, payment) for payment in payments)
    match outcome:
        case FindingOutcome.MET:
            return MET, Text(
                "同一工种同级或更高等级未曾补贴",
                "nothing was paid for this occupation at this level or a higher one",
            )
        case FindingOutcome.UNMET:
            return UNMET, Text(
                "同一工种同级或更高等级已补贴",
                "this occupation was paid for at this level or a higher one",
            )
        case FindingOutcome.UNDETERMINED:
            return UNDETERMINED, Text(
                "无法确定已有补贴是否属于同一工种的同级或更高等级",
                "whether a payment made before is for the same occupation and bars "
                "this level is not known",
            )


def payments_counted(case: ClaimCase) -> Payments | None:
    """Return the payments made before that count; ``None`` if nobody knows them."""
    payments = case.claim.payments
    if payments is None or case.figures.recovered_payment_bars:
        return payments
    return tuple(payment for payment in payments if not payment.is_recovered)


def not_excluded(case: ClaimCase) -> ClauseResult:
    """17-excluded: earned by examination, and not by a civil servant."""
    if case.claim.is_civil_servant:
        return UNMET, Text("公务员不予补贴", "civil servants are not paid")
    if case.claim.acquisition in case.figures.excluded_acquisitions:
        return UNMET, Text(
            f"取得方式{case.claim.acquisition}不予补贴",
            f"certificates acquired by {case.claim.acquisition} are not paid for",
        )
    if case.claim.is_civil_servant is None or case.claim.acquisition is None:
        return UNDETERMINED, Text(
            "未注明是否公务员或证书取得方式",
            "whether the claimant is a civil servant, or how the certificate was "
            "acquired, is not stated",
        )
    return MET, Text("不属于不予补贴的情形", "none of the excluded cases")


CLAIM_CLAUSES: Mapping[str, ClaimClause] = MappingProxyType(
    {
        "17-share": share_for_category,
        "17-amount": amount_for_level,
        "17-hukou": hukou_open_to_category,
        "17-window": claimed_in_window,
        "17-once": not_paid_before,
        "17-excluded": not_excluded,
    }
)
