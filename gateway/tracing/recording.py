"""Record parts of requests as spans of OpenTelemetry.

Errors are told by their kind, since a message may quote a person: what the SDK would
record of an exception by itself is never asked of it. Spans have no events, no state of
other systems' traces, and what is in the process's arguments is no resource.
"""

from importlib.metadata import version
from typing import NamedTuple

from opentelemetry.sdk.resources import (
    SERVICE_NAME,
    SERVICE_VERSION,
    OTELResourceDetector,
    Resource,
)
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)
from opentelemetry.trace import Span as RecordedSpan

from connectors.spans import Attributes, Part
from gateway.settings.traces import Traces
from gateway.tracing.context import TraceContext
from gateway.tracing.export import SpanQueue
from gateway.tracing.metrics import TracesMetrics

DISTRIBUTION = "certificate-gateway"
SERVER_ERROR = 500


class Form(NamedTuple):
    """The form of a part's span."""

    kind: SpanKind
    name: str
    named_by: tuple[str, ...] = ()
    """Attributes whose values are its name, once they are known."""


FORMS: dict[Part, Form] = {
    Part.REQUEST: Form(SpanKind.SERVER, "request"),
    Part.OPERATION: Form(SpanKind.INTERNAL, "operation", ("graphql.operation.type",)),
    Part.AGENCY: Form(SpanKind.INTERNAL, "agency", ("gateway.agency",)),
    Part.EXCHANGE: Form(SpanKind.CLIENT, "POST", ("http.request.method",)),
    Part.STORE: Form(SpanKind.CLIENT, "store", ("db.operation.name", "db.system.name")),
}


class OtelSpan:
    """Implements ``gateway.tracing.tracing.RequestSpan``."""

    __slots__ = ("_form", "_span", "_tracer")

    def __init__(self, tracer: Tracer, span: RecordedSpan, form: Form) -> None:
        self._tracer = tracer
        self._span = span
        self._form = form

    @property
    def trace_id(self) -> str:
        """See ``RequestSpan``."""
        return f"{self._span.get_span_context().trace_id:032x}"

    @property
    def traceparent(self) -> str:
        """See ``Span``."""
        context = self._span.get_span_context()
        flags = context.trace_flags & TraceFlags.SAMPLED
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{flags:02x}"

    def begin(self, kind: Part) -> "OtelSpan":
        """See ``Span``."""
        if not self._span.is_recording():
            return OtelSpan(self._tracer, self._span, self._form)
        form = FORMS[kind]
        span = self._tracer.start_span(
            form.name, context=set_span_in_context(self._span), kind=form.kind
        )
        return OtelSpan(self._tracer, span, form)

    def put(self, attributes: Attributes) -> None:
        """See ``Span``."""
        if not self._span.is_recording():
            return
        self._span.set_attributes(attributes)
        named_by = self._form.named_by
        if named_by and all(name in attributes for name in named_by):
            self._span.update_name(" ".join(str(attributes[n]) for n in named_by))

    def end(self, error_type: str | None = None) -> None:
        """See ``Span``."""
        if error_type is not None:
            self._span.set_attribute("error.type", error_type)
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()


class OpenTelemetry:
    """Implements ``gateway.tracing.tracing.Tracing``."""

    def __init__(self, options: Traces, metrics: TracesMetrics) -> None:
        assert options.endpoint is not None  # noqa: S101 - else there are no traces
        self._queue = SpanQueue(options.endpoint, options.queue, metrics)
        # The environment's OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
        ours = {SERVICE_NAME: DISTRIBUTION, SERVICE_VERSION: version(DISTRIBUTION)}
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(options.ratio)),
            resource=Resource.create(ours).merge(OTELResourceDetector().detect()),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(self._queue)
        self._tracer = self._provider.get_tracer(DISTRIBUTION, version(DISTRIBUTION))

    def begin(self, context: TraceContext | None, method: str, route: str) -> OtelSpan:
        """See ``Tracing``."""
        parent = None
        if context is not None:
            flags = TraceFlags.SAMPLED if context.is_sampled else TraceFlags.DEFAULT
            of_caller = SpanContext(
                int(context.trace_id, 16),
                int(context.parent_id, 16),
                is_remote=True,
                trace_flags=TraceFlags(flags),
            )
            parent = set_span_in_context(NonRecordingSpan(of_caller))
        form = FORMS[Part.REQUEST]
        span = self._tracer.start_span(
            f"{method} {route}",
            context=parent,
            kind=form.kind,
            attributes={"http.request.method": method, "http.route": route},
        )
        return OtelSpan(self._tracer, span, form)

    def start(self) -> None:
        """See ``Tracing``."""
        self._queue.start()

    def close(self) -> None:
        """See ``Tracing``."""
        self._provider.shutdown()
