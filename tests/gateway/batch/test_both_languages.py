"""What is wrong with a file, or a row of it, is said in Chinese and in English."""

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from gateway.batch.columns import Column
from gateway.batch.encodings import Encoding, decoded_lines, encoding_of
from gateway.batch.kinds import _kind, refuse_other_kinds
from gateway.batch.run import Summary, Work, check_claims
from gateway.batch.tables import Row, rows_of
from gateway.batch.unusable import UnusableFileError
from gateway.batch.workbook import read_sheet
from gateway.console.batches import A_CALLER, ALL, require_place
from gateway.console.reconciled import Reconciled
from policy.text import Text
from tests.gateway.batch.sheets import workbook

HEADER = "证件号码,项目"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def words_of(work: Callable[[], object]) -> Text:
    """Return what is said of a file that is of no use."""
    with pytest.raises(UnusableFileError) as refused:
        work()
    assert str(refused.value) == refused.value.words.en
    return refused.value.words


def csv(content: bytes, name: str = "a.csv") -> Callable[[], object]:
    return lambda: [*rows_of(name, content)]


@pytest.mark.parametrize(
    ("work", "zh", "en"),
    [
        (
            csv(f'"{HEADER}\n'.encode()),
            "首行：引号不成对；单元格内不得换行",
            "line 1: quotation marks do not pair; no cell may go over lines",
        ),
        (csv(b""), "文件为空", "the file is empty"),
        (
            csv(f"{HEADER}\n".encode()),
            "a.csv 首行以下没有内容",
            "a.csv has no rows below its first line",
        ),
        (
            csv(b"x,y\n"),
            "首行：2列无法识别。可用的列（以逗号分隔）：序号 (reference), ",
            "line 1: 2 unknown columns. Known, separated by commas: 序号 (reference), ",
        ),
        (
            csv("姓 名,身份证件\n".encode()),
            "首行：1列无法识别，或为证件号码 (id_number)。可用的列（以逗号分隔）：",
            "line 1: 1 unknown columns; perhaps the column 证件号码 (id_number). ",
        ),
        (
            csv("证件号码,身份证号,项目\n".encode()),
            "首行：证件号码 (id_number)列重复",
            "line 1: the column 证件号码 (id_number) is there twice",
        ),
        (
            csv("证件号码\n".encode()),
            "首行：缺少证书项目 (item)列",
            "line 1: the column 证书项目 (item) is missing",
        ),
        (
            csv(b"\xff\xfea"),
            "文件为 UTF-16 编码；请另存为 CSV UTF-8",
            "the file is UTF-16; save it as CSV UTF-8",
        ),
        (
            lambda: [*decoded_lines(b"\xef\xbb\xbfa", Encoding.GB18030)],
            "文件以 UTF-8 标记开头，不是 GB18030",
            "the file begins with the mark of UTF-8, not of GB18030",
        ),
        (
            lambda: encoding_of(["é".encode()]),
            "无法判断文件为 UTF-8 还是 GB18030；请以 --encoding 注明，或另存为 CSV UTF",
            "no line tells whether the file is UTF-8 or GB18030; state --encoding, or ",
        ),
        (
            csv(b"PK\x03\x04", "a.csv"),
            "a.csv 是压缩包，工作簿亦然；若为工作簿，请将文件名改为以 .xlsx 结尾",
            "a.csv is a zip archive, as workbooks are; if it is a workbook, give it a ",
        ),
        (
            csv(b"no workbook", "a.xlsx"),
            "a.xlsx 不是 .xlsx 文件，或已损坏；若为 CSV，请将文件名改为以 .csv 结尾",
            "a.xlsx is no .xlsx file, or was cut; if it is CSV, give it a name that ",
        ),
    ],
)
def test_why_a_file_is_of_no_use_is_said_in_both(
    work: Callable[[], object], zh: str, en: str
) -> None:
    words = words_of(work)

    assert (words.zh[: len(zh)], words.en[: len(en)]) == (zh, en)


