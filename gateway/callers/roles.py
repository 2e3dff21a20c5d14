"""Roles are bundles of scopes that an operator names.

A misspelt scope or role would be a right that silently is not there, or one that
nobody meant to give, so it stops the start.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway.errors import StartError
from resolvers.caller import LookUp, Purpose, Scope


@dataclass(frozen=True, slots=True)
class Roles:
    """The configuration's roles, each with its scopes."""

    scopes_by_role: Mapping[str, frozenset[Scope]]

    def scopes_of(
        self, roles: Iterable[str], scopes: Iterable[str], place: str
    ) -> frozenset[Scope]:
        """Return the scopes of ``roles`` and ``scopes`` together.

        Raises:
            StartError: one of them is unknown; ``place`` says where it stands.
        """
        found = {_scope(scope, place) for scope in scopes}
        for role in roles:
            if role not in self.scopes_by_role:
                raise StartError(
                    f"{place}: unknown role {role!r}; "
                    + _nearest(role, self.scopes_by_role)
                )
            found |= self.scopes_by_role[role]
        return frozenset(found)


def read_roles(table: Mapping[str, Iterable[str]]) -> Roles:
    """Return the roles of the configuration.

    Raises:
        StartError: a role has a scope that does not exist.
    """
    return Roles(
        {
            role: frozenset(_scope(scope, f"roles.{role}") for scope in scopes)
            for role, scopes in table.items()
        }
    )


def read_look_up(
    purpose: Purpose | None, case_number: str | None, place: str
) -> LookUp | None:
    """Return a caller's own purpose; ``None`` if it has to say one each time.

    Raises:
        StartError: a purpose without a case, or a case without a purpose.
    """
    if purpose is None and case_number is None:
        return None
    if purpose is None or not case_number:
        raise StartError(f"{place}: purpose and case_number go together; set both")
    return LookUp(purpose, case_number)


def _scope(stated: str, place: str) -> Scope:
    try:
        return Scope(stated)
    except ValueError:
        raise StartError(
            f"{place}: unknown scope {stated!r}; {_nearest(stated, list(Scope))}"
        ) from None


def _nearest(stated: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(stated, list(known), n=1, cutoff=0)
    return f"the nearest known one is {str(near[0])!r}" if near else "none is defined"
