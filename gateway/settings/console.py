"""Options of the console: the table ``[console]``."""

from typing import Annotated

import msgspec

from gateway.settings.http import ORIGIN


class Console(msgspec.Struct, frozen=True, kw_only=True):
    """The pages for people at ``/console``, and how long one stays signed in."""

    enabled: bool = False
    """Whether there are pages at ``/console``."""
    address: Annotated[str, msgspec.Meta(pattern=ORIGIN)] | None = None
    """How browsers call the gateway; else, by the ``Host`` of each request."""
    session_seconds: Annotated[int, msgspec.Meta(ge=60, le=86_400)] = 1_800
    """How long a session lasts in which nothing is asked."""
    session_most_seconds: Annotated[int, msgspec.Meta(ge=60, le=86_400)] = 28_800
    """How long a session lasts at most."""
    sessions: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1_000
    """How many sessions there are at most; one more ends the one unused longest."""
