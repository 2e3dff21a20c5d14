"""Sign in at an issuer's pages: the authorization code flow with PKCE.

Who may sign in so, and what they may do, is what the issuer's access tokens give at
``/graphql`` (``issuers`` of the configuration): the session holds such a token.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

import structlog
from starlette.requests import Request
from starlette.responses import Response

from gateway.application_state import state_of
from gateway.callers.refusal import AuthenticationError
from gateway.callers.signed_token import read_signed_token
from gateway.console.attempts import Attempt, Attempts
from gateway.console.cookies import FORM, SIGNING_IN, cookie_of, drop_cookie, put_cookie
from gateway.console.desk import Desk
from gateway.console.issuers import (
    ID_TOKEN,
    IssuerAwayError,
    discover,
    require_id_claims,
    require_same_person,
    tokens_for,
)
from gateway.console.known import caller_by
from gateway.console.language import language_of
from gateway.console.metrics import SignIn, Way
from gateway.console.rendering import rendered
from gateway.console.signing_in import HOME, UNAUTHORIZED, SigningIn
from gateway.settings.callers import Issuer

TO_ISSUER = "/console/sign-in/issuer"
BACK = "/console/sign-in/back"


class ByIssuer:
    """The way to an issuer's pages and back."""

    def __init__(self, desk: Desk, signing_in: SigningIn, attempts: Attempts) -> None:
        self._desk = desk
        self._signing_in = signing_in
        self._attempts = attempts
        self._logger = structlog.get_logger("gateway.console")

    async def to_issuer(self, request: Request) -> Response:
        """Lead to the issuer that was chosen."""
        fields = await self._desk.form_of(request, cookie_of(request, FORM))
        issuer = self._desk.issuers.get(fields.get("issuer", ""))
        if issuer is None:
            return self._signing_in.form(request, "sign_in_refused", UNAUTHORIZED)
        # The form's origin was found to be ours: it is how this browser calls us.
        redirect_uri = f"{request.headers['origin']}{BACK}"
        try:
            addresses = await discover(issuer.issuer)
        except IssuerAwayError as error:
            return self._refused(request, str(error), "issuer_away")
        state, attempt = self._attempts.begin(issuer.name, redirect_uri)
        asked = {
            "response_type": "code",
            "client_id": str(issuer.console_client_id),
            "redirect_uri": redirect_uri,
            "scope": issuer.console_scope,
            "state": state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        mark = "&" if "?" in addresses.authorization else "?"
        where = f"{addresses.authorization}{mark}{urlencode(asked)}"
        response = self._leading(request, where, "to_issuer")
        put_cookie(request, response, SIGNING_IN, attempt.cookie)
        return response

    async def back(self, request: Request) -> Response:
        """Begin a session for who comes back from an issuer with a code."""
        stated: Mapping[str, str] = request.query_params
        attempt = self._attempts.take(
            stated.get("state", ""), cookie_of(request, SIGNING_IN)
        )
        issuer = None if attempt is None else self._desk.issuers.get(attempt.issuer)
        if attempt is None or issuer is None:
            return self._refused(request, "unknown state")
        # RFC 9207: who answers is whom we asked.
        if stated.get("iss", issuer.issuer) != issuer.issuer or "code" not in stated:
            return self._refused(request, "no code")
        try:
            token = await self._token(request, issuer, attempt, stated["code"])
            await caller_by(request, token, again=False)
        except IssuerAwayError as error:
            return self._refused(request, str(error), "issuer_away")
        except AuthenticationError as error:
            self._desk.unauthenticated(error.reason)
            return self._refused(request, error.reason)
        self._desk.metrics.signed_in(Way.OIDC, SignIn.DONE)
        # A page in between: a cookie that stays at home is not sent on a way that
        # began elsewhere.
        response = self._leading(request, HOME, "signed_in")
        drop_cookie(request, response, SIGNING_IN)
        self._desk.begin(request, response, token)
        return response

    async def _token(
        self, request: Request, issuer: Issuer, attempt: Attempt, code: str
    ) -> str:
        """Return the access token for ``code``, once its ID token was checked."""
        access, id_ = await tokens_for(
            await discover(issuer.issuer),
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": attempt.redirect_uri,
                "client_id": str(issuer.console_client_id),
                "code_verifier": attempt.verifier,
            },
        )
        callers = state_of(request.scope).callers
        trusted = callers.access_tokens.issuers.get(issuer.issuer)
        signed = read_signed_token(id_, ID_TOKEN)
        if trusted is None or signed.claims.get("iss") != issuer.issuer:
            raise IssuerAwayError("another issuer")
        key = await trusted.keys.key_of(signed.key_id)
        key.verify(signed, trusted.algorithms)
        require_id_claims(
            signed.claims,
            client=str(issuer.console_client_id),
            nonce=attempt.nonce,
            now=callers.now(),
        )
        require_same_person(access, id_)
        return access

    def _refused(
        self, request: Request, why: str, key: str = "sign_in_refused"
    ) -> Response:
        self._desk.metrics.signed_in(Way.OIDC, SignIn.REFUSED)
        self._logger.warning("console sign-in refused", reason=why)
        return self._signing_in.form(request, key, UNAUTHORIZED)

    def _leading(self, request: Request, where: str, key: str) -> Response:
        """Return a page that leads on at once, and by a link."""
        return rendered(
            "leading.html",
            language_of(request),
            {"where": where, "key": key, "here": "/console/sign-in"},
        )
