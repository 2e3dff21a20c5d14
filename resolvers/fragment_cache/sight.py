"""The part of a request that a kept rendering may depend on."""

from dataclasses import dataclass
from datetime import date

from bureau.privacy.masks import Mask
from resolvers.context import Services


@dataclass(frozen=True, slots=True)
class Sight:
    """All that is seen of a request below an object whose rendering is kept."""

    services: Services
    mask: Mask
    today: date