@pytest.mark.parametrize(
    ("name", "content", "zh", "en"),
    [
        ("a.csv", b" <!DOCTYPE html>", "网页（HTML）", "a web page (HTML)"),
        ("a.csv", b"<html>", "网页（HTML）", "a web page (HTML)"),
        ("a.xls", b"<table>", "网页（HTML）", "a web page (HTML)"),
        ("a.xls", b"<meta>", "网页（HTML）", "a web page (HTML)"),
        ("a.xls", b"\xef\xbb\xbf<?xml ", "XML 文件", "an XML file"),
        ("a.mht", b"MIME-Version: 1.0", "网页（MHTML）", "a web page (MHTML)"),
        ("a.csv", b"{\\rtf1", "带格式的文本（RTF）", "a text with formats (RTF)"),
        ("a.csv", b"%PDF-1.7", "PDF 文件", "a PDF"),
        (
            "a.xls",
            OLE,
            "Excel 97-2003 或 WPS 的工作簿（.xls、.et）",
            "a workbook of Excel 97-2003 or WPS (.xls, .et)",
        ),
        (
            "a.xlsx",
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "设有密码的工作簿",
            "a workbook with a password",
        ),
        (
            "a.xlsm",
            b"PK\x03\x04",
            "含宏的工作簿（.xlsm）",
            "a workbook with macros (.xlsm)",
        ),
        ("a.xltx", b"PK\x03\x04", "模板（.xltx）", "a template (.xltx)"),
        (
            "a.xltm",
            b"PK\x03\x04",
            "含宏的模板（.xltm）",
            "a template with macros (.xltm)",
        ),
        (
            "a.xlsb",
            b"PK\x03\x04",
            "二进制工作簿（.xlsb）",
            "a binary workbook (.xlsb)",
        ),
        (
            "a.xlsx",
            b"PK\x03\x04 xl/workbook.bin",
            "二进制工作簿（.xlsb）",
            "a binary workbook (.xlsb)",
        ),
        (
            "a.ods",
            b"PK\x03\x04",
            "OpenDocument 表格（.ods）",
            "an OpenDocument sheet (.ods)",
        ),
        (
            "a.xlsx",
            b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument",
            "OpenDocument 表格（.ods）",
            "an OpenDocument sheet (.ods)",
        ),
        ("a.zip", b"PK\x03\x04", "压缩包（.zip）", "a zip archive (.zip)"),
    ],
)
def test_a_file_of_another_kind_is_named_for_what_it_is(
    name: str, content: bytes, zh: str, en: str
) -> None:
    suffix = name[1:]
    words = words_of(lambda: refuse_other_kinds(name, suffix, content))

    save = "；请用 Excel 或 WPS 打开，另存为 Excel 工作簿（.xlsx）"
    assert words.zh == f"{name} 是{zh}{save}"
    assert words.en == (
        f"{name} is {en}; open it in Excel or WPS and save it as an Excel workbook "
        "(.xlsx)"
    )
    assert _kind(".csv", b"id_number,item") is None
    assert _kind(".xlsx", b"PK\x03\x04") is None


def problem_of(line: str) -> Text | None:
    """Return what is wrong with a row."""
    content = f"{HEADER}\n{line}\n".encode("utf-8", "surrogateescape")
    (found,) = rows_of("a.csv", content)
    return found.problem


@pytest.mark.parametrize(
    ("line", "zh", "en"),
    [
        (
            "1,2,3",
            "有3列，首行有2列",
            "3 cells found, the first line has 2",
        ),
        (
            'a,"b',
            "引号不成对；单元格内不得换行",
            "quotation marks do not pair; no cell may go over lines",
        ),
        (
            "1," + "x" * 2000,
            "本行超过2000字",
            "the line has over 2000 characters",
        ),
        (
            "1,a\x01b",
            "含控制字符或损坏的字符",
            "a cell has a control character, or a damaged one",
        ),
        ("1, #n/a ", "item 是错误值", "item is an error value"),
        (
            "\udcd5\udcc5\udcc8\udcfd,1",
            "本行编码与文件其他部分不同，或不是文字",
            "the line is not in the encoding of the file, or no text",
        ),
    ],
)
def test_why_a_row_is_not_asked_about_is_said_in_both(
    line: str, zh: str, en: str
) -> None:
    assert problem_of(line) == Text(zh, en)


def sheet_problem(tmp_path: Path, column: str, value: object) -> Text | None:
    """Return what is wrong with a cell of a sheet, below its column."""
    head = ("证件号码", "项目", column) if column != "项目" else ("证件号码", column)
    cells = ("1", "1.2", value) if column != "项目" else ("1", value)
    (found,) = rows_of(
        "a.xlsx", workbook(tmp_path / "a.xlsx", [head, cells]).read_bytes()
    )
    return found.problem


