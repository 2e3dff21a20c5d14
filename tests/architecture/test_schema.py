"""The schema is printed from the code, and says everything in Chinese and English."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_scalar_type,
)

from resolvers.schema import schema

ROOT = Path(__file__).parents[2]

FEDERATIONS = ("_", "link__", "Query._entities", "Query._service")
"""How the names begin that Apollo Federation v2 prescribes."""
OURS = "resolvers."
"""How the names of modules begin whose directives are ours."""
LIBRARYS = frozenset({"Date", "DateTime"})
"""Scalars that Strawberry brings with its own words."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]")


def described() -> Iterator[tuple[str, str | None]]:
    """Yield everything of ours that has a description, by its place."""
    for name, type_ in schema._schema.type_map.items():
        if is_introspection_type(type_) or is_specified_scalar_type(type_):
            continue
        yield name, type_.description
        match type_:
            case GraphQLEnumType():
                for value, member in type_.values.items():
                    yield f"{name}.{value}", member.description
            case GraphQLObjectType() | GraphQLInterfaceType():
                for field, definition in type_.fields.items():
                    yield f"{name}.{field}", definition.description
                    for argument, stated in definition.args.items():
                        yield f"{name}.{field}({argument}:)", stated.description
            case GraphQLInputObjectType():
                for field, entry in type_.fields.items():
                    yield f"{name}.{field}", entry.description
            case _:
                pass


def directives() -> Iterator[tuple[str, str | None]]:
    """Yield the directives of ours."""
    for directive in schema._schema.directives:
        definition = directive.extensions.get("strawberry-definition")
        if definition is not None and definition.origin.__module__.startswith(OURS):
            yield f"@{directive.name}", directive.description


DESCRIBED = {
    place: text
    for place, text in (*described(), *directives())
    if place not in LIBRARYS and not place.startswith(FEDERATIONS)
}


def test_schema_graphql_is_up_to_date() -> None:
    committed = (ROOT / "schema.graphql").read_text("utf-8")

    assert committed == schema.as_str() + "\n", "run: make schema"


@pytest.mark.parametrize(
    "place",
    [
        "Certificate",
        "Certificate.number",
        "Certificate.eligibility(asOf:)",
        "SourceOutcome.TIMED_OUT",
        "ClaimInput.payments",
        "HoldersAnswer",
        "@looksUpPeople",
        "@namesPeople",
    ],
)
def test_descriptions_are_looked_for_everywhere(place: str) -> None:
    assert place in DESCRIBED


def test_everything_is_described_in_chinese_and_english() -> None:
    lacking = {
        place: text
        for place, text in DESCRIBED.items()
        if not (text and CHINESE.search(text) and LATIN.search(text))
    }

    assert lacking == {}


def test_the_certificate_is_an_entity_of_the_subgraph() -> None:
    printed = schema.as_str()

    assert 'type Certificate implements Node @key(fields: "id")' in printed
    assert 'type Person @key(fields: "idType idNumber")' in printed
    assert "_service: _Service!" in printed


OTHER_VALUES = {
    "SignatureAlgorithm.ED25519": "EdDSA",
    "QualityWindow.DAY": 1,
    "QualityWindow.WEEK": 7,
    "QualityWindow.MONTH": 30,
    "RuleSource.PUBLIC_COPY": "public copy",
}
"""What members stand for that do not stand for their names."""


def test_a_member_of_an_enum_stands_for_its_name() -> None:
    members = {
        f"{type_.name}.{member.name}": member
        for type_ in schema.core.type_map.values()
        if isinstance(type_, GraphQLEnumType) and not is_introspection_type(type_)
        for member in type_.extensions["strawberry-definition"].wrapped_cls
    }
    others = {
        place: member.value
        for place, member in members.items()
        if str(member.value).upper().replace("-", "_") != member.name
    }

    assert len(members) > len(others)
    assert others == OTHER_VALUES
