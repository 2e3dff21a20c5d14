"""Sheets drawn at random: what offices fill in, and what they must not."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from gateway.batch.columns import Column
from tests.gateway.batch.filled import (
    Cell,
    Day,
    Failure,
    Filled,
    Formula,
    Moment,
    Number,
    Sheet,
    Truth,
    Words,
)

TODAY = date(2100, 1, 1)
"""No day that is drawn is after it."""
BUILT_IN = (14, *range(27, 32), 36, *range(50, 55), 57, 58)
FORMS = (
    *BUILT_IN,
    "yyyy/m/d;@",
    'yyyy"年"m"月"d"日"',
    '[$-804]yyyy"年"m"月"d"日";@',
    '[DBNum1][$-804]yyyy"年"m"月"d"日"',
    "yyyy\\-mm\\-dd hh:mm",
    "d-mmm-yy",
)
NAMES = (
    *("王小明", "阿卜杜拉·买买提", "玛丽亚•C•桑托斯", "ＷＡＮＧ　ＷＥＩ", "㐂𠮷"),
    *(
        "赵\U0002ebf0",
        "O'Brien <&>",
        "=1+1",
        '"引"',
        "王_x4E00_明",
        "\u200b甲",
        "甲\ufe00",
    ),
)
ITEMS = ("1.2", "１．２", "低压电工作业", "4-02-01-01", "9.10", "0001")
ID_TYPES: Mapping[str | float, str] = {
    "身份证": "RESIDENT_ID",
    "居民身份证": "RESIDENT_ID",
    "护照": "PASSPORT",
    "ＰＡＳＳＰＯＲＴ": "PASSPORT",
}
LEVELS: Mapping[str | float, str] = {
    4.0: "LEVEL_4",
    1: "LEVEL_1",
    "四级": "LEVEL_4",
    "４": "LEVEL_4",
    "四级/中级工": "LEVEL_4",
    "四级／中级技能": "LEVEL_4",
    "国家职业资格四级": "LEVEL_4",
    "国家职业资格四级（中级技能）": "LEVEL_4",
    "四级（中级工）": "LEVEL_4",
    "中级": "LEVEL_4",
    "三级/高级技能": "LEVEL_3",
    "高级技师": "LEVEL_1",
    "职业技能等级二级/技师": "LEVEL_2",
    "LEVEL_5": "LEVEL_5",
    "不区分等级": "UNGRADED",
}
NO_LEVELS = ("高级", "四级/高级工", "六级", "优秀", 7, 4.5, 0)
NO_DAYS = ("2026-06-31", "2026-06-01 09:00:00", "六月一日", 46174, 20260631, 2026.5)
SPELT = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y年%m月%d日",
    "%Y%m%d",
    "%Y.%m.%d",
    "%Y-%m-%d 00:00:00",
    "%Y/%m/%d 0:00",
    "%Y-%m-%dT00:00:00",
    "%Y-%m-%d 23:59:30",
)
AROUND = ("", "", "", " ", "　", "\u00a0", "\r", "\n", "\t")
ERRORS = ("#N/A", "#REF!", "#DIV/0!", "#VALUE!")

days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
forms = st.sampled_from(FORMS)
dated = st.builds(Day, days, forms)
off_midnight = st.builds(
    lambda day, seconds, form: Moment(
        datetime.combine(day, time()) + timedelta(seconds=seconds), form
    ),
    days,
    st.integers(61, 86_400 - 61),
    forms,
)


@st.composite
def _midnights(draw: st.DrawFn) -> Filled:
    """Draw a day, or what programs make of one."""
    day = draw(days)
    about = datetime.combine(day, time()) + timedelta(
        seconds=draw(st.integers(-60, 60))
    )
    number = int(day.strftime("%Y%m%d"))
    spelt = day.strftime(draw(st.sampled_from(SPELT)))
    if spelt.endswith("23:59:30"):
        spelt = (day - timedelta(days=1)).strftime("%Y-%m-%d 23:59:30")
    cells: tuple[Cell, ...] = (
        Day(day, draw(forms)),
        Moment(about, draw(forms)),
        Words(draw(st.sampled_from(AROUND)) + spelt),
        Number(number),
        Number(float(number)),
    )
    return Filled(draw(st.sampled_from(cells)), day.isoformat())


def _texts(*words: str) -> st.SearchStrategy[Filled]:
    around = st.sampled_from(AROUND)
    return st.builds(
        lambda before, word, after: Filled(Words(f"{before}{word}{after}"), word),
        around,
        st.sampled_from(words),
        around,
    )


def _meaning(table: Mapping[str | float, str]) -> st.SearchStrategy[Filled]:
    return st.sampled_from(list(table.items())).map(
        lambda each: Filled(_plain(each[0]), each[1])
    )


def _plain(value: str | float) -> Cell:
    return Words(value) if isinstance(value, str) else Number(value)


def _refusing(cells: st.SearchStrategy[Cell]) -> st.SearchStrategy[Filled]:
    return cells.map(lambda cell: Filled(cell, None))


def _any_of(values: tuple[str | float, ...]) -> st.SearchStrategy[Cell]:
    return st.sampled_from(values).map(_plain)


digits = st.from_regex(
    "0{0,3}[0-9]{15,18}[Xx]?", fullmatch=True, alphabet="0123456789Xx"
)
numbers = st.integers(-(10**14), 10**14) | st.integers(-400, 400).map(lambda n: n / 4)
no_value: st.SearchStrategy[Cell] = st.one_of(
    st.booleans().map(Truth),
    st.sampled_from(ERRORS).map(Failure),
    st.sampled_from(("A1", "1+1", 'B2&"号"')).map(Formula),
    st.sampled_from(("甲\n乙", "甲\r乙", "甲\t乙")).map(Words),
)
no_text: st.SearchStrategy[Cell] = st.one_of(
    numbers.map(Number),
    st.integers(10**15, 10**18).map(Number),
    dated,
    off_midnight,
)
references: st.SearchStrategy[Filled] = st.one_of(
    numbers.map(Number), dated, off_midnight, st.sampled_from(NAMES).map(Words)
).map(lambda cell: Filled(cell, ""))
RIGHT: Mapping[Column, st.SearchStrategy[Filled]] = {
    Column.REFERENCE: references,
    Column.NAME: _texts(*NAMES),
    Column.ID_NUMBER: st.one_of(
        digits.map(lambda number: Filled(Words(number), number)),
        _texts("310199196208157312", "０１２３", "31019919620815731x"),
    ),
    Column.ID_TYPE: _meaning(ID_TYPES),
    Column.ITEM: _texts(*ITEMS),
    Column.LEVEL: _meaning(LEVELS),
    Column.ISSUED_ON: _midnights(),
    Column.NUMBER: _texts("T310199196208157312", "0001234", "２０２６０１"),
}
WRONG: Mapping[Column, st.SearchStrategy[Cell]] = {
    Column.REFERENCE: st.integers(10**15, 10**18).map(Number),
    Column.NAME: no_text,
    Column.ID_NUMBER: no_text,
    Column.ID_TYPE: no_text | _any_of(("工作证", "1")),
    Column.ITEM: no_text,
    Column.LEVEL: dated | off_midnight | _any_of(NO_LEVELS),
    Column.ISSUED_ON: off_midnight | _any_of(NO_DAYS),
    Column.NUMBER: no_text,
}
empty = st.sampled_from((None, Words(""), Words(" "), Words("　"))).map(
    lambda cell: Filled(cell, "")
)


@st.composite
def _rows(draw: st.DrawFn) -> tuple[Filled, ...]:
    """Draw a row; of two, one has a cell that refuses it."""
    row = {column: draw(RIGHT[column]) for column in Column}
    for column in draw(st.sets(st.sampled_from(tuple(Column)), max_size=3)):
        row[column] = draw(empty)
    if draw(st.booleans()):
        column = draw(st.sampled_from(tuple(Column)))
        row[column] = draw(_refusing(WRONG[column] | no_value))
    return tuple(row.values())


nothing = st.just(tuple(Filled(None, "") for _ in Column))
sheets = st.builds(
    Sheet, st.lists(_rows() | nothing, min_size=1, max_size=4).map(tuple), st.booleans()
)
