"""Count days as the notice does: by Shanghai's calendar.

Shanghai is eight hours ahead of UTC, without summer time since 1992; no day that is
counted here is older. So the rules need no database of time zones.
"""

from datetime import timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
