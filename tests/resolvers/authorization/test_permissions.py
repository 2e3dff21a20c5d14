"""A document is refused before anything runs, however a protected field is reached."""

from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    is_introspection_type,
    parse,
    validate,
)
from strawberry.types.execution import ExecutionResult

from bureau.caller import Caller, Scope
from resolvers.authorization.rules import NOBODY
from resolvers.schema import schema
from tests.resolvers import guarded


def caller(*scopes: Scope) -> Caller:
    return Caller("district", frozenset(scopes))


def fields() -> Iterator[tuple[GraphQLObjectType | GraphQLInterfaceType, str]]:
    """Yield every field that can be asked for, with its type."""
    for type_ in schema._schema.type_map.values():
        if is_introspection_type(type_):
            continue
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for name in type_.fields:
                yield type_, name


def test_every_field_has_a_rule() -> None:
    rules = {
        f"{type_.name}.{field}": schema.permissions.rules.of_field(type_, field)
        for type_, field in fields()
    }

    assert rules
    assert [name for name, of in rules.items() if not of or NOBODY in of] == []


def test_every_scope_of_a_rule_exists() -> None:
    rules = [
        schema.permissions.rules.of_field(type_, field) for type_, field in fields()
    ]
    stated = {
        s for many in rules for rule in many for set_ in rule.any_of for s in set_
    }

    assert stated <= set(Scope)


def refused(document: str, *scopes: Scope) -> list[tuple[object, object]]:
    """Return what the gateway's schema refuses: paths and scopes."""
    parsed = parse(document)
    assert validate(schema._schema, parsed) == []
    errors = schema.permissions.refusals(parsed, None, caller(*scopes))
    return [
        (".".join(map(str, e.path or ())), (e.extensions or {})["requiredScopes"])
        for e in errors
    ]


@pytest.mark.parametrize(
    "document",
    [
        pytest.param("{ catalogue { items { code } } }", id="the annex"),
        pytest.param("{ policy { notice } }", id="the rules"),
        pytest.param("{ agencies { health { state } } }", id="agencies"),
        pytest.param("{ __typename }", id="a ping"),
    ],
)
def test_anybody_known_may_ask_for_what_is_about_nobody(document: str) -> None:
    assert refused(document) == []


@pytest.mark.parametrize(
    ("document", "path"),
    [
        pytest.param(
            '{ holder(idNumber: "1") { sources { agency } } }',
            "holder",
            id="a person's sources",
        ),
        pytest.param(
            '{ holder(idNumber: "1") { __typename } }', "holder", id="whether it is one"
        ),
        pytest.param(
            "{ holders(people: []) { ... on InvalidList { found } } }",
            "holders",
            id="people",
        ),
        pytest.param(
            '{ certificate(id: "1") { ... on UnknownCertificate { id } } }',
            "certificate",
            id="a certificate",
        ),
        pytest.param(
            '{ certificateByLicenceId(licenceId: "1") { __typename } }',
            "certificateByLicenceId",
            id="a licence",
        ),
        pytest.param(
            "{ _entities(representations: []) { __typename } }",
            "_entities",
            id="entities",
        ),
    ],
)
def test_people_and_certificates_need_their_scope(document: str, path: str) -> None:
    [(found, scopes)] = refused(document)

    assert str(found).startswith(path)
    assert scopes == [["certificates:read"]]
    assert refused(document, Scope.READ_CERTIFICATES) == []


EVIDENCE = """{ holder(idNumber: "1") { ... on Holder { certificates { nodes {
  provenance { keyId proof: %s } } } } } }"""


@pytest.mark.parametrize("field", ["envelope", "body"])
def test_signed_bytes_need_the_scope_of_identities(field: str) -> None:
    document = EVIDENCE % field
    path = "holder.certificates.nodes.provenance.proof"

    assert refused(document, Scope.READ_CERTIFICATES) == [(path, [["identity:read"]])]
    assert refused(document, Scope.READ_CERTIFICATES, Scope.READ_IDENTITY) == []


