"""Ways around a field's rule: attack 12 of the list.

The schema with every such shape is ``tests/resolvers/guarded.py``; more of the rules
are held by ``tests/resolvers/authorization/test_permissions.py``.
"""

import pytest
from strawberry.types.execution import ExecutionResult

from bureau.caller import Caller
from resolvers.schema import schema
from tests.gateway.callers.known import fresh_token
from tests.resolvers import guarded
from tests.running import Gateway

NOTHING = Caller("district", frozenset())


async def guarded_answer(document: str, caller: Caller = NOTHING) -> ExecutionResult:
    context = guarded.Asked([], caller)
    answer = await guarded.schema.execute(document, context_value=context)
    assert isinstance(answer, ExecutionResult)
    return answer


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(
            "{ node { id } }", id="scope on the implementing type, not the interface"
        ),
        pytest.param("{ entry { at } }", id="scope on the interface, not the type"),
        pytest.param("{ renamed { word } }", id="renamed directive"),
        pytest.param("{ innocent: secret }", id="alias of a protected field"),
        pytest.param(
            "{ notice { id } secret }", id="protected field inside an error path"
        ),
        pytest.param("{ ...F } fragment F on Query { secret }", id="in a fragment"),
        pytest.param("{ forgotten { word } }", id="a field without any rule"),
    ],
)
async def test_no_way_around_a_rule(document: str) -> None:
    answer = await guarded_answer(document)

    assert answer.data is None
    assert [(e.extensions or {})["code"] for e in answer.errors or []] == ["FORBIDDEN"]


def test_a_protected_field_is_nobodys_requirement() -> None:
    """@requires would make the router ask for it; no field here has one."""
    assert "@requires(" not in schema.as_str()


def test_entities_are_under_the_rules_of_their_types(attacked: Gateway) -> None:
    query = '{ _entities(representations: [{__typename: "Certificate", id: "x"}]) '
    token = fresh_token(scope="schema:read")

    for selection in ("{ __typename }", "{ ... on Certificate { id } }"):
        _, body, _ = attacked.post({"query": query + selection + " }"}, token)
        assert body["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert "data" not in body
