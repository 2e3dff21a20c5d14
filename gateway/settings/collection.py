"""Options of collection: the table ``[collection]``."""

from typing import Annotated

import msgspec

ORIGIN = r"^https?://[a-z0-9.\[\]:-]+$"


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """Limits on what agencies send, and the address to which they do."""

    origin: Annotated[str, msgspec.Meta(pattern=ORIGIN)] | None = None
    """The gateway's address as agencies sign it; without, what the request says."""
    max_body_bytes: Annotated[int, msgspec.Meta(ge=1_000, le=10_000_000_000)] = (
        100_000_000
    )
    """The largest body that is taken, as it is sent."""
    max_inflated_bytes: Annotated[int, msgspec.Meta(ge=1_000, le=100_000_000_000)] = (
        1_000_000_000
    )
    """The most that a body may be once it is inflated."""
    max_inflation: Annotated[int, msgspec.Meta(ge=2, le=10_000)] = 50
    """How many times its size a body may grow, beyond the first megabyte."""
    max_line_bytes: Annotated[int, msgspec.Meta(ge=1_000, le=1_000_000)] = 65_536
    """The longest line; a longer one is refused by itself."""
    body_seconds: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 300.0
    """How long an agency may take to send a body."""
