"""Options of registration: the table ``[registration]``."""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from connectors.errors import ManifestError
from connectors.network.networks import Network, read_networks
from gateway.errors import StartError

Threshold = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """The networks of agencies that register, and thresholds of proposals."""

    allowed_networks: tuple[str, ...] = ()
    """Networks that are not on the open internet, in which agencies may be."""
    propose_after_signature_failures: Threshold = 50
    """So many a day that are not signed as they must be have a freeze proposed."""
    propose_after_altered_records: Threshold = 5
    """So many certificates a day that came with other facts than before likewise."""
    propose_after_back_dated_records: Threshold = 5
    """So many a day that are older than a signed list without them likewise."""

    @property
    def networks(self) -> Sequence[Network]:
        """The networks, read.

        Raises:
            StartError: one of them is none.
        """
        try:
            return read_networks(self.allowed_networks)
        except ManifestError as error:
            raise StartError(f"registration.allowed_networks: {error}") from None
