"""What an operator decides about callers: tables of the configuration."""

from typing import Annotated

import msgspec

from resolvers.caller import Purpose

CallerName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A caller and the SHA-256 of its bearer token."""

    caller: CallerName
    sha256: Sha256
    roles: tuple[str, ...] = ()
    """Names of the configuration's roles, whose scopes the caller has."""
    scopes: tuple[str, ...] = ()
    """Scopes the caller has besides those of its roles."""
    purpose: Purpose | None = None
    """Why people are looked up, where a request does not say; with ``case_number``."""
    case_number: str | None = None
    """The case, where a request names none; with ``purpose``."""
