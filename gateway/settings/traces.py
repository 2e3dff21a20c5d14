"""Options of traces: the table ``[traces]``."""

from typing import Annotated

import msgspec


class Traces(msgspec.Struct, frozen=True, kw_only=True):
    """Where traces of requests go, and of how many."""

    endpoint: Annotated[str, msgspec.Meta(pattern=r"^https?://[^@?# ]+$")] | None = None
    """Where a collector takes OTLP by HTTP; without, nothing is traced."""
    ratio: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    """The share of requests that are traced, of those whose caller does not say."""
    queue: Annotated[int, msgspec.Meta(ge=100, le=100_000)] = 5_000
    """How many spans may wait for the collector."""
