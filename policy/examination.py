"""The assessment (鉴定) that a certificate rests on, as its registry signs it.

Notice 219, 3(1), wants the way from 鉴定 to 发证 traceable. No clause asks for what is
here; a day of examination after the issue contradicts the record
(``policy.contradictions``).
"""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """One examination, as far as the registry states it."""

    # 考核日期
    held_on: date | None = None
    # 考核地点
    site: str | None = None
    # 批次
    batch: str | None = None
    # 考评员, by a code; somebody else's personal data.
    assessor: str | None = field(default=None, repr=False)
    # 理论成绩 and 实操成绩: a mark or a conclusion, in the registry's words.
    theory: str | None = None
    practice: str | None = None
