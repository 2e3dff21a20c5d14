"""``GET /status-lists/{number}``, and where the keys are that sign them."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from connectors.errors import StoreUnavailableError
from gateway.application_state import state_of
from gateway.receipts.endpoint import KEYS
from signing.signer import SignerError

PATH = "/status-lists/{number:int}"
METADATA = "/.well-known/jwt-vc-issuer"


async def status_list_page(request: Request) -> Response:
    """Answer with a list, to anybody: places tell nothing of who holds them."""
    lists = state_of(request.scope).status_lists
    if lists is None:
        return PlainTextResponse("no credentials are issued here\n", 404)
    number: int = request.path_params["number"]
    try:
        return await lists.answer(number, request.headers.get("if-none-match"))
    except (StoreUnavailableError, SignerError):
        return PlainTextResponse("the list cannot be had now\n", 503)


async def issuer_metadata(request: Request) -> Response:
    """Answer with where an issuer's keys are (draft-ietf-oauth-sd-jwt-vc, 5)."""
    lists = state_of(request.scope).status_lists
    if lists is None:
        return PlainTextResponse("no credentials are issued here\n", 404)
    return JSONResponse({"issuer": lists.issuer, "jwks_uri": f"{lists.issuer}{KEYS}"})
