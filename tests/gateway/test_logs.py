"""The log says what happened, and nothing of whom it happened to."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.federation.queries import HOLDER_CHECK
from tests.gateway.buggy_gateway import QUOTED
from tests.running import Agencies, Gateway, eventually, running_gateway


@pytest.fixture(scope="module", name="buggy")
def _buggy(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """Give a gateway whose exceptions quote what was asked."""
    folder = tmp_path_factory.mktemp("buggy")
    module = "tests.gateway.buggy_gateway"
    with running_gateway(folder, running_agencies, module=module) as gateway:
        yield gateway


def question(person: dict[str, Any]) -> dict[str, str]:
    """Return a question that names a person wherever a question can."""
    number = person["idNumber"]
    operation = f"about_{number}"
    return {
        "query": f'query {operation} {{ of_{number}: holder(idNumber: "{number}") {{'
        f" ... on Holder {{ certificates {{ nodes {{ id_of_{number}: id }} }} }} }} }}",
        "operationName": operation,
    }


def request_id_of(headers: Mapping[str, str]) -> str:
    """Return what the log calls a request."""
    return {name.lower(): value for name, value in headers.items()}["x-request-id"]


def test_the_log_has_no_personal_data(gateway: Gateway, agencies: Agencies) -> None:
    people = agencies.people
    before = gateway.log.count('"path":"/graphql"')

    for person in people:
        gateway.ask(HOLDER_CHECK, idNumber=person["idNumber"])
    # A request's line is written after its answer was sent.
    eventually(lambda: gateway.log.count('"path":"/graphql"') >= before + len(people))
    log = gateway.log

    assert not [p["id"] for p in people if p["idNumber"] in log or p["name"] in log]


def test_a_bug_of_ours_is_masked_and_its_trace_names_nobody(
    buggy: Gateway, agencies: Agencies
) -> None:
    person = agencies.person("all-three")

    status, body, headers = buggy.post(question(person))
    request_id = request_id_of(headers)
    eventually(lambda: buggy.log.count(request_id) > 1)
    log = buggy.log

    shown = body["errors"][0]
    assert (status, shown["message"]) == (200, "Unexpected error.")
    assert shown["extensions"] == {"code": "INTERNAL_SERVER_ERROR"}
    (line, *_) = [row for row in log.splitlines() if "a bug in" in row]
    assert request_id in line
    assert re.search(r"a bug in the field id at depth \d, operation [0-9a-f]{12}", line)
    assert "builtins.KeyError" in line
    assert "builtins.ValueError" in line
    assert "tests/gateway/buggy_gateway.py" in line
    for personal in (person["idNumber"], person["name"], QUOTED, "of_3", "about_"):
        assert personal not in log


def test_a_bug_before_the_graph_is_masked_and_names_nobody_either(
    buggy: Gateway, agencies: Agencies
) -> None:
    person = agencies.person("all-three")

    status, body, headers = buggy.post(question(person), headers={"X-Bug": "clock"})
    eventually(lambda: "Application callable raised" in buggy.log)

    assert (status, body["errors"][0]["message"]) == (500, "Unexpected error.")
    (line,) = [row for row in buggy.log.splitlines() if "outside the graph" in row]
    assert request_id_of(headers) in line
    assert "in broken_clock" in line
    assert "builtins.ValueError" in line
    for personal in (person["idNumber"], QUOTED):
        assert personal not in buggy.log


def test_a_mistake_of_the_clients_is_told_and_not_logged(gateway: Gateway) -> None:
    _, body, headers = gateway.post({"query": "{ nothing }"})
    request_id = request_id_of(headers)
    eventually(lambda: request_id in gateway.log)

    assert "Cannot query field 'nothing'" in body["errors"][0]["message"]
    assert "nothing" not in gateway.log


def test_the_log_says_where_the_gateway_listens(gateway: Gateway) -> None:
    port = int(gateway.url.rsplit(":", 1)[1])

    assert f'"host":"127.0.0.1","port":{port},"event":"serving"' in gateway.log
