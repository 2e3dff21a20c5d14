"""Ask for a credential: its forms, who it is bound to, and why there is none."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Protocol

from bureau.credentials.holder_key import HolderKey
from connectors.answer import AttestedCertificate


class CredentialForm(StrEnum):
    """A form that a credential is given in."""

    SD_JWT_VC = "SD_JWT_VC"
    """draft-ietf-oauth-sd-jwt-vc: its holder shows of it what is needed."""
    OPEN_BADGE = "OPEN_BADGE"
    """1EdTech's Open Badges 3.0, as a VC-JWT."""


class CredentialRefusal(Enum):
    """A reason not to issue a credential."""

    NOT_OFFERED = "NOT_OFFERED"
    UNKNOWN = "UNKNOWN"
    NOT_YOUR_AUTHORITY = "NOT_YOUR_AUTHORITY"
    NOT_VERIFIED = "NOT_VERIFIED"
    NOT_VALID = "NOT_VALID"
    NOT_IN_THE_ANNEX = "NOT_IN_THE_ANNEX"
    HOLDER_KEY = "HOLDER_KEY"
    NOT_SIGNED = "NOT_SIGNED"


class NotIssuedError(Exception):
    """No credential is given, for one of the reasons that have a name."""

    def __init__(self, refusal: CredentialRefusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCredential:
    """A credential, and what is said of it without reading it."""

    text: str
    expires_at: datetime
    status_list: str
    """The address of its status list."""
    index: int
    """Its place there."""


class Credentials(Protocol):
    """Issues credentials; who may have one is the caller's to see to."""

    @property
    def is_offered(self) -> bool:
        """Whether any are issued here: there is an address, and a key."""

    async def issue(
        self,
        certificate: AttestedCertificate,
        form: CredentialForm,
        holder_key: HolderKey | None,
        now: datetime,
    ) -> IssuedCredential:
        """Issue a credential of ``certificate``, with a place in a status list.

        Raises:
            NotIssuedError: it is not in force, or nobody says so; or none is signed.
            StoreUnavailableError: the database is away.
        """


class NoCredentials:
    """Issues nothing: a gateway without an address or a key."""

    is_offered = False

    async def issue(
        self,
        certificate: AttestedCertificate,  # noqa: ARG002 - the port's signature
        form: CredentialForm,  # noqa: ARG002
        holder_key: HolderKey | None,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
    ) -> IssuedCredential:
        """See ``Credentials.issue``."""
        raise NotIssuedError(CredentialRefusal.NOT_OFFERED)
