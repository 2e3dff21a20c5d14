"""Read why people are looked up: a purpose and a case (个人信息保护法, articles 6, 13).

What cannot be used never falls back to a default: whoever stated it meant something
else.
"""

import re
from collections.abc import Sequence

from bureau.caller import PURPOSE_NAMES, LookUp, Purpose
from bureau.privacy.masks import has_identity_number

CASE_NUMBER = re.compile(r"[0-9A-Za-z\u4e00-\u9fff()（）\[\]〔〕._/-]{1,64}")
"""Letters, digits, Chinese characters and the marks of file numbers."""
PURPOSES = ", ".join(f"{purpose} {PURPOSE_NAMES[purpose].zh}" for purpose in Purpose)
"""Every purpose, for messages."""


class PurposeError(Exception):
    """A look-up states no purpose and case, or none that can be used.

    The message is for the caller, in both languages.
    """

    def __init__(self, message: str, allowed: Sequence[Purpose] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.allowed = allowed
        """What the purpose may be, where that is what is wrong."""


class PurposeMissingError(PurposeError):
    """The purpose or the case is not stated."""

    def __init__(self) -> None:
        super().__init__(
            "查询个人信息须说明目的和案号 / looking people up needs a purpose and a "
            "case number",
            list(Purpose),
        )


def read_look_up(purpose: object, case_number: object) -> LookUp:
    """Return the look-up that a stated purpose and case number amount to.

    Raises:
        PurposeError: one is missing or cannot be used.
    """
    if purpose is None or case_number is None:
        raise PurposeMissingError
    if not isinstance(purpose, str) or purpose not in list(Purpose):
        raise PurposeError(
            f"查询目的只能是下列之一 / the purpose is one of: {PURPOSES}",
            list(Purpose),
        )
    if (
        not isinstance(case_number, str)
        or not CASE_NUMBER.fullmatch(case_number)
        or has_identity_number(case_number)
    ):
        raise PurposeError(
            "案号为1至64个汉字、字母、数字或 ()[]〔〕._/- ，且不得含证件号码 / "
            "a case number has 1 to 64 letters, digits, Chinese characters or "
            "()[]〔〕._/- and no identity number"
        )
    return LookUp(Purpose(purpose), case_number)
