"""Verified bytes become records by the manifest, or a refusal with a code."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date

import pytest

from connectors.decoding.days import DAYS, KEPT_DAYS
from connectors.decoding.decode import DecodedEnvelope, Decoder, Holding
from connectors.decoding.readers import RecordError
from policy.catalogue import load_catalogue
from policy.certificate import CertificateState
from policy.identity import Identity, IdType, parse_identity
from policy.level import Level
from signing.envelope import Envelope, PayloadType
from signing.sign import sign
from signing.trust import TrustBundle
from tests.connectors.agency import (
    BUNDLE,
    KEY,
    OTHER,
    RECORD,
    SIGNED_AT,
    ZHANG,
    absence,
    believed,
    manifest,
    record,
    response,
    trusted,
)

WITH_X = "11010119900307002X"
RESPONSE_FORM = (
    ('form = "record"', 'form = "response"'),
    ('absence = "absence"\n', ""),
)


def decoder(*changes: tuple[str, str]) -> Decoder:
    return Decoder(manifest(*changes), load_catalogue())


def absence_of(content: object) -> Envelope:
    payload = json.dumps(content).encode()
    return sign(payload, KEY, type=PayloadType.ABSENCE, signed_at=SIGNED_AT)


def holding(content: object, bundle: TrustBundle = BUNDLE) -> Holding:
    reading = decoder().decode(believed(record(content), bundle))
    return reading.holdings[ZHANG]


def test_a_record_is_decoded_field_by_field() -> None:
    (certificate,) = holding(RECORD).records

    assert (
        certificate.number,
        certificate.item_code,
        certificate.level,
        certificate.issued_on,
        certificate.state,
        certificate.valid_until,
    ) == (
        "0000123",
        "4-02-01-01",
        Level.LEVEL_4,
        date(2025, 6, 1),
        CertificateState.VALID,
        None,
    )


@pytest.mark.parametrize(
    ("field", "stated"),
    [
        pytest.param("state", "42", id="a state without a meaning"),
        pytest.param("state", None, id="no state"),
        pytest.param("level", "六", id="a level without a meaning"),
    ],
)
def test_a_word_that_is_not_mapped_is_unknown_and_never_guessed(
    field: str, stated: str | None
) -> None:
    (certificate,) = holding({**RECORD, field: stated}).records

    assert getattr(certificate, field) is None


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("轨道\u3000司机", id="a wide space"),
        pytest.param("\ue863", id="a rare character of the private use area"),
    ],
)
def test_a_text_keeps_its_characters(title: str) -> None:
    (certificate,) = holding({**RECORD, "title": title}).records

    assert certificate.title == title


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"number": None}, "number is missing", id="no number"),
        pytest.param({"title": ""}, "title is missing", id="an empty title"),
        pytest.param({"item": 7}, "item is no text", id="a number for a text"),
        pytest.param({"item": "x" * 501}, "item is no text", id="a text too long"),
        pytest.param({"number": "1\x002"}, "number has a control character", id="NUL"),
        pytest.param(
            {"dates": {"issued": "2025-6-1"}},
            "no date as YYYY-MM-DD",
            id="a short date",
        ),
        pytest.param({"dates": {"issued": "2025-W23-1"}}, "no date", id="a week date"),
        pytest.param(
            {"dates": {"issued": "2025-02-29"}}, "no date", id="a day that never was"
        ),
        pytest.param({"dates": {"issued": 20250601}}, "no date", id="a number"),
    ],
)
def test_a_record_that_is_malformed_is_refused(
    change: dict[str, object], reason: str
) -> None:
    refused = holding({**RECORD, **change})

    assert (len(refused.records), refused.refusals[0].code) == (0, "MALFORMED_RECORD")
    assert reason in refused.refusals[0].reason


@pytest.mark.parametrize(
    ("date_format", "stated", "accepted"),
    [
        pytest.param("YYYYMMDD", "20250601", True, id="compact"),
        pytest.param("YYYYMMDD", "2025-06-", False, id="compact, with a hyphen"),
        pytest.param("YYYY/MM/DD", "2025/06/01", True, id="slashes"),
        pytest.param("YYYY/MM/DD", "2025-06-01", False, id="slashes, with hyphens"),
    ],
)
def test_a_date_has_the_manifests_form(
    date_format: str, stated: str, *, accepted: bool
) -> None:
    form = ("[record.values.level]", "[record.values.level]")
    reader = decoder(
        ('state = "state"', f'state = "state"\ndate_format = "{date_format}"'), form
    )
    content = {**RECORD, "dates": {"issued": stated}}

    found = reader.decode(believed(record(content))).holdings[ZHANG]

    assert bool(found.records) is accepted


@pytest.mark.parametrize("stated", ["2025-06-01", "2025-06-31", "2025-W23-1", "", 7])
def test_a_day_that_was_read_before_is_read_the_same_again(stated: object) -> None:
    content = {**RECORD, "dates": {"issued": stated}}

    assert holding(content) == holding(content)


@pytest.mark.parametrize("date_format", ["YYYY-MM-DD", "YYYYMMDD", "YYYY/MM/DD"])
def test_days_are_kept_up_to_a_limit_and_texts_that_are_none_are_not(
    date_format: str,
) -> None:
    read = DAYS[date_format]
    for text in ("2025-06-01", "x" * 10, "x" * 100_000, "110101199003074514"):
        with suppress(ValueError):
            read(text)
    before = read.cache_info()

    for text in ("x" * 10, "x" * 100_000, "110101199003074514"):
        with suppress(ValueError):
            read(text)

    after = read.cache_info()
    assert (after.currsize, after.hits) == (before.currsize, before.hits)
    assert after.maxsize == KEPT_DAYS


WITH_TYPE = ('id_number = "id"', 'id_number = "id"\nid_type = "type"')


@pytest.mark.parametrize(
    ("number", "stated"),
    [
        pytest.param(ZHANG, "RESIDENT_ID", id="stated as asked"),
        pytest.param(ZHANG, None, id="no type stated"),
        pytest.param(f" {ZHANG}", "RESIDENT_ID", id="another spelling"),
        pytest.param(ZHANG, "PASSPORT", id="another type"),
        pytest.param(ZHANG, "no type", id="an unknown type"),
        pytest.param(OTHER, "RESIDENT_ID", id="another person"),
        pytest.param("12345678", None, id="a number of two types, none stated"),
        pytest.param("12345678", "PASSPORT", id="a number of two types"),
        pytest.param("1234", "RESIDENT_ID", id="no number"),
        pytest.param(None, "RESIDENT_ID", id="nobody"),
    ],
)
@pytest.mark.parametrize("of_whom", [record, absence_of], ids=["record", "absence"])
def test_whoever_was_asked_about_is_read_as_if_nobody_was(
    of_whom: Callable[[object], Envelope], number: str | None, stated: str | None
) -> None:
    people = (
        parse_identity(ZHANG),
        parse_identity("12345678", IdType.PASSPORT),
    )
    proof = believed(of_whom({**RECORD, "id": number, "type": stated}))

    def read(asked: Mapping[str, Identity]) -> DecodedEnvelope | str:
        try:
            return decoder(WITH_TYPE).decode(proof, asked)
        except RecordError as error:
            return str(error)

    assert read({person.number: person for person in people}) == read({})


def test_whoever_was_asked_about_is_that_very_identity() -> None:
    """So that a cached record holds no second copy of the number."""
    asked = parse_identity(ZHANG)
    content = {**RECORD, "type": "RESIDENT_ID"}

    reading = decoder(WITH_TYPE).decode(believed(record(content)), {ZHANG: asked})

    assert reading.holdings[ZHANG].records[0].holder is asked


def test_a_record_that_names_nobody_is_refused_as_a_whole() -> None:
    proof = believed(record({**RECORD, "id": None}))

    with pytest.raises(RecordError, match="names no holder"):
        decoder().decode(proof)


def test_a_key_outside_its_scope_is_refused_for_that_row() -> None:
    bundle = TrustBundle.of([trusted(scope=frozenset({"1.1"}))])

    refused = holding(RECORD, bundle)

    assert (refused.records, refused.refusals[0].code) == ((), "OUT_OF_SCOPE")


def test_a_row_found_by_name_alone_is_in_the_scope_check_too() -> None:
    bundle = TrustBundle.of([trusted(scope=frozenset({"1.1"}))])

    refused = holding({**RECORD, "code": None}, bundle)

    assert (refused.records, refused.refusals[0].code) == ((), "OUT_OF_SCOPE")


def test_a_certificate_outside_the_annex_needs_no_scope() -> None:
    content = {**RECORD, "item": "压力焊作业", "code": "99.9"}

    assert len(holding(content).records) == 1


def test_a_key_of_another_institution_is_refused() -> None:
    bundle = TrustBundle.of([trusted(institution="shanghai-work-safety-institute")])

    refused = holding(RECORD, bundle)

    assert (refused.records, refused.refusals[0].code) == ((), "FOREIGN_KEY")


def test_a_signed_absence_is_a_holding_without_records() -> None:
    reading = decoder().decode(believed(absence()))

    assert reading.holdings == {ZHANG: Holding((), absent=parse_identity(ZHANG))}


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        pytest.param({}, [], id="the person alone"),
        pytest.param({"reason": "无", "held": 0}, [], id="words of its own"),
        pytest.param({"number": "", "item": " ", "code": None}, [], id="empty fields"),
        pytest.param(RECORD, ["CONTRADICTION"], id="a whole record"),
        pytest.param({"number": "0000123"}, ["CONTRADICTION"], id="a number"),
        pytest.param({"number": 123}, ["CONTRADICTION"], id="in another form"),
        pytest.param({"item": "司机"}, ["CONTRADICTION"], id="an item"),
        pytest.param({"code": "4-02-01-01"}, ["CONTRADICTION"], id="a code"),
        pytest.param({"title": "司机"}, ["CONTRADICTION"], id="a title"),
    ],
)
def test_a_record_that_is_typed_as_an_absence_denies_nothing(
    more: dict[str, object], codes: list[str]
) -> None:
    reading = decoder().decode(believed(absence_of({"id": ZHANG, **more})))

    found = reading.holdings[ZHANG]
    assert (found.records, [refusal.code for refusal in found.refusals]) == ((), codes)


def test_a_constant_of_the_manifest_makes_no_absence_a_record() -> None:
    changes = ('title = "title"', "title = \"'轨道交通运输服务人员'\"")

    reading = decoder(changes).decode(believed(absence()))

    assert reading.holdings[ZHANG].refusals == ()


def test_an_absence_signed_by_another_institution_is_refused() -> None:
    bundle = TrustBundle.of([trusted(institution="shanghai-work-safety-institute")])

    reading = decoder().decode(believed(absence(), bundle))

    assert reading.holdings[ZHANG].refusals[0].code == "FOREIGN_KEY"


def test_a_signed_body_is_read_holder_by_holder() -> None:
    content = {
        "results": [
            {"idNumber": ZHANG, "records": [RECORD]},
            {"idNumber": OTHER, "records": []},
        ]
    }

    reading = decoder(*RESPONSE_FORM).decode(believed(response(content)))

    assert [
        (number, len(found.records)) for number, found in reading.holdings.items()
    ] == [(ZHANG, 1), (OTHER, 0)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({}, id="no results"),
        pytest.param({"results": {}}, id="results that are no list"),
        pytest.param({"results": [{"records": []}]}, id="a result about nobody"),
        pytest.param({"results": [{"idNumber": ZHANG}]}, id="no list of records"),
        pytest.param({"results": ["x"]}, id="a result that is no object"),
    ],
)
def test_a_signed_body_of_another_shape_is_refused(content: object) -> None:
    with pytest.raises(RecordError):
        decoder(*RESPONSE_FORM).decode(believed(response(content)))


def test_each_form_has_its_own_payload_types() -> None:
    assert [decoder().types, decoder(*RESPONSE_FORM).types] == [
        {PayloadType.RECORD, PayloadType.ABSENCE},
        {PayloadType.RESPONSE},
    ]


def test_a_number_is_known_in_any_spelling() -> None:
    spelt = {**RECORD, "id": f" {WITH_X.lower()} "}

    reading = decoder().decode(believed(record(spelt)))

    assert list(reading.holdings) == [WITH_X]


@pytest.mark.parametrize(
    ("held", "read"),
    [
        pytest.param(None, None, id="not said"),
        pytest.param(1, 1, id="one"),
        pytest.param(40, 40, id="many"),
    ],
)
def test_a_record_says_how_many_its_holder_holds(held: int, read: int) -> None:
    counting = decoder(('state = "state"', 'state = "state"\nheld = "held"'))

    reading = counting.decode(believed(record({**RECORD, "held": held})))

    assert reading.holdings[ZHANG].held == read


@pytest.mark.parametrize("held", [0, -1, True, "1"])
def test_a_count_that_is_none_is_refused(held: object) -> None:
    counting = decoder(('state = "state"', 'state = "state"\nheld = "held"'))
    proof = believed(record({**RECORD, "held": held}))

    with pytest.raises(RecordError, match="held is no count"):
        counting.decode(proof)


@pytest.mark.parametrize(
    "scope",
    [
        pytest.param(frozenset[str](), id="nothing"),
        pytest.param(frozenset({"1.1"}), id="another's rows"),
    ],
)
def test_an_absence_is_believed_of_a_key_that_may_attest_all_it_denies(
    scope: frozenset[str],
) -> None:
    bundle = TrustBundle.of([trusted(scope=scope)])

    reading = decoder().decode(believed(absence(), bundle))

    assert reading.holdings[ZHANG].refusals[0].code == "OUT_OF_SCOPE"


def test_an_empty_list_in_a_signed_body_needs_that_scope_too() -> None:
    bundle = TrustBundle.of([trusted(scope=frozenset({"1.1"}))])
    content = {"results": [{"idNumber": ZHANG, "records": []}]}

    reading = decoder(*RESPONSE_FORM).decode(believed(response(content), bundle))

    assert reading.holdings[ZHANG].refusals[0].code == "OUT_OF_SCOPE"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param([RECORD], [], id="a record, then none"),
        pytest.param([], [RECORD], id="none, then a record"),
        pytest.param([RECORD], [RECORD], id="the same twice"),
    ],
)
def test_a_person_listed_twice_contradicts_the_list(
    first: list[object], second: list[object]
) -> None:
    content = {
        "results": [
            {"idNumber": ZHANG, "records": first},
            {"idNumber": ZHANG, "records": second},
        ]
    }

    reading = decoder(*RESPONSE_FORM).decode(believed(response(content)))

    found = reading.holdings[ZHANG]
    assert (found.records, found.refusals[0].code) == ((), "CONTRADICTION")


def test_a_listed_code_is_in_the_scope_check_whatever_the_name_says() -> None:
    bundle = TrustBundle.of([trusted(scope=frozenset({"1.1"}))])

    refused = holding({**RECORD, "item": "低压电工作业"}, bundle)

    assert refused.refusals[0].code == "OUT_OF_SCOPE"
