"""When an agency says that it may be asked again (RFC 9110, 10.2.3).

It is read of answers that are none, 429 and 503 above all, and shown to whoever asks;
nothing here waits for it.
"""

import re
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime

from connectors.errors import Later

_SECONDS = re.compile(r"[0-9]{1,9}")


def read_retry_after(stated: str | None) -> Later | None:
    """Return what ``Retry-After`` says: so long, or until when.

    ``None`` if it is not there, or in no form that the RFC has.
    """
    stated = (stated or "").strip()
    if _SECONDS.fullmatch(stated):
        return timedelta(seconds=int(stated))
    try:
        until = parsedate_to_datetime(stated)
    except (ValueError, OverflowError):
        # Numbers that no clock has are no date, either.
        return None
    # An HTTP date is of GMT, however it is written.
    return until.replace(tzinfo=UTC) if until.tzinfo is None else until
