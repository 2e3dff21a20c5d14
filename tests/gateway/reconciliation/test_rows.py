"""Each row of a list is read by itself, in the spellings that people use."""

from datetime import date
from decimal import Decimal

import pytest

from bureau.ledger.reconciliation import ClaimState, Listed
from gateway.batch.encodings import Encoding
from gateway.reconciliation.rows import (
    COLUMNS,
    CsvReader,
    HeaderError,
    Member,
    Reader,
    RowError,
    RowProblem,
    listed_of,
    read_header,
    read_json,
)
from policy.identity import Identity, IdType

PERSON = "310199198602140067"


def people_of(person: Identity) -> list[str]:
    return [f"{person.type} {person.number}"]


def listed(**stated: object) -> Listed | RowProblem:
    try:
        return listed_of({Member(name): v for name, v in stated.items()}, people_of)
    except RowError as error:
        return error.problem


def test_a_row_is_what_it_states() -> None:
    assert listed(
        claim=" 沪浦补〔2026〕12号 ",
        amountYuan="1600.5",
        district="310115",
        idNumber=PERSON,
        certificate="sealed",
        day="2026-11-25",
        state="PAID",
    ) == Listed(
        claim="沪浦补〔2026〕12号",
        amount_yuan=Decimal("1600.5"),
        district="310115",
        people=[f"RESIDENT_ID {PERSON}"],
        certificate="sealed",
        day=date(2026, 11, 25),
        state=ClaimState.PAID,
    )


def test_what_is_empty_or_null_is_not_stated() -> None:
    rest = (name for name in Member if name is not Member.CLAIM)
    empty = dict.fromkeys(rest, " ")

    assert listed(claim="c", **empty) == Listed(claim="c")
    assert listed(claim="c", **dict.fromkeys(empty)) == Listed(claim="c")


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ({"amountYuan": 1600}, Decimal(1600)),
        ({"amountYuan": "999999999.99"}, Decimal("999999999.99")),
        ({"amountYuan": "0"}, Decimal(0)),
        ({"amountYuan": True}, RowProblem.MALFORMED_ROW),
        ({"amountYuan": 1.5}, RowProblem.MALFORMED_ROW),
        ({"amountYuan": -1}, RowProblem.BAD_AMOUNT),
        ({"amountYuan": "1000000000"}, RowProblem.BAD_AMOUNT),
        ({"amountYuan": "1.234"}, RowProblem.BAD_AMOUNT),
        ({"amountYuan": "１"}, RowProblem.BAD_AMOUNT),
    ],
)
def test_an_amount_is_a_number_of_yuan(
    stated: dict[str, object], found: Decimal | RowProblem
) -> None:
    row = listed(claim="c", **stated)

    assert (row.amount_yuan if isinstance(row, Listed) else row) == found


@pytest.mark.parametrize(
    ("stated", "problem"),
    [
        ({"district": 310115}, RowProblem.MALFORMED_ROW),
        ({"claim": ["c"]}, RowProblem.MALFORMED_ROW),
        ({"claim": ""}, RowProblem.BAD_CLAIM),
        ({"claim": f"c {PERSON}"}, RowProblem.BAD_CLAIM),
        ({"district": "110101"}, RowProblem.BAD_DISTRICT),
        ({"certificate": "x" * 401}, RowProblem.BAD_CERTIFICATE),
        ({"idNumber": "1"}, RowProblem.BAD_ID_NUMBER),
        ({"idNumber": PERSON, "idType": "DRIVING"}, RowProblem.BAD_ID_NUMBER),
        ({"day": "25.11.2026"}, RowProblem.BAD_DAY),
        ({"state": "PENDING"}, RowProblem.BAD_STATE),
    ],
)
def test_what_cannot_be_is_refused(
    stated: dict[str, object], problem: RowProblem
) -> None:
    assert listed(**{"claim": "c", **stated}) is problem


def test_the_longest_certificate_is_read_and_an_id_of_its_type() -> None:
    row = listed(
        claim="c", certificate="x" * 400, idNumber="E1234567", idType="PASSPORT"
    )

    assert isinstance(row, Listed)
    assert row.certificate == "x" * 400
    assert row.people == [f"{IdType.PASSPORT} E1234567"]


@pytest.mark.parametrize("member", Member)
def test_a_column_goes_by_each_of_its_names_however_written(member: Member) -> None:
    for name in COLUMNS[member]:
        for spelt in (name, name.upper(), name.replace("_", "-"), f" {name} "):
            claim = [] if member is Member.CLAIM else ["claim"]
            header = ",".join([*claim, spelt]).encode()

            assert read_header(header, Encoding.UTF_8)[-1] is member


@pytest.mark.parametrize(
    "header", ["", "claim,name", "claim,申领编号", "day", 'claim,"day', "claim,"]
)
def test_a_header_that_does_not_say_what_is_what_is_none(header: str) -> None:
    with pytest.raises(HeaderError):
        read_header(header.encode(), Encoding.UTF_8)


def said(read: Reader, line: bytes) -> object:
    """Return what a line states, or what is wrong with it."""
    try:
        return read(line)
    except RowError as error:
        return error.problem


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"c,1600", {Member.CLAIM: "c", Member.AMOUNT: "1600"}),
        (b"'=c, '1600 ", {Member.CLAIM: "=c", Member.AMOUNT: "1600"}),
        (b'"c,d",', {Member.CLAIM: "c,d", Member.AMOUNT: ""}),
        (b"", None),
        (b" , ", None),
        (b"c", RowProblem.MALFORMED_ROW),
        (b"c,1,2", RowProblem.MALFORMED_ROW),
        (b'"c,1', RowProblem.MALFORMED_ROW),
        ("申领一二三,1".encode("gb18030"), RowProblem.WRONG_ENCODING),
    ],
)
def test_a_line_of_csv_has_as_many_cells_as_the_first(
    line: bytes, found: object
) -> None:
    read = CsvReader((Member.CLAIM, Member.AMOUNT), Encoding.UTF_8)

    assert said(read, line) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b'{"claim": "c", "day": null}', {Member.CLAIM: "c", Member.DAY: None}),
        (b"  ", None),
        (b'{"claim": "c", "name": "n"}', RowProblem.MALFORMED_ROW),
        (b"[]", RowProblem.MALFORMED_ROW),
        (b'{"claim": "\xc9\xea"}', RowProblem.WRONG_ENCODING),
        (b'{"claim": 1.0}', RowProblem.MALFORMED_ROW),
    ],
)
def test_a_line_of_json_is_an_object_of_known_members(
    line: bytes, found: object
) -> None:
    assert said(read_json, line) == found
