"""Whatever the graph asks the database while it is away is refused with one code."""

import asyncio
from collections.abc import Iterator, Mapping
from inspect import isawaitable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from graphql import (
    ExecutionResult,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    execute,
    parse,
)

from bureau.caller import Caller, LookUp, Purpose, Scope
from connectors.errors import StoreUnavailableError
from gateway.clock import utc_now
from policy.catalogue import load_catalogue
from policy.identifiers import mod_37_36
from policy.parameters import load_parameters
from resolvers.context import RequestContext, Services
from resolvers.schema import schema

ASK_NO_STORE = {
    *("_entities", "_service", "eventCursors", "catalogue", "policy", "agencies"),
    *("holder", "holders", "verifyClaims", "certificate", "node", "nodes"),
}
"""They ask agencies, or nobody."""
OF_THE_LOG = {"auditRecords"}
"""The log's being away has a code of its own."""
NOT_SO_FAR = {"previewDecision", "recordDecision", "evidence", "issueCredential"}
"""They find something wrong with what is sent here."""
_PARTS = ("A124", "25GABC12340", "00001", "2")
LICENCE = ".".join(("1.2.156.3005.2", *_PARTS, mod_37_36("".join(_PARTS))))
VALUES = {
    "licenceId": LICENCE,
    "officer": "310000001",
    "district": "310104",
    "from": "310104",
    "to": "310106",
    "Date": "2026-05-01",
    "DateTime": "2026-05-01T00:00:00Z",
}
"""Texts that are no mere number, by the argument or else the type."""


EVERYTHING = Caller("clerk", frozenset(Scope))
OFFICE = Caller("office", frozenset({Scope.READ_IDENTITY, Scope.REGISTER}))
"""One whose authorities are those of the connectors that it owns."""


class Away:
    """A store of which nothing can be had but what is given."""

    def __init__(self, **given: object) -> None:
        self.given = given

    def __getattr__(self, name: str) -> Any:
        async def asked(*_: object, **__: object) -> object:
            if isinstance(error := self.given.get(name), Exception):
                raise error
            if name in self.given:
                return self.given[name]
            raise StoreUnavailableError("away")

        return asked


def context(
    purpose: object = Purpose.SUBSIDY_CLAIM,
    caller: object = EVERYTHING,
    **stores: object,
) -> RequestContext:
    away, place = Away(), SimpleNamespace(agency="transport")
    registry = SimpleNamespace(agencies=[])
    services: dict[str, object] = {
        "live": SimpleNamespace(snapshot=SimpleNamespace(registry=registry)),
        "clock": utc_now,
        "deadline_seconds": 1,
        "catalogue": load_catalogue(),
        "parameters": load_parameters(),
        "certificate_ids": SimpleNamespace(
            open=lambda _: place, place_of=lambda _: "place", mark=str
        ),
        "oversight": SimpleNamespace(
            pseudonyms=SimpleNamespace(of_officer=str, mark=str), audit=away
        ),
        "registration": SimpleNamespace(
            store=away, connectors=away, keys=away, sanctions=away
        ),
        **dict.fromkeys(("quality", "sent_changes", "ledger", "decisions"), away),
        "entries": away,
        "vault": away,
        "licences": away,
        "log": away,
        **stores,
    }
    return RequestContext(
        cast("Services", SimpleNamespace(**services)),
        cast("Caller", caller),
        LookUp(cast("Purpose", purpose), "2026-1"),
    )


def written(type_: GraphQLInputType, name: str) -> str:
    match type_:
        case GraphQLNonNull():
            return written(type_.of_type, name)
        case GraphQLList():
            return f"[{written(type_.of_type, name)}]"
        case GraphQLEnumType():
            return str(next(iter(type_.values)))
        case GraphQLInputObjectType():
            return f"{{{required(type_.fields)}}}"
        case _:
            return text_of(type_, name)


def text_of(type_: GraphQLInputType, name: str) -> str:
    assert isinstance(type_, GraphQLNamedType)
    if type_.name in {"Int", "Boolean"}:
        return {"Int": "1", "Boolean": "true"}[type_.name]
    return f'"{VALUES.get(type_.name, VALUES.get(name, "1"))}"'


def required(stated: Mapping[str, GraphQLArgument | GraphQLInputField]) -> str:
    return ", ".join(
        f"{name}: {written(one.type, name)}"
        for name, one in stated.items()
        if isinstance(one.type, GraphQLNonNull)
    )


def question(kind: str, name: str, shown: str = "__typename") -> str:
    field = getattr(schema.core, f"{kind}_type").fields[name]
    said = required(field.args)
    asked = f"{name}({said})" if said else name
    return f"{kind} {{ {asked} {{ {shown} }} }}"


def questions() -> Iterator[Any]:
    """Yield a question for every root field that asks a store."""
    for kind in ("query", "mutation"):
        for name in getattr(schema.core, f"{kind}_type").fields:
            if name not in ASK_NO_STORE | OF_THE_LOG | NOT_SO_FAR:
                yield pytest.param(question(kind, name), id=name)


def answer(text: str, **stores: Any) -> ExecutionResult:
    async def answered() -> ExecutionResult:
        found = execute(schema.core, parse(text), context_value=context(**stores))
        return await found if isawaitable(found) else found

    return asyncio.run(answered())


def codes(text: str, **stores: Any) -> list[object]:
    errors = answer(text, **stores).errors or []
    return [(error.extensions or {}).get("code", error) for error in errors]


@pytest.mark.parametrize("text", list(questions()))
def test_every_question_and_step_says_that_the_store_is_away(text: str) -> None:
    assert codes(text) == ["STORE_UNAVAILABLE"]


def test_so_does_a_count_of_what_was_shown() -> None:
    text = "{ decisions { totalCount } }"

    assert codes(text, decisions=Away(page=[])) == ["STORE_UNAVAILABLE"]


def test_so_does_who_is_asked_for_evidence() -> None:
    text = '{ evidence(decision: "1") { __typename } }'

    assert codes(text, purpose=Purpose.HOLDER_REQUEST) == ["STORE_UNAVAILABLE"]


def test_so_does_who_is_asked_for_a_credential() -> None:
    text = question("mutation", "issueCredential")
    offered = SimpleNamespace(is_offered=True)

    assert codes(
        text, purpose=Purpose.HOLDER_REQUEST, credentials=offered, caller=OFFICE
    ) == ["STORE_UNAVAILABLE"]


def test_a_log_that_is_away_has_a_code_of_its_own() -> None:
    assert codes("{ auditRecords { __typename } }") == ["AUDIT_UNAVAILABLE"]
