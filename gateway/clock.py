"""The one reading of the clock; everything below takes a moment."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

utc_now: Callable[[], datetime] = partial(datetime.now, UTC)
"""Returns the current time, in UTC."""
