"""What the generated client calls. Generating copies this file beside it."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from pydantic import BaseModel as AnyModel

from certificate_gateway_client.transport import Data, Transport

from .base_model import UNSET


class BaseClient(Transport):
    """Hands operations on to the transport, with variables as JSON has them."""

    async def execute(
        self,
        query: str,
        operation_name: str,
        variables: Mapping[str, object],
    ) -> Data:
        """Ask, and return the answer's data.

        Raises:
            GatewayError: see ``Transport.ask``.
        """
        return await self.ask(query, operation_name, _stated(variables))

    def get_data(self, data: Data) -> Data:
        """Return what ``execute`` returned."""
        return data

    def execute_ws(
        self,
        query: str,
        operation_name: str,
        variables: Mapping[str, object],
    ) -> AsyncIterator[Data]:
        """Follow events, by whatever way the transport does.

        Raises:
            GatewayError: see ``Transport.follow``.
        """
        return self.follow(query, operation_name, _stated(variables))


def _stated(variables: Mapping[str, object]) -> dict[str, Any]:
    """Return the variables that are stated: one that is left out is no ``null``."""
    return {
        name: _plain(value) for name, value in variables.items() if value is not UNSET
    }


def _plain(value: object) -> Any:
    if isinstance(value, AnyModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value
