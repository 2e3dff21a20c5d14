"""A collector of traces: takes OTLP by HTTP, and is heard like all else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from google.protobuf.json_format import MessageToDict, MessageToJson
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from tests.personal_data import LISTENER

HOST = "127.0.0.1"
PATH = "/v1/traces"


@dataclass(frozen=True, slots=True)
class Span:
    """A span that came."""

    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, Any]
    is_failed: bool
    events: int


@dataclass(slots=True)
class Collector:
    """Spans in the order they came; ``opened`` while it answers."""

    port: int = 0
    spans: list[Span] = field(default_factory=list)
    resources: list[dict[str, Any]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    opened: Event = field(default_factory=Event)
    status: int = 200

    @property
    def url(self) -> str:
        """Where it takes spans."""
        return f"http://{HOST}:{self.port}{PATH}"

    def of_trace(self, trace_id: str) -> list[Span]:
        """Return the spans of one trace that are here."""
        return [span for span in self.spans if span.trace_id == trace_id]

    def take(self, body: bytes) -> None:
        """Read what came."""
        request = ExportTraceServiceRequest.FromString(body)
        text = MessageToJson(request, ensure_ascii=False)
        LISTENER.hear("traces", self.url, text)
        self.texts.append(text)
        for of_resource in request.resource_spans:
            self.resources.append(attributes(of_resource.resource))
            self.spans += [
                span_of(one) for some in of_resource.scope_spans for one in some.spans
            ]


def attributes(of: Any) -> dict[str, Any]:
    """Return attributes as plain values."""
    return {one.key: value_of(one.value) for one in of.attributes}


def value_of(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [value_of(one) for one in value.array_value.values]
    return getattr(value, kind)


def span_of(one: Any) -> Span:
    return Span(
        name=one.name,
        kind=MessageToDict(one)["kind"].removeprefix("SPAN_KIND_"),
        trace_id=one.trace_id.hex(),
        span_id=one.span_id.hex(),
        parent_id=one.parent_span_id.hex(),
        attributes=attributes(one),
        is_failed=one.status.code == one.status.STATUS_CODE_ERROR,
        events=len(one.events),
    )


@contextmanager
def running_collector() -> Iterator[Collector]:
    """Run a collector on a free port."""
    collector = Collector()
    collector.opened.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collector.opened.wait(60)
            if collector.status == 200:
                collector.take(body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(collector.status)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        collector.port = server.server_port
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield collector
        finally:
            collector.opened.set()
            server.shutdown()
            thread.join()
