"""The doctor's own faults are those of docs/operating.md, word for word, in both."""

from gateway.doctor.advice import ADVICE
from gateway.doctor.codes import Fault
from tests.architecture.documents import table

PAGE = "docs/operating.md"
CHINESE_PAGE = "docs/zh/operating.md"


def plain(page: str, heading: str) -> list[list[str]]:
    return [[cell.replace("`", "") for cell in row] for row in table(page, heading)]


def test_every_fault_is_described_as_the_doctor_says_it() -> None:
    assert plain(PAGE, "Fault") == [
        [code, told.who, told.meaning.en, told.remedy.en]
        for code, told in ((code, ADVICE[code]) for code in Fault)
    ]


def test_every_fault_is_described_in_chinese_as_the_doctor_says_it() -> None:
    assert plain(CHINESE_PAGE, "问题") == [
        [code, told.who, told.meaning.zh, told.remedy.zh]
        for code, told in ((code, ADVICE[code]) for code in Fault)
    ]
