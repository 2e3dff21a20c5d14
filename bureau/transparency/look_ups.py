"""What an agency is told of look-ups of its data, and what the log commits to of that.

Records of the audit log say of one look-up how every agency answered, so none of them
is shown to an agency. In turn, a list is made for each agency of the records since the
last ones, with what is its own business: when who looked for which purpose, and how it
answered itself. No person, case or officer is in it. The digest of each list is a fact
of the log, of a kind by which the agency finds its own facts and can count them. The
lists themselves are made again of the audit log whenever they are asked for: a record
that somebody changed, removed or put in there makes another list.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

import orjson

from bureau.transparency.sources import LOOK_UPS_OF
from connectors.answer import SourceOutcome

NOT_ASKED = frozenset({SourceOutcome.SKIPPED, SourceOutcome.SUSPENDED})
"""With these an agency's data was not touched."""
_TAG_DIGITS = 16


class LookUpSeen(NamedTuple):
    """A record of the audit log, as far as it is of a look-up."""

    id: int
    at: datetime
    event: str
    caller: str
    purpose: str | None
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ToldLookUps:
    """A list of an agency's look-ups, where the log has its digest."""

    number: int
    """The fact's row."""
    index: int
    """The entry's place in the log."""
    row: bytes
    """What the entry commits to, by ``salt``."""
    salt: bytes
    list: bytes | None
    """The list; ``None`` if what the audit log has now is another one."""


class LookUpsTold(Protocol):
    """Tells an agency of look-ups of its data."""

    async def of(self, agency: str, after: int) -> Sequence[ToldLookUps]:
        """Return the next of its lists after a number, of those in the signed log.

        Raises:
            StoreUnavailableError: the database is away.
        """


def kind_of(agency: str) -> str:
    """Return the kind of an agency's facts: known to whoever knows its id."""
    return LOOK_UPS_OF + hashlib.sha256(agency.encode()).hexdigest()[:_TAG_DIGITS]


def agencies_of(seen: Iterable[LookUpSeen]) -> list[str]:
    """Return the agencies whose data was looked at, in order."""
    return sorted(
        {
            agency
            for one in seen
            for agency, outcome in one.sources.items()
            if outcome not in NOT_ASKED
        }
    )


def list_of(agency: str, seen: Iterable[LookUpSeen]) -> tuple[int, bytes]:
    """Return how many look-ups of an agency's data there are, and the list of them."""
    lines = [
        [
            one.id,
            one.at.astimezone(UTC).isoformat(),
            one.event,
            one.caller,
            one.purpose,
            one.sources[agency],
        ]
        for one in seen
        if one.sources.get(agency, SourceOutcome.SKIPPED) not in NOT_ASKED
    ]
    return len(lines), orjson.dumps(lines)


def fact_of(
    agency: str, after: int, last: int, count: int, raw: bytes
) -> dict[str, object]:
    """Return what is committed to of a list: of the records ``after`` to ``last``."""
    return {
        "agency": agency,
        "after": after,
        "to": last,
        "count": count,
        "digest": hashlib.sha256(raw).hexdigest(),
    }
