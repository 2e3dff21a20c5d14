"""What a field declares is what it costs, whatever it is called."""

from collections.abc import Mapping

import pytest
import strawberry
from strawberry.federation import Schema
from strawberry.federation.schema_directives import Cost, ListSize

from resolvers.documents.cost import in_numbers
from resolvers.documents.directives import (
    LooksUpPeople,
    NamesPeople,
    list_of,
    page_of,
)
from resolvers.documents.field_costs import FieldCosts
from resolvers.documents.limits import Limits
from resolvers.documents.validation import ValidDocument, read_document


@strawberry.federation.type
class Member:
    name: str
    dear: str = strawberry.field(directives=[Cost(weight=7)])
    free: str = strawberry.field(directives=[Cost(weight=0)])


@strawberry.federation.type
class Page:
    members: list[Member] = strawberry.field(directives=[list_of(30)])
    others: list[Member] = strawberry.field(directives=[list_of(5)])


@strawberry.federation.type
class Below:
    somebody: Member = strawberry.field(directives=[LooksUpPeople()])


def by_number(most: int | None = None) -> Page | None:
    """Answer nothing; documents are counted here and never run."""


def by_two(most: int = 2) -> Page | None:
    """Likewise."""


def each_of(whom: list[str]) -> list[Member] | None:
    """Likewise."""


def page_about(whom: list[str]) -> Page | None:
    """Likewise."""


def verdict_on(whom: list[str]) -> int | None:
    """Likewise."""


UNSIZED = ListSize(slicing_arguments=None, sized_fields=None, assumed_size=None)
PAGE = page_of(4, "members", stated_by="most")


@strawberry.federation.type
class Query:
    member: Member
    silent: list[Member]
    unsized: list[Member] = strawberry.field(directives=[UNSIZED])
    three: list[Member] = strawberry.field(directives=[list_of(3)])
    whole: Page
    below: Below
    named: Page = strawberry.field(directives=[NamesPeople()])
    page: Page | None = strawberry.field(directives=[PAGE], resolver=by_number)
    page_of_two: Page | None = strawberry.field(directives=[PAGE], resolver=by_two)
    each: list[Member] | None = strawberry.field(
        directives=[LooksUpPeople(each="whom")], resolver=each_of
    )
    at_most_three: Page | None = strawberry.field(
        directives=[LooksUpPeople(each="whom", most=3, sized_fields=["members"])],
        resolver=page_about,
    )
    claim: int | None = strawberry.field(
        directives=[LooksUpPeople(each="whom", as_claims=True)], resolver=verdict_on
    )


COSTS = FieldCosts(Schema(query=Query)._schema)


def read(text: str) -> ValidDocument:
    return read_document(text, COSTS, Limits())


def values_of(text: str, variables: Mapping[str, object]) -> int:
    return in_numbers(read(text).costs[None].values, variables)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("{member{name}}", 2, id="one a field"),
        pytest.param("{member{dear}}", 8, id="a weight"),
        pytest.param("{member{free}}", 1, id="no weight"),
        pytest.param("{three{dear}}", 22, id="a weight in a list"),
        pytest.param("{three{name}}", 4, id="a list that says its length"),
        pytest.param("{silent{name}}", 11, id="a list that says nothing"),
        pytest.param("{unsized{name}}", 11, id="a list that says no length"),
        pytest.param("{whole{members{name}}}", 32, id="a list nobody sizes"),
        pytest.param("{page(most:6){members{name}}}", 13, id="a list sized above"),
        pytest.param("{page{members{name}}}", 9, id="left out"),
        pytest.param("{page(most:null){members{name}}}", 9, id="null"),
        pytest.param("{pageOfTwo{members{name}}}", 5, id="left out, with a default"),
        pytest.param(
            "{page(most:6){others{name}}}",
            1 + 6 + 6 * 5,
            id="another list beside the sized one",
        ),
        pytest.param(
            "{page(most:6){...{...f}}} fragment f on Page{members{name}}",
            13,
            id="a list sized above, through fragments",
        ),
        pytest.param('{each(whom:["a","b"]){name}}', 3, id="a list as long as asked"),
        pytest.param(
            '{atMostThree(whom:["a","b"]){members{name}}}', 5, id="sized by people"
        ),
    ],
)
def test_values_are_counted_as_declared(text: str, values: int) -> None:
    assert values_of(text, {}) == values


@pytest.mark.parametrize(
    ("text", "people", "claims"),
    [
        pytest.param("{member{name}}", 0, 0, id="nobody"),
        pytest.param('{each(whom:["a","b"]){name}}', 2, 0, id="each of a list"),
        pytest.param('{each(whom:"a"){name}}', 1, 0, id="no list, which is one of one"),
        pytest.param(
            '{atMostThree(whom:["a","b","c"]){others{name}}}', 3, 0, id="last allowed"
        ),
        pytest.param(
            '{atMostThree(whom:["a","b","c","d"]){others{name}}}',
            0,
            0,
            id="the field refuses one more, and asks nobody",
        ),
        pytest.param('{claim(whom:["a","b"])}', 0, 2, id="claims"),
        pytest.param("{below{somebody{name}}}", 1, 0, id="below the root"),
        pytest.param("{named{others{name}}}", 0, 0, id="named, and not looked up"),
    ],
)
def test_people_are_counted_as_declared(text: str, people: int, claims: int) -> None:
    cost = read(text).costs[None]

    assert (in_numbers(cost.people, {}), in_numbers(cost.claims, {})) == (
        people,
        claims,
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("{member{name}}", False, id="nobody"),
        pytest.param("{named{others{name}}}", True, id="named"),
        pytest.param("{each(whom:[]){name}}", True, id="an empty list"),
        pytest.param("{below{somebody{name}}}", True, id="below the root"),
    ],
)
def test_who_may_be_named_is_asked_about_by_post(text: str, names: bool) -> None:
    assert read(text).costs[None].names_people is names


@pytest.mark.parametrize(
    "declared",
    [
        pytest.param(LooksUpPeople(each="nobody"), id="people"),
        pytest.param(page_of(1, "members", stated_by="nothing"), id="a page"),
    ],
)
def test_an_argument_that_is_not_there_stops_the_start(
    declared: LooksUpPeople | ListSize,
) -> None:
    @strawberry.federation.type(name="Query")
    class Wrong:
        page: Page = strawberry.field(directives=[declared])

    with pytest.raises(KeyError):
        FieldCosts(Schema(query=Wrong)._schema)
