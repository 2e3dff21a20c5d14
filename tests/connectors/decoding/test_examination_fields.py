"""What a record states of its examination is read by the manifest, or is not there."""

from datetime import date

import pytest

from connectors.decoding.readers import RecordError
from connectors.decoding.record_fields import RecordFields
from policy.certificate import CertificateRecord
from policy.examination import Examination
from tests.connectors.agency import RECORD, ZHANG, manifest

PLACES = """[record.examination]
held_on = "test.day"
site = "test.site"
batch = "test.batch"
assessor = "test.assessor"
theory = "test.theory"
practice = "test.practice"

[record.values.level]"""
FIELDS = RecordFields(manifest(("[record.values.level]", PLACES)).record)
STATED = {
    "day": "2025-05-20",
    "site": " 上海市某考试点 ",
    "batch": "202505－０７",
    "assessor": "kp·12",
    "theory": "８６",
    "practice": "合 格",
}


def read(**changes: object) -> CertificateRecord:
    return FIELDS.record({**RECORD, "test": {**STATED, **changes}})


def test_it_is_read_in_the_normal_form() -> None:
    assert read().examination == Examination(
        held_on=date(2025, 5, 20),
        site="上海市某考试点",
        batch="202505-07",
        assessor="KP.12",
        theory="86",
        practice="合格",
    )


@pytest.mark.parametrize("test", [None, {}, {"site": " "}, {"day": ""}, []])
def test_what_states_nothing_has_none(test: object) -> None:
    assert FIELDS.record({**RECORD, "test": test}).examination is None


def test_a_manifest_without_places_reads_none() -> None:
    record = RecordFields(manifest().record).record({**RECORD, "test": STATED})

    assert record.examination is None


def test_a_part_that_is_not_stated_is_none() -> None:
    found = FIELDS.record({**RECORD, "test": {"theory": "合格"}}).examination

    assert found == Examination(theory="合格")


@pytest.mark.parametrize("assessor", ["王小明", ZHANG, "A" * 33, "-12", "A，B"])
def test_an_assessor_is_a_code_and_nobodys_name_or_number(assessor: str) -> None:
    with pytest.raises(RecordError, match="assessor is no code") as refused:
        read(assessor=assessor)

    assert assessor not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("day", "2025-02-30"), ("site", 1), ("batch", ["a"]), ("theory", 86)],
)
def test_a_field_of_another_form_is_refused(name: str, value: object) -> None:
    with pytest.raises(RecordError, match="examination"):
        read(**{name: value})


def test_who_assessed_is_not_shown_in_a_log() -> None:
    assert "KP.12" not in repr(read())
