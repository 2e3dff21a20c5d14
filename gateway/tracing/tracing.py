"""Whether requests are traced, and by what; without traces nothing of them is imported.

OpenTelemetry's SDK is an extra of the package (``certificate-gateway[traces]``), and
15 MB of a process. It is imported by name if ``traces.endpoint`` is set.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from connectors.spans import Span
from gateway.errors import StartError
from gateway.lazy import load
from gateway.settings.traces import Traces
from gateway.tracing.context import TraceContext
from gateway.tracing.metrics import TracesMetrics

EXTRA = "pip install 'certificate-gateway[traces]'"
UNTRACED = frozenset({"/health/live", "/health/ready", "/metrics"})
"""Asked by machines every few seconds; a trace of it says nothing."""


class RequestSpan(Span, Protocol):
    """The span of a request."""

    @property
    def trace_id(self) -> str:
        """The id of its trace, 32 hexadecimal digits."""


class Tracing(Protocol):
    """Whoever makes traces."""

    def begin(
        self, context: TraceContext | None, method: str, route: str
    ) -> RequestSpan:
        """Begin the span of a request, which came in this context."""

    def start(self) -> None:
        """Begin to export."""

    def close(self) -> None:
        """Export what is left, and end; it waits for a moment."""


def tracing_by(options: Traces, metrics: TracesMetrics) -> Tracing | None:
    """Return what makes traces; ``None`` if nothing is to.

    Raises:
        StartError: the extra is not installed.
    """
    if options.endpoint is None:
        return None
    try:
        make = load("gateway.tracing.recording:OpenTelemetry")
    except ImportError:
        raise StartError(f"traces.endpoint needs an extra: {EXTRA}") from None
    tracing: Tracing = make(options, metrics)
    return tracing


@asynccontextmanager
async def exporting(tracing: Tracing | None) -> AsyncIterator[None]:
    """Export traces as long as this is open."""
    if tracing is None:
        yield
        return
    tracing.start()
    try:
        yield
    finally:
        await asyncio.to_thread(tracing.close)
