"""No field escapes the limits: what it costs and whom it looks up stands at the field.

Whether a field can look somebody up is read from the resolvers' source, so that a new
one is found whatever it is called and wherever it stands.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_introspection_type,
    is_list_type,
)
from strawberry.federation.schema_directives import Cost, ListSize

from resolvers.authorization.rules import directives_of
from resolvers.documents.directives import LooksUpPeople, NamesPeople
from resolvers.documents.field_costs import FieldCosts
from resolvers.schema import schema
from tests.architecture.call_graph import Function, read_calls

Owner = GraphQLObjectType | GraphQLInterfaceType
GATE = {
    ("resolvers.look_ups", "look_up"),
    ("resolvers.look_ups", "look_up_by_wrong_id"),
    ("resolvers.look_ups", "hand_out"),
}
COSTS = FieldCosts(schema.core)


def fields() -> Iterator[tuple[Owner, str, GraphQLField]]:
    """Yield every field of ours."""
    for type_ in schema.core.type_map.values():
        if isinstance(type_, Owner) and not is_introspection_type(type_):
            for name, field in type_.fields.items():
                yield type_, name, field


FIELDS = {
    f"{owner.name}.{name}": (owner, name, field) for owner, name, field in fields()
}


def declared(place: str, kind: type[Any]) -> Any:
    """Return what a field declares of a kind; ``None`` if nothing."""
    of_kind = [one for one in directives_of(FIELDS[place][2]) if isinstance(one, kind)]
    assert len(of_kind) < 2, place
    return of_kind[0] if of_kind else None


def strawberrys(place: str) -> Any:
    """Return a field as Strawberry has it."""
    return FIELDS[place][2].extensions["strawberry-definition"]


def function_of(method: Any) -> Function:
    """Return a function or method as the call graph names it."""
    return method.__module__, method.__qualname__


def resolver_of(place: str) -> Function | None:
    """Return what answers a field; ``None`` if an attribute does."""
    resolver = strawberrys(place).base_resolver
    return None if resolver is None else function_of(resolver.wrapped_func)


ROOTS = {"Query", "Mutation", "Subscription"}
AT_ROOTS = {
    resolver
    for place, (owner, _, _) in FIELDS.items()
    if owner.name in ROOTS and (resolver := resolver_of(place)) is not None
}
CALLS = read_calls("resolvers", AT_ROOTS)
ENTITIES = {
    function_of(origin.resolve_reference)
    for type_ in schema.core.type_map.values()
    if (
        origin := getattr(type_.extensions.get("strawberry-definition"), "origin", None)
    )
    and hasattr(origin, "resolve_reference")
}
"""How entities are found; the library calls them for ``Query._entities``."""


def starts_of(place: str) -> set[Function]:
    """Return what runs first to answer a field."""
    resolver = resolver_of(place)
    if resolver is None:
        # Of whatever has an attribute of this name.
        return set(CALLS.by_last_name.get(strawberrys(place).python_name, ()))
    if resolver == function_of(type(schema).entities_resolver):
        return {resolver, *ENTITIES}
    return {resolver}


def looks_up(place: str) -> bool:
    """Say whether a field can reach the gate."""
    return bool(CALLS.reached_from(starts_of(place)) & GATE)


def test_the_gate_is_where_the_call_graph_looks_for_it() -> None:
    assert CALLS.bodies.keys() >= GATE | ENTITIES
    assert ENTITIES


def test_every_resolver_of_ours_is_in_the_call_graph() -> None:
    resolvers = {place: resolver_of(place) for place in FIELDS}

    missing = {place for place, one in resolvers.items() if one not in CALLS.bodies}
    assert {place for place in missing if resolvers[place]} == set()


def test_what_can_look_people_up_declares_it_and_nothing_else_does() -> None:
    can = {place for place in FIELDS if looks_up(place)}

    assert can == {place for place in FIELDS if declared(place, LooksUpPeople)}
    assert can == {
        "Query.holder",
        "Query.holders",
        "Query.certificateByLicenceId",
        "Query.verifyClaims",
        "Query.certificate",
        *("Query._entities", "Query.node", "Query.nodes"),
        "Query.evidence",
        "Query.previewDecision",
        "Mutation.recordDecision",
        "Mutation.answerCorrection",
        "Mutation.issueCredential",
    }


def test_what_takes_an_identity_number_is_asked_by_post_only() -> None:
    takes = {place for place, (_, _, field) in FIELDS.items() if takes_a_number(field)}

    assert takes >= {"Query.holders", "Query.auditRecords"}
    assert {
        place for place in takes if not COSTS.of(*FIELDS[place][:2]).names_people
    } == set()


def takes_a_number(of: GraphQLField | GraphQLInputObjectType) -> bool:
    """Say whether an identity number can be given to ``of``, however deep."""
    entries = of.args if isinstance(of, GraphQLField) else of.fields
    return "idNumber" in entries or any(
        isinstance(type_, GraphQLInputObjectType) and takes_a_number(type_)
        for type_ in (get_named_type(entry.type) for entry in entries.values())
    )


def test_names_people_is_not_said_beside_looks_up_people() -> None:
    said_twice = {
        place
        for place in FIELDS
        if declared(place, LooksUpPeople) and declared(place, NamesPeople)
    }

    assert said_twice == set()


def test_every_list_says_how_long_it_is() -> None:
    silent = set(FIELDS)
    for place, (_, _, field) in FIELDS.items():
        size, people = declared(place, ListSize), declared(place, LooksUpPeople)
        if (
            not is_list(field)
            or (people and people.each)
            or (size and size.assumed_size)
        ):
            silent.remove(place)

    assert silent == set()


@pytest.mark.parametrize("place", [p for p in FIELDS if declared(p, LooksUpPeople)])
def test_people_of_a_list_are_counted_by_an_argument_that_is_one(place: str) -> None:
    _, _, field = FIELDS[place]
    people = declared(place, LooksUpPeople)
    lists = {name for name, argument in field.args.items() if is_list(argument)}

    assert not people.each or people.each in lists
    assert people.each or not (people.most or people.sized_fields)
    assert lists_of(field) >= set(people.sized_fields or ())
    # Which of them would say how long the answer is?
    assert declared(place, ListSize) is None


@pytest.mark.parametrize("place", [p for p in FIELDS if declared(p, ListSize)])
def test_a_list_size_is_one_that_supergraphs_take(place: str) -> None:
    """Apollo's composition refuses others; none of ours requires an argument."""
    _, _, field = FIELDS[place]
    size = declared(place, ListSize)

    assert is_list(field) or size.sized_fields
    assert set(size.slicing_arguments or ()) == numbers_of(field)
    assert len(numbers_of(field)) < 2
    assert not size.slicing_arguments or size.require_one_slicing_argument is False
    assert lists_of(field) >= set(size.sized_fields or ())


