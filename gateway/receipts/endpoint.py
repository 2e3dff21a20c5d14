"""``GET /receipts/keys``: the public keys of receipts, for whoever checks one."""

from starlette.requests import Request
from starlette.responses import Response

from gateway.application_state import state_of
from gateway.receipts.keys import MEDIA_TYPE

KEYS = "/receipts/keys"


async def receipt_keys_page(request: Request) -> Response:
    """Answer with a JWK set; it is empty where nothing is signed."""
    keys = state_of(request.scope).attesting.keys
    return Response(keys.key_set(), media_type=MEDIA_TYPE)
