"""A row of a file as the graph takes a claim, or what is wrong with it.

Dates and grades are read in the spellings that people use; nothing is guessed. What
only the gateway knows (is it a number, is it an item) is left to the gateway.
"""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from gateway.batch.columns import REQUIRED, Column
from gateway.batch.levels import level_written
from gateway.batch.moments import day_written
from gateway.batch.tables import Row
from policy.identity import ID_TYPE_NAMES, IdType
from policy.normal_form import is_blank
from policy.text import Text, same_words

MAX_CELL = 100
Claim = Mapping[str, str]
"""A ``StatedCertificateInput``."""

_ID_TYPES: Mapping[str, IdType] = MappingProxyType(
    {
        **{same_words(w): t for t, n in ID_TYPE_NAMES.items() for w in (t, n.zh)},
        "身份证": IdType.RESIDENT_ID,
        "回乡证": IdType.HOME_RETURN_PERMIT,
        "台胞证": IdType.TAIWAN_COMPATRIOT_PERMIT,
    }
)


def claim_of(row: Row, today: date) -> Claim | Text:
    """Return the claim of ``row``, or why it is none."""
    if row.problem is not None:
        return row.problem
    stripped = {column: cell.strip() for column, cell in row.cells.items()}
    cells = {column: cell for column, cell in stripped.items() if not is_blank(cell)}
    for column in REQUIRED:
        if column not in cells:
            return row.placed(column, Text(f"{column} 为空", f"{column} is empty"))
    claim: dict[str, str] = {}
    for column, cell in cells.items():
        if len(cell) > MAX_CELL:
            return row.placed(column, _long(column))
        if column in _FIELDS:
            key, read = _FIELDS[column]
            value = read(cell, today)
            if isinstance(value, Text):
                return row.placed(column, value)
            claim[key] = value
    return claim


def _long(column: Column) -> Text:
    return Text(f"{column} 超过{MAX_CELL}字", f"{column} is over {MAX_CELL} characters")


def _as_it_is(cell: str, _today: date) -> str:
    return cell


def _id_type(cell: str, _today: date) -> str | Text:
    return _ID_TYPES.get(same_words(cell).upper()) or _NO_ID_TYPE


def _level(cell: str, _today: date) -> str | Text:
    return level_written(cell) or _NO_LEVEL


def _day(cell: str, today: date) -> str | Text:
    stated = day_written(cell)
    if stated is None:
        return _NO_DATE
    return _FUTURE if stated > today else stated.isoformat()


_FIELDS: Mapping[Column, tuple[str, Callable[[str, date], str | Text]]] = (
    MappingProxyType(
        {
            Column.NAME: ("name", _as_it_is),
            Column.ID_NUMBER: ("idNumber", _as_it_is),
            Column.ID_TYPE: ("idType", _id_type),
            Column.ITEM: ("item", _as_it_is),
            Column.LEVEL: ("level", _level),
            Column.ISSUED_ON: ("issuedOn", _day),
            Column.NUMBER: ("number", _as_it_is),
        }
    )
)
_NO_ID_TYPE = Text(
    f"证件类型不明；可填：{'、'.join(name.zh for name in ID_TYPE_NAMES.values())}",
    f"no such id type; state one of {', '.join(IdType)}",
)
_NO_LEVEL = Text(
    "等级不明；可填：五级至一级、初级工至高级技师、不区分等级",
    "no such grade; state 5 to 1, or UNGRADED",
)
_NO_DATE = Text("发证日期不是日期；请写作2024-06-01", "no date; write 2024-06-01")
_FUTURE = Text("发证日期在今日之后", "the day of issue is after today")
