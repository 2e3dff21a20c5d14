"""Spans on their way to a collector that is not there."""

import time

from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import CollectorRegistry

from gateway.tracing.export import LEAVE_SECONDS, SpanQueue
from gateway.tracing.metrics import TracesMetrics
from tests.ports import free_port

SPANS = 7


def test_the_end_waits_no_longer_for_a_collector_that_is_away() -> None:
    registry = CollectorRegistry()
    away = f"http://127.0.0.1:{free_port('127.0.0.1')}/v1/traces"
    queue = SpanQueue(away, 5, TracesMetrics(registry))
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(queue)
    for _ in range(SPANS):
        provider.get_tracer("test").start_span("a span").end()
    assert registry.get_sample_value("gateway_spans_waiting") == 5

    queue.start()
    began = time.monotonic()
    provider.shutdown()

    assert time.monotonic() - began < 2 * LEAVE_SECONDS + 10
    counts = {
        outcome: registry.get_sample_value("gateway_spans_total", {"outcome": outcome})
        for outcome in ("exported", "failed", "dropped")
    }
    assert counts == {"exported": None, "failed": 5, "dropped": 2}
