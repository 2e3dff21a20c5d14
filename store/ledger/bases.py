"""What decisions were computed from: facts of the log, and which one rests on which.

The facts are in ``logged_facts``, each once, and so in the log of hashes; here is where
those of a decision are found.
"""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from bureau.evidence.facts import Basis, policy_fact, trace_fact
from bureau.transparency.sources import Kind
from policy.edition import canonical
from policy.trace import FORMAT as TRACE
from store.ledger.basis_tables import decision_facts
from store.ledger.kept_keys import note_key
from store.transparency.facts import note_fact
from store.transparency.tables import logged_facts

column = decision_facts.c


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
