"""Whatever a workbook has become, its rows are those of the file, or it is refused."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.batch import workbook
from gateway.batch.cells import Cell, Kind
from gateway.batch.workbook import MAX_ROW, read_sheet
from gateway.errors import StartError
from tests.architecture.documents import ROOT
from tests.gateway.batch import parts
from tests.gateway.batch.parts import package, row, sheet, text

STYLES = parts.styles(0, 14, 46, 57)
STRINGS = parts.strings("<t>甲</t>", "<t>乙</t>")


def cells_of(content: bytes) -> list[tuple[int, Mapping[int, Cell]]]:
    return list(read_sheet("a.xlsx", content, max_inflated=10**7, max_cells=30))


def refusal(content: bytes) -> str:
    """Return why a file is refused, or that it is read."""
    try:
        return f"a.xlsx is read: {len(cells_of(content))} rows"
    except StartError as refused:
        return str(refused)


def zipped(found: Mapping[str, str | bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in found.items():
            archive.writestr(name, content)
    return file.getvalue()


WHOLE = package(sheet(row(2, B=text("B2", "甲"))), styles=STYLES, strings=STRINGS)
WRITTEN = (ROOT / "tests/cases/sheets/xlsx/x01-sheetjs-43s.xlsx").read_bytes()


@pytest.mark.parametrize("number", ["1048577", "1000000000", "9" * 1_900])
def test_a_row_beyond_the_last_is_refused(number: str) -> None:
    last = package(sheet(f'<row r="{MAX_ROW}">{text("B1", "甲")}</row>'))
    beyond = package(sheet(f'<row r="{number}">{text("B1", "甲")}</row>'))

    assert refusal(zipped(last)) == "a.xlsx is read: 2 rows"
    assert f"row {number[:10]} is beyond the last, 1048576" in refusal(zipped(beyond))


@pytest.mark.parametrize(
    ("limit", "most", "is_read"),
    [
        ("MAX_TEXTS", 2, True),
        ("MAX_TEXTS", 1, False),
        ("MAX_TEXTS_CHARACTERS", 2, True),
        ("MAX_TEXTS_CHARACTERS", 1, False),
    ],
)
def test_more_texts_than_are_held_are_refused(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: int, *, is_read: bool
) -> None:
    monkeypatch.setattr(workbook, limit, most)

    told = refusal(zipped(WHOLE))

    assert ("is read" in told, "texts, or" in told) == (is_read, not is_read)


pieces = st.sampled_from(
    [
        "<",
        ">",
        "/",
        '"',
        "<c>",
        "<row>",
        "</row>",
        "<v>9</v>",
        "<f/>",
        "\x00",
        "é",
        "&#0;",
    ]
) | st.text(max_size=3)


@settings(deadline=None)
@given(st.data())
def test_a_file_with_other_bytes_is_refused_in_words_or_read(
    data: st.DataObject,
) -> None:
    content = bytearray(WRITTEN)
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1)):
        content[place] = data.draw(st.integers(0, 255))

    assert refusal(bytes(content)).startswith("a.xlsx ")


def test_an_archive_of_a_later_version_is_refused_in_words() -> None:
    content = bytearray(WRITTEN)
    content[content.index(b"PK\x01\x02") + 6] = 64  # 6.4, after all that zipfile knows

    assert refusal(bytes(content)) == "a.xlsx is no .xlsx file that can be unpacked"


@settings(deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_a_part_with_other_words_is_refused_in_words_or_read(
    name: str, data: st.DataObject
) -> None:
    old = WHOLE[name]
    begin = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(begin, min(len(old), begin + 8)))
    new = old[:begin] + data.draw(pieces) + old[end:]
    content = zipped({**WHOLE, name: new.encode(errors="replace")})

    assert refusal(content).startswith("a.xlsx ")


KNOWN: Mapping[tuple[str, str], tuple[Kind, str]] = {
    ("s", "1"): (Kind.TEXT, "乙"),
    ("d", "2026-06-01"): (Kind.DAY, "2026-06-01"),
    ("d", "2026-06-01T09:00:00"): (Kind.MOMENT, "2026-06-01 09:00:00"),
}
"""What is read whatever the style; of numbers it depends on that."""
NUMBERS: Mapping[tuple[str, int], tuple[Kind, str]] = {
    ("46174", 0): (Kind.NUMBER, "46174"),
    ("46174", 1): (Kind.DAY, "2026-06-01"),
    ("46174", 3): (Kind.DAY, "2026-06-01"),
    ("1", 0): (Kind.NUMBER, "1"),
    ("4.0", 0): (Kind.NUMBER, "4"),
    ("4.5", 0): (Kind.NUMBER, "4.5"),
}


def known_of(kind: str, value: str | None, style: int) -> tuple[Kind, str] | None:
    match kind:
        case "n":
            return NUMBERS.get((value or "", style))
        case "str" if value:
            return Kind.TEXT, value
        case _:
            return KNOWN.get((kind, value or ""))


def is_empty(kind: str, value: str | None, *, has_formula: bool) -> bool:
    if kind == "str" and value is not None:
        return value == ""
    return not value and not has_formula and kind != "e"


@settings(deadline=None)
@given(
    kind=st.sampled_from(["n", "s", "str", "d", "e", "b", "z"]),
    value=st.sampled_from(
        ["abc"] + [k[1] for k in KNOWN] + [k[0] for k in NUMBERS] + ["", None]
    ),
    formula=st.booleans(),
    style=st.sampled_from([0, 1, 2, 3, 9]),
)
def test_a_cell_is_known_empty_or_refused_with_its_address(
    kind: str, value: str | None, formula: bool, style: int
) -> None:
    inside = ("<f>A1</f>" if formula else "") + (
        "" if value is None else f"<v>{value}</v>"
    )
    cell = f'<c r="C7" t="{kind}" s="{style}">{inside}</c>'
    part = sheet(f'<row r="7">{text("B7", "甲")}{cell}</row>')
    content = zipped(package(part, styles=STYLES, strings=STRINGS))

    (_, _), (line, found) = cells_of(content)

    assert line == 7
    known = known_of(kind, value, style)
    if known is not None:
        assert found[2] == Cell("C7", known[1], known[0])
    elif is_empty(kind, value, has_formula=formula):
        assert 2 not in found
    else:
        problem = found[2].problem
        assert problem is not None
        assert problem.en.startswith("C7 ")
        assert problem.zh.startswith("C7 ")
