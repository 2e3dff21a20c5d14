"""A question that takes long has a line of its own, beside its trace."""

import json
from typing import Any

from gateway.documents.trusted import BUILT_IN
from tests.gateway.tracing.conftest import SLOW_SECONDS
from tests.running import Agencies, Gateway, eventually

LATE_SECONDS = 2 * SLOW_SECONDS


def lines(gateway: Gateway, request_id: str) -> list[dict[str, Any]]:
    """Return what the log says of a request but its own line."""
    found = [
        json.loads(line) for line in gateway.log.splitlines() if request_id in line
    ]
    return [line for line in found if line["event"] != "request"]


def asked(gateway: Gateway, body: object) -> str:
    """Ask, and return the request's id once the log has its line."""
    _, _, headers = gateway.post(body)
    request_id: str = headers["x-request-id"]
    eventually(lambda: request_id in gateway.log)
    return request_id


def test_a_slow_question_says_what_it_cost_and_where_its_time_went(
    gateway: Gateway, agencies: Agencies
) -> None:
    number = agencies.people[-2]["idNumber"]
    texts = json.loads(BUILT_IN.read_text("utf-8"))
    [(digest, _)] = [x for x in texts.items() if x[1].startswith("query HolderCheck(")]
    question = {"documentId": f"sha256:{digest}", "variables": {"idNumber": number}}

    with agencies.fault("transport", "slow", seconds=LATE_SECONDS):
        request_id = asked(gateway, question)

    (line,) = lines(gateway, request_id)
    assert (line["event"], line["level"]) == ("slow question", "warning")
    assert (line["operation"], line["document"]) == ("HolderCheck", digest)
    assert (line["people"], line["claims"], line["caller"]) == (1, 0, "demo")
    assert line["values"] > 100
    assert line["milliseconds"] >= line["agencies_milliseconds"] >= LATE_SECONDS * 1000
    assert 0 <= line["store_milliseconds"] < line["milliseconds"]
    assert 0 < line["own_milliseconds"] < line["milliseconds"]
    assert 0 < line["cpu_milliseconds"] < line["milliseconds"]
    assert len(line["trace_id"]) == 32
    assert number not in json.dumps(line)


def test_a_slow_question_of_anybodys_own_words_has_no_name(
    gateway: Gateway, agencies: Agencies
) -> None:
    number = agencies.people[-3]["idNumber"]
    query = f'query Q{number} {{ holder(idNumber: "{number}") {{ __typename }} }}'

    with agencies.fault("transport", "slow", seconds=LATE_SECONDS):
        request_id = asked(gateway, {"query": query})

    (line,) = lines(gateway, request_id)
    assert line["operation"] is None
    assert number not in json.dumps(line)


def test_a_quick_question_has_no_line(gateway: Gateway) -> None:
    request_id = asked(gateway, {"query": "{ policy { notice } }"})

    # A machine that stands still makes it slow, and then the line is right.
    took = [line["milliseconds"] for line in lines(gateway, request_id)]
    assert [one for one in took if one <= 1000 * SLOW_SECONDS] == []
