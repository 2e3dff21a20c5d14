"""The marks of a document: kept for years, and found again under the same key."""

from dataclasses import replace
from datetime import date

import pytest

from bureau.certificate_ids import CertificateIds
from bureau.documents import (
    document_of,
    document_of_certificate,
    document_of_id,
    version_mark,
)
from policy.certificate import CertificateRecord
from policy.documents import Document
from policy.level import Level
from tests.connectors.agency import RECORD, manifest
from tests.connectors.decoding.test_spellings import read
from tests.resolvers.attested import certificate

IDS = CertificateIds(b"i" * 64)
TRANSPORT = "shanghai-transport-qualification-centre"
MAPPED = manifest(
    (
        "[record.values.level]",
        '[record.values.item_code]\n1102 = "4-02-01-01"\n\n[record.values.level]',
    )
)
RECORD_THEN = read({**RECORD, "number": "0000123 ", "code": "1102"}, MAPPED)
KEPT_THEN = Document(
    place="4f90576ae9e5cdfdc49892791741777160bc78e0fd15b0f12fc0ee797c52eecf",
    number="38fff876403c440ebbfe614db093e1ca668d8efd1993e15593a5fd709e29c69e",
    serial="a208d447252e3d14e0d2b3287a06f2ffa9cbb765c30af7bec5bb4e4719df9e69",
    code="135c2cd05418e4a9413f3d58eab7259cc924c77f80a12e299dd2e0e5ddeaea2a",
    own_code="63487a0d63429a536e8e61928c20333568eca24de87a4d1082d789f2a150aa92",
    name="5e51e54e901168cd71934648a0bf57c0040e259d6390bbd2a85bcb715ad04db2",
    level=Level.LEVEL_4,
    first_issued_on=None,
    issued_on=date(2025, 6, 1),
    former="2be3103cd472963b6f61043941d76ab8fbaf240db8106b106050f14694432206",
)
"""What an earlier version kept of that record."""


def test_what_was_marked_years_ago_is_found_again() -> None:
    assert document_of(IDS, TRANSPORT, RECORD_THEN) == KEPT_THEN


def test_what_is_not_stated_has_no_mark() -> None:
    bare = replace(RECORD_THEN, item_code=None, own_item_code=None)

    found = document_of(IDS, TRANSPORT, bare)

    assert (found.code, found.own_code, found.name) == (None, None, KEPT_THEN.name)


def test_an_id_is_of_the_place_that_its_certificate_is_kept_under() -> None:
    shown = certificate()

    document = document_of_certificate(IDS, shown)

    assert document == document_of(IDS, "x", shown.record)
    assert document_of_id(IDS, IDS.seal(shown)) == Document(place=document.place)
    assert document_of_id(IDS, "no id") is None


def test_ids_of_one_certificate_are_of_one_whoever_shows_it() -> None:
    record = certificate().record
    one, other = (IDS.seal_record(agency, record) for agency in ("transport", "fire"))
    renewed = IDS.seal_record("fire", replace(record, issued_on=date(2029, 1, 1)))

    assert one != other
    assert IDS.are_of_one(one, other)
    assert not IDS.are_of_one(one, renewed)
    assert IDS.are_of_one("no id", "no id")
    assert not IDS.are_of_one("no id", one)


@pytest.mark.parametrize(
    ("row", "record", "parts"),
    [
        pytest.param(
            "4-02-01-01",
            RECORD_THEN,
            ["0000123", "4-02-01-01", "LEVEL_4"],
            id="of a row",
        ),
        pytest.param(None, RECORD_THEN, ["0000123", "1102", "LEVEL_4"], id="of no row"),
        pytest.param(
            None,
            replace(RECORD_THEN, licence_id="L-1", level=None),
            ["L-1", "1102", ""],
            id="of a licence without level",
        ),
    ],
)
def test_a_sent_version_is_of_its_number_item_and_level(
    row: str | None, record: CertificateRecord, parts: list[str]
) -> None:
    mark = version_mark("transport", row, record)

    assert mark.split("\x1f") == ["collected", "transport", *parts]
