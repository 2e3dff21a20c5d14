"""A certificate as its registry states it, after verification and decoding.

``None`` in a field means that the registry does not say. What that costs is the
clauses' business: unknown is never rounded to good. ``number`` is personal data
(a special-operations number is "T" and the holder's identity number), so it is
left out of ``repr`` and must never be a key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from policy.examination import Examination
from policy.identity import Identity
from policy.level import Level
from policy.text import Text


class CertificateState(StrEnum):
    """The state a registry states, by the codes of its sister interfaces."""

    VALID = "VALID"
    SUSPENDED = "SUSPENDED"
    REVOKED = "REVOKED"
    CANCELLED = "CANCELLED"
    LAPSED = "LAPSED"
    TRANSFERRED = "TRANSFERRED"
    WITHDRAWN = "WITHDRAWN"
    OTHER = "OTHER"


STATE_CODES: Mapping[str, CertificateState] = MappingProxyType(
    {
        "01": CertificateState.VALID,
        "02": CertificateState.SUSPENDED,
        "03": CertificateState.REVOKED,
        "04": CertificateState.CANCELLED,
        "05": CertificateState.LAPSED,
        "06": CertificateState.TRANSFERRED,
        "07": CertificateState.WITHDRAWN,
        "99": CertificateState.OTHER,
    }
)

STATE_NAMES: Mapping[CertificateState, Text] = MappingProxyType(
    {
        CertificateState.VALID: Text("有效", "valid"),
        CertificateState.SUSPENDED: Text("暂扣", "suspended"),
        CertificateState.REVOKED: Text("撤销", "revoked"),
        CertificateState.CANCELLED: Text("注销", "cancelled"),
        CertificateState.LAPSED: Text("失效", "lapsed"),
        CertificateState.TRANSFERRED: Text("转出", "transferred"),
        CertificateState.WITHDRAWN: Text("吊销", "withdrawn"),
        CertificateState.OTHER: Text("其他", "other"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """A change of state that the certificate's agency sent, signed."""

    # VALID lifts what was sent before it.
    state: CertificateState
    # The first day on which it counts.
    effective_on: date
    received_at: datetime
    # In the agency's words, which may name the holder.
    reason: str = field(default="", repr=False)


class Spelling(NamedTuple):
    """A number and an item's code as a registry spells them."""

    number: str
    item_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRecord:
    """One certificate in one registry's words."""

    number: str = field(repr=False)
    holder: Identity
    holder_name: str | None = field(repr=False)
    title: str
    category: str | None
    item: str
    item_code: str | None
    # The registry's own code, where its manifest maps it to the annex's.
    own_item_code: str | None = None
    # As they came, where that is not their normal form.
    spelt: Spelling | None = field(default=None, repr=False)
    # Special operations are UNGRADED; None means that no level is stated.
    level: Level | None
    first_issued_on: date | None
    issued_on: date | None
    valid_from: date | None
    # The last valid day. A graded qualification without one does not run out.
    valid_until: date | None
    # The last day on which the review (复审) is in time.
    review_due_on: date | None
    state: CertificateState | None
    # The first day of a state other than VALID; without one it counts for every day.
    state_since: date | None = None
    # Its place in the registry's status list.
    status_index: int | None = None
    # What was sent of its state beside the record, in the order sent; None if that
    # cannot be known now.
    changes: tuple[StateChange, ...] | None = ()
    # Names, as the registry spells them.
    authority: str | None
    evaluation_body: str | None
    collection_body: str | None
    licence_id: str | None
    # The assessment that it rests on, if the registry states anything of it.
    examination: Examination | None = None
    # What follows from the record alone, once somebody asked (``policy.derived``).
    derived: dict[object, Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __hash__(self) -> int:
        """Return the number's: hardly two different records are kept under one."""
        return hash(self.number)
