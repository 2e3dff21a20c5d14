"""The columns of a file of claims, by their Chinese and their English names.

A column that is none of these is refused, and so is one that is there twice: a file
whose certificate numbers go by a name nobody knows would be "checked" without them.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType

from gateway.batch.unusable import UnusableFileError
from policy.text import same_words


class Column(StrEnum):
    """A column of claims, in the order of the results."""

    REFERENCE = "reference"
    NAME = "name"
    ID_NUMBER = "id_number"
    ID_TYPE = "id_type"
    ITEM = "item"
    LEVEL = "level"
    ISSUED_ON = "issued_on"
    NUMBER = "number"


NAMES: Mapping[Column, tuple[str, ...]] = MappingProxyType(
    {
        Column.REFERENCE: ("序号", "reference", "ref"),
        Column.NAME: ("姓名", "name", "holder_name"),
        Column.ID_NUMBER: ("证件号码", "身份证号", "身份证号码", "id_number"),
        Column.ID_TYPE: ("证件类型", "id_type"),
        Column.ITEM: ("证书项目", "项目", "项目代码", "item", "item_code"),
        Column.LEVEL: ("等级", "证书等级", "level"),
        Column.ISSUED_ON: ("发证日期", "issued_on", "issue_date"),
        Column.NUMBER: ("证书编号", "number", "certificate_number"),
    }
)
"""Every name a column goes by; letters in any case, with or without _, - and space."""
REQUIRED = (Column.ID_NUMBER, Column.ITEM)


def _folded(name: str) -> str:
    return same_words(name).lower().replace("_", "").replace("-", "")


_BY_NAME = {_folded(name): column for column in Column for name in NAMES[column]}


def read_header(cells: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns that the first line of a file names.

    Raises:
        UnusableFileError: one is unknown, missing or there twice.
    """
    unknown = [cell for cell in cells if _folded(cell) not in _BY_NAME]
    if unknown:
        raise _unknown(unknown[0], len(unknown))
    columns = tuple(_BY_NAME[_folded(cell)] for cell in cells)
    for column in Column:
        if columns.count(column) > 1:
            raise UnusableFileError(
                f"首行：{_called(column)}列重复",
                f"line 1: {_named(column)} is there twice",
            )
    for column in REQUIRED:
        if column not in columns:
            raise UnusableFileError(
                f"首行：缺少{_called(column)}列",
                f"line 1: {_named(column)} is missing",
            )
    return columns


def _named(column: Column) -> str:
    return f"the column {_called(column)}"


def _called(column: Column) -> str:
    return f"{NAMES[column][0]} ({column})"


def _unknown(name: str, count: int) -> UnusableFileError:
    """Say which column is unknown, without repeating what may be a person's data."""
    near = get_close_matches(_folded(name), _BY_NAME, 1)
    zh = f"，或为{_called(_BY_NAME[near[0]])}" if near else ""
    en = f"; perhaps {_named(_BY_NAME[near[0]])}" if near else ""
    known = ", ".join(map(_called, Column))
    return UnusableFileError(
        f"首行：{count}列无法识别{zh}。可用的列（以逗号分隔）：{known}",
        f"line 1: {count} unknown columns{en}. Known, separated by commas: {known}",
    )
