"""Options of reconciliations: the table ``[reconciliation]``."""

from typing import Annotated

import msgspec


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """Limits on the lists that are compared with the ledger."""

    max_body_bytes: Annotated[int, msgspec.Meta(ge=1_000, le=10_000_000_000)] = (
        500_000_000
    )
    """The largest list that is taken, as it is sent."""
    max_inflated_bytes: Annotated[int, msgspec.Meta(ge=1_000, le=100_000_000_000)] = (
        1_000_000_000
    )
    """The most that a list may be once it is inflated."""
    max_inflation: Annotated[int, msgspec.Meta(ge=2, le=10_000)] = 50
    """How many times its size a list may grow, beyond the first megabyte."""
    max_line_bytes: Annotated[int, msgspec.Meta(ge=200, le=1_000_000)] = 4_096
    """The longest row; a longer one is refused by itself."""
    body_seconds: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 600.0
    """How long a caller may take to send a list."""
    send_seconds: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 60.0
    """How long a caller may take to take some of the results."""
    at_once: Annotated[int, msgspec.Meta(ge=1, le=100)] = 2
    """How many lists a process compares at once; of one caller, one."""
