"""What every page of the console begins with: is the form ours, and who sends it?"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.refusal import AuthenticationError
from gateway.console.cookies import SESSION, cookie_of, drop_cookie, put_cookie
from gateway.console.forms import (
    MAX_FORM_BYTES,
    ForeignFormError,
    fields_of,
    require_form_token,
    require_own_origin,
)
from gateway.console.known import caller_by
from gateway.console.language import language_of
from gateway.console.metrics import ConsoleMetrics
from gateway.console.reconciled import Compare
from gateway.console.rendering import HEADERS, SEE_OTHER
from gateway.console.sections import Section
from gateway.console.sessions import Session, Sessions
from gateway.console.uploads import (
    MAX_DRAINED_BYTES,
    MAX_UPLOAD_BYTES,
    Upload,
    is_multipart,
    parts_of,
)
from gateway.console.visit import Handler, Sample, Visit
from gateway.graphql_http.endpoint import GraphQLEndpoint
from gateway.graphql_http.refusals import Code, RefusedRequestError
from gateway.request_state import request_of
from gateway.settings.callers import Issuer
from gateway.settings.console import Console as Options

SIGN_IN = "/console/sign-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What pages have in common."""

    options: Options
    sessions: Sessions
    endpoint: GraphQLEndpoint
    metrics: ConsoleMetrics
    unauthenticated: Callable[[str], None]
    """Counts credentials that were refused, as at ``/graphql``."""
    sample: Sample
    """Reads one of our metrics."""
    reconcile: Compare
    issuers: Mapping[str, Issuer] = field(default_factory=dict)
    """The issuers whose pages one may sign in at, by their names."""

    def begin(
        self,
        request: Request,
        response: Response,
        token: str,
        ends_at: float | None = None,
    ) -> None:
        """Begin a session by ``token``, known to the browser that gets ``response``."""
        put_cookie(request, response, SESSION, self.sessions.begin(token, ends_at))

    async def form_of(self, request: Request, cookie: str | None) -> Mapping[str, str]:
        """Return the fields of a form that our own page sent.

        Raises:
            ForeignFormError: another's page did.
            RefusedRequestError: it is no form, too large, or comes too slowly.
        """
        fields, _ = await self._sent(request, cookie, may_have_file=False)
        return fields

    async def _sent(
        self, request: Request, cookie: str | None, *, may_have_file: bool
    ) -> tuple[Mapping[str, str], Upload | None]:
        """Return the same, and the file that came with it."""
        content_type = request.headers.get("content-type", "")
        is_upload = may_have_file and is_multipart(content_type)
        most = MAX_UPLOAD_BYTES if is_upload else MAX_FORM_BYTES
        file: Upload | None = None
        try:
            require_own_origin(request, self.options.address)
            try:
                body = await self.endpoint.body(request.scope, request.receive, most)
            except RefusedRequestError as refusal:
                if is_upload and refusal.code is Code.BODY_TOO_LARGE:
                    await self.endpoint.drain(request.receive, MAX_DRAINED_BYTES)
                raise
            if is_upload:
                fields, file = parts_of(content_type, body)
            else:
                fields = fields_of(content_type, body)
            require_form_token(cookie, self.sessions, fields)
        except ForeignFormError as error:
            self.metrics.foreign_form(error.reason)
            raise
        return fields, file

    def page(
        self, section: Section, handler: Handler
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint by which ``handler`` answers who signed in."""

        async def endpoint(request: Request) -> Response:
            cookie = cookie_of(request, SESSION)
            session = None if cookie is None else self.sessions.of(cookie)
            if cookie is None or session is None:
                return self._to_sign_in(request)
            if not await self._is_known(request, session):
                self.sessions.end(cookie)
                return self._to_sign_in(request)
            form: Mapping[str, str] = {}
            file: Upload | None = None
            if request.method == "POST":
                form, file = await self._sent(
                    request, cookie, may_have_file=section.takes_files
                )
            visit = Visit(
                request=request,
                caller=request_of(request.scope).known_caller,
                language=language_of(request),
                section=section,
                form_token=self.sessions.form_token(cookie),
                ask=self.endpoint.ask,
                sample=self.sample,
                reconcile=self.reconcile,
                form=form,
                file=file,
                session=session,
                sessions=self.sessions,
            )
            return await handler(visit)

        return endpoint

    async def _is_known(self, request: Request, session: Session) -> bool:
        """Say whether the session's token is somebody's still; name them, if so."""
        try:
            caller = await caller_by(request, session.token, again=True)
        except AuthenticationError as error:
            self.unauthenticated(error.reason)
            return False
        request_of(request.scope).caller = caller
        return True

    def _to_sign_in(self, request: Request) -> Response:
        """Return the way to the page to sign in, whoever asks."""
        # Whatever of ours comes by a script is to be replaced as a whole.
        headers = {**HEADERS, "HX-Redirect": SIGN_IN}
        response: Response
        if request.headers.get("hx-request") == "true":
            response = Response(status_code=204, headers=headers)
        else:
            response = RedirectResponse(SIGN_IN, SEE_OTHER, HEADERS)
        drop_cookie(request, response, SESSION)
        return response
