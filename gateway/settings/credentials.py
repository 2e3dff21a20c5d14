"""Options of credentials: the table ``[credentials]``."""

from typing import Annotated

import msgspec

Issuer = Annotated[
    str, msgspec.Meta(pattern=r"\Ahttps?://[A-Za-z0-9.-]+(:[0-9]{1,5})?\Z")
]


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """Whether certificates are given as credentials, by what address, how long."""

    issuer: Issuer | None = None
    """The gateway's public address, without a path; without one, none are issued."""
    days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 90
    """How long a credential lives; never longer than its certificate."""
