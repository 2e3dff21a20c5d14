"""What is counted of an agency's data, and what the rates make of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from connectors.answer import (
    Answer,
    AttestedCertificate,
    RefusedRecord,
    SourceOutcome,
)
from connectors.quality import (
    Dimension,
    Measure,
    Sight,
    back_dated,
    counted,
    rate,
    sighting,
    timeliness,
)
from policy.documents import Document
from policy.identity import Identity, parse_identity
from tests.connectors.agency import OTHER, RECORD, ZHANG, record
from tests.connectors.test_agency import Sends, agency_of

HOLDER = parse_identity(ZHANG)
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def mark(text: str) -> str:
    return f"<{text}>"


def document(certificate: AttestedCertificate) -> Document:
    return Document(place=f"at {certificate.record.number}")


async def answer_of(*records: Mapping[str, object]) -> Answer:
    """Return what an agency's signed records amount to."""
    agency = agency_of(Sends(tuple(record(one) for one in records)))
    (answer,) = await agency.ask([HOLDER], 5.0)
    return answer


async def sight_of(content: Mapping[str, object]) -> Sight:
    """Return what is remembered of one record."""
    (one,) = sighting({HOLDER: await answer_of(content)}, mark, document).sights
    return one


def refused(*codes: str, digest: bytes | None = None) -> Answer:
    refusals = tuple(RefusedRecord(code, "", None, digest) for code in codes)
    return Answer(agency="a", outcome=SourceOutcome.UNVERIFIED, refusals=refusals)


@pytest.mark.parametrize(
    ("code", "measure"),
    [
        ("OUT_OF_SCOPE", Measure.SCOPE_REFUSALS),
        ("FOREIGN_KEY", Measure.SCOPE_REFUSALS),
        ("BAD_SIGNATURE", Measure.SIGNATURE_REFUSALS),
        ("UNKNOWN_KEY", Measure.SIGNATURE_REFUSALS),
        ("KEY_NOT_IN_FORCE", Measure.SIGNATURE_REFUSALS),
        ("REPLAYED", Measure.SIGNATURE_REFUSALS),
        ("UNSIGNED_ABSENCE", Measure.SIGNATURE_REFUSALS),
        ("MALFORMED_RECORD", Measure.MALFORMED),
        ("INCOMPLETE", Measure.MALFORMED),
        ("UNREADABLE_ANSWER", Measure.MALFORMED),
    ],
)
def test_a_refusal_is_counted_once_and_where_it_belongs(
    code: str, measure: Measure
) -> None:
    assert counted([refused(code)]) == {Measure.RECORDS: 1, measure: 1}


def test_one_bad_body_of_a_batch_is_one_mistake() -> None:
    body = refused("BAD_SIGNATURE", digest=b"1")

    assert counted([body, body])[Measure.SIGNATURE_REFUSALS] == 1


async def test_fields_that_clauses_need_are_counted_where_they_are_missing() -> None:
    sums = counted([await answer_of(RECORD)])

    # The invented agency states no holder's name and no evaluation body.
    assert sums == {
        Measure.RECORDS: 1,
        Measure.FIELDS: 5,
        Measure.FIELDS_MISSING: 2,
    }
    assert rate(Dimension.COMPLETENESS, sums) == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("number", "level", "found"),
    [
        pytest.param("2509000000400001", "4", 0, id="in order"),
        pytest.param("2509000000300001", "4", 1, id="another level"),
        pytest.param("1909000000300001", "4", 1, id="another year too"),
    ],
)
async def test_a_certificate_that_contradicts_itself_is_counted_once(
    number: str, level: str, found: int
) -> None:
    sums = counted([await answer_of({**RECORD, "number": number, "level": level})])

    assert sums[Measure.CONTRADICTORY] == found
    assert rate(Dimension.AUTHENTICITY, sums) == 1 - found


@pytest.mark.parametrize(
    ("dimension", "sums", "share"),
    [
        (Dimension.LEGALITY, {Measure.RECORDS: 4, Measure.SCOPE_REFUSALS: 1}, 0.75),
        (Dimension.LEGALITY, {}, None),
        (
            Dimension.AUTHENTICITY,
            {Measure.RECORDS: 10, Measure.ALTERED: 1, Measure.SIGNATURE_REFUSALS: 1},
            0.8,
        ),
        (Dimension.AUTHENTICITY, {Measure.RECORDS: 1, Measure.ALTERED: 9}, 0.0),
        (Dimension.TIMELINESS, {Measure.FIRST_SEEN: 2, Measure.LATE: 1}, 0.5),
        (Dimension.TIMELINESS, {Measure.RECORDS: 2}, None),
    ],
)
def test_a_rate_is_the_share_in_order(
    dimension: Dimension, sums: dict[Measure, int], share: float | None
) -> None:
    assert rate(dimension, sums) == share


