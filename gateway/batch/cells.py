"""What a cell of a sheet is: a text, a number, a day or a moment; else why it is none.

Nothing is made up for what the file does not say: a formula that nobody computed is not
empty, an error is no text, and a number of a format that is not there may be a day.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from types import MappingProxyType

from gateway.batch.elements import MAX_TEXT, Element
from gateway.batch.formats import Format
from gateway.batch.moments import day_counted, day_written
from policy.text import Text

EPOCH_1900 = date(1899, 12, 30)
EPOCH_1904 = date(1904, 1, 1)
_FIRST_SOUND_DAY = 61
"""1900-03-01. Before, Excel counts a day that never was."""
_DAY_SECONDS = 86_400
_EXACT_BELOW = 10**15
"""Whole numbers up to here have all the digits that were typed."""
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{4,}(?:Z|[+-][0-9:]{2,5})?")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Kind(Enum):
    """What a cell is."""

    TEXT = auto()
    NUMBER = auto()
    DAY = auto()
    MOMENT = auto()
    """One that is no day: not at midnight."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it shows, and what is wrong with it."""

    address: str
    shown: str
    kind: Kind = Kind.TEXT
    problem: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What the cells of a workbook refer to."""

    texts: Sequence[str]
    formats: Mapping[int, Format]
    """By the number of the style."""
    epoch: date
    is_stale: bool
    """Whether the file says that its formulas have to be computed anew."""


def unescaped(text: str) -> str:
    """Return the text that ``_xHHHH_`` stand in for what XML cannot have.

    They are units of UTF-16; two of them may be one character.
    """
    # What was cut stays too long.
    if "_x" not in text or len(text) > MAX_TEXT:
        return text
    units = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    # Half of a character may stay alone; whoever reads on refuses it.
    return units.encode("utf-16-le", "surrogatepass").decode(
        "utf-16-le", "surrogatepass"
    )


def cell_of(address: str, element: Element, book: Book) -> Cell:
    """Return what the element of a cell says."""
    kind = element.attributes.get("t", "n")
    texts = element.texts
    value = texts.get("t" if kind == "inlineStr" else "v")
    if "f" in texts and (book.is_stale or not _is_computed(kind, value)):
        return refused(address, f"={texts['f']}", _NOT_COMPUTED)
    if not value and kind != "e":
        return Cell(address, "")
    value = value or ""
    if len(value) > MAX_TEXT:
        return refused(address, value[:MAX_TEXT], _LONG)
    read = _KINDS.get(kind, _unknown)
    return read(_Value(address, value, element.attributes.get("s", "0")), book)


def _is_computed(kind: str, value: str | None) -> bool:
    """Return whether there is a value; only a text may be empty."""
    return value is not None if kind == "str" else bool(value)


@dataclass(frozen=True, slots=True)
class _Value:
    """A value as it stands in the file."""

    address: str
    text: str
    style: str


def _own_text(value: _Value, _book: Book) -> Cell:
    return Cell(value.address, unescaped(value.text))


def _shared_text(value: _Value, book: Book) -> Cell:
    place = int(value.text) if value.text.isdecimal() else len(book.texts)
    if place >= len(book.texts):
        return _unknown(value, book)
    text = book.texts[place]
    if len(text) > MAX_TEXT:
        return refused(value.address, text[:MAX_TEXT], _LONG)
    return Cell(value.address, text)


def _number(value: _Value, book: Book) -> Cell:
    number = float(value.text) if _NUMBER.fullmatch(value.text.strip()) else math.nan
    form = book.formats.get(int(value.style)) if value.style.isdecimal() else None
    if form is None or not math.isfinite(number):
        return _unknown(value, book)
    match form:
        case Format.NUMBER if not number.is_integer():
            return Cell(value.address, repr(number), Kind.NUMBER)
        case Format.NUMBER if abs(number) >= _EXACT_BELOW:
            return refused(value.address, value.text, _DIGITS, Kind.NUMBER)
        case Format.NUMBER:
            return Cell(value.address, str(int(number)), Kind.NUMBER)
        case Format.MOMENT:
            return _counted(value, number, book.epoch)
        case Format.ELAPSED:
            return refused(value.address, value.text, _NO_DAY)


def _counted(value: _Value, days: float, epoch: date) -> Cell:
    if days < (_FIRST_SOUND_DAY if epoch == EPOCH_1900 else 0):
        return refused(value.address, value.text, _NO_DAY)
    day = day_counted(days, epoch)
    if day is not None:
        return Cell(value.address, day.isoformat(), Kind.DAY)
    seconds = round(days * _DAY_SECONDS)
    try:
        moment = datetime.combine(epoch, time()) + timedelta(seconds=seconds)
    except OverflowError:
        return refused(value.address, value.text, _NO_DAY)
    return Cell(value.address, moment.isoformat(" "), Kind.MOMENT)


def _written_day(value: _Value, book: Book) -> Cell:
    day = day_written(value.text)
    if day is not None:
        return Cell(value.address, day.isoformat(), Kind.DAY)
    if _MOMENT.fullmatch(value.text):
        return Cell(value.address, value.text.replace("T", " "), Kind.MOMENT)
    return _unknown(value, book)


def _error(value: _Value, _book: Book) -> Cell:
    told = Text(f"是错误值 {value.text}", f"has the error {value.text}")
    return refused(value.address, value.text, told)


def _truth(value: _Value, _book: Book) -> Cell:
    shown = "TRUE" if value.text == "1" else "FALSE"
    return refused(value.address, shown, _TRUTH)


def _unknown(value: _Value, _book: Book) -> Cell:
    return refused(value.address, value.text, _NO_VALUE)


def refused(address: str, shown: str, problem: Text, kind: Kind = Kind.TEXT) -> Cell:
    """Return a cell that is not read, and why."""
    addressed = Text(f"{address} {problem.zh}", f"{address} {problem.en}")
    return Cell(address, shown, kind, addressed)


_NOT_COMPUTED = Text(
    "是公式，文件中没有计算结果；请用 Excel 或 WPS 打开后保存",
    "is a formula without a result; open the file in Excel or WPS and save it",
)
_TRUTH = Text("是逻辑值", "is a truth value")
_NO_VALUE = Text("的内容无法识别", "has a value that cannot be read")
_DIGITS = Text(
    "是超过15位的数字，位数已丢失；请设为文本并重新填写",
    "is a number of over 15 digits and lost some; format it as text and fill it in "
    "again",
)
_NO_DAY = Text("是时间，不是日期", "is a time and no day")
_LONG = Text(f"超过{MAX_TEXT}字", f"has over {MAX_TEXT} characters")
_KINDS: Mapping[str, Callable[[_Value, Book], Cell]] = MappingProxyType(
    {
        "inlineStr": _own_text,
        "str": _own_text,
        "s": _shared_text,
        "n": _number,
        "d": _written_day,
        "e": _error,
        "b": _truth,
    }
)
"""By the type that a cell states (ECMA-376, 18.18.11)."""
