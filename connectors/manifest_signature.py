"""What a manifest says of what an agency signs: its answers, and a list of states."""

from enum import StrEnum
from typing import Annotated

import msgspec

from connectors.errors import ManifestError
from connectors.manifest_addresses import refuse_unusable_list_address
from connectors.manifest_limits import HeaderName, Seconds
from policy.certificate import CertificateState

ListLength = Annotated[int, msgspec.Meta(ge=1, le=8 * 1024 * 1024)]


class SignatureForm(StrEnum):
    """The extent of one signature of the agency."""

    RECORD = "record"
    """A compact JWS for each certificate, and one for an absence."""
    RESPONSE = "response"
    """A detached JWS (RFC 7797) over the whole HTTP body."""
    NONE = "none"
    """Nobody signs: what is shown is UNSIGNED, unless it was signed elsewhere."""


class UnsignedUse(StrEnum):
    """What is done with rows that nobody signed."""

    WITHHELD = "withheld"
    """They are left out."""
    SHOWN = "shown"
    """They are shown as UNSIGNED to callers with the scope for that."""


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """The form of a signature, and how old it may be."""

    form: SignatureForm
    unsigned: UnsignedUse = UnsignedUse.WITHHELD
    """What is done with rows where nobody signs (``none``)."""
    header: HeaderName = "JWS-Signature"
    max_age_seconds: Seconds = 24 * 3600.0
    skew_seconds: Annotated[float, msgspec.Meta(ge=0, le=600)] = 60.0


class StatusList(msgspec.Struct, frozen=True, kw_only=True):
    """The signed list of states of certificates that the agency publishes."""

    url: str | None = None
    max_age_seconds: Seconds = 24 * 3600.0
    """For how long it is believed at most, whatever it says."""
    length: ListLength | None = None
    """How many places it states; the list may say so itself."""
    values: dict[
        Annotated[str, msgspec.Meta(pattern=r"^(0|[1-9]\d{0,2})$")], CertificateState
    ] = {}


def refuse_unusable_list(listed: StatusList, index: str | None) -> None:
    """Refuse a status list that cannot be asked for, or of which nothing is read.

    ``index`` is where a record has its place in it.

    Raises:
        ManifestError: why.
    """
    if (listed.url is None) is not (index is None):
        raise ManifestError(
            "status_list.url and record.status_index go together: a record's state is "
            "found in the list by its index; set both or neither"
        )
    if listed.url is not None:
        refuse_unusable_list_address(listed.url)
