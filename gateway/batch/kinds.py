"""Files that are no CSV and no .xlsx, named for what they are and what to do.

Excel and WPS open all of them without a word, and exports are often a web page by the
name of a workbook. A file is what its first bytes say; its name counts where those are
a zip archive, which .xlsx, .xlsm, .xlsb and .ods are alike.
"""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.batch.unusable import UnusableFileError
from policy.text import Text

XLSX = ".xlsx"
_SAVE = Text(
    "请用 Excel 或 WPS 打开，另存为 Excel 工作簿（.xlsx）",
    "open it in Excel or WPS and save it as an Excel workbook (.xlsx)",
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK\x03\x04"
_ODS = b"mimetypeapplication/vnd.oasis.opendocument"
_TEXTS: Mapping[bytes, Text] = MappingProxyType(
    {
        b"<!doctype html": Text("网页（HTML）", "a web page (HTML)"),
        b"<html": Text("网页（HTML）", "a web page (HTML)"),
        b"<table": Text("网页（HTML）", "a web page (HTML)"),
        b"<meta": Text("网页（HTML）", "a web page (HTML)"),
        b"<?xml": Text("XML 文件", "an XML file"),
        b"mime-version:": Text("网页（MHTML）", "a web page (MHTML)"),
        b"{\\rtf": Text("带格式的文本（RTF）", "a text with formats (RTF)"),
        b"%pdf-": Text("PDF 文件", "a PDF"),
    }
)
_ZIPS: Mapping[str, Text] = MappingProxyType(
    {
        ".xlsm": Text("含宏的工作簿（.xlsm）", "a workbook with macros (.xlsm)"),
        ".xltx": Text("模板（.xltx）", "a template (.xltx)"),
        ".xltm": Text("含宏的模板（.xltm）", "a template with macros (.xltm)"),
        ".xlsb": Text("二进制工作簿（.xlsb）", "a binary workbook (.xlsb)"),
        ".ods": Text("OpenDocument 表格（.ods）", "an OpenDocument sheet (.ods)"),
        ".zip": Text("压缩包（.zip）", "a zip archive (.zip)"),
    }
)
_BEGIN = 200


def refuse_other_kinds(name: str, suffix: str, content: bytes) -> None:
    """Let CSV and .xlsx through.

    Raises:
        UnusableFileError: it is something else, and says what and what to do.
    """
    kind = _kind(suffix, content)
    if kind is not None:
        raise UnusableFileError(
            f"{name} 是{kind.zh}；{_SAVE.zh}", f"{name} is {kind.en}; {_SAVE.en}"
        )
    if content.startswith(_ZIP) and suffix != XLSX:
        raise UnusableFileError(
            f"{name} 是压缩包，工作簿亦然；若为工作簿，请将文件名改为以 {XLSX} 结尾",
            f"{name} is a zip archive, as workbooks are; if it is a workbook, give it "
            f"a name that ends in {XLSX}",
        )


def _kind(suffix: str, content: bytes) -> Text | None:
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            return Text("设有密码的工作簿", "a workbook with a password")
        return Text(
            "Excel 97-2003 或 WPS 的工作簿（.xls、.et）",
            "a workbook of Excel 97-2003 or WPS (.xls, .et)",
        )
    if content.startswith(_ZIP):
        if suffix in _ZIPS:
            return _ZIPS[suffix]
        if _ODS in content[:_BEGIN]:
            return _ZIPS[".ods"]
        return _ZIPS[".xlsb"] if b"xl/workbook.bin" in content else None
    begin = content[:_BEGIN].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((kind for text, kind in _TEXTS.items() if begin.startswith(text)), None)
