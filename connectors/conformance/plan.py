"""The people the kit asks about: invented ones whose results the agency states.

A plan is a small TOML file, ``[[holder]]`` a person. ``items`` are the annex codes of
what must come, one a certificate; a person without any must be answered with a signed
absence. Full batches are filled up with numbers that are nobody's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import msgspec

from connectors.errors import ConnectorError
from connectors.strict_toml import TableError, read_table
from policy.errors import PolicyError
from policy.gb11643 import check_character
from policy.identity import Identity, IdType, parse_identity

MOST_HOLDERS = 50
NOBODYS_AREA = "310198"
"""Assigned to no district, so no number made of it is anybody's."""
LONG_AGO = date(1900, 1, 1)


class PlanError(ConnectorError):
    """A test plan cannot be used."""


class _Holder(msgspec.Struct, frozen=True, kw_only=True):
    id_number: str
    id_type: IdType | None = None
    name: str | None = None
    items: tuple[str, ...] = ()


class _Plan(msgspec.Struct, frozen=True, kw_only=True):
    holder: tuple[_Holder, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """One invented person, and what is known of them."""

    identity: Identity
    items: tuple[str, ...]
    """Annex codes, sorted; empty: holds nothing."""
    name: str | None = field(default=None, repr=False)
    """How they are called, for an agency that identifies people by it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The people to ask about.

    Raises:
        PlanError: nobody with certificates, nobody without, or too many.
    """

    people: tuple[PlannedPerson, ...]
    is_whole: bool = True
    """Whether it has to name somebody of either kind."""

    def __post_init__(self) -> None:
        if not self.is_whole:
            return
        if not any(person.items for person in self.people):
            raise PlanError("the plan names nobody who holds a certificate")
        if all(person.items for person in self.people):
            raise PlanError("the plan names nobody who holds nothing (items = [])")
        if len(self.people) > MOST_HOLDERS:
            raise PlanError(
                f"the plan names {len(self.people)} people, at most {MOST_HOLDERS}"
            )
        if len({person.identity.number for person in self.people}) < len(self.people):
            raise PlanError("the plan names a number twice")


def planned(
    id_number: str,
    items: Sequence[str],
    id_type: IdType | None = None,
    name: str | None = None,
) -> PlannedPerson:
    """Return one person of a plan.

    Raises:
        PlanError: the number is nobody's.
    """
    try:
        identity = parse_identity(id_number, id_type)
    except PolicyError as error:
        raise PlanError(f"an id_number of the plan: {error}") from None
    return PlannedPerson(identity, tuple(sorted(items)), name)


def read_plan(text: str) -> Plan:
    """Read a plan from TOML.

    Raises:
        PlanError: it cannot be used; no number is repeated.
    """
    try:
        table = read_table(text, _Plan)
    except TableError as error:
        raise PlanError(str(error)) from None
    return Plan(
        tuple(planned(h.id_number, h.items, h.id_type, h.name) for h in table.holder)
    )


def nobody(index: int) -> Identity:
    """Return the ``index``-th resident number that is nobody's."""
    born = LONG_AGO + timedelta(days=index // 999)
    first = f"{NOBODYS_AREA}{born:%Y%m%d}{index % 999 + 1:03}"
    return Identity(IdType.RESIDENT_ID, first + check_character(first))


def of_nobody() -> Plan:
    """Return a plan for who knows nobody: one person whom no registry has."""
    return Plan((PlannedPerson(nobody(0), ()),), is_whole=False)
