"""``_entities`` takes representations of entities and nothing else."""

import pytest
from graphql import GraphQLError

from bureau.caller import Caller, Scope
from resolvers.authorization.permissions import ForbiddenError
from resolvers.entities import require_entities
from resolvers.errors import RequestError
from resolvers.schema import schema
from tests.resolvers.test_store_away import answer

READER = Caller("district", frozenset({Scope.READ_CERTIFICATES}))
STRANGER = Caller("district", frozenset())
CERTIFICATE = {"__typename": "Certificate", "id": "abc"}


def require(representation: object, caller: Caller = READER) -> None:
    rules = schema.permissions.rules
    require_entities([CERTIFICATE, representation], schema.entity_keys, rules, caller)


def test_the_entities_are_known_by_their_keys() -> None:
    assert schema.entity_keys == {
        "Certificate": [frozenset({"id"})],
        "Person": [frozenset({"idType", "idNumber"})],
    }


def test_an_entity_by_its_key_passes() -> None:
    require(CERTIFICATE)


@pytest.mark.parametrize(
    "representation",
    [
        pytest.param(7, id="a number"),
        pytest.param(None, id="null"),
        pytest.param([], id="a list"),
        pytest.param({"id": "abc"}, id="no type"),
        pytest.param({"__typename": 7, "id": "abc"}, id="a type that is no text"),
        pytest.param({"__typename": "Nothing", "id": "abc"}, id="an unknown type"),
        pytest.param({"__typename": "Provenance"}, id="a type that is no entity"),
        pytest.param({"__typename": "PersonInput"}, id="an input type"),
        pytest.param({"__typename": "Certificate"}, id="no key"),
        pytest.param({**CERTIFICATE, "number": "1"}, id="more than a key"),
        pytest.param({**CERTIFICATE, "info": {}}, id="an argument of ours"),
        pytest.param({**CERTIFICATE, "id": 7}, id="a key that is no text"),
        pytest.param({**CERTIFICATE, "id": None}, id="a key that is null"),
        pytest.param({"__typename": "Person", "idNumber": "1"}, id="half a key"),
    ],
)
def test_anything_else_is_the_clients_mistake(representation: object) -> None:
    with pytest.raises(RequestError):
        require(representation)


def test_an_entity_needs_the_scope_of_its_type_whatever_is_selected() -> None:
    with pytest.raises(ForbiddenError) as refused:
        require(CERTIFICATE, STRANGER)

    assert refused.value.extensions == {
        "code": "FORBIDDEN",
        "requiredScopes": [["certificates:read"]],
    }


def test_a_representation_is_looked_at_before_it_is_resolved() -> None:
    """The resolver itself refuses: there is no context in which it could find one."""

    class Info:
        class context:  # noqa: N801 - as Strawberry calls it
            caller = STRANGER

    with pytest.raises(GraphQLError, match="Certificate needs certificates:read"):
        schema.entities_resolver(Info, [CERTIFICATE])  # type: ignore[arg-type,list-item]  # all it reads


def test_a_person_is_named_by_a_known_kind_of_number() -> None:
    found = answer(
        """{ _entities(representations: [
          { __typename: "Person", idType: "CAT", idNumber: "1" }]) { __typename } }"""
    )

    assert found.errors is not None
    (error,) = found.errors
    assert error.message.startswith("idType of Person is none of RESIDENT_ID, ")


def test_no_field_takes_another_subgraphs_word() -> None:
    """Without @requires nobody's field can bring a protected one in by the back."""
    printed = schema.as_str()

    assert "@key" in printed
    assert not [d for d in ("@requires(", "@external", "@provides(") if d in printed]
