"""How long, large and many it may be what several tables of a manifest state."""

from typing import Annotated

import msgspec

from connectors.decoding.interpreter import MAX_CHARACTERS

Expression = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_CHARACTERS)]
"""JMESPath."""
Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600 * 24 * 400)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
MemberName = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
HeaderName = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9-]{1,64}\Z")]
