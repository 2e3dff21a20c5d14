"""The three agencies that can be run here, and what makes each different.

Names of bodies and the items each agency keeps come from the annex, so that what
the sandbox signs is worded as the notice words it.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from policy.catalogue import Item, load_catalogue
from signing.algorithms import Algorithm


class AgencyId(StrEnum):
    """An agency, by the body id of its authority."""

    EMERGENCY_MANAGEMENT = "emergency-management"
    TRANSPORT = "transport"
    FIRE_RESCUE = "fire-rescue"


ALGORITHMS: Mapping[AgencyId, Algorithm] = MappingProxyType(
    {
        AgencyId.EMERGENCY_MANAGEMENT: Algorithm.ES256,
        AgencyId.TRANSPORT: Algorithm.ED25519,
        AgencyId.FIRE_RESCUE: Algorithm.PS256,
    }
)
SM2_SIGNER_ID = "上海市消防救援总队"
"""Under which Fire Rescue signs, where it signs by SM2: an id of its own."""


def algorithms(*, with_sm2: bool) -> Mapping[AgencyId, Algorithm]:
    """Return what each agency signs by; Fire Rescue by SM2 where that is asked."""
    if with_sm2:
        return {**ALGORITHMS, AgencyId.FIRE_RESCUE: Algorithm.SM2}
    return ALGORITHMS


def items_of(agency: AgencyId) -> tuple[Item, ...]:
    """Return the annex rows the agency oversees, in annex order."""
    items = load_catalogue().items.values()
    return tuple(item for item in items if item.authority.id == agency)


def collection_body_of(agency: AgencyId) -> str:
    """Return the id of the body that signs the agency's records."""
    return items_of(agency)[0].collection_body.id


def agency_of(item: Item) -> AgencyId:
    """Return the agency whose registry keeps certificates of ``item``."""
    return AgencyId(item.authority.id)
