"""What stands for the answer of an agency that was not asked."""

from connectors.answer import Answer, SourceOutcome
from policy.text import Text


def suspended(agency: str) -> Answer:
    """Say that its connector is suspended."""
    return Answer(
        agency=agency,
        outcome=SourceOutcome.SKIPPED,
        reason=Text(
            zh="连接器已停用，未查询",
            en="its connector is suspended; not asked",
        ),
    )


def frozen(agency: str) -> Answer:
    """Say that its account is frozen, or may collect no more."""
    return Answer(
        agency=agency,
        outcome=SourceOutcome.SUSPENDED,
        reason=Text(
            zh="账号已被冻结或归集权限已被取消（通知三(一)），未查询",
            en="the account is frozen or its collection right cancelled "
            "(notice, 3(1)); not asked",
        ),
    )


def skipped(agency: str) -> Answer:
    """Say that it knows no numbers of the type."""
    return Answer(
        agency=agency,
        outcome=SourceOutcome.SKIPPED,
        reason=Text(
            zh="该机构不受理此类证件号码，未查询",
            en="the agency knows no identity numbers of this type; not asked",
        ),
    )
