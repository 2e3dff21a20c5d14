"""What is no CSV and no .xlsx is named, and says what to do."""

import io
import zipfile
from pathlib import Path

import pytest

from gateway.batch.tables import read_rows
from gateway.errors import StartError

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
CSV = b"id_number,item\n1,1.2\n"


def zipped(*names: str, stored: str = "") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, stored)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.xls", OLE, "Excel 97-2003"),
        ("a.et", OLE, "WPS"),
        ("a.csv", OLE, "Excel 97-2003"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.xls", b"<html><table>", "HTML"),
        ("a.xls", b"\xef\xbb\xbf \r\n<!DOCTYPE HTML>", "HTML"),
        ("a.xlsx", b"<TABLE border=1>", "HTML"),
        ("a.xls", b"MIME-Version: 1.0\r\nX-Document-Type: Workbook", "MHTML"),
        ("a.xls", b'<?xml version="1.0"?><Workbook/>', "XML"),
        ("a.pdf", b"%PDF-1.7\n", "PDF"),
        ("a.xlsm", zipped("xl/workbook.xml"), r"with macros \(\.xlsm\)"),
        ("a.XLSM", zipped("xl/workbook.xml"), r"with macros \(\.xlsm\)"),
        ("a.xltx", zipped("xl/workbook.xml"), "template"),
        ("a.xlsb", zipped("xl/workbook.bin"), "binary"),
        ("a.xlsx", zipped("xl/workbook.bin"), "binary"),
        ("a.ods", zipped("content.xml"), "OpenDocument"),
        (
            "a.xlsx",
            zipped("mimetype", stored="application/vnd.oasis.opendocument.spreadsheet"),
            "OpenDocument",
        ),
    ],
)
def test_another_kind_is_named(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(StartError, match=f"{name} is .*{kind}.*save it as"):
        read_rows(path)


@pytest.mark.parametrize("name", ["a.csv", "a.xls", "a"])
def test_a_workbook_by_another_name_says_which_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(zipped("xl/workbook.xml"))

    with pytest.raises(StartError, match=r"a name that ends in \.xlsx"):
        read_rows(path)


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.xls", "a"])
def test_csv_is_read_by_any_name_but_xlsx(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(CSV)

    assert len(read_rows(path)) == 1
