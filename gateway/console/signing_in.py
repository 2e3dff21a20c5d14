"""Sign in by a token that is typed, and sign out."""

import secrets

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.refusal import AuthenticationError
from gateway.console.cookies import FORM, SESSION, cookie_of, drop_cookie, put_cookie
from gateway.console.desk import SIGN_IN, Desk
from gateway.console.known import caller_by
from gateway.console.language import language_of
from gateway.console.metrics import SignIn, Way
from gateway.console.rendering import HEADERS, SEE_OTHER, rendered

SIGN_OUT = "/console/sign-out"
HOME = "/console"
UNAUTHORIZED = 401


class SigningIn:
    """The page to sign in, and the way out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def page(self, request: Request) -> Response:
        """Show the form; or, on a POST, begin a session for who shows a token."""
        if request.method in ("GET", "HEAD"):
            return self.form(request)
        fields = await self._desk.form_of(request, cookie_of(request, FORM))
        token = fields.get("token", "").strip()
        try:
            if not token:
                return self.form(request, "sign_in_nothing", UNAUTHORIZED)
            await caller_by(request, token, again=False)
        except AuthenticationError as error:
            self._desk.unauthenticated(error.reason)
            self._desk.metrics.signed_in(Way.TOKEN, SignIn.REFUSED)
            return self.form(request, "sign_in_refused", UNAUTHORIZED)
        self._desk.metrics.signed_in(Way.TOKEN, SignIn.DONE)
        response = RedirectResponse(HOME, SEE_OTHER, HEADERS)
        self._desk.begin(request, response, token)
        return response

    def form(
        self, request: Request, problem: str | None = None, status: int = 200
    ) -> Response:
        """Return the page, tied to a cookie of its own until there is a session."""
        cookie = cookie_of(request, FORM) or secrets.token_urlsafe(32)
        response = rendered(
            "sign_in.html",
            language_of(request),
            {
                "form_token": self._desk.sessions.form_token(cookie),
                "problem": problem,
                "issuers": self._desk.issuers,
                "here": SIGN_IN,
            },
            status,
        )
        put_cookie(request, response, FORM, cookie)
        return response

    async def out(self, request: Request) -> Response:
        """End the session."""
        cookie = cookie_of(request, SESSION)
        await self._desk.form_of(request, cookie)
        if cookie is not None:
            self._desk.sessions.end(cookie)
        response = RedirectResponse(SIGN_IN, SEE_OTHER, HEADERS)
        drop_cookie(request, response, SESSION)
        return response
