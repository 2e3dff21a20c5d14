"""The one reading of the clock; everything below is handed a moment."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Read the clock; nothing below this layer does."""
    return datetime.now(UTC)
