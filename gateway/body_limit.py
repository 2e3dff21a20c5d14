"""Refuse a request body over the limit before anything reads it as a whole."""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyTooLargeError(Exception):
    """More bytes came than may be read."""


class BodyLimit:
    """Counts a body's bytes, stated or streamed."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413 as soon as the limit is passed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        stated = Headers(scope=scope).get("content-length", "0")
        if not (stated.isascii() and stated.isdigit()):
            stated = "0"
        # A longer digit string than any size we read is not worth converting.
        if len(stated) > len(str(self._max_bytes)) or int(stated) > self._max_bytes:
            await self._too_large()(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._max_bytes:
                raise BodyTooLargeError
            return message

        try:
            await self._app(scope, counted, send)
        except BodyTooLargeError:
            # The body is read before an answer begins, so none has begun.
            await self._too_large()(scope, receive, send)

    def _too_large(self) -> JSONResponse:
        message = f"the body is over {self._max_bytes} bytes, the most allowed"
        error = {"message": message, "extensions": {"code": "BODY_TOO_LARGE"}}
        return JSONResponse({"errors": [error]}, status_code=413)