def test_the_text_of_the_schema_needs_the_scope_of_introspection() -> None:
    assert refused("{ _service { sdl } }") == [("_service", [["schema:read"]])]
    assert refused("{ _service { sdl } }", Scope.INTROSPECT) == []


async def asked(document: str, *scopes: Scope) -> tuple[ExecutionResult, list[str]]:
    """Ask the small schema; return the answer and what ran."""
    context = guarded.Asked([], caller(*scopes))
    answer = await guarded.schema.execute(document, context_value=context)
    assert isinstance(answer, ExecutionResult)
    return answer, context.fields


PAY = [["payments:write"]]
AUDIT = [["audit:read"]]


@pytest.mark.parametrize(
    ("document", "scopes"),
    [
        pytest.param("{ secret }", AUDIT, id="a field"),
        pytest.param("{ notice { id } policy: secret }", AUDIT, id="under an alias"),
        pytest.param("{ ...F } fragment F on Query { secret }", AUDIT, id="a fragment"),
        pytest.param(
            "{ ...F } fragment F on Query { ...G } fragment G on Query { a: secret }",
            AUDIT,
            id="a fragment in a fragment",
        ),
        pytest.param("{ ... { ... on Query { secret } } }", AUDIT, id="inline"),
        pytest.param("{ secret @include(if: false) }", AUDIT, id="not included"),
        pytest.param("{ secret @skip(if: true) }", AUDIT, id="skipped"),
        pytest.param("{ node { id } }", PAY, id="an interface a protected type has"),
        pytest.param("{ node { __typename } }", PAY, id="the name of what may answer"),
        pytest.param("{ thing { __typename } }", PAY, id="the name of a member"),
        pytest.param("{ node { ... on Payment { id } } }", PAY, id="the type itself"),
        pytest.param(
            "{ thing { ... on Node { id } } }", PAY, id="a member's interface"
        ),
        pytest.param("{ entry { at } }", AUDIT, id="protected on the interface only"),
        pytest.param(
            "{ signed { by } }", AUDIT, id="protected on the type's field only"
        ),
        pytest.param("{ renamed { word } }", AUDIT, id="a renamed directive"),
        pytest.param("{ forgotten { word } }", [], id="no rule at all"),
        pytest.param("mutation { pay }", PAY, id="a mutation"),
    ],
)
async def test_a_protected_field_is_refused_by_every_way(
    document: str, scopes: list[list[str]]
) -> None:
    answer, ran = await asked(document)

    [error] = answer.errors or []
    assert (error.extensions or {})["code"] == "FORBIDDEN"
    assert (error.extensions or {})["requiredScopes"] == scopes
    assert (answer.data, ran) == (None, [])


@pytest.mark.parametrize(
    ("document", "scopes"),
    [
        pytest.param("{ node { id } }", [Scope.WRITE_PAYMENTS], id="the scope"),
        pytest.param("{ node { ... on Notice { id } } }", [], id="another type"),
        pytest.param("{ thing { ... on Notice { words } } }", [], id="another member"),
        pytest.param(
            "{ node { ... on Notice { ... on Node { id } } } }",
            [],
            id="an interface of another type",
        ),
        pytest.param(
            "{ node { ...F } } fragment F on Notice { id }",
            [],
            id="a fragment on another type",
        ),
        pytest.param("{ entry { note } }", [], id="a field the interface has not"),
        pytest.param("{ either }", [Scope.AUDIT], id="one of two sets"),
        pytest.param("{ either }", [Scope.REGISTER, Scope.APPROVE], id="the other"),
        pytest.param("{ __schema { queryType { name } } }", [], id="introspection"),
    ],
)
async def test_what_the_rules_allow_is_answered(
    document: str, scopes: list[Scope]
) -> None:
    answer, _ = await asked(document, *scopes)

    assert answer.errors is None


async def test_half_a_set_of_scopes_is_none() -> None:
    answer, _ = await asked("{ either }", Scope.REGISTER)

    [error] = answer.errors or []
    assert (error.extensions or {})["requiredScopes"] == [
        ["audit:read"],
        ["connectors:approve", "connectors:register"],
    ]


