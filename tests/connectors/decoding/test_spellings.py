"""A record is read the same however its agency spells it, and shown as it came."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.decoding.decode import Decoder
from connectors.errors import ManifestError
from connectors.manifest import Manifest, read_manifest
from connectors.manifest_endpoint import Response
from connectors.protocols.envelopes import EnvelopeFinder
from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord, CertificateState
from policy.evidence import AccountState, Attestation, Claimant
from policy.finding import FindingOutcome
from policy.identity import Identity, parse_identity
from policy.level import Level
from policy.names import same_name
from policy.row import row_of
from policy.stated import FieldOutcome, StatedCertificate, StatedField, compare
from signing.trust import TrustBundle
from tests.connectors.agency import (
    BUNDLE,
    MANIFEST,
    OTHER,
    RECORD,
    ZHANG,
    believed,
    manifest,
    record,
    response,
    trusted,
)
from tests.policy.factories import evidence, finding
from tests.policy.test_normal_form import spelt

INSTITUTE = "shanghai-work-safety-institute"
PEOPLE = json.loads(Path("tests/cases/normal_form/padding-people.json").read_text())[
    "emergency-management"
]
TODAY = date(2026, 7, 1)
REGISTRY = Path("sandbox/agencies/emergency-management.toml").read_text("utf-8")
RESPONSE_FORM = (
    ('form = "record"', 'form = "response"'),
    ('absence = "absence"\n', ""),
)
CODES = (
    "[record.values.level]",
    '[record.values.item_code]\n1102 = "4-02-01-01"\n\n[record.values.level]',
)


def read(
    content: object, reader: Manifest | None = None, bundle: TrustBundle = BUNDLE
) -> CertificateRecord:
    """Sign, verify and decode one record."""
    decoder = Decoder(reader or manifest(), load_catalogue())
    (holding,) = decoder.decode(believed(record(content), bundle)).holdings.values()
    assert holding.refusals == ()
    return holding.records[0]


def licence(number: str, **changes: object) -> CertificateRecord:
    """Return the record of a person of the cases."""
    (content,) = PEOPLE[number]["records"]
    key = trusted(institution=INSTITUTE, scope=frozenset({"1.1", "1.2"}))
    bundle = TrustBundle.of([key])
    return read({**content, **changes}, read_manifest(REGISTRY), bundle)


@pytest.mark.parametrize("number", PEOPLE)
def test_a_person_of_the_cases_is_read_as_it_was_meant(number: str) -> None:
    found = licence(number)

    assert row_of(found, load_catalogue()).outcome is FindingOutcome.MET
    assert found.item_code in {"1.2", None}
    assert found.state is CertificateState.VALID
    assert found.number == f"T{number}"


def test_a_holders_name_that_is_blank_is_not_stated() -> None:
    number = "310199196609157807"
    found = licence(number)
    claimant = Claimant(Identity(found.holder.type, number), "郑伟")
    attested = Attestation(
        institution=INSTITUTE,
        scope=frozenset({"1.2"}),
        key_in_force=True,
        account=AccountState.ACTIVE,
    )

    judged = finding(
        "219-2c", evidence(found, attested, claimant=claimant, as_of=TODAY)
    )

    assert found.holder_name is None
    assert judged.outcome is FindingOutcome.UNDETERMINED


@pytest.mark.parametrize("code", ["无", "—", "0", "1102", "/"])
def test_a_strange_code_beside_an_exact_name_is_not_known(code: str) -> None:
    found = licence("310199196012157118", xmdm=code)

    row = row_of(found, load_catalogue())

    assert row.outcome is FindingOutcome.UNDETERMINED
    assert row.candidates == {"1.2"}


def test_a_code_of_another_row_is_not_known_and_of_no_name_is_unmet() -> None:
    other = licence("310199196012157118", xmdm="1.1 ")
    nothing = licence("310199196012157118", xmdm="1102", czxm="挖掘机驾驶")

    assert row_of(other, load_catalogue()).outcome is FindingOutcome.UNDETERMINED
    assert row_of(nothing, load_catalogue()).outcome is FindingOutcome.UNMET


FIELDS = {
    "number": "T0000123-A",
    "title": RECORD["title"],
    "item": RECORD["item"],
    "code": "4-02-01-01",
    "level": "4",
    "state": "01",
    "name": "阿卜杜拉·买买提",
}
NAMED = manifest(('number = "number"', 'number = "number"\nholder_name = "name"'))


@given(data=st.data())
def test_a_record_in_any_two_spellings_is_one_to_every_rule(
    data: st.DataObject,
) -> None:
    plain = read({**RECORD, **FIELDS}, NAMED)
    written = {
        field: data.draw(spelt(str(stated), is_name=field == "name"), label=field)
        for field, stated in FIELDS.items()
        if field != "item"
    }
    # Its brackets have a half width, too.
    written["item"] = data.draw(spelt(str(FIELDS["item"]).translate({0xFF08: "("})))
    day = data.draw(spelt("2025-06-01"), label="day")
    found = read({**RECORD, **written, "dates": {"issued": day}}, NAMED)

    assert found.number == plain.number
    assert (found.item_code, found.level) == ("4-02-01-01", Level.LEVEL_4)
    assert (found.state, found.issued_on) == (plain.state, plain.issued_on)
    assert row_of(found, load_catalogue()).outcome is FindingOutcome.MET
    assert same_name(found.holder_name or "", plain.holder_name or "")
    stated = StatedCertificate(
        items=frozenset({"4-02-01-01"}),
        level=Level.LEVEL_4,
        issued_on=plain.issued_on,
        number=data.draw(spelt(plain.number)),
        name=data.draw(spelt(str(FIELDS["name"]), is_name=True)),
    )
    compared = compare(stated, found, load_catalogue())
    assert compared is not None
    assert dict(compared.fields) == dict.fromkeys(StatedField, FieldOutcome.MATCH)


@pytest.mark.parametrize("blank", [" ", "\u3000", "\xa0", "\u200b", "\u2800"])
def test_a_blank_field_is_not_stated(blank: str) -> None:
    found = read({**RECORD, "code": blank, "dates": {"issued": blank}})

    assert (found.item_code, found.issued_on) == (None, None)


@pytest.mark.parametrize(
    ("field", "stated"),
    [
        pytest.param("code", "1.2\x00", id="a code"),
        pytest.param("title", "司机\x1b[31m", id="a title"),
    ],
)
def test_other_control_characters_are_refused(field: str, stated: str) -> None:
    decoder = Decoder(manifest(), load_catalogue())
    proof = believed(record({**RECORD, field: stated}))

    (refusal,) = decoder.decode(proof).holdings[ZHANG].refusals

    assert (
        refusal.reason
        == f"{field.replace('code', 'item_code')} has a control character"
    )


def test_what_turns_the_writing_is_not_shown() -> None:
    found = read({**RECORD, "title": "\u202d轨道交通运输服务人员\u202c"})

    assert found.title == "轨道交通运输服务人员"


def test_an_agencys_own_code_is_the_annexs_that_it_maps_to() -> None:
    found = read({**RECORD, "code": " １102"}, manifest(CODES))

    assert (found.item_code, found.own_item_code) == ("4-02-01-01", "1102")
    assert read(RECORD, manifest(CODES)).item_code == "4-02-01-01"
    assert read({**RECORD, "code": "1103"}, manifest(CODES)).item_code == "1103"


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        pytest.param('1102 = "9.99"', "no code of the annex", id="no code"),
        pytest.param(
            '1102 = "1.1"\n"１102" = "1.2"', "another entry's code", id="in two ways"
        ),
        pytest.param('" " = "1.1"', "which is blank", id="blank"),
    ],
)
def test_a_mapping_of_codes_that_means_nothing_is_refused(
    codes: str, says: str
) -> None:
    text = MANIFEST + f"\n[record.values.item_code]\n{codes}\n"

    with pytest.raises(ManifestError, match=says):
        read_manifest(text)


def test_codes_of_a_field_that_is_not_read_are_refused() -> None:
    text = MANIFEST.replace('item_code = "code"\n', "")

    with pytest.raises(ManifestError, match=r"record\.item_code is not"):
        read_manifest(text + '\n[record.values.item_code]\n1102 = "1.1"\n')


def word(table: Mapping[str, str], stated: str) -> CertificateState | None:
    words = "\n".join(f'"{one}" = "{state}"' for one, state in table.items())
    return read({**RECORD, "state": stated}, manifest(('01 = "VALID"', words))).state


def test_a_word_is_read_in_any_spelling_unless_two_words_have_its_form() -> None:
    two = {"01": "VALID", "０1": "REVOKED"}

    assert word({"01": "VALID"}, "０１\u3000") is CertificateState.VALID
    assert word({"有 效": "VALID"}, "有效") is CertificateState.VALID
    assert word(two, "01") is CertificateState.VALID
    assert word(two, "０1") is CertificateState.REVOKED
    assert word(two, " 01") is None


@pytest.mark.parametrize(
    "entry", ["{}", " {}", "\u200b{}", "\u202d{}\u202c", "{}\u3000"]
)
def test_an_entry_of_an_answer_is_found_in_any_spelling(entry: str) -> None:
    with_x = "11010119900307002X"
    content = {
        "results": [
            {"idNumber": entry.format(with_x.lower()), "records": []},
            {"idNumber": OTHER, "records": []},
        ]
    }
    decoder = Decoder(manifest(*RESPONSE_FORM), load_catalogue())

    reading = decoder.decode(believed(response(content)))

    assert list(reading.holdings) == [with_x, OTHER]


@pytest.mark.parametrize("spelling", ["{}", " {}", "\u200b{}\u3000", "\u202d{}\u202c"])
def test_the_envelopes_of_an_answer_are_found_in_any_spelling(spelling: str) -> None:
    with_x = "11010119900307002X"
    people = [parse_identity(with_x), parse_identity(OTHER)]
    entry = {"idNumber": spelling.format(with_x.lower()), "records": ["a"]}
    answer = {"results": [entry, {"idNumber": with_x, "records": ["b"]}]}

    found = EnvelopeFinder(Response()).find(answer, people)

    assert [[one.signature for one in of] for of in found] == [[b"a", b"b"], []]
