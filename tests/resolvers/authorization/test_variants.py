"""A role's variant has what the role may ask, and nothing else."""

import pytest
from graphql import GraphQLSchema, build_ast_schema, parse, validate

from bureau.caller import Caller, Scope
from gateway.documents.trusted import BUILT_IN
from gateway.registration.documents import DOCUMENTS
from resolvers.authorization.variants import RULES, SCOPES, Role, Variant
from resolvers.documents.trusted import read_manifest
from resolvers.schema import schema

TRUSTED = {
    **{
        text.split("(")[0]: text
        for text in read_manifest(BUILT_IN.read_bytes()).values()
    },
    **{document.name: document.text for document in DOCUMENTS.values()},
}
RELAYS = "query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }"


def variant(role: Role, *, is_subgraph: bool = False) -> GraphQLSchema:
    """Return a role's variant, as a client reads it."""
    text = schema.printed(Variant(scopes=SCOPES[role], is_subgraph=is_subgraph))
    # Federation defines its directives itself.
    return build_ast_schema(parse(text), assume_valid_sdl=True)


VARIANTS = {role: variant(role) for role in Role}


def fits(text: str, of: GraphQLSchema) -> bool:
    return validate(of, parse(text)) == []


def may(text: str, role: Role) -> bool:
    caller = Caller("one", SCOPES[role])
    return schema.permissions.refusals(parse(text), None, caller) == []


@pytest.mark.parametrize("role", Role)
def test_each_trusted_document_fits_the_variants_of_who_may_ask_it(role: Role) -> None:
    """And no other: what a role may not ask is not in its variant."""
    fitting = {name for name, text in TRUSTED.items() if fits(text, VARIANTS[role])}

    assert fitting == {name for name, text in TRUSTED.items() if may(text, role)}
    assert fitting


def test_each_trusted_document_is_of_a_role() -> None:
    of_none = [
        name
        for name, text in TRUSTED.items()
        if not any(fits(text, one) for one in VARIANTS.values())
    ]

    assert of_none == []


@pytest.mark.parametrize("role", Role)
def test_a_variant_is_a_part_of_the_schema(role: Role) -> None:
    for name, type_ in VARIANTS[role].type_map.items():
        whole = schema.core.type_map[name]
        fields = getattr(type_, "fields", {})
        assert fields.keys() <= getattr(whole, "fields", {}).keys(), name


@pytest.mark.parametrize(
    ("role", "has", "lacks"),
    [
        (Role.HR, "holder", "auditRecords"),
        (Role.AGENCY, "connectors", "holder"),
        (Role.OPERATOR, "auditRecords", "holder"),
    ],
)
def test_a_role_sees_its_own_questions(role: Role, has: str, lacks: str) -> None:
    query = VARIANTS[role].query_type
    assert query is not None

    assert (has in query.fields, lacks in query.fields) == (True, False)


def test_what_is_reached_from_nowhere_is_not_there() -> None:
    types = VARIANTS[Role.AGENCY].type_map

    assert "ConnectorSubmission" in types
    assert not {"Certificate", "HolderAnswer", "Node", "ClaimInput"} & types.keys()


def test_a_subgraph_leaves_relay_s_questions_to_the_supergraph() -> None:
    assert fits(RELAYS, VARIANTS[Role.HR])
    subgraph = variant(Role.HR, is_subgraph=True)

    assert not fits(RELAYS, subgraph)
    assert "Node" not in subgraph.type_map
    assert not [rule for rule in RULES if rule in schema.subgraph]
    assert fits('{ certificate(id: "1") { ... on Certificate { id } } }', subgraph)


def test_with_every_scope_the_variant_is_the_whole() -> None:
    whole = Variant(scopes=frozenset(map(str, Scope)))

    found = build_ast_schema(parse(schema.printed(whole)), assume_valid_sdl=True)

    missing = schema.core.type_map.keys() - found.type_map.keys()
    assert [one for one in missing if not one.startswith(("_", "link__"))] == []
