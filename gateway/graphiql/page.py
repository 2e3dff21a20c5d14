"""GraphiQL for browsers: the page, its assets and its configuration.

Everything the page loads is vendored in ``static/graphiql`` and served from here;
``tools/graphiql`` builds it. The content security policy allows this server's own
scripts only: no inline script, no ``eval``, no other address. Styles may be inline,
because the editor writes its own (``docs/decisions/graphiql-vendored.md``).

Only files named in ``SHA256SUMS`` are served, by their exact name, so a path can lead
nowhere else. Their names carry a hash of their content, so they may be cached for a
year; the page and the configuration may not.
"""

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path, PurePosixPath

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from gateway.graphiql.examples import GraphiQLConfig

STATIC = Path(str(files("gateway"))) / "static"
ASSETS = STATIC / "graphiql"

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A worker is held by the policy of its own file: it computes and loads nothing.
ASSET_POLICY = "default-src 'none'; frame-ancestors 'none'"

GUARDS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# Not left to the machine's own table of types, which may call a script plain text.
MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".ttf": "font/ttf",
}

QUALITY = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")


def read_checksums() -> Mapping[str, str]:
    """Read the name and SHA-256 of every vendored file."""
    lines = (ASSETS / "SHA256SUMS").read_text("utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def wants_page(request: Request) -> bool:
    """Say whether the client is a browser opening the address, not a GraphQL client.

    It is when it reads, and likes HTML better than JSON. A client that takes anything
    (``*/*``, or no ``Accept`` at all) gets JSON.
    """
    if request.method not in {"GET", "HEAD"}:
        return False
    accept = ",".join(request.headers.getlist("accept"))
    html = _quality(accept, "text/html")
    return html > max(
        _quality(accept, "application/json"),
        _quality(accept, "application/graphql-response+json"),
    )


async def page(_request: Request) -> Response:
    """Answer with the page. Only for requests that ``wants_page`` holds for."""
    return FileResponse(
        ASSETS / "index.html",
        media_type="text/html; charset=utf-8",
        headers={
            **GUARDS,
            "Content-Security-Policy": PAGE_POLICY,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cache-Control": "no-cache",
            "Vary": "Accept",
        },
    )


def graphiql_routes(config: GraphiQLConfig) -> list[Route]:
    """Serve the configuration and the assets under ``/graphiql/``, read only."""
    content = orjson.dumps(config)
    assets = {
        name: MEDIA_TYPES[PurePosixPath(name).suffix]
        for name in read_checksums()
        if PurePosixPath(name).suffix in MEDIA_TYPES
    }

    async def configuration(_request: Request) -> Response:
        return Response(
            content,
            media_type="application/json",
            headers={
                **GUARDS,
                "Content-Security-Policy": ASSET_POLICY,
                "Cache-Control": "no-store",
            },
        )

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        media_type = assets.get(name)
        if media_type is None:
            return Response("no such file", 404, GUARDS, "text/plain")
        return FileResponse(
            ASSETS / name,
            media_type=media_type,
            headers={
                **GUARDS,
                "Content-Security-Policy": ASSET_POLICY,
                "Cache-Control": "public, max-age=31536000, immutable",
            },
        )

    return [
        Route("/graphiql/config.json", configuration, methods=["GET"]),
        Route("/graphiql/{name}", asset, methods=["GET"]),
    ]


def _quality(accept: str, media_type: str) -> float:
    """Return what ``Accept`` gives ``media_type``; the closest range decides."""
    ranges = (media_type, media_type.split("/", 1)[0] + "/*", "*/*")
    given: dict[str, float] = {}
    for entry in accept.split(","):
        name, *parameters = (part.strip().lower() for part in entry.split(";"))
        given[name] = _weight(parameters)
    return next((given[name] for name in ranges if name in given), 0.0)


def _weight(parameters: list[str]) -> float:
    """Return the ``q`` among a range's parameters: 1 if unsaid, 0 if unreadable."""
    weights = [value[2:] for value in parameters if value.startswith("q=")]
    if not weights:
        return 1.0
    return float(weights[0]) if QUALITY.fullmatch(weights[0]) else 0.0
