"""Say in which state a certificate was on a day, of all that was said about it.

Two speak of a certificate's state: the registry's record, which knows the present
alone, and the changes its agency sent. The worse of the two counts, so that neither
an old record nor a change that came too early makes anything good.

A bad state that was sent holds until a lifting: a change to VALID, sent later. The
lifting counts from its own day on, and undoes nothing before it. The record's bad
state counts from ``state_since``, or from the last change sent, if that was to the
same state; a record that dates it in neither way is believed for every day.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from policy.certificate import CertificateRecord, CertificateState, StateChange

FROM_THE_BEGINNING = frozenset({CertificateState.REVOKED})
"""States that say the certificate should never have been given.

Of what was paid on a certificate that was got against the rules, notice 3(2) says that
it is claimed back, whenever it was paid. See ``docs/decisions/states-by-day.md``.
"""

_WORST_FIRST = (
    CertificateState.REVOKED,
    CertificateState.WITHDRAWN,
    CertificateState.CANCELLED,
    CertificateState.LAPSED,
    CertificateState.SUSPENDED,
    CertificateState.TRANSFERRED,
    CertificateState.OTHER,
    None,
    CertificateState.VALID,
)
_RANKS: Mapping[CertificateState | None, int] = MappingProxyType(
    {state: rank for rank, state in enumerate(_WORST_FIRST)}
)


def state_on(record: CertificateRecord, as_of: date) -> CertificateState | None:
    """Return the state of ``record`` on ``as_of``; ``None`` if it is unknown."""
    if record.changes == () and record.state_since is None:
        return record.state
    return worst((_stated(record, as_of), *_sent(record.changes, as_of)))


def sent_state(
    changes: tuple[StateChange, ...], as_of: date
) -> CertificateState | None:
    """Return the state on ``as_of`` by what was sent alone."""
    return worst((CertificateState.VALID, *_sent(changes, as_of)))


def worst(states: Sequence[CertificateState | None]) -> CertificateState | None:
    """Return the worst of ``states``, of which there is one; unknown is not good."""
    return min(states, key=_RANKS.__getitem__)


def _stated(record: CertificateRecord, as_of: date) -> CertificateState | None:
    """Return what the registry's record says of ``as_of``."""
    state = record.state
    if state is None or state is CertificateState.VALID:
        return state
    since = _since(record, state)
    if since is None or state in FROM_THE_BEGINNING or as_of >= since:
        return state
    return CertificateState.VALID


def _since(record: CertificateRecord, state: CertificateState) -> date | None:
    """Return the first day of the record's own ``state``; ``None`` if none is known."""
    days = [] if record.state_since is None else [record.state_since]
    if record.changes and record.changes[-1].state is state:
        days.append(record.changes[-1].effective_on)
    return min(days, default=None)


def _sent(
    changes: tuple[StateChange, ...] | None, as_of: date
) -> Iterator[CertificateState | None]:
    """Yield the bad states of ``as_of`` that were sent and not lifted."""
    if changes is None:
        yield None
        return
    bad: set[CertificateState] = set()
    for change in changes:
        counts = change.effective_on <= as_of
        if change.state is CertificateState.VALID:
            if counts:
                bad.clear()
        elif counts or change.state in FROM_THE_BEGINNING:
            bad.add(change.state)
    yield from bad
