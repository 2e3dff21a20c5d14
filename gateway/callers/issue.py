"""Make a token for a small installation, and what the configuration has to hold.

The token is shown once and kept nowhere: the configuration gets its SHA-256. Times
are in UTC.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bureau.caller import LookUp, Scope
from gateway.callers.static_tokens import sha256_of
from gateway.errors import StartError

TOKEN_BYTES = 32
PREFIX = "cgw_"
"""Lets a secret scanner know such a token when it is somewhere it should not be."""
SHORTEST = 22
"""So many characters of base64 are 128 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The token that is asked for."""

    caller: str
    roles: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()
    districts: tuple[str, ...] | None = None
    look_up: LookUp | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token, and the table of the configuration that makes it known."""

    token: str
    table: str


def issue(wish: Wish, now: datetime) -> IssuedToken:
    """Make a token of 256 random bits for ``wish``."""
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    lines = [
        "[[tokens]]",
        f"caller = {_quoted(wish.caller)}",
        f'sha256 = "{sha256_of(token)}"',
    ]
    if wish.roles:
        lines.append(f"roles = [{', '.join(map(_quoted, wish.roles))}]")
    if wish.scopes:
        lines.append(f"scopes = [{', '.join(map(_quoted, wish.scopes))}]")
    if wish.districts is not None:
        lines.append(f"districts = [{', '.join(map(_quoted, wish.districts))}]")
    if wish.look_up is not None:
        lines.append(f"purpose = {_quoted(wish.look_up.purpose)}")
        lines.append(f"case_number = {_quoted(wish.look_up.case_number)}")
    if wish.days is not None:
        end = (now + timedelta(days=wish.days)).replace(microsecond=0)
        lines.append(f"expires_at = {end:%Y-%m-%dT%H:%M:%SZ}")
    return IssuedToken(token, "\n".join(lines))


def hash_of(token: str) -> str:
    """Return what the configuration holds of a token that somebody made.

    Raises:
        StartError: it is so short that it could be guessed from its hash.
    """
    if len(token) < SHORTEST:
        raise StartError(
            f"the token has {len(token)} characters, at least {SHORTEST} needed; "
            "make one with: gateway token issue, or openssl rand -base64 24"
        )
    return sha256_of(token)


def _quoted(text: str) -> str:
    """Return ``text`` as a TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    if not escaped.isprintable():
        raise StartError(f"{text!r} has characters that cannot be printed")
    return f'"{escaped}"'
