"""Roles are bundles of scopes, and of districts, that an operator names.

A misspelt scope or role would be a right that silently is not there, or one that
nobody meant to give, so it stops the start.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bureau.caller import Caller, LookUp, Scope
from bureau.look_ups.elements import ElementsError, read_elements
from connectors.elements import Element, Elements
from gateway.callers.districts import (
    Districts,
    read_districts,
    read_role_districts,
    together,
)
from gateway.errors import StartError
from gateway.settings.callers import Grant, KnownCaller


@dataclass(frozen=True, slots=True)
class Roles:
    """The configuration's roles, each with its scopes."""

    scopes_by_role: Mapping[str, frozenset[Scope]]
    districts_by_role: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def scopes_of(self, grant: Grant, place: str) -> frozenset[Scope]:
        """Return the scopes of the roles and the scopes of ``grant`` together.

        Raises:
            StartError: one of them is unknown; ``place`` says where it stands.
        """
        found = {_scope(scope, place) for scope in grant.scopes}
        for role in grant.roles:
            if role not in self.scopes_by_role:
                near = _nearest(role, self.scopes_by_role)
                raise StartError(f"{place}: unknown role {role!r}; {near}")
            found |= self.scopes_by_role[role]
        return frozenset(found)

    def caller_of(self, known: KnownCaller, place: str) -> Caller:
        """Return a caller of the configuration.

        Raises:
            StartError: an unknown role, scope or district, half a purpose, or an
                element that cannot be used.
        """
        return Caller(
            id=known.caller,
            scopes=self.scopes_of(known, place),
            look_up=_look_up(known, place),
            elements=_elements(known, place),
            districts=together(
                read_districts(known.districts, place), self.districts_of(known.roles)
            ),
        )

    def districts_of(self, names: Iterable[object]) -> Districts:
        """Return the districts of those of ``names`` that are roles with some."""
        known = self.districts_by_role
        return together(*(known.get(name) for name in names if isinstance(name, str)))

    def named(self, names: Iterable[object]) -> frozenset[Scope]:
        """Return the scopes of those of ``names`` that are roles here."""
        known = self.scopes_by_role
        return frozenset(
            scope
            for name in names
            if isinstance(name, str)
            for scope in known.get(name, ())
        )


def read_roles(
    table: Mapping[str, Iterable[str]],
    districts: Mapping[str, Iterable[str]] | None = None,
) -> Roles:
    """Return the roles of the configuration, and the districts of some.

    Raises:
        StartError: a role has a scope or a district that does not exist.
    """
    return Roles(
        {
            role: frozenset(_scope(scope, f"roles.{role}") for scope in scopes)
            for role, scopes in table.items()
        },
        read_role_districts(districts or {}, table),
    )


def _look_up(known: KnownCaller, place: str) -> LookUp | None:
    """Return a caller's own purpose; ``None`` if it has to say one each time."""
    if known.purpose is None and known.case_number is None:
        return None
    if known.purpose is None or not known.case_number:
        raise StartError(f"{place}: purpose and case_number go together; set both")
    return LookUp(known.purpose, known.case_number)


def _elements(known: KnownCaller, place: str) -> Elements:
    try:
        stated = {one: getattr(known.elements, one) for one in Element}
        return read_elements(stated)
    except ElementsError as error:
        raise StartError(f"{place}: elements: {error.message}") from None


def _scope(stated: str, place: str) -> Scope:
    try:
        return Scope(stated)
    except ValueError:
        near = _nearest(stated, list(Scope))
        raise StartError(f"{place}: unknown scope {stated!r}; {near}") from None


def _nearest(stated: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(stated, list(known), n=1, cutoff=0)
    return f"the nearest known one is {str(near[0])!r}" if near else "none is defined"
