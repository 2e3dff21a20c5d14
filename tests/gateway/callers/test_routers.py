"""A router's documents are run for the person who asks, with the person's rights."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.gateway.callers.known import READER, sha256
from tests.running import Agencies, Gateway, running_gateway

ROUTER, FORMER = "the router's token", "the router's token until lately"
OTHER = "catalogue-only"
TABLES = f"""
[[tokens]]
caller = "pudong-hr"
sha256 = "{sha256(READER.encode())}"
scopes = ["certificates:read"]

[[tokens]]
caller = "library"
sha256 = "{sha256(OTHER.encode())}"
"""
SETTINGS = (
    f"router_tokens = {json.dumps([sha256(t.encode()) for t in (FORMER, ROUTER)])}\n"
)
PERSON = {"__typename": "Person", "idType": "RESIDENT_ID"}
WRITTEN = """query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on Person { holder { sources { outcome } } } } }"""
PURPOSE = {"X-Purpose": "SUBSIDY_CLAIM", "X-Case-Number": "17-2026-1"}


@pytest.fixture(scope="module", name="production")
def _production(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway-routers")
    with running_gateway(
        folder, running_agencies, settings=SETTINGS, tables=TABLES, mode="production"
    ) as gateway:
        yield gateway


def asked(
    gateway: Gateway,
    agencies: Agencies,
    token: str = READER,
    query: str = WRITTEN,
    **headers: str,
) -> tuple[int, Any]:
    """Ask what a router writes; return the status and the answer."""
    number = agencies.person("all-three")["idNumber"]
    body = {
        "query": query,
        "variables": {"representations": [{**PERSON, "idNumber": number}]},
    }
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    status, answer, _ = gateway.post(body, token=token, headers={**PURPOSE, **sent})
    return status, answer


def code(answer: Any) -> str:
    """Return the code of the one error."""
    (error,) = answer["errors"]
    found: str = error["extensions"]["code"]
    return found


@pytest.mark.parametrize("token", [ROUTER, FORMER])
def test_a_document_of_a_router_is_run(
    production: Gateway, agencies: Agencies, token: str
) -> None:
    status, answer = asked(production, agencies, X_Router_Token=token)

    (found,) = answer["data"]["_entities"]
    assert (status, len(found["holder"]["sources"])) == (200, 3)


def test_without_its_token_it_is_a_document_nobody_has_seen(
    production: Gateway, agencies: Agencies
) -> None:
    _, answer = asked(production, agencies)

    assert code(answer) == "UNKNOWN_DOCUMENT"


@pytest.mark.parametrize("token", ["another", "", sha256(ROUTER.encode())])
def test_a_token_that_is_no_router_s_is_refused(
    production: Gateway, agencies: Agencies, token: str
) -> None:
    status, answer = asked(production, agencies, X_Router_Token=token)

    assert (status, code(answer)) == (401, "UNAUTHENTICATED")


def test_a_router_is_nobody_by_itself(production: Gateway, agencies: Agencies) -> None:
    status, answer = asked(production, agencies, token="unknown", X_Router_Token=ROUTER)

    assert (status, code(answer)) == (401, "UNAUTHENTICATED")


def test_the_rights_are_the_person_s(production: Gateway, agencies: Agencies) -> None:
    _, answer = asked(production, agencies, token=OTHER, X_Router_Token=ROUTER)

    assert code(answer) == "FORBIDDEN"


@pytest.mark.parametrize("query", ["{ __schema { types { name } } }"])
def test_a_router_s_token_shows_no_schema(
    production: Gateway, agencies: Agencies, query: str
) -> None:
    _, answer = asked(production, agencies, query=query, X_Router_Token=ROUTER)

    assert code(answer) == "INTROSPECTION_DISABLED"


def test_the_limits_are_those_of_everybody(
    production: Gateway, agencies: Agencies
) -> None:
    many = "{ " + " ".join(f"a{n}: __typename" for n in range(51)) + " }"

    _, answer = asked(production, agencies, query=many, X_Router_Token=ROUTER)

    assert answer["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"


def test_a_router_s_token_is_in_no_log(production: Gateway, agencies: Agencies) -> None:
    asked(production, agencies, X_Router_Token=ROUTER)

    assert ROUTER not in production.log
