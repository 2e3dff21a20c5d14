"""The twelve checks of graphql-cop, which finds nothing in production.

github.com/dolevf/graphql-cop sends these requests and calls these answers findings.
It is on no package registry (the name on PyPI is a placeholder), so the requests are
made here. The four about overload are made by a developer, too, since a stranger to
the schema is refused before anything is counted.
"""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import pytest

from tests.attacks.production import DEVELOPER, STRANGER
from tests.running import Gateway

TYPENAME = "query { __typename }"
ANYBODY = pytest.mark.parametrize(
    "token",
    [
        pytest.param(STRANGER, id="stranger"),
        pytest.param(DEVELOPER, id="developer"),
    ],
)


def ask(gateway: Gateway, body: object, token: str = STRANGER) -> Any:
    """Return the answer's JSON, whatever the status."""
    return gateway.post(body, token)[1]


def fetch(
    gateway: Gateway,
    path: str,
    *,
    method: str = "GET",
    accept: str = "*/*",
    **parameters: str,
) -> str:
    """Return what comes for an address with ``parameters``."""
    url = f"{gateway.url}{path}?{urllib.parse.urlencode(parameters)}"
    headers = {"Authorization": f"Bearer {STRANGER}", "Accept": accept}
    request = urllib.request.Request(url, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            text: str = response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            text = error.read().decode()
    return text


@ANYBODY
def test_01_alias_overloading(production: Gateway, token: str) -> None:
    aliases = " ".join(f"alias{number}:__typename" for number in range(101))

    answer = ask(production, {"query": f"query {{ {aliases} }}"}, token)

    assert "data" not in answer


@ANYBODY
def test_02_array_batching(production: Gateway, token: str) -> None:
    answer = ask(production, [{"query": TYPENAME}] * 11, token)

    assert isinstance(answer, dict)
    assert "data" not in answer


@ANYBODY
def test_03_directive_overloading(production: Gateway, token: str) -> None:
    answer = ask(production, {"query": f"query {{ __typename {'@aa' * 10} }}"}, token)

    assert len(answer["errors"]) == 1


@ANYBODY
def test_04_circular_introspection(production: Gateway, token: str) -> None:
    circle = "fields { type { " * 4 + "name" + " } }" * 4

    answer = ask(
        production, {"query": f"query {{ __schema {{ types {{ {circle} }} }} }}"}, token
    )

    assert "data" not in answer


def test_05_introspection(production: Gateway) -> None:
    text = "query { __schema { types { name fields { name } } } }"

    assert "data" not in ask(production, {"query": text})


def test_06_get_queries(production: Gateway) -> None:
    answer = json.loads(fetch(production, "/graphql", query="{__typename}"))

    assert "data" not in answer


def test_07_get_mutations(production: Gateway) -> None:
    answer = json.loads(fetch(production, "/graphql", query="mutation {__typename}"))

    assert "data" not in answer


def test_08_url_encoded_post(production: Gateway) -> None:
    answer = json.loads(
        fetch(production, "/graphql", method="POST", query="query {__typename}")
    )

    assert "data" not in answer


def test_09_field_suggestions(production: Gateway) -> None:
    text = "query { __schema { directive } }"

    assert "Did you mean" not in str(ask(production, {"query": text}))


@pytest.mark.parametrize("path", ["/graphiql", "/playground", "/console", "/graphql"])
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_10_graphiql(production: Gateway, path: str, accept: str) -> None:
    page = fetch(production, path, accept=accept).lower()

    assert "graphiql" not in page
    assert "playground" not in page


def test_11_trace_mode(production: Gateway) -> None:
    answer = ask(production, {"query": TYPENAME})

    assert "extensions" not in answer
    assert "tracing" not in str(answer)
    assert "stacktrace" not in str(answer).lower()


@ANYBODY
def test_12_unhandled_errors(production: Gateway, token: str) -> None:
    answer = ask(production, {"query": "qwerty cop { abc }"}, token)

    assert "exception" not in answer["errors"][0]["extensions"]
    assert "exception" not in str(answer).lower()