async def test_a_certificate_in_another_state_has_the_same_facts() -> None:
    one = await sight_of(RECORD)

    assert await sight_of({**RECORD, "state": "02"}) == one


async def test_a_certificate_with_another_title_has_other_facts() -> None:
    one = await sight_of(RECORD)
    other = await sight_of({**RECORD, "title": "另一职业"})

    assert one.mark == other.mark
    assert one.facts != other.facts


NAMED = {
    "holder_name": "阿卜杜拉·买买提",
    "title": "轨道交通运输服务人员",
    "evaluation_body": "上海地铁职业技能培训学校",
}


@pytest.mark.parametrize(
    "spelt",
    [
        {"title": "轨道交通\u3000运输服务人员\u200b"},
        {"holder_name": "阿卜杜拉●买买提"},
        {"evaluation_body": "上海地铁 职业技能培训学校"},
    ],
)
async def test_a_certificate_in_another_spelling_has_the_same_facts(
    spelt: dict[str, str],
) -> None:
    answer = await answer_of(RECORD)

    def sight_in(words: dict[str, Any]) -> Sight:
        (one,) = answer.certificates
        said = replace(one, record=replace(one.record, **words))
        answers = {HOLDER: replace(answer, certificates=(said,))}
        return sighting(answers, mark, document).sights[0]

    one, other = sight_in(NAMED), sight_in(NAMED | spelt)

    assert one.facts == other.facts
    assert one.facts_as_spelt != other.facts_as_spelt


async def test_a_list_that_nobody_signed_as_whole_is_not_whole() -> None:
    held = sighting({HOLDER: await answer_of(RECORD)}, mark, document)

    assert held.whole == frozenset()
    assert len(held.sights) == 1


def test_an_answer_that_did_not_come_shows_nothing() -> None:
    nothing = Answer(agency="a", outcome=SourceOutcome.TIMED_OUT)
    other: Identity = parse_identity(OTHER)

    assert sighting({other: nothing}, mark, document) == sighting({}, mark, document)
    assert counted([nothing]) == {}


def sight(issued_on: date | None, person: str = "p") -> Sight:
    return Sight("m", "f", person, issued_on, Document(place="at"))


def test_delay_is_counted_in_days_and_late_after_thirty() -> None:
    seen = [TODAY, TODAY - 30 * DAY, TODAY - 31 * DAY, None]

    assert timeliness(seen, TODAY) == {
        Measure.FIRST_SEEN: 3,
        Measure.DELAY_DAYS: 61,
        Measure.LATE: 1,
    }


@pytest.mark.parametrize(
    ("days", "found"),
    [pytest.param(30, 0, id="time to collect"), pytest.param(31, 1, id="dated back")],
)
def test_what_a_signed_list_lacked_is_dated_back(days: int, found: int) -> None:
    issued = sight(TODAY - days * DAY)

    assert len(list(back_dated([issued], {"p": TODAY}))) == found
    assert list(back_dated([issued], {"another": TODAY})) == []


async def test_what_was_seen_years_ago_is_known_again_by_its_marks() -> None:
    plain = await sight_of(RECORD)
    spelt = await sight_of({**RECORD, "number": "0000123 ", "code": None})

    person = f"<person\x1fRESIDENT_ID\x1f{ZHANG}>"
    named = "\x1f4-02-01-01\x1fLEVEL_4\x1f2025-06-01>"
    assert plain.person == spelt.person == person
    assert plain.mark == f"<certificate\x1fRESIDENT_ID\x1f{ZHANG}\x1f0000123{named}"
    assert plain.former is None
    assert plain.facts.startswith("<facts\x1f")
    item = f"\x1f{RECORD['item']}\x1fLEVEL_4\x1f2025-06-01>"
    assert spelt.former == f"<certificate\x1fRESIDENT_ID\x1f{ZHANG}\x1f0000123 {item}"
    assert spelt.mark == (f"<certificate\x1fRESIDENT_ID\x1f{ZHANG}\x1f0000123{item}")
