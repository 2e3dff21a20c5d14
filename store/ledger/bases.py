"""What decisions were computed from: facts of the log, and which one rests on which.

The facts are in ``logged_facts``, each once, and so in the log of hashes; here is where
those of a decision are found.
"""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from bureau.evidence.facts import (
    Basis,
    certificate_trace_fact,
    policy_fact,
    trace_fact,
)
from bureau.transparency.sources import Kind
from policy.edition import canonical
from policy.trace import FORMAT as TRACE
from store.ledger.basis_tables import decision_facts
from store.ledger.kept_keys import note_key
from store.store import Store
from store.transparency.facts import note_fact
from store.transparency.tables import logged_facts

column = decision_facts.c


class StoredWorths:
    """Keeps what certificates are worth by themselves."""

    def __init__(self, store: Store) -> None:
        self._write = store.writer.write

    async def keep(self, certificate: str, basis: Basis, at: datetime) -> list[int]:
        """Keep what a verdict on ``certificate`` rests on; return the facts' numbers.

        Raises:
            StoreUnavailableError: the database is away.
        """
        return await self._write(lambda c: _keep(c, certificate, basis, at))


def _keep(
    connection: Connection, certificate: str, basis: Basis, at: datetime
) -> list[int]:
    trace = certificate_trace_fact(certificate, basis.trace)
    return [
        note_fact(connection, Kind.POLICY, policy_fact(basis.edition), at),
        *(note_key(connection, key, at) for key in basis.keys),
        note_fact(connection, Kind.JUDGEMENT, trace, at),
    ]


def add(connection: Connection, decision: int, basis: Basis, at: datetime) -> None:
    """Keep what ``decision`` was computed from."""
    facts = [
        note_fact(connection, Kind.POLICY, policy_fact(basis.edition), at),
        *(note_key(connection, key, at) for key in basis.keys),
        note_fact(connection, Kind.JUDGEMENT, trace_fact(decision, basis.trace), at),
    ]
    _link(connection, decision, facts)


def copy(connection: Connection, wrong: int, right: int, at: datetime) -> None:
    """Let ``right`` rest on what ``wrong`` was computed from, if that was kept."""
    facts = []
    for fact in facts_of(connection, wrong):
        body = connection.execute(
            select(logged_facts.c.body).where(logged_facts.c.id == fact)
        ).scalar_one()
        if body.get("format") == TRACE:
            again = trace_fact(right, canonical(body["trace"]))
            facts.append(note_fact(connection, Kind.JUDGEMENT, again, at))
        else:
            facts.append(fact)
    _link(connection, right, facts)


def facts_of(connection: Connection, decision: int) -> list[int]:
    """Return on which facts a decision rests, by their numbers, in order."""
    found = select(column.fact).where(column.decision == decision).order_by(column.fact)
    return list(connection.scalars(found))


def _link(connection: Connection, decision: int, facts: list[int]) -> None:
    rows = [{"decision": decision, "fact": fact} for fact in dict.fromkeys(facts)]
    if rows:
        connection.execute(insert(decision_facts), rows)
