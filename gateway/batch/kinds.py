"""Files that are no CSV and no .xlsx, named for what they are and what to do.

Excel and WPS open all of them without a word, and exports are often a web page by the
name of a workbook. A file is what its first bytes say; its name counts where those are
a zip archive, which .xlsx, .xlsm, .xlsb and .ods are alike.
"""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.errors import StartError

XLSX = ".xlsx"
_SAVE = "open it in Excel or WPS and save it as an Excel workbook (.xlsx)"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK\x03\x04"
_ODS = b"mimetypeapplication/vnd.oasis.opendocument"
_TEXTS: Mapping[bytes, str] = MappingProxyType(
    {
        b"<!doctype html": "a web page (HTML)",
        b"<html": "a web page (HTML)",
        b"<table": "a web page (HTML)",
        b"<meta": "a web page (HTML)",
        b"<?xml": "an XML file",
        b"mime-version:": "a web page (MHTML)",
        b"{\\rtf": "a text with formats (RTF)",
        b"%pdf-": "a PDF",
    }
)
_ZIPS: Mapping[str, str] = MappingProxyType(
    {
        ".xlsm": "a workbook with macros (.xlsm)",
        ".xltx": "a template (.xltx)",
        ".xltm": "a template with macros (.xltm)",
        ".xlsb": "a binary workbook (.xlsb)",
        ".ods": "an OpenDocument sheet (.ods)",
        ".zip": "a zip archive (.zip)",
    }
)
_BEGIN = 200


def refuse_other_kinds(name: str, suffix: str, content: bytes) -> None:
    """Let CSV and .xlsx through.

    Raises:
        StartError: it is something else, and says what and what to do.
    """
    kind = _kind(suffix, content)
    if kind is not None:
        raise StartError(f"{name} is {kind}; {_SAVE}")
    if content.startswith(_ZIP) and suffix != XLSX:
        raise StartError(
            f"{name} is a zip archive, as workbooks are; if it is a workbook, give it "
            f"a name that ends in {XLSX}"
        )


def _kind(suffix: str, content: bytes) -> str | None:
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            return "a workbook with a password"
        return "a workbook of Excel 97-2003 or WPS (.xls, .et)"
    if content.startswith(_ZIP):
        if suffix in _ZIPS:
            return _ZIPS[suffix]
        if _ODS in content[:_BEGIN]:
            return _ZIPS[".ods"]
        return _ZIPS[".xlsb"] if b"xl/workbook.bin" in content else None
    begin = content[:_BEGIN].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((kind for text, kind in _TEXTS.items() if begin.startswith(text)), None)
