"""The closed choices of verifying claims, described in both languages for the graph."""

from enum import StrEnum

from policy.stated import ClaimOutcome, FieldOutcome, StatedField
from resolvers.bilingual import both, described_enum

__all__ = ["ClaimOutcome", "ClaimProblem", "FieldOutcome", "StatedField"]


class ClaimProblem(StrEnum):
    """A reason not to compare a claim."""

    BAD_ID_NUMBER = "BAD_ID_NUMBER"
    UNKNOWN_ITEM = "UNKNOWN_ITEM"
    TOO_LONG = "TOO_LONG"
    ISSUED_IN_FUTURE = "ISSUED_IN_FUTURE"
    TOO_MANY_STATEMENTS = "TOO_MANY_STATEMENTS"


described_enum(
    ClaimProblem,
    both("所述为何未予比较", "Why a claim is not compared"),
    {
        ClaimProblem.BAD_ID_NUMBER: both("证件号码有误", "A malformed identity number"),
        ClaimProblem.UNKNOWN_ITEM: both(
            "项目不是附件所列代码或名称", "The item is no code or name of the annex"
        ),
        ClaimProblem.TOO_LONG: both("文字过长", "A text is too long"),
        ClaimProblem.ISSUED_IN_FUTURE: both(
            "发证日期晚于今日（上海）", "The day of issue is after today in Shanghai"
        ),
        ClaimProblem.TOO_MANY_STATEMENTS: both(
            "今日对同一人的不同陈述过多",
            "Too many different statements about one person today",
        ),
    },
)
described_enum(
    ClaimOutcome,
    both("所述与登记比较的结果", "How a claim compares with the registry"),
    {
        ClaimOutcome.MATCH: both("一致", "All that is stated is right"),
        ClaimOutcome.MISMATCH: both("至少一项不一致", "Something stated is not right"),
        ClaimOutcome.NOT_FOUND: both(
            "登记机构证明没有此项证书",
            "The registry proved that there is no certificate of the item",
        ),
        ClaimOutcome.UNKNOWN: both(
            "未知：机构未答复、答复不可信或登记不全，不等于不一致",
            "Not known: no answer, none that can be believed, or a registry that does "
            "not say; this is no mismatch",
        ),
    },
)
described_enum(
    StatedField,
    both("所述的一项", "A field that is stated"),
    {
        StatedField.NUMBER: both("证书编号", "The certificate's number"),
        StatedField.ITEM: both("证书项目", "The item"),
        StatedField.LEVEL: both("等级", "The grade"),
        StatedField.ISSUED_ON: both("发证日期", "The day of issue"),
        StatedField.NAME: both("姓名", "The name"),
    },
)
described_enum(
    FieldOutcome,
    both("一项的比较结果", "How one field compares"),
    {
        FieldOutcome.MATCH: both("一致", "As the registry says"),
        FieldOutcome.MISMATCH: both("不一致", "Not as the registry says"),
        FieldOutcome.UNKNOWN: both("登记未注明", "The registry does not say"),
        FieldOutcome.NOT_STATED: both("申领人未填写", "Not stated"),
    },
)
