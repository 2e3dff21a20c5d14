"""Callers, their rights, and the purposes of their look-ups of people.

Rights are OAuth 2 scopes (RFC 6749, 3.3). A look-up of a person names a purpose and
a case (个人信息保护法, articles 6 and 13); it comes with the request, or with the
caller's token where the operator allows one for all of a caller's requests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from connectors.elements import NOT_STATED, Elements
from policy import normal_form
from policy.text import Text


class Scope(StrEnum):
    """A right of a caller."""

    READ_CERTIFICATES = "certificates:read"
    READ_IDENTITY = "identity:read"
    READ_UNSIGNED = "unsigned:read"
    WRITE_PAYMENTS = "payments:write"
    REGISTER = "connectors:register"
    APPROVE = "connectors:approve"
    SANCTION = "sanctions:write"
    RECOVER = "recoveries:write"
    AUDIT = "audit:read"
    INTROSPECT = "schema:read"


class Purpose(StrEnum):
    """A purpose of looking a person up."""

    SUBSIDY_CLAIM = "SUBSIDY_CLAIM"
    SUPERVISION_AND_AUDIT = "SUPERVISION_AND_AUDIT"
    RECOVERY = "RECOVERY"
    COMPLAINT = "COMPLAINT"
    HOLDER_REQUEST = "HOLDER_REQUEST"


PURPOSE_NAMES: Mapping[Purpose, Text] = MappingProxyType(
    {
        Purpose.SUBSIDY_CLAIM: Text("办理补贴", "handling a subsidy claim"),
        Purpose.SUPERVISION_AND_AUDIT: Text("监督审计", "supervision and audit"),
        Purpose.RECOVERY: Text("追回", "recovering a subsidy"),
        Purpose.COMPLAINT: Text("投诉核查", "looking into a complaint"),
        Purpose.HOLDER_REQUEST: Text("本人申请", "the holder's own request"),
    }
)


@dataclass(frozen=True, slots=True)
class LookUp:
    """The purpose of looking people up, and the case it belongs to."""

    purpose: Purpose
    case_number: str


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller, and the scopes it has."""

    id: str
    scopes: frozenset[Scope]
    look_up: LookUp | None = None
    """The purpose of all of this caller's requests that name none themselves."""
    elements: Elements = NOT_STATED
    """What its requests state that do not say so themselves."""
    subject: str | None = None
    """The person who asks through this client, as ``issuer:sub``; ``None`` if its
    credentials name nobody."""

    districts: frozenset[str] | None = None
    """The districts (GB/T 2260) it acts for; ``None`` for all, empty for none."""

    @property
    def districts_in_order(self) -> tuple[str, ...] | None:
        """Return the districts as they are written down."""
        return None if self.districts is None else tuple(sorted(self.districts))

    @property
    def districts_seen(self) -> frozenset[str] | None:
        """Return the districts whose money it sees: an auditor sees all."""
        return None if self.may(Scope.AUDIT) else self.districts

    def acts_for(self, district: str) -> bool:
        """Say whether the caller may act for ``district``."""
        return self.districts is None or district in self.districts

    def may_be(self, officer: str) -> bool:
        """Say whether ``officer`` may be who asks: whom the token names, if it does.

        So nobody is two officers by way of two clients.
        """
        if self.subject is None:
            return True
        named = self.subject.partition(":")[2]
        return normal_form.name(officer) == normal_form.name(named)

    def may(self, scope: Scope) -> bool:
        """Say whether the caller has ``scope``."""
        return scope in self.scopes
