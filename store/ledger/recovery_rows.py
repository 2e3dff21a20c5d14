"""Recoveries as rows: found, listed, summed up."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from bureau.ledger.book import (
    Authorities,
    Districts,
    Recovery,
    RecoveryEvent,
    RecoverySelection,
    RecoverySums,
)
from policy.level import Level
from policy.recovery import (
    OWED,
    Progress,
    RecoveryCause,
    RecoverySource,
    RecoveryState,
    RecoveryStep,
)
from store.ledger.standing import ids_of_one
from store.ledger.tables import decisions, recoveries, recovery_events

ALL: Select[*tuple[Any, ...]] = select(
    recoveries,
    decisions.c.claim,
    decisions.c.certificate,
    decisions.c.district,
    decisions.c.item,
    decisions.c.level,
).join(decisions, decisions.c.id == recoveries.c.decision)
"""Recoveries with what is shown of their payments."""
column = recoveries.c


def find(
    connection: Connection,
    id_: int,
    authorities: Authorities,
    districts: Districts = None,
) -> Recovery | None:
    """Return one recovery; ``None`` if there is none to be seen."""
    seen = _seen(authorities, districts)
    row = connection.execute(ALL.where(column.id == id_, *seen)).first()
    return None if row is None else recovery_of(row)


def one(connection: Connection, id_: int) -> Recovery:
    """Return a recovery that is known to be there."""
    return recovery_of(connection.execute(ALL.where(column.id == id_)).one())


def _seen(authorities: Authorities, districts: Districts) -> list[ColumnElement[bool]]:
    bound = ((column.authority, authorities), (decisions.c.district, districts))
    return [one.in_(seen) for one, seen in bound if seen is not None]


def page(
    connection: Connection,
    selection: RecoverySelection,
    *,
    first: int,
    before: int | None,
) -> list[Recovery]:
    """Return the selected recoveries, newest first, below ``before``."""
    statement = ALL.where(*_conditions(connection, selection))
    if before is not None:
        statement = statement.where(column.id < before)
    found = connection.execute(statement.order_by(column.id.desc()).limit(first))
    return [recovery_of(row) for row in found]


def sums(connection: Connection, selection: RecoverySelection) -> RecoverySums:
    """Return what the selected recoveries come to."""
    found = connection.execute(
        select(
            column.state,
            func.count(),
            func.sum(column.amount_yuan),
            func.sum(column.recovered_yuan),
        )
        .join(decisions, decisions.c.id == column.decision)
        .where(*_conditions(connection, selection))
        .group_by(column.state)
    ).all()
    return RecoverySums(
        count=sum(count for _, count, _, _ in found),
        owed_yuan=sum(int(owed) for _, _, owed, _ in found),
        recovered_yuan=sum(int(recovered) for *_, recovered in found),
        by_state={RecoveryState(state): count for state, count, _, _ in found},
    )


_CONDITIONS: Mapping[str, Callable[[Any], ColumnElement[bool]]] = MappingProxyType(
    {
        "states": column.state.in_,
        "causes": column.cause.in_,
        "district": lambda stated: decisions.c.district == stated,
        "items": decisions.c.item.in_,
        "claim": lambda stated: decisions.c.claim == stated,
        "opened_from": lambda stated: column.opened_at >= stated,
        "opened_before": lambda stated: column.opened_at < stated,
    }
)


def _conditions(
    connection: Connection, selection: RecoverySelection
) -> list[ColumnElement[bool]]:
    certificate = selection.certificate
    of_it = []
    if certificate is not None:
        # Under whichever id, of before a correction or another connector, too.
        ids = ids_of_one(connection, certificate, selection.document)
        of_it = [decisions.c.certificate.in_(ids)]
    stated = {name: getattr(selection, name) for name in _CONDITIONS}
    return [
        *_seen(selection.authorities, selection.districts),
        *of_it,
        *(
            condition(stated[name])
            for name, condition in _CONDITIONS.items()
            if stated[name] is not None
        ),
    ]


def recovered(connection: Connection, decisions_: Sequence[int]) -> set[int]:
    """Return of which decisions all that was paid was paid back."""
    if not decisions_:
        return set()
    found = connection.execute(
        select(column.decision).where(
            column.decision.in_(decisions_), column.state == RecoveryState.RECOVERED
        )
    )
    return set(found.scalars())


def has_open(connection: Connection, certificates: Sequence[str]) -> bool:
    """Say whether something is claimed back of what was paid on any of them."""
    found = ALL.where(
        decisions.c.certificate.in_(certificates), column.state.in_(OWED)
    ).limit(1)
    return connection.execute(found).first() is not None


def histories(connection: Connection, ids: Sequence[int]) -> list[list[RecoveryEvent]]:
    """Return the steps of each recovery, oldest first."""
    event = recovery_events.c
    found: dict[int, list[RecoveryEvent]] = {id_: [] for id_ in ids}
    for row in connection.execute(
        select(recovery_events).where(event.recovery.in_(ids)).order_by(event.id)
    ):
        found[row.recovery].append(
            RecoveryEvent(
                step=RecoveryStep(row.step),
                after=RecoveryState(row.after),
                at=row.at,
                actor=row.actor,
                reason=row.reason,
                amount_yuan=row.amount_yuan,
                owed_yuan=row.owed_yuan,
            )
        )
    return [found[id_] for id_ in ids]


def recovery_of(row: Row[*tuple[Any, ...]]) -> Recovery:
    """Return the recovery of a row."""
    return Recovery(
        id=row.id,
        decision=row.decision,
        authority=row.authority,
        cause=RecoveryCause(row.cause),
        source=None if row.source is None else RecoverySource(row.source),
        holder_differs=row.holder_differs,
        progress=Progress(
            RecoveryState(row.state), row.amount_yuan, row.recovered_yuan
        ),
        version=row.version,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        claim=row.claim,
        certificate=row.certificate,
        district=row.district,
        item=row.item,
        level=None if row.level is None else Level(row.level),
    )
