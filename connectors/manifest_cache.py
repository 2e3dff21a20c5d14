"""What a manifest says of what is kept: answers, and what the agency sent before."""

from typing import Annotated

import msgspec

from connectors.manifest_limits import Count

Stale = Annotated[float, msgspec.Meta(ge=0, le=24 * 3600)]


class Cache(msgspec.Struct, frozen=True, kw_only=True):
    """Limits on keeping verified answers: for how long, and how much."""

    ttl_seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 10.0
    stale_if_error_seconds: Stale = 0.0
    """For how much longer an answer stands in while the agency is silent (RFC 5861)."""
    stale_decides_seconds: Stale = 0.0
    """How old what stands in may be and still decide."""
    holders: Count = 10_000
    """For how many people answers are kept, if there is room for so many."""
    megabytes: Annotated[int, msgspec.Meta(ge=2, le=16_384)] = 16
    """The room of answers and verified records, half for each."""

    @property
    def bytes_each(self) -> int:
        """Return the memory for answers, and for verified records, in bytes each."""
        return self.megabytes * 1024 * 1024 // 2


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """The use of the records that the agency sends before it is asked."""

    answers_when_silent: bool = False
    """Whether they answer where the agency itself does not."""
