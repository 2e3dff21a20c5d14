"""Show keys that end soon: in health, in metrics, and once a threshold in the log.

A key whose successor is in force already is no news: a rotation ends it as agreed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from connectors.agency import Agency
from connectors.live import Snapshot
from connectors.registration.keys import warned_days
from signing.trust import KeyState, TrustBundle, TrustedKey

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class KeyEnd:
    """The end of an agency's key, and the warning that it is worth."""

    agency: str
    kid: str
    days_left: float
    warning: int | None
    """30, 7, 1, or 0 for a key that has ended; ``None`` while there is time."""


def key_ends(snapshot: Snapshot, now: datetime) -> Iterator[KeyEnd]:
    """Yield the keys that agencies sign with, without those that have a successor."""
    for agency in snapshot.registry.agencies:
        own = [key for key in _keys_of(agency, snapshot.bundle) if _may_sign(key, now)]
        for key in own:
            if not any(_succeeds(other, key, now) for other in own):
                left = key.not_after - now
                yield KeyEnd(
                    agency.id, key.kid, left / DAY, warned_days(key.not_after, now)
                )


def _keys_of(agency: Agency, bundle: TrustBundle) -> Iterator[TrustedKey]:
    for key in bundle.keys.values():
        if key.institution == agency.manifest.collection_body and (
            key.scope & agency.rows
        ):
            yield key


def _may_sign(key: TrustedKey, now: datetime) -> bool:
    return key.state is KeyState.ACTIVE and key.not_before <= now


def _succeeds(other: TrustedKey, key: TrustedKey, now: datetime) -> bool:
    longer = (other.not_after, other.kid) > (key.not_after, key.kid)
    return longer and other.not_after > now and other.scope >= key.scope


class ExpiryLog:
    """Writes each warning once, and again after a restart."""

    def __init__(self) -> None:
        self._logged: set[tuple[str, int]] = set()
        self._logger = structlog.get_logger("gateway.keys")

    def note(self, snapshot: Snapshot, now: datetime) -> None:
        """Write what is new."""
        for end in key_ends(snapshot, now):
            warning = end.warning
            if warning is not None and (end.kid, warning) not in self._logged:
                self._logged.add((end.kid, warning))
                self._logger.warning(
                    "a key ends soon" if warning else "a key has ended",
                    agency=end.agency,
                    key=end.kid,
                    days_left=round(end.days_left, 1),
                )