def test_every_number_of_a_question_is_counted_as_a_length() -> None:
    numbered = {
        place
        for place, (owner, _, field) in FIELDS.items()
        # A step's number is none of its answer's.
        if owner is not schema.core.mutation_type and numbers_of(field)
    }

    assert "Query.recoveries" in numbered
    assert {place for place in numbered if not declared(place, ListSize)} == set()


def test_every_page_is_as_long_as_its_argument_says() -> None:
    pages = {
        place
        for place, (_, _, field) in FIELDS.items()
        if "pageInfo" in getattr(get_named_type(field.type), "fields", ())
    }

    assert "Holder.certificates" in pages
    for place in pages:
        assert set(declared(place, ListSize).sized_fields) == lists_of(FIELDS[place][2])


def test_a_weight_stands_on_a_field_and_nowhere_else() -> None:
    """Federation allows it on types and arguments, where nothing here reads it."""
    elsewhere = [directives_of(one) for one in schema.core.type_map.values()]
    for _, _, field in FIELDS.values():
        elsewhere += [directives_of(one) for one in field.args.values()]

    weighed = [one for many in elsewhere for one in many if isinstance(one, Cost)]

    assert weighed == []


def test_a_field_costs_the_same_through_an_interface() -> None:
    for owner, name, _ in FIELDS.values():
        for interface in owner.interfaces:
            if name in interface.fields:
                assert COSTS.of(interface, name) == COSTS.of(owner, name), name


def test_a_claim_stands_in_an_argument_of_its_own() -> None:
    """Not deeper, where nobody would see that a claim is judged."""
    deeper = {
        str(type_)
        for type_ in schema.core.type_map.values()
        if isinstance(type_, GraphQLInputObjectType)
        for entry in type_.fields.values()
        if get_named_type(entry.type).name == "ClaimInput"
    }
    judging = {
        place
        for place, (owner, name, _) in FIELDS.items()
        if COSTS.of(owner, name).claim
    }

    assert deeper == set()
    assert judging == {
        *("Query.previewDecision", "Mutation.recordDecision"),
        *("Mutation.proposeCorrection", "Holder.claimable"),
        *(
            f"{owner}.{name}"
            for owner in ("Certificate", "Holder")
            for name in ("eligibility", "claimEligibility")
        ),
    }


def is_list(of: GraphQLField | GraphQLArgument) -> bool:
    """Say whether a field returns a list, or an argument takes one."""
    return is_list_type(get_nullable_type(of.type))


def lists_of(field: GraphQLField) -> set[str]:
    """Return the lists that can be selected of what ``field`` returns."""
    type_ = get_named_type(field.type)
    members = type_.types if isinstance(type_, GraphQLUnionType) else [type_]
    return {
        name
        for member in members
        if isinstance(member, Owner)
        for name, selected in member.fields.items()
        if is_list(selected)
    }


def numbers_of(field: GraphQLField) -> set[str]:
    """Return the arguments that a length can stand in."""
    return {
        name
        for name, argument in field.args.items()
        if str(get_nullable_type(argument.type)) == "Int"
    }
