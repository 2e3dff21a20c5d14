"""Serve what pages load: one script of others, and one stylesheet of ours.

``SHA256SUMS`` names the files; nothing else is served. The script is compared with its
digest before it is served, and its address has a part of that, so that it may be kept
for a year.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.graphiql.page import ASSET_POLICY, MEDIA_TYPES

FOLDER = Path(str(files(__package__))) / "static"
STYLE = "console.css"
SCRIPT = "htmx.min.js"
"""htmx 2.0.11, as it was published (``docs/decisions/console.md``)."""
MARK_LENGTH = 16
PREFIX = "/console/static/"


class ChangedFileError(Exception):
    """A file is not the one that was looked at."""


def read_sums() -> Mapping[str, str]:
    """Return the SHA-256 of each file that others wrote, by its name."""
    lines = (FOLDER / "SHA256SUMS").read_text("ascii").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def _read(name: str) -> bytes:
    raw = (FOLDER / name).read_bytes()
    expected = read_sums().get(name)
    if expected is not None and hashlib.sha256(raw).hexdigest() != expected:
        raise ChangedFileError(f"{name} has another SHA-256 than SHA256SUMS")
    return raw


def addressed(name: str, raw: bytes) -> str:
    """Return the last part of a file's address, which changes with its bytes."""
    stem, _, suffix = name.rpartition(".")
    return f"{stem}-{hashlib.sha256(raw).hexdigest()[:MARK_LENGTH]}.{suffix}"


@cache
def addresses() -> Mapping[str, str]:
    """Return where each file is, by its name.

    Raises:
        ChangedFileError: one is not what it was.
    """
    return {name: f"{PREFIX}{addressed(name, _read(name))}" for name in (STYLE, SCRIPT)}


def static_routes() -> list[Route]:
    """Return the routes of all files.

    Raises:
        ChangedFileError: one is not what it was.
    """
    served = {
        address.removeprefix(PREFIX): (name, _read(name))
        for name, address in addresses().items()
    }

    async def answer(request: Request) -> Response:
        found = served.get(request.path_params["name"])
        if found is None:
            return Response("no such file", 404, media_type="text/plain")
        name, raw = found
        return Response(
            raw,
            headers={
                "Content-Type": MEDIA_TYPES[f".{name.rpartition('.')[2]}"],
                "Content-Security-Policy": ASSET_POLICY,
                "Cache-Control": "public, max-age=31536000, immutable",
            },
        )

    return [Route(f"{PREFIX}{{name}}", answer, methods=["GET"])]
