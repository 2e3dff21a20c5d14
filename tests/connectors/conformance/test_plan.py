"""Test plans: whom the kit may ask about, and who fills up a batch."""

import pytest

from connectors.conformance.plan import Plan, PlanError, nobody, planned, read_plan
from policy.identity import IdType, parse_identity

HOLDER = "310199199304120011"
NOBODY = "310199199604220161"
PLAN = f"""
[[holder]]
id_number = "{HOLDER}"
items = ["2.1", "1.2"]

[[holder]]
id_number = "{NOBODY}"
id_type = "RESIDENT_ID"
"""


def test_a_plan_is_read() -> None:
    plan = read_plan(PLAN)

    assert plan == Plan((planned(HOLDER, ["1.2", "2.1"]), planned(NOBODY, [])))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "nobody who holds a certificate", id="nobody"),
        pytest.param(
            PLAN.replace('items = ["2.1"', 'item = ["2.1"'), "holder.items", id="key"
        ),
        pytest.param(
            PLAN.replace("0161", "0162"), "last character", id="a wrong number"
        ),
        pytest.param(PLAN.replace(NOBODY, HOLDER), "twice", id="a number twice"),
        pytest.param(PLAN + 'items = ["1.1"]', "who holds nothing", id="no absence"),
        pytest.param(PLAN.replace('"RESIDENT_ID"', '"CARD"'), "CARD", id="a type"),
        pytest.param(PLAN.replace("[[", "["), "not TOML", id="one table"),
        pytest.param("[[holder]", "not TOML", id="no TOML"),
    ],
)
def test_a_plan_that_cannot_be_used_is_refused(text: str, says: str) -> None:
    with pytest.raises(PlanError, match=says) as refused:
        read_plan(text)

    assert HOLDER not in str(refused.value)


def test_a_plan_has_so_many_people_and_no_more() -> None:
    holder = planned(HOLDER, ["1.2"])
    others = [planned(nobody(index).number, []) for index in range(50)]

    assert len(Plan((holder, *others[:49])).people) == 50
    with pytest.raises(PlanError, match="51 people, at most 50"):
        Plan((holder, *others))


def test_numbers_that_fill_up_a_batch_are_nobodys_and_all_different() -> None:
    people = [nobody(index) for index in range(1000)]

    assert len(set(people)) == 1000
    assert {one.number[:6] for one in people} == {"310198"}
    assert [parse_identity(p.number, IdType.RESIDENT_ID) for p in people] == people
