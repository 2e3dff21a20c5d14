"""Clause results that depend on few values, each made once and kept by them.

A row of the annex, a level, a standing, a day of issue: a clause comes out the same
for all certificates that agree in these, and its reason is the same text. Nothing is
kept by a word that an agency spells freely, nor by anything that is one person's.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from policy.case import ClauseResult
from policy.catalogue import Item
from policy.finding import FindingOutcome
from policy.level import LEVEL_NAMES, Level
from policy.standing import Standing
from policy.text import Text

MET = FindingOutcome.MET
UNMET = FindingOutcome.UNMET
UNDETERMINED = FindingOutcome.UNDETERMINED

DAYS_KEPT = 4096
"""Days of issue: eleven years of them."""


# At most some hundred answers exist: an item by its levels.
@lru_cache(maxsize=512)
def level_listed(item: Item, level: Level | None) -> ClauseResult:
    """Return the result of 219-1a for a row of the annex."""
    row = f"{item.name.zh}（{item.code}）", f"{item.name.en} ({item.code})"
    if level is None:
        return UNDETERMINED, Text(
            f"附件列有{row[0]}，但证书未注明等级",
            f"{row[1]} is in the annex, but the level is not stated",
        )
    name = LEVEL_NAMES[level]
    if level not in item.levels:
        allowed = [LEVEL_NAMES[listed] for listed in item.levels]
        return UNMET, Text(
            f"附件未列{row[0]}的{name.zh}，所列为"
            + "、".join(text.zh for text in allowed),
            f"{row[1]} is listed for "
            + ", ".join(text.en for text in allowed)
            + f", not for {name.en}",
        )
    return MET, Text(
        f"附件所列：{row[0]}，{name.zh}", f"a row of the annex: {row[1]}, {name.en}"
    )


@lru_cache(maxsize=DAYS_KEPT)
def issued(day: date, first: date) -> ClauseResult:
    """Return the result of 219-1b for a stated day of issue."""
    if day < first:
        return UNMET, Text(
            f"发证日期{day}，最早应为{first}",
            f"issued on {day}, the first eligible day is {first}",
        )
    return MET, Text(
        f"发证日期{day}，不早于{first}",
        f"issued on {day}, not before {first}",
    )


@lru_cache(maxsize=DAYS_KEPT)
def first_issued(anchor: date, first: date) -> ClauseResult:
    """Return the result of 219-n2 for a stated day of first issue."""
    if anchor < first:
        return UNMET, Text(
            f"初领日期{anchor}，最早应为{first}；换证不改变初领日期",
            f"first issued on {anchor}, the first eligible day is {first}; "
            "a renewal keeps the day of first issue",
        )
    return MET, Text(
        f"初领日期{anchor}，不早于{first}",
        f"first issued on {anchor}, not before {first}",
    )


# A result for each row of the annex, and no more; the same below.
@lru_cache(maxsize=128)
def examined(item: Item) -> ClauseResult:
    """Return the result of 219-2a for the annex's evaluation body."""
    name = item.evaluation_body.name
    return MET, Text(f"评价机构为{name.zh}", f"examined by {name.en}")


@lru_cache(maxsize=128)
def collected(item: Item) -> ClauseResult:
    """Return the result of 219-2b where there is nothing to object to."""
    name = item.collection_body.name
    return MET, Text(
        f"由{name.zh}归集，签名已验证",
        f"collected from {name.en}, signature verified",
    )


STANDING_REASONS: Mapping[Standing, Text] = MappingProxyType(
    {
        Standing.VALID: Text("证书在该日有效", "the certificate is valid on that day"),
        Standing.NOT_YET_VALID: Text(
            "证书在该日尚未生效", "the certificate is not yet valid on that day"
        ),
        Standing.EXPIRED: Text(
            "证书在该日已过有效期", "the certificate has run out by that day"
        ),
        Standing.REVIEW_OVERDUE: Text(
            "证书在该日已逾期未复审", "the review of the licence is overdue on that day"
        ),
        Standing.SUSPENDED: Text("证书已暂扣", "the certificate is suspended"),
        Standing.REVOKED: Text("证书已撤销", "the certificate is revoked"),
        Standing.CANCELLED: Text("证书已注销", "the certificate is cancelled"),
        Standing.LAPSED: Text("证书已失效", "the certificate has lapsed"),
        Standing.WITHDRAWN: Text("证书已吊销", "the certificate is withdrawn"),
        Standing.TRANSFERRED: Text(
            "证书已转出，状态须向转入地查询",
            "the certificate moved to another register: ask there for its state",
        ),
        Standing.UNKNOWN: Text(
            "登记信息未注明证书状态或所需日期",
            "the registry does not state the certificate's state or a needed date",
        ),
    }
)


DAY_NOT_COME = Text(
    "所问之日尚未到来，届时情况未知",
    "the day asked about has not come: what will be the case is not known",
)
LEVEL_CONTRADICTED = Text(
    "证书编号所示等级与登记等级不符，无法确定等级",
    "the number and the registry state different levels, so neither is certain",
)
ISSUE_CONTRADICTED = Text(
    "登记信息自相矛盾，无法确定发证日期或初领日期",
    "the record contradicts itself on when it was issued or first issued",
)
MADE_AGAIN = Text(
    "首次发证早于发文之日，此证可能为补发；补发是否给予补贴，文件未作规定",
    "first issued before the notice, so this may be a lost document made again; "
    "the notice does not say whether that is paid for",
)
VALIDITY_CONTRADICTED = Text(
    "登记信息自相矛盾或有效期不合规定，无法确定有效期",
    "the record contradicts itself or the rule on how long it is valid",
)
HOLDER_CONTRADICTED: ClauseResult = (
    UNDETERMINED,
    Text(
        "证书编号含另一人的证件号码，不能确定持证人",
        "the certificate's number has another person's identity number in it",
    ),
)
ANOTHER_NUMBER: ClauseResult = (
    UNMET,
    Text(
        "申请人证件号码与持证人不一致",
        "the claimant's identity number is not the holder's",
    ),
)
ANOTHER_DOCUMENT: ClauseResult = (
    UNDETERMINED,
    Text(
        "号码一致但证件类型不同，不能确定为同一人",
        "the numbers are equal but the kinds of document are not",
    ),
)
HOLDER_MEANT: ClauseResult = (
    MET,
    Text(
        "未另行陈述申请人，以证书编号所指的持证人为申请人，未作核对",
        "no claimant was stated: the holder of the certificate that was named is taken "
        "for it, and nothing was compared",
    ),
)
NOBODY_CLAIMED: ClauseResult = (
    UNDETERMINED,
    Text("未陈述申请人", "no claimant was stated"),
)
NO_NAME_CLAIMED: ClauseResult = (
    MET,
    Text(
        "证件号码一致；未提供申请人姓名，姓名未核对",
        "the identity numbers agree; no name was stated, so none was compared",
    ),
)
NO_NAME_REGISTERED: ClauseResult = (
    UNDETERMINED,
    Text(
        "证件号码一致，但登记信息未注明姓名",
        "the identity numbers agree, but the registry states no name",
    ),
)
ANOTHER_NAME: ClauseResult = (
    UNMET,
    Text(
        "证件号码一致，但姓名与持证人不一致",
        "the identity numbers agree, but the name is not the holder's",
    ),
)
NUMBER_AND_NAME: ClauseResult = (
    MET,
    Text("证件号码和姓名均一致", "identity number and name agree"),
)
