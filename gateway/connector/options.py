"""What an operator decides about agencies that register themselves."""

from collections.abc import Sequence

import msgspec

from connectors.errors import ManifestError
from connectors.networks import Network, read_networks
from gateway.errors import StartError


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """Where agencies that register themselves may be."""

    allowed_networks: tuple[str, ...] = ()
    """Networks that are not on the open internet, in which agencies may be."""

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