@pytest.mark.parametrize(
    ("column", "value", "zh", "en"),
    [
        (
            "项目",
            9.1,
            "item 在表格中（B2）为数字，位数可能已丢失；请将该列设为文本并重新填写",
            (
                "item is a number in the sheet (B2) and may have lost digits; format "
                "the column as text and fill it in again"
            ),
        ),
        (
            "项目",
            date(2024, 1, 2),
            "item 在表格中（B2）为日期；请将该列设为文本并重新填写",
            (
                "item is a day in the sheet (B2); format the column as text and fill "
                "it in again"
            ),
        ),
        (
            "发证日期",
            datetime(2024, 6, 1, 12),  # noqa: DTZ001 - Excel's
            "C2 是当日某一时刻，不是日期；请写作2024-06-01",
            "C2 is a moment and no day; write 2024-06-01",
        ),
        ("等级", True, "C2 是逻辑值", "C2 is a truth value"),
        (
            "姓名",
            "=1+1",
            "C2 是公式，文件中没有计算结果；请用 Excel 或 WPS 打开",
            "C2 is a formula",
        ),
    ],
)
def test_why_a_cell_is_not_taken_is_said_in_both(
    tmp_path: Path, column: str, value: object, zh: str, en: str
) -> None:
    found = sheet_problem(tmp_path, column, value)

    assert found is not None
    assert (found.zh[: len(zh)], found.en[: len(en)]) == (zh, en)


def test_a_sheet_of_too_many_columns_or_bytes_is_of_no_use(tmp_path: Path) -> None:
    wide = workbook(tmp_path / "wide.xlsx", [["x"] * 31]).read_bytes()
    empty = workbook(tmp_path / "empty.xlsx", []).read_bytes()

    assert words_of(csv(wide, "w.xlsx")) == Text(
        "第1行：超过30列", "line 1: over 30 columns"
    )
    assert words_of(csv(empty, "e.xlsx")) == Text(
        "第一张表为空", "the first sheet is empty"
    )
    sized = words_of(
        lambda: [*read_sheet("w.xlsx", wide, max_inflated=7, max_cells=30)]
    )
    inflated = re.findall("[0-9]+", sized.zh)
    assert sized == Text(
        f"w.xlsx 解压后为{inflated[0]}字节，至多7字节",
        f"w.xlsx would inflate to {inflated[0]} bytes, at most 7 allowed",
    )


def test_why_there_is_no_place_for_a_file_is_said_in_both() -> None:
    held = [
        Reconciled(caller=f"c{n}", began_at=0, summary={}, rows=()) for n in range(ALL)
    ]
    own = [Reconciled(caller="c", began_at=0, summary={}, rows=())] * A_CALLER

    assert words_of(lambda: require_place(own, "c")) == Text(
        "您已有2个文件正在核验；请先结束其中一个",
        "2 files of yours are held already; end one of them first",
    )
    assert words_of(lambda: require_place(held, "c")) == Text(
        "网关正在核验的文件过多；请稍后再试",
        "the gateway holds too many files now; try again in a while",
    )
    require_place([*held[:-1]], "c")
    require_place(own[:1], "c")


class Silent:
    """A gateway that is asked nothing."""

    language = "en"

    def verify(self, claims: object) -> object:
        raise AssertionError(claims)


def test_how_far_a_check_is_is_told_at_its_start_and_after_each_question(
    tmp_path: Path,
) -> None:
    claims = tmp_path / "claims.csv"
    claims.write_text(f"{HEADER}\n,1\n,2\n", "utf-8")
    told: list[tuple[int, int]] = []
    work = Work(
        claims=claims,
        out=tmp_path / "out.csv",
        encoding=None,
        at_once=1,
        today=date(2026, 12, 1),
    )

    first = check_claims(work, Silent(), lambda *at: told.append(at))  # type: ignore[arg-type]  # asked nothing
    again = check_claims(work, Silent(), lambda *at: told.append(at))  # type: ignore[arg-type]  # likewise

    assert told == [(0, 2), (2, 2), (2, 2)]
    assert [(one.before, one.outcomes["REFUSED"]) for one in (first, again)] == [
        (0, 2),
        (2, 2),
    ]
    assert not first.is_settled
    assert Summary(first.outcomes - first.outcomes, 0).is_settled
    assert Row(line=1, cells={Column.ITEM: "1"}).placed(
        Column.ITEM, Text("一", "one")
    ) == Text("一", "one")
