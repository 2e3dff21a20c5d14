"""Files of claims, made of rows."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

HEADER = ("序号", "姓名", "证件号码", "证书项目", "等级", "发证日期", "证书编号")


def csv_of(rows: Sequence[Sequence[object]], encoding: str = "utf-8") -> bytes:
    """Return rows as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """Write rows as the first sheet of a workbook."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    book.create_sheet("别的")
    book.save(path)
    return path