async def test_a_refusal_names_the_field_as_the_client_wrote_it() -> None:
    answer, _ = await asked("query Q { mine: node { ident: id } }")

    [error] = answer.errors or []
    assert error.message == "Node.id needs payments:write"
    assert list(error.path or ()) == ["mine", "ident"]
    assert [(place.line, place.column) for place in error.locations or []] == [(1, 24)]


async def test_each_rule_is_named_once_however_often_it_is_broken() -> None:
    many = " ".join(f"a{n}: secret" for n in range(500))
    answer, _ = await asked(f"{{ {many} node {{ id }} }}")

    assert [(e.extensions or {})["requiredScopes"] for e in answer.errors or []] == [
        AUDIT,
        PAY,
    ]


async def test_an_error_path_shows_nothing_of_a_protected_field() -> None:
    """The field fails when it runs; without the scope it does not run."""
    refused_, _ = await asked("{ notice { id } secret }")
    allowed, _ = await asked("{ notice { id } secret }", Scope.AUDIT)

    assert "message" not in str(refused_.errors)
    assert "a secret in a message" in str(allowed.errors)


async def test_a_verdict_is_kept_for_its_scopes_alone() -> None:
    before, _ = await asked("{ secret }")
    with_scope, _ = await asked("{ secret }", Scope.AUDIT)
    after, _ = await asked("{ secret }")

    assert "FORBIDDEN" in str(before.errors and before.errors[0].extensions)
    assert "FORBIDDEN" not in str(with_scope.errors and with_scope.errors[0].extensions)
    assert "FORBIDDEN" in str(after.errors and after.errors[0].extensions)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("Open", None, id="the one that may"),
        pytest.param("Closed", "FORBIDDEN", id="the one that may not"),
    ],
)
async def test_only_the_operation_that_is_asked_for_counts(
    name: str, code: str | None
) -> None:
    document = "query Open { notice { id } } query Closed { secret }"
    context = guarded.Asked([], caller())
    answer = await guarded.schema.execute(
        document, context_value=context, operation_name=name
    )
    assert isinstance(answer, ExecutionResult)

    codes = [(error.extensions or {}).get("code") for error in answer.errors or []]
    assert codes == ([] if code is None else [code])


async def test_where_no_operation_is_clear_all_of_them_count() -> None:
    document = parse("query A { notice { id } } query B { secret }")

    errors = guarded.permissions.refusals(document, None, caller())

    assert [error.message for error in errors] == ["Query.secret needs audit:read"]


async def test_a_subscription_to_what_is_protected_does_not_begin() -> None:
    context = guarded.Asked([], caller())
    stream = await guarded.schema.subscribe(
        "subscription { payments { yuan } }", context_value=context
    )
    results = [result async for result in stream]

    assert [(r.errors or [])[0].message for r in results] == [
        "Subscription.payments needs payments:write"
    ]


async def test_a_subscription_to_what_is_open_runs() -> None:
    context = guarded.Asked([], caller())
    stream = await guarded.schema.subscribe(
        "subscription { notices { words } }", context_value=context
    )

    assert [r.data async for r in stream] == [{"notices": {"words": "219"}}]


async def test_an_invalid_document_is_told_what_is_invalid() -> None:
    answer, _ = await asked("{ secret nothing }")

    [error] = answer.errors or []
    assert error.message.startswith("Cannot query field 'nothing' on type 'Query'.")


async def test_spreads_of_spreads_are_walked_once_each() -> None:
    """2^30 paths, thirty fragments."""
    fragments = "".join(
        f"fragment F{n} on Query {{ ...F{n + 1} a{n}: __typename ...F{n + 1} }} "
        for n in range(30)
    )
    document = parse(f"{{ ...F0 }} {fragments} fragment F30 on Query {{ secret }}")

    [error] = guarded.permissions.refusals(document, None, caller())

    assert error.message == "Query.secret needs audit:read"


async def test_what_is_allowed_is_kept_and_what_is_refused_is_not() -> None:
    """A refusal holds its document; many of them would fill the memory."""
    before = len(guarded.permissions._allowed)

    await asked("{ kept: notice { id } }")
    await asked("{ not_kept: secret }")

    assert len(guarded.permissions._allowed) == before + 1
