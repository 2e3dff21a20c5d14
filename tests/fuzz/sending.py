"""A connector that sends what it is given."""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.connector import Reply
from connectors.elements import Told
from policy.identity import Identity, IdType
from signing.envelope import Envelope


@dataclass
class Sends:
    """Sends the same envelopes for everybody."""

    envelopes: tuple[Envelope, ...]
    nonce: str | None = None

    def can_ask(self, _id_type: IdType) -> bool:
        return True

    async def fetch(
        self,
        holders: Sequence[Identity],
        told: Told | None = None,  # noqa: ARG002 - tells nobody
    ) -> Reply:
        return Reply([self.envelopes] * len(holders), self.nonce)

    async def probe(self) -> None:
        """Speak."""
