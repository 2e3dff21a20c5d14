"""Where nothing is answered since the database is away, that is 503, and until when."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from graphql import ExecutionResult, GraphQLError

from gateway.graphql_http.answers import executed
from gateway.graphql_http.media_types import MediaType
from resolvers.errors import RequestError
from tests.gateway.graphql_http.wire import Answer, ask
from tests.running import Agencies, Gateway, eventually, running_gateway

GRAPHQL, JSON = "application/graphql-response+json", "application/json"
PURPOSE = {"x_purpose": "SUBSIDY_CLAIM", "x_case_number": "T-1"}
CURSORS = "{ eventCursors { certificateStates } }"


@contextmanager
def without(gateway: Gateway, table: str) -> Iterator[None]:
    """Take a table from the gateway's database for a while."""
    with closing(sqlite3.connect(gateway.folder / "gateway.db")) as database:
        database.execute(f"ALTER TABLE {table} RENAME TO no_{table}")
        database.commit()
        yield
        database.execute(f"ALTER TABLE no_{table} RENAME TO {table}")
        database.commit()


def asked(gateway: Gateway, query: str, accept: str) -> Answer:
    body = b'{"query": "%s"}' % query.replace('"', '\\"').encode()
    return ask(gateway, body, accept=accept, **PURPOSE)


def test_a_look_up_that_cannot_be_put_on_record_is_503(
    agencies: Agencies, tmp_path: Path
) -> None:
    number = agencies.person("all-three")["idNumber"]
    holder = f'holder(idNumber: "{number}") {{ sources {{ outcome }} }}'
    with running_gateway(tmp_path, agencies) as gateway:
        with without(gateway, "audit_records"):
            told = asked(gateway, f"{{ {holder} }}", GRAPHQL)
            legacy = asked(gateway, f"{{ {holder} }}", JSON)
            partly = asked(gateway, f"{{ policy {{ notice }} {holder} }}", GRAPHQL)
        eventually(lambda: asked(gateway, f"{{ {holder} }}", GRAPHQL).status == 200)

    assert (told.status, told.code) == (503, "AUDIT_UNAVAILABLE")
    assert told.headers["content-type"].startswith(GRAPHQL)
    assert told.json["data"] == {"holder": None}
    assert (legacy.status, legacy.json) == (200, told.json)
    assert told.headers["retry-after"] == legacy.headers["retry-after"] == "5"
    assert (partly.status, partly.code) == (200, "AUDIT_UNAVAILABLE")
    assert "retry-after" not in partly.headers


def test_so_is_a_question_to_a_store_that_is_away(
    agencies: Agencies, tmp_path: Path
) -> None:
    with running_gateway(tmp_path, agencies) as gateway:
        with without(gateway, "state_changes"):
            told = asked(gateway, CURSORS, GRAPHQL)
        answered = asked(gateway, CURSORS, GRAPHQL)

    assert (told.status, told.code) == (503, "STORE_UNAVAILABLE")
    assert told.headers["retry-after"] == "5"
    assert answered.status == 200


AWAY = RequestError("away", "STORE_UNAVAILABLE")


def refused(name: str | None, error: GraphQLError = AWAY) -> GraphQLError:
    path = None if name is None else [name, "below"]
    return GraphQLError(error.message, path=path, original_error=error)


@pytest.mark.parametrize(
    ("data", "errors", "status"),
    [
        pytest.param(None, [refused("a")], 503, id="no data"),
        pytest.param({"a": None}, [refused("a")], 503, id="one root"),
        pytest.param(
            {"a": None, "b": None}, [refused("a"), refused("b")], 503, id="each root"
        ),
        pytest.param({"a": None, "b": None}, [refused("a")], 200, id="b is null"),
        pytest.param({"a": None, "b": 1}, [refused("a")], 200, id="b is answered"),
        pytest.param({"a": {"c": None}}, [refused("a")], 503, id="below a"),
        pytest.param({"a": [None, {"c": None}]}, [refused("a")], 503, id="a list"),
        pytest.param({"a": {"c": []}}, [refused("a")], 200, id="an empty list"),
        pytest.param({"a": {"c": None, "d": 0}}, [refused("a")], 200, id="d below a"),
        pytest.param(
            {"a": None, "b": None},
            [refused("a"), refused("b", RequestError("no", "FORBIDDEN"))],
            200,
            id="b is refused otherwise",
        ),
        pytest.param(None, [refused(None, RequestError("no"))], 200, id="otherwise"),
    ],
)
@pytest.mark.parametrize("media_type", [MediaType.GRAPHQL_RESPONSE, MediaType.JSON])
async def test_only_where_nothing_was_answered(
    data: dict[str, object] | None,
    errors: list[GraphQLError],
    status: int,
    media_type: MediaType,
) -> None:
    answer = await executed(ExecutionResult(data, errors), media_type)

    is_told = media_type is MediaType.GRAPHQL_RESPONSE
    assert answer._status == (status if is_told else 200)
    assert ((b"retry-after", b"5") in answer._headers) == (status == 503)
