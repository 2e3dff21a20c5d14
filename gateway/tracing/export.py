"""Spans on their way to the collector: a queue with an end, emptied by a thread.

Nothing waits for it. Whoever ends a span puts it in the queue, or, where there is no
room, counts it and forgets it. A collector that is away or slow costs the thread its
time, and the oldest spans stay; at the end there are two more seconds for what is left.
"""

import logging
from collections import deque
from threading import Event, Thread

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExportResult

from gateway.tracing.metrics import TracesMetrics

BATCH = 512
"""The most spans in one request to the collector."""
PAUSE_SECONDS = 0.5
"""How long spans wait for others."""
REQUEST_SECONDS = 5.0
"""How long one request to the collector may take, with everything tried again."""
LEAVE_SECONDS = 2.0
"""How long the end waits for what is left."""

logger = structlog.get_logger("gateway.traces")


class SpanQueue(SpanProcessor):
    """Exports spans in the order they ended."""

    def __init__(self, endpoint: str, most: int, metrics: TracesMetrics) -> None:
        # It tells each failure in words of the collector; here it is told once.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        self._exporter = OTLPSpanExporter(endpoint=endpoint, timeout=REQUEST_SECONDS)
        self._most = most
        self._metrics = metrics
        self._spans: deque[ReadableSpan] = deque()
        self._has_batch = Event()
        self._is_closing = False
        self._is_failing = False
        self._thread = Thread(target=self._run, name="traces", daemon=True)
        metrics.follow(lambda: len(self._spans))

    def start(self) -> None:
        """Begin to export."""
        self._thread.start()

    def on_end(self, span: ReadableSpan) -> None:
        """Let a span wait, if there is room."""
        if len(self._spans) >= self._most:
            self._metrics.ended("dropped", 1)
            return
        self._spans.append(span)
        if len(self._spans) >= BATCH:
            self._has_batch.set()

    def shutdown(self) -> None:
        """Export what is left, if that goes quickly."""
        self._is_closing = True
        self._has_batch.set()
        self._thread.join(LEAVE_SECONDS)
        self._exporter.shutdown()  # type: ignore[no-untyped-call]  # says nothing of it
        # Whatever it still has fails at once.
        self._thread.join(LEAVE_SECONDS)
        if left := len(self._spans):
            self._metrics.ended("dropped", left)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Do nothing: the thread exports all there is."""
        del timeout_millis
        return not self._spans

    def _run(self) -> None:
        while not self._is_closing:
            self._has_batch.wait(PAUSE_SECONDS)
            self._has_batch.clear()
            while self._spans:
                self._export()

    def _export(self) -> None:
        size = min(BATCH, len(self._spans))
        batch = [self._spans.popleft() for _ in range(size)]
        taken = self._exporter.export(batch) is SpanExportResult.SUCCESS
        self._metrics.ended("exported" if taken else "failed", len(batch))
        if taken is self._is_failing:
            self._is_failing = not taken
            if taken:
                logger.warning("traces are taken again")
            else:
                logger.warning("traces are not taken", spans=len(batch))
