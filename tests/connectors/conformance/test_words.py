"""A finding says which field or member is wrong, and nothing of what stood in it."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.conformance.codes import Check
from connectors.conformance.report import Outcome, Report
from connectors.conformance.shape import missing_member
from connectors.decoding.forms import form_of
from connectors.decoding.readers import RecordError
from connectors.decoding.record_fields import RecordFields
from connectors.manifest_endpoint import Response
from tests.connectors.agency import OTHER, RECORD, ZHANG
from tests.connectors.agency import manifest as of_records
from tests.connectors.conformance.kit import checked, codes, outcome
from tests.connectors.conformance.registry import NOBODY, Habit, Registry, serving

NAMED = {
    "issued_on": ({"dates": {"issued": "20260601"}}, "it is `00000000`"),
    "number": ({"number": None}, "number is missing"),
    "title": ({"title": ["张三"]}, "it is a list"),
    "item": ({"item": "x" * 501}, "it has 501"),
    "held": ({"held": "two"}, "it is `aaa`"),
    "holder_name": ({"name": {"family": "张"}}, "it is an object"),
}


async def report_of(registry: Registry, **response: str | None) -> Report:
    """Check a registry by a manifest with other names in ``[response]``."""
    async with serving(registry):
        rules = registry.manifest
        changed = msgspec.structs.replace(rules.response, **response)
        rules = msgspec.structs.replace(rules, response=changed)
        report = await checked(rules, registry.bundle(), registry.plan)
    for number in (ZHANG, OTHER, NOBODY):
        assert number not in str(report)
    return report


@pytest.mark.parametrize(("change", "words"), NAMED.values(), ids=NAMED)
async def test_a_malformed_field_is_named(
    change: dict[str, object], words: str, request: pytest.FixtureRequest
) -> None:
    report = await report_of(Registry(changes=change))

    found = [f for f in report.findings if f.code == "MALFORMED_RECORD"]
    name = request.node.callspec.id
    assert [f.detail.partition(": ")[2].split()[0] for f in found] == [name]
    assert words in found[0].detail
    assert found[0].place == "plan.holder[0].records[0]"
    assert "×" in found[0].detail


async def test_what_is_wrong_with_a_key_is_said() -> None:
    registry = Registry()
    async with serving(registry):
        rules, plan = registry.manifest, registry.plan
        report = await checked(rules, Registry().bundle(), plan)

    (found,) = [f for f in report.findings if f.code == "BAD_SIGNATURE"]
    assert "no EdDSA signature" in found.detail


async def test_a_refusal_says_no_more_of_a_person_than_the_plan() -> None:
    """Which other row somebody holds is told by no finding."""
    report = await report_of(Registry(Habit.OTHER_ITEM))

    (found,) = [f for f in report.findings if f.code == "OUT_OF_SCOPE"]
    assert "`record.item_code`" in found.detail
    assert "4-07-05-04" not in str(report)


@pytest.mark.parametrize("key", ["results", "id_number", "records"])
async def test_a_wrong_name_of_a_member_is_named(key: str) -> None:
    report = await report_of(Registry(), **{key: "entries"})

    (found,) = [f for f in report.findings if f.code == "UNREADABLE"]
    assert f"`response.{key}`" in found.detail
    assert "`entries`" in found.detail
    assert found.place == "/records plan.holder[0]"
    assert "UNSIGNED_ABSENCE" not in codes(report)
    assert outcome(report, Check.ABSENCE) is Outcome.NOT_TESTED


@pytest.mark.parametrize("key", ["results", "id_number", "records"])
async def test_a_wrong_name_in_a_signed_body_is_named(key: str) -> None:
    report = await report_of(Registry(whole=True), **{key: "entries"})

    (found,) = [f for f in report.findings if f.code == "MALFORMED_RECORD"]
    assert f"`response.{key}`" in found.detail
    assert "`entries`" in found.detail


async def test_an_absence_that_is_not_signed_is_still_one() -> None:
    report = await report_of(Registry(), absence=None)

    (found,) = [f for f in report.findings if f.code == "UNSIGNED_ABSENCE"]
    assert "`response.absence`" in found.detail
    assert "UNREADABLE" not in codes(report)


async def test_a_wrong_name_of_an_absence_is_named() -> None:
    report = await report_of(Registry(), absence="entries")

    (found,) = [f for f in report.findings if f.code == "UNSIGNED_ABSENCE"]
    assert "`response.absence`" in found.detail


async def test_how_many_somebody_holds_is_not_told() -> None:
    """One certificate too many, or one too few, is told without the numbers."""
    for held in (1, 7):
        report = await report_of(Registry(changes={"held": held}))

        (found,) = [
            f for f in report.findings if f.code in {"CONTRADICTION", "INCOMPLETE"}
        ]
        assert "held" in found.detail
        assert not any(figure in found.detail.partition("×")[0] for figure in "127")


async def test_whom_a_record_is_about_is_named() -> None:
    report = await report_of(Registry(changes={"id": OTHER}))

    (found,) = [f for f in report.findings if f.code == "WRONG_HOLDER"]
    assert "`record.id_number`" in found.detail


def body_of(result: object) -> bytes:
    return msgspec.json.encode({"results": [result]})


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(body_of({"idNumber": ZHANG, "records": []}), id="nothing held"),
        pytest.param(b'{"results": []}', id="left out"),
        pytest.param(body_of({"idNumber": OTHER}), id="another person"),
        pytest.param(b"no JSON", id="no JSON"),
    ],
)
def test_what_may_be_an_absence_is_no_missing_member(body: bytes) -> None:
    assert missing_member(Response(), body, ZHANG) is None


STATE = 'state = "state"'
MORE = f'{STATE}\nstatus_index = "place"\nheld = "held"\nstate_since = "since"'
LIST = '[status_list]\nurl = "https://lists.example.cn/1"\n[endpoint]'
PLACES = ("number", "title", "item", "code", "place", "held", "since")
FIELDS = RecordFields(of_records((STATE, MORE), ("[endpoint]", LIST)).record)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=30), st.text("张三李四")
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


@given(st.sampled_from(PLACES), anything)
def test_a_reason_names_its_field_and_quotes_nothing(place: str, value: Any) -> None:
    content = {**RECORD, "held": 1, place: value}
    try:
        FIELDS.record(content)
        FIELDS.held(content)
    except RecordError as error:
        reason = str(error)
        named = {"code": "item_code", "place": "status_index", "since": "state_since"}
        assert reason.startswith(named.get(place, place))
        assert "张" not in reason
        assert form_of(value) in reason or "`" not in reason


@given(st.text())
def test_a_form_has_nothing_of_a_text_but_its_marks(text: str) -> None:
    form = form_of(text)

    kept = {character for character in form[1:-1] if character.isalnum()}
    assert kept <= set("0０aA字")
    assert len(form) <= len(text) + 3
    assert len(form) <= 27
