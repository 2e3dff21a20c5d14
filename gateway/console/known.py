"""Find out who asks for a page: by the token of a session, judged as any other is."""

from starlette.requests import HTTPConnection, Request

from bureau.caller import Caller
from gateway.application_state import state_of
from gateway.callers.authenticate import MAX_TOKEN_LENGTH
from gateway.callers.refusal import AuthenticationError, Reason

AUTHORIZATION = b"authorization"


async def caller_by(request: Request, token: str, *, again: bool) -> Caller:
    """Return whose ``token`` it is, as if ``request`` had shown it.

    ``again`` says that it was shown before, when its session began.

    Raises:
        AuthenticationError: nobody's that we know, any more.
    """
    if len(token) > MAX_TOKEN_LENGTH or not token.isascii() or not token.isprintable():
        raise AuthenticationError(Reason.UNKNOWN_TOKEN)
    headers = [
        *(one for one in request.scope["headers"] if one[0] != AUTHORIZATION),
        (AUTHORIZATION, f"Bearer {token}".encode()),
    ]
    shown = HTTPConnection({**request.scope, "headers": headers})
    return await state_of(request.scope).callers.caller_of(shown, again=again)
