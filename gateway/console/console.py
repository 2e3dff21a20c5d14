"""The routes of the console, and what a browser is shown of a refusal."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.console.attempts import Attempts
from gateway.console.by_issuer import BACK, TO_ISSUER, ByIssuer
from gateway.console.cookies import LANGUAGE, YEAR_SECONDS, put_cookie
from gateway.console.desk import SIGN_IN, Desk
from gateway.console.forms import ForeignFormError
from gateway.console.language import language_of, stated
from gateway.console.pages.agencies import agencies
from gateway.console.pages.batch import batch
from gateway.console.pages.certificate import certificate
from gateway.console.pages.claim import claim
from gateway.console.pages.corrections import corrections
from gateway.console.pages.ledger import ledger
from gateway.console.pages.log import log
from gateway.console.pages.reconciliation import reconciliation
from gateway.console.pages.recoveries import recoveries
from gateway.console.pages.registration import registration
from gateway.console.pages.sanctions import sanctions
from gateway.console.pages.totals import totals
from gateway.console.rendering import HEADERS, SEE_OTHER, rendered
from gateway.console.sections import Section
from gateway.console.signing_in import HOME, SIGN_OUT, SigningIn
from gateway.console.static_files import static_routes
from gateway.console.visit import Handler
from gateway.console.words import WORDS
from gateway.graphql_http.refusals import (
    STATUSES,
    ClientGoneError,
    Code,
    RefusedRequestError,
)

FORBIDDEN = 403
CLIENT_GONE = 499
Endpoint = Callable[[Request], Awaitable[Response]]
HANDLERS: Mapping[Section, Handler] = {
    Section.CLAIM: claim,
    Section.BATCH: batch,
    Section.CERTIFICATE: certificate,
    Section.AGENCIES: agencies,
    Section.REGISTRATION: registration,
    Section.SANCTIONS: sanctions,
    Section.LEDGER: ledger,
    Section.TOTALS: totals,
    Section.RECONCILIATION: reconciliation,
    Section.CORRECTIONS: corrections,
    Section.RECOVERIES: recoveries,
    Section.LOG: log,
}
"""What answers at each section's address."""


def console_routes(desk: Desk, now: Callable[[], float]) -> list[Route]:
    """Return the console's routes; ``now`` is the clock, in seconds since 1970.

    Raises:
        ChangedFileError: a file that pages load is not the one that was looked at.
    """
    signing_in = SigningIn(desk)
    by_issuer = ByIssuer(desk, signing_in, Attempts(now))
    sections = [
        Route(
            section.path,
            answered(desk.page(section, handler)),
            methods=["GET", "POST"],
        )
        for section, handler in HANDLERS.items()
    ]
    return [
        Route(HOME, _to_first, methods=["GET"]),
        Route(SIGN_IN, answered(signing_in.page), methods=["GET", "POST"]),
        Route(TO_ISSUER, answered(by_issuer.to_issuer), methods=["POST"]),
        Route(BACK, answered(by_issuer.back), methods=["GET"]),
        Route(SIGN_OUT, answered(signing_in.out), methods=["POST"]),
        *sections,
        *static_routes(),
    ]


def answered(endpoint: Endpoint) -> Endpoint:
    """Return ``endpoint`` with its refusals as pages, and the language remembered."""

    async def answer(request: Request) -> Response:
        try:
            response = await endpoint(request)
        except ForeignFormError:
            response = message(request, "foreign_form", FORBIDDEN)
        except RefusedRequestError as refusal:
            is_large = refusal.code is Code.BODY_TOO_LARGE
            key = "refused_size" if is_large else "refused_request"
            response = message(request, key, STATUSES[refusal.code])
        except ClientGoneError:
            return Response(status_code=CLIENT_GONE)
        chosen = stated(request)
        if chosen is not None:
            put_cookie(request, response, LANGUAGE, chosen, seconds=YEAR_SECONDS)
        return response

    return answer


def message(request: Request, key: str, status: int) -> Response:
    """Return a page that says one thing."""
    language = language_of(request)
    return rendered(
        "message.html",
        language,
        {
            "title": language.of(WORDS["not_done"]),
            "message": language.of(WORDS[key]),
            "here": HOME,
        },
        status,
    )


async def _to_first(request: Request) -> Response:
    """Lead to the first page of the menu."""
    del request
    first = next(iter(Section))
    return RedirectResponse(first.path, SEE_OTHER, HEADERS)
