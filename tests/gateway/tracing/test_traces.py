"""What a collector is told of a question, over sockets; nothing waits for it."""

import json
import secrets
from itertools import count

import msgspec
import pytest

from connectors.answer import SourceOutcome
from gateway.documents.trusted import BUILT_IN
from gateway.settings.traces import Traces
from tests.gateway.tracing.collector import Collector, Span
from tests.running import TOKEN, Agencies, Gateway, eventually

NUMBERS = count(1)


def asked(
    gateway: Gateway, body: object, flags: str = "01", token: str | None = TOKEN
) -> tuple[str, str]:
    """Ask in a trace of one's own; return its id, and the id of the caller's span."""
    trace_id, span_id = secrets.token_hex(16), f"{next(NUMBERS):016x}"
    traceparent = f"00-{trace_id}-{span_id}-{flags}"
    gateway.post(body, token, {"traceparent": traceparent, "tracestate": "x=310110"})
    return trace_id, span_id


def check(number: str) -> dict[str, object]:
    """Ask by the trusted document, whose name the operator has read."""
    texts = json.loads(BUILT_IN.read_text("utf-8")).values()
    (query,) = [text for text in texts if text.startswith("query HolderCheck(")]
    return {"query": query, "variables": {"idNumber": number}}


def whole(collector: Collector, trace_id: str) -> list[Span]:
    """Return a trace's spans, once the request's is there, which ends last."""
    eventually(lambda: any(s.kind == "SERVER" for s in collector.of_trace(trace_id)))
    return collector.of_trace(trace_id)


def named(spans: list[Span], kind: str) -> list[Span]:
    return [span for span in spans if span.kind == kind]


def test_a_question_is_a_tree_of_spans_below_the_callers(
    gateway: Gateway, collector: Collector, agencies: Agencies
) -> None:
    trace_id, caller = asked(gateway, check(agencies.people[0]["idNumber"]))

    spans = whole(collector, trace_id)
    (server,) = named(spans, "SERVER")
    assert (server.name, server.parent_id) == ("POST /graphql", caller)
    route, status = (
        server.attributes[name] for name in ("http.route", "http.response.status_code")
    )
    assert (route, status) == ("/graphql", 200)
    (operation,) = [span for span in spans if span.name == "query"]
    assert operation.parent_id == server.span_id
    assert operation.attributes["graphql.operation.name"] == "HolderCheck"
    agencies_asked = {
        span.attributes["gateway.agency"]: span
        for span in spans
        if "gateway.agency" in span.attributes
    }
    assert set(agencies_asked) == set(agencies.urls)
    outcomes = {
        outcome
        for span in agencies_asked.values()
        for outcome in span.attributes["gateway.agency.outcomes"]
    }
    assert outcomes <= {outcome.value for outcome in SourceOutcome}
    stored = [span for span in spans if "db.system.name" in span.attributes]
    assert {span.attributes["db.system.name"] for span in stored} == {"sqlite"}
    assert {span.events for span in spans} == {0}


def test_the_calls_of_a_trace_are_below_the_agency_that_was_asked(
    gateway: Gateway, collector: Collector, agencies: Agencies
) -> None:
    # Nobody before asked about this one, so that nothing is kept.
    trace_id, _ = asked(gateway, check(agencies.people[-1]["idNumber"]))

    spans = whole(collector, trace_id)
    waits = {s.span_id: s for s in spans if "gateway.agency" in s.attributes}
    calls = [span for span in spans if "server.port" in span.attributes]
    assert {call.kind for call in calls} == {"CLIENT"}
    found = {waits[c.parent_id].attributes["gateway.agency"]: c for c in calls}
    assert set(found) == set(agencies.urls)
    for agency, call in found.items():
        port = int(agencies.urls[agency].rpartition(":")[2])
        assert call.attributes["server.port"] == port
        assert call.attributes["http.response.status_code"] == 200
        # An agency that the manifest says nothing of gets an id of another trace.
        assert call.attributes["gateway.agency.trace_id"] != trace_id


def test_a_person_in_a_document_or_its_name_is_not_told(
    gateway: Gateway, collector: Collector, agencies: Agencies
) -> None:
    number = agencies.people[0]["idNumber"]
    query = f'query Q{number} {{ holder(idNumber: "{number}") {{ __typename }} }}'

    trace_id, _ = asked(gateway, {"query": query})

    spans = whole(collector, trace_id)
    (operation,) = [span for span in spans if span.name == "query"]
    assert "graphql.operation.name" not in operation.attributes
    assert not [text for text in collector.texts if number in text]
    assert not [text for text in collector.texts if "tracestate" in text.lower()]


