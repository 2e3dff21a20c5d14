"""Workbooks put together from their parts, as no library of ours would write them."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
ID_NUMBER = "310199196208157312"
HEADER = ("reference", "name", "id_number", "item", "level", "issued_on", "number")


def text(address: str, words: str) -> str:
    """Return a cell with a text of its own."""
    return f'<c r="{address}" t="inlineStr"><is><t>{words}</t></is></c>'


def header() -> str:
    """Return a first row that names all columns but the type of the number."""
    cells = (text(f"{'ABCDEFG'[i]}1", name) for i, name in enumerate(HEADER))
    return f'<row r="1">{"".join(cells)}</row>'


def row(line: int, *cells: str, **others: str) -> str:
    """Return a row of a person, with other cells in some columns."""
    stated = {
        "C": text(f"C{line}", ID_NUMBER),
        "D": text(f"D{line}", "1.2"),
        **others,
    }
    found = "".join(stated[column] for column in sorted(stated))
    return f'<row r="{line}">{found}{"".join(cells)}</row>'


def sheet(*rows: str, before: str = "", after: str = "") -> str:
    """Return a sheet of a header and rows."""
    data = f"<sheetData>{header()}{''.join(rows)}</sheetData>"
    return f'<worksheet xmlns="{MAIN}">{before}{data}{after}</worksheet>'


def styles(*formats: int, codes: Mapping[int, str] | None = None) -> str:
    """Return the styles 0, 1 and so on by the numbers of their formats."""
    own = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{code}"/>'
        for number, code in (codes or {}).items()
    )
    each = "".join(f'<xf numFmtId="{number}" xfId="0"/>' for number in formats)
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{own}</numFmts>'
        f'<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>{each}</cellXfs>'
        '<dxfs><dxf><numFmt numFmtId="14" formatCode="0"/></dxf></dxfs></styleSheet>'
    )


def strings(*items: str) -> str:
    """Return shared texts."""
    return f'<sst xmlns="{MAIN}">{"".join(f"<si>{item}</si>" for item in items)}</sst>'


def workbook_part(*, before: str = "", sheets: str = "", after: str = "") -> str:
    """Return the part that says which sheets there are."""
    sheets = sheets or '<sheet name="一" sheetId="1" r:id="rId1"/>'
    return (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{before}'
        f"<sheets>{sheets}</sheets>{after}</workbook>"
    )


def relation(id_: str, kind: str, target: str) -> str:
    """Return how one part refers to another."""
    return f'<Relationship Id="{id_}" Type="{RELATIONS}/{kind}" Target="{target}"/>'


def package(sheet_part: str, **others: str) -> dict[str, str]:
    """Return all parts of a workbook with this sheet."""
    relations = (
        relation("rId1", "worksheet", "worksheets/sheet1.xml")
        + relation("rId2", "styles", "styles.xml")
        + relation("rId3", "sharedStrings", "sharedStrings.xml")
    )
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types"><Override '
            f'PartName="/xl/workbook.xml" ContentType="{TYPE}"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships">'
            f"{relation('rId1', 'officeDocument', 'xl/workbook.xml')}</Relationships>"
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships">{relations}'
            "</Relationships>"
        ),
        "xl/workbook.xml": others.get("workbook", workbook_part()),
        "xl/styles.xml": others.get("styles", styles(0, 14)),
        "xl/sharedStrings.xml": others.get("strings", strings()),
        "xl/worksheets/sheet1.xml": sheet_part,
    }


def write(path: Path, parts: Mapping[str, str]) -> Path:
    """Zip the parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path
