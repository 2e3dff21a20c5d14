"""A typed client of the certificate gateway, on httpx.

``GatewayClient`` has a method an operation. Their types are in
``certificate_gateway_client.generated``, which is made from the documents in
``clients/operations`` and the gateway's schema.
"""

from certificate_gateway_client.errors import (
    CutError,
    GatewayError,
    RefusedError,
    UnreachableError,
)
from certificate_gateway_client.generated.client import GeneratedClient as GatewayClient

__all__ = [
    "CutError",
    "GatewayClient",
    "GatewayError",
    "RefusedError",
    "UnreachableError",
]