def test_the_trace_is_found_in_the_log_and_the_log_in_the_trace(
    gateway: Gateway, collector: Collector
) -> None:
    trace_id, _ = asked(gateway, {"query": "{ policy { notice } }"})

    (server,) = named(whole(collector, trace_id), "SERVER")
    lines = [json.loads(line) for line in gateway.log.splitlines() if trace_id in line]
    assert [line["event"] for line in lines] == ["request"]
    assert lines[0]["request_id"] == server.attributes["gateway.request.id"]
    assert lines[0]["trace_id"] == trace_id


def test_a_refused_stranger_is_an_answer_and_no_failure(
    gateway: Gateway, collector: Collector
) -> None:
    trace_id, _ = asked(gateway, {"query": "{ policy { notice } }"}, token=None)

    (server,) = named(whole(collector, trace_id), "SERVER")
    assert server.attributes["http.response.status_code"] == 401
    assert not server.is_failed


def test_what_the_caller_does_not_record_is_not_recorded(
    gateway: Gateway, collector: Collector
) -> None:
    unrecorded, _ = asked(gateway, {"query": "{ policy { notice } }"}, flags="00")
    recorded, _ = asked(gateway, {"query": "{ policy { notice } }"})

    assert whole(collector, recorded)
    assert collector.of_trace(unrecorded) == []
    assert f'"trace_id":"{unrecorded}"' in gateway.log


def test_health_and_metrics_are_not_traced(
    gateway: Gateway, collector: Collector
) -> None:
    gateway.get("/health/live")
    gateway.get("/metrics")
    trace_id, _ = asked(gateway, {"query": "{ policy { notice } }"})

    whole(collector, trace_id)
    routes = {span.attributes.get("http.route") for span in collector.spans}
    assert routes.isdisjoint({"/health/live", "/metrics"})


def test_the_resource_says_which_program_it_is(
    gateway: Gateway, collector: Collector
) -> None:
    trace_id, _ = asked(gateway, {"query": "{ policy { notice } }"})

    whole(collector, trace_id)
    assert collector.resources[0]["service.name"] == "certificate-gateway"
    told = {name for resource in collector.resources for name in resource}
    assert not [name for name in told if name.startswith(("process.", "host."))]


def outcome(gateway: Gateway, name: str) -> float:
    line = f'gateway_spans_total{{outcome="{name}"}} '
    _, text = gateway.get("/metrics")
    values = [one for one in text.splitlines() if one.startswith(line)]
    return float(values[0].removeprefix(line)) if values else 0.0


def waiting(gateway: Gateway) -> float:
    _, text = gateway.get("/metrics")
    (line,) = [x for x in text.splitlines() if x.startswith("gateway_spans_waiting ")]
    return float(line.rpartition(" ")[2])


def test_nothing_waits_for_a_collector_that_is_slow_and_its_queue_has_an_end(
    gateway: Gateway, collector: Collector
) -> None:
    question = {"query": "{ policy { notice } }"}
    collector.opened.clear()
    try:
        answered = [gateway.post(question)[0] for _ in range(350)]
        most = waiting(gateway)
        dropped = outcome(gateway, "dropped")
    finally:
        collector.opened.set()

    assert set(answered) == {200}
    assert most <= 100
    assert dropped > 0
    eventually(lambda: waiting(gateway) == 0)
    assert outcome(gateway, "exported") > 0


def test_a_collector_that_refuses_is_counted_and_told_once(
    gateway: Gateway, collector: Collector
) -> None:
    # Whatever another test left is exported, and told.
    trace_id, _ = asked(gateway, {"query": "{ policy { notice } }"})
    whole(collector, trace_id)
    before, told = (
        outcome(gateway, "failed"),
        gateway.log.count('"traces are not taken"'),
    )
    again = gateway.log.count('"traces are taken again"')
    collector.status = 400
    try:
        gateway.post({"query": "{ policy { notice } }"})
        eventually(lambda: outcome(gateway, "failed") > before)
        gateway.post({"query": "{ policy { notice } }"})
        failed = outcome(gateway, "failed")
        eventually(lambda: outcome(gateway, "failed") > failed)
    finally:
        collector.status = 200

    assert gateway.log.count('"traces are not taken"') == told + 1
    gateway.post({"query": "{ policy { notice } }"})
    eventually(lambda: gateway.log.count('"traces are taken again"') > again)


@pytest.mark.parametrize(
    "endpoint",
    [
        pytest.param("127.0.0.1:4318", id="no address"),
        pytest.param("http://user:secret@127.0.0.1/v1/traces", id="with a password"),
    ],
)
def test_what_is_no_address_of_a_collector_is_refused(endpoint: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"endpoint": endpoint}, Traces)
