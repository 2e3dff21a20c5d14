"""What a certificate's record says against itself, as the graph shows it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

import strawberry

from bureau.caller import Scope
from policy.certificate import CertificateRecord
from policy.contradictions import RecordWarning, warnings_of
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, described_enum, said

_MEANINGS: Mapping[RecordWarning, Text] = MappingProxyType(
    {
        RecordWarning.NUMBER_LEVEL: Text(
            "证书编号第11位与登记等级不符",
            "Digit 11 of the number is another level than the stated one",
        ),
        RecordWarning.NUMBER_YEAR: Text(
            "证书编号第1至2位与发证年份不符",
            "Digits 1 and 2 of the number are another year than that of issue",
        ),
        RecordWarning.NUMBER_OF_ANOTHER_PERSON: Text(
            "特种作业操作证编号所含证件号码不是持证人的",
            "The licence's number has another identity number than the holder's in it",
        ),
        RecordWarning.FIRST_ISSUE_AFTER_ISSUE: Text(
            "初领日期晚于发证日期", "It was first issued after it was issued"
        ),
        RecordWarning.STATE_BEFORE_ISSUE: Text(
            "状态起始日期早于发证日期", "Its state holds since before it was issued"
        ),
        RecordWarning.REVIEW_BEFORE_ISSUE: Text(
            "应复审日期早于发证日期", "Its review was due before it was issued"
        ),
        RecordWarning.ENDS_BEFORE_START: Text(
            "有效期止早于有效期起或发证日期",
            "It ends before it begins, or before it was issued",
        ),
        RecordWarning.VALIDITY_TOO_SHORT: Text(
            "有效期短于规定的六年（可能因到龄缩短）",
            "It is valid for less than six years, which an age limit may explain",
        ),
        RecordWarning.VALIDITY_TOO_LONG: Text(
            "有效期长于规定的六年", "It is valid for more than six years"
        ),
        RecordWarning.REVIEW_OFF_RULE: Text(
            "应复审日期既不在三年内，也不与有效期止同日",
            "Its review is due neither within three years nor together with its end",
        ),
        RecordWarning.LICENCE_ID: Text(
            "电子证照标识的形式或校验位不符",
            "The form or the check character of the electronic licence id does not fit",
        ),
        RecordWarning.EXAMINED_AFTER_ISSUE: Text(
            "考核日期晚于发证日期", "It was examined after it was issued"
        ),
    }
)
described_enum(
    RecordWarning,
    both(
        "登记信息自相矛盾或不合规定之处",
        "A way in which a record contradicts itself, or the rule it was made by",
    ),
    {code: both(text.zh, text.en) for code, text in _MEANINGS.items()},
)


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "证书登记信息的一处自相矛盾", "One thing that a record says against itself"
    ),
)
class CertificateWarning:
    """A warning; it names no value of the record."""

    is_phrase: ClassVar = True

    code: RecordWarning = strawberry.field(
        description=both("代码", "What it is, as a code")
    )

    @strawberry.field(description=both("含义", "What it means"))
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the meaning in ``language``."""
        return said(_MEANINGS[self.code], language)

    # One object a code (``_SHOWN``), and found again as that.
    __hash__ = object.__hash__


_SHOWN = {code: CertificateWarning(code=code) for code in RecordWarning}


def shown_warnings(record: CertificateRecord) -> list[CertificateWarning]:
    """Return the warnings of ``record`` in the order of their codes."""
    found = warnings_of(record)
    return [_SHOWN[code] for code in RecordWarning if code in found]
