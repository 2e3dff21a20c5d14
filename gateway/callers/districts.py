"""Which districts a caller acts for: by its entry, by its roles, or by its token.

What is stated adds up, as scopes do; a caller of whom nothing is stated acts for all.
An issuer that has a claim for districts states them of all its tokens: one without the
claim acts for none, since it was the issuer's to say so.
"""

import difflib
from collections.abc import Iterable, Mapping

from gateway.callers.claims import Claims
from gateway.callers.refusal import AuthenticationError, Reason
from gateway.errors import StartError
from policy.districts import DISTRICTS

Districts = frozenset[str] | None
"""``None`` is all of them."""
ALL = "*"
"""What a claim lists for a token that acts for every district."""
NONE: frozenset[str] = frozenset()


def read_districts(stated: Iterable[str] | None, place: str) -> Districts:
    """Return the districts of the configuration.

    Raises:
        StartError: one is none of the city's; ``place`` says where it stands.
    """
    if stated is None:
        return None
    for code in stated:
        if code not in DISTRICTS:
            (near,) = difflib.get_close_matches(code, DISTRICTS, n=1, cutoff=0)
            raise StartError(
                f"{place}: unknown district {code!r}; the nearest known one is {near!r}"
            )
    return frozenset(stated)


def read_role_districts(
    table: Mapping[str, Iterable[str]], roles: Iterable[str]
) -> Mapping[str, frozenset[str]]:
    """Return the districts of roles.

    Raises:
        StartError: a role or a district is unknown.
    """
    for role in table:
        if role not in roles:
            raise StartError(f"role_districts: unknown role {role!r}; add it to roles")
    return {
        role: read_districts(stated, f"role_districts.{role}") or NONE
        for role, stated in table.items()
    }


def together(*stated: Districts) -> Districts:
    """Return what several say, each of which may say nothing (``None``)."""
    said = [one for one in stated if one is not None]
    return frozenset().union(*said) if said else None


def within(found: Districts, most: Districts) -> Districts:
    """Return those of ``found`` that an issuer may give."""
    if found is None or most is None:
        return most if found is None else found
    return found & most


def districts_claimed(claims: Claims, name: str, by_roles: Districts) -> Districts:
    """Return what a token's claim and its roles say together.

    Codes that are not the city's are left out, as unknown scopes are.

    Raises:
        AuthenticationError: the claim is no list of texts.
    """
    stated = claims.get(name)
    if stated is None:
        return by_roles or NONE
    listed = [stated] if isinstance(stated, str) else stated
    if not isinstance(listed, list):
        raise AuthenticationError(Reason.MISSING_CLAIM)
    codes = [code for code in listed if isinstance(code, str)]
    if len(codes) != len(listed):
        raise AuthenticationError(Reason.MISSING_CLAIM)
    if ALL in codes:
        return None
    return together(frozenset(DISTRICTS.keys() & codes), by_roles)
