"""``/transparency``: the log's checkpoint, tiles and entries (c2sp.org/tlog-tiles).

Nothing in them says whom a row is about, or what it says: entries are commitments with
salts. How much is logged, and when, they do say, so they are for callers unless the
log is public. What has a width or is full never changes, and may be kept for good.
"""

import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.errors import StoreUnavailableError
from gateway.application_state import state_of
from gateway.transparency.wiring import OpenLog
from signing.transparency.tiles import WIDTH, Tile

PREFIX = "/transparency"
_PLACE = re.compile(r"((?:x[0-9]{3}/)*)([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
_LEVELS = 64
LATER = {"Retry-After": "1"}


class Published:
    """Answers with parts of the log."""

    def __init__(self, *, is_public: bool) -> None:
        self._whose = "public" if is_public else "private"

    @property
    def routes(self) -> list[BaseRoute]:
        """Return what is answered."""
        return [
            Route(f"{PREFIX}/checkpoint", self._checkpoint),
            Route(f"{PREFIX}/tile/entries/{{place:path}}", self._entries),
            Route(f"{PREFIX}/tile/{{level:int}}/{{place:path}}", self._tile),
        ]

    async def _checkpoint(self, request: Request) -> Response:
        log = state_of(request.scope).log
        try:
            found = await log.checkpoints.latest(witnessed=log.requires_witnesses)
        except StoreUnavailableError:
            return _away()
        if found is None:
            return PlainTextResponse("no checkpoint yet\n", 404)
        return PlainTextResponse(found.note, headers={"Cache-Control": "no-cache"})

    async def _tile(self, request: Request) -> Response:
        tile = _tile_of(request.path_params["level"], request.path_params["place"])
        return await self._answer(state_of(request.scope).log, tile, is_entries=False)

    async def _entries(self, request: Request) -> Response:
        tile = _tile_of(0, request.path_params["place"])
        return await self._answer(state_of(request.scope).log, tile, is_entries=True)

    async def _answer(
        self, log: OpenLog, tile: Tile | None, *, is_entries: bool
    ) -> Response:
        raw: bytes | None = None
        if tile is not None:
            read = log.tree.entries if is_entries else log.tree.tile
            try:
                raw = await read(tile)
            except StoreUnavailableError:
                return _away()
        if raw is None:
            return PlainTextResponse("the log has no such tile\n", 404)
        return Response(
            raw,
            media_type="application/octet-stream",
            headers={"Cache-Control": f"{self._whose}, max-age=31536000, immutable"},
        )


def _away() -> Response:
    return PlainTextResponse("the database is away\n", 503, LATER)


def _tile_of(level: int, place: str) -> Tile | None:
    """Return the tile of an address, if it is in its one spelling."""
    found = _PLACE.fullmatch(place)
    if found is None or level >= _LEVELS or len(place) > _LEVELS:
        return None
    digits = "".join(found[1].split("/")).replace("x", "") + found[2]
    width = WIDTH if found[3] is None else int(found[3])
    tile = Tile(level, int(digits), width)
    is_one = tile.path == f"tile/{level}/{place}" and width <= WIDTH
    return tile if is_one and tile.place < 1 << 55 else None
