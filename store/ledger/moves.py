"""Moves of claims in the database: rows that are added, and say whose a claim is.

A move and a decision on one claim are writers' transactions, which follow one another:
whichever comes second sees the other.
"""

from dataclasses import asdict

from sqlalchemy import Connection, insert, select

from bureau.ledger.book import Authorities, Districts
from bureau.ledger.entries import Decision
from bureau.ledger.moves import ClaimMove, ClaimPlace, MoveError, MoveRefusal
from store.ledger.tables import claim_moves, decisions


def place_of(
    connection: Connection,
    claim: str,
    authorities: Authorities = None,
    districts: Districts = None,
) -> ClaimPlace | None:
    """Return where a claim is; ``None`` if there is none to be seen.

    It is seen by the districts it was moved between too, and by those that decided.
    """
    decision = decisions.c
    decided = connection.execute(
        select(decision.authority, decision.district)
        .where(decision.claim == claim)
        .order_by(decision.id)
    ).all()
    if not decided:
        return None
    move = claim_moves.c
    moves = [
        ClaimMove(**{n: v for n, v in row._mapping.items() if n != "id"})  # noqa: SLF001 - SQLAlchemy's public name for it
        for row in connection.execute(
            select(claim_moves).where(move.claim == claim).order_by(move.id)
        )
    ]
    places = {one.district for one in decided}
    places |= {d for one in moves for d in (one.from_district, one.to_district)}
    if districts is not None and not places & districts:
        return None
    if authorities is not None and not {a for a, _ in decided} & authorities:
        return None
    district = moves[-1].to_district if moves else decided[-1].district
    return ClaimPlace(claim, district, moves)


def move(
    connection: Connection,
    stated: ClaimMove,
    authorities: Authorities,
    districts: Districts,
) -> ClaimPlace:
    """Move a claim, by who acts for ``districts``.

    Raises:
        MoveError: there is no such claim, or it is another's by now.
    """
    place = place_of(connection, stated.claim, authorities, districts)
    if place is None:
        raise MoveError(MoveRefusal.UNKNOWN_CLAIM)
    if districts is not None and stated.from_district not in districts:
        raise MoveError(MoveRefusal.BAD_DISTRICT)
    if place.district != stated.from_district:
        raise MoveError(MoveRefusal.MOVED_MEANWHILE)
    connection.execute(insert(claim_moves).values(asdict(stated)))
    return ClaimPlace(place.claim, stated.to_district, [*place.moves, stated])


def district_of(connection: Connection, claim: str) -> str | None:
    """Return whose a claim is; ``None`` if nobody decided on it."""
    place = place_of(connection, claim)
    return None if place is None else place.district


def is_of(connection: Connection, claim: str, districts: Districts) -> bool:
    """Say whether a claim is one of ``districts``', which act for it."""
    return districts is None or district_of(connection, claim) in districts


def is_other_district(connection: Connection, decision: Decision) -> bool:
    """Say whether a decision is on a claim that is another district's."""
    return district_of(connection, decision.claim) not in (None, decision.district)
