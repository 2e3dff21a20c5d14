"""When a plan is written, when it is used, and that nothing is asked twice."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import strawberry
from graphql import OperationDefinitionNode, parse
from strawberry.types import Info

from resolvers.certificates.kept import SHOWN_BYTES
from resolvers.fragment_cache.renderings import OVERHEAD_BYTES
from resolvers.plans.plan import Plan
from resolvers.plans.plans import MAX_PLANS, Plans
from resolvers.plans.variables import Variables
from tests.resolvers.plans.both_ways import Answered, BothWays
from tests.resolvers.plans.conftest import SEES_MASKS, SEES_PEOPLE, Known

# The fourth says how long agencies took, and the fifth follows what changes.
TABS = sorted(Path("gateway/static/graphiql-tabs/reader").glob("[1-3]-*.graphql"))
HOLDER_CHECK = TABS[0].read_text("utf-8")


@strawberry.type
class Query:
    @strawberry.field
    def works(self, info: Info) -> int | None:
        info.context["works"] += 1
        return 1

    @strawberry.field
    async def waits(self, info: Info) -> int | None:
        info.context["waits"] += 1
        await asyncio.sleep(0)
        return 2

    @strawberry.field
    async def refuses(self, info: Info) -> int | None:
        info.context["refuses"] += 1
        await asyncio.sleep(0)
        raise LookupError("no")

    @strawberry.field
    def is_wrong(self, info: Info) -> str:
        info.context["is_wrong"] += 1
        return None  # type: ignore[return-value]  # what is tested


@strawberry.type
class Mutation:
    @strawberry.mutation
    def change(self) -> int:
        return 1


SCHEMA = strawberry.Schema(Query, Mutation)


def asked(text: str) -> tuple[Counter[str], bool, Any]:
    """Return how often each resolver was called by a plan, whether it sufficed."""
    calls: list[Counter[str]] = []

    def context() -> Counter[str]:
        calls.append(Counter())
        return calls[-1]

    answered = asyncio.run(BothWays(SCHEMA, text, {}).answered(context))
    assert answered.planned == answered.by_core
    return calls[0], answered.is_planned, json.loads(answered.planned)


def test_what_goes_well_is_the_plans_alone() -> None:
    calls, is_planned, told = asked("{ works waits again: waits }")

    assert is_planned
    assert calls == {"works": 1, "waits": 2}
    assert told == {"data": {"works": 1, "waits": 2, "again": 2}, "errors": []}


def test_the_roots_own_name_is_the_plans_too_in_the_order_asked_for() -> None:
    _, is_planned, told = asked("{ a: works __typename waits b: __typename }")

    assert is_planned
    assert list(told["data"].items()) == [
        *[("a", 1), ("__typename", "Query"), ("waits", 2), ("b", "Query")],
    ]


@pytest.mark.parametrize("bad", ["refuses", "isWrong", "refuses isWrong"])
def test_what_goes_wrong_is_told_by_graphql_core_and_nobody_asked_twice(
    bad: str,
) -> None:
    calls, is_planned, told = asked(f"{{ works waits {bad} }}")

    assert not is_planned
    assert set(calls.values()) == {1}
    # What cannot be null ends the rest.
    assert (told["data"] is None) == ("isWrong" in bad)
    assert told["errors"][0]["path"] == [bad.rsplit(maxsplit=1)[-1]]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("mutation { change }", id="a mutation"),
        pytest.param("{ __schema { types { name } } }", id="introspection"),
        pytest.param("query @skip(if: true) { works }", id="a directive of its own"),
    ],
)
def test_some_operations_have_no_plan(text: str) -> None:
    assert BothWays(SCHEMA, text, {}).plan is None


def plan_of(plans: Plans, **variables: bool) -> Plan | None:
    (operation,) = plans.document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    core = SCHEMA._schema
    given = Variables(core, operation, variables, hide_suggestions=True)
    return plans.plan_of(operation, given, SCHEMA)


def test_a_plan_is_written_at_the_second_asking() -> None:
    plans = Plans(parse("{ works }"))

    first, second, third = (plan_of(plans) for _ in range(3))

    assert first is None
    assert second is not None
    assert third is second


def test_each_condition_has_its_plan_and_there_are_few() -> None:
    names = "abcd"
    declared = " ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"{name}: works @skip(if: ${name})" for name in names)
    plans = Plans(parse(f"query({declared}) {{ x: works {fields} }}"))
    conditions = [
        {name: bool(number >> bit & 1) for bit, name in enumerate(names)}
        for number in range(16)
    ]
    plan_of(plans, **conditions[0])

    written = [plan_of(plans, **condition) for condition in conditions]

    known = [plan for plan in written if plan is not None]
    assert len({id(plan) for plan in known}) == MAX_PLANS
    for number, plan in enumerate(known):
        assert set(plan.keys) == {
            "x",
            *(name for name, skipped in conditions[number].items() if not skipped),
        }


@pytest.mark.parametrize("tab", TABS, ids=[tab.stem for tab in TABS])
def test_what_is_published_is_answered_by_a_plan(known: Known, tab: Path) -> None:
    text = tab.read_text("utf-8")
    for number in known.numbers[:1] + known.numbers[2:]:
        variables = {"idNumber": number} if "$idNumber" in text else {}
        question = known.asking(text, variables)
        answered = known.answered(question, SEES_PEOPLE)
        if answered.planned != answered.by_core:
            # The log may have come to cover a row between the two: it does so once.
            answered = known.answered(question, SEES_PEOPLE)

        assert answered.is_planned
        assert answered.planned == answered.by_core


def test_a_rendering_is_kept_and_shows_nobody_more_than_they_may_see(
    known: Known,
) -> None:
    number = next(one for one in known.numbers if one.startswith("310"))
    question = known.asking(HOLDER_CHECK, {"idNumber": number})

    masks = [known.answered(question, SEES_MASKS).planned]
    taken = known.services.renderings.bytes_taken
    masks.append(known.answered(question, SEES_MASKS).planned)
    kept = known.services.renderings.bytes_taken
    people = known.answered(question, SEES_PEOPLE)
    masks.append(known.answered(question, SEES_MASKS).planned)

    assert 0 < taken == kept < known.services.renderings.bytes_taken
    assert masks[0] == masks[1] == masks[2] != people.planned
    assert people.planned == people.by_core
    assert number not in masks[2].decode()
    assert number in people.planned.decode()


ALL_WAYS = """query($n: String!, $in: Language!) { holder(idNumber: $n) {
  ... on Holder { certificates { nodes { eligibility { findings {
    clause zh: reason en: reason(language: EN) asked: reason(language: $in) } }
  again: eligibility { findings { reason en: reason(language: EN) } } } } } } }"""


def test_a_phrase_is_shown_as_it_is_asked_for(known: Known) -> None:
    number = next(one for one in known.numbers if one.startswith("310"))
    ways = [known.asking(ALL_WAYS, {"n": number, "in": lang}) for lang in ("EN", "ZH")]
    phrases = known.services.renderings.phrases

    def answers() -> list[Answered]:
        callers = (SEES_PEOPLE, SEES_MASKS)
        return [known.answered(way, caller) for way in ways for caller in callers]

    first, taken = answers(), phrases.bytes_taken
    again = answers()

    assert [one.planned for one in first] == [one.planned for one in again]
    assert all(answer.is_planned for answer in first)
    assert all(answer.planned == answer.by_core for answer in first)
    assert 0 < taken == phrases.bytes_taken


def test_a_page_is_kept_as_a_whole_and_its_certificates_not_beside_it(
    known: Known,
) -> None:
    number = next(one for one in known.numbers if one.startswith("310"))
    text = """query($n: String!) { holder(idNumber: $n) { ... on Holder {
        certificates { nodes { number eligibility { findings { reason } } } } } } }"""
    before = known.services.renderings.bytes_taken

    answered = known.answered(known.asking(text, {"n": number}), SEES_PEOPLE)

    taken = known.services.renderings.bytes_taken - before
    held = answered.planned.count(b'"number"')
    assert 0 < taken <= len(answered.planned) + OVERHEAD_BYTES + held * SHOWN_BYTES


@pytest.mark.parametrize(
    ("declared", "selected"),
    [
        pytest.param("", "provenance { retrievedAt }", id="a moment"),
        pytest.param(
            ", $day: Date", "eligibility(asOf: $day) { outcome }", id="a variable"
        ),
        pytest.param(
            ", $in: Language!",
            "eligibility { findings { reason(language: $in) } }",
            id="a variable further below",
        ),
    ],
)
def test_what_depends_on_the_request_is_not_kept(
    known: Known, declared: str, selected: str
) -> None:
    text = f"""query($n: String!{declared}) {{ holder(idNumber: $n) {{ ... on Holder {{
        certificates {{ nodes {{ {selected} }} }} }} }} }}"""
    number = next(one for one in known.numbers if one.startswith("310"))
    variables = {"n": number, "day": "2026-01-01", "in": "EN"}
    before = known.services.renderings.bytes_taken

    answered = known.answered(known.asking(text, variables), SEES_PEOPLE)

    assert answered.is_planned
    assert known.services.renderings.bytes_taken == before
