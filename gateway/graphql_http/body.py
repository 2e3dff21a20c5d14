"""Read a request body: not more of it than allowed, and not for longer."""

from starlette.datastructures import Headers
from starlette.types import Receive

from gateway.graphql_http.refusals import Code, RefusedRequestError
from gateway.graphql_http.request_timeout import Limit, Supervision

IDENTITY = "identity"


async def read_body(
    headers: Headers,
    receive: Receive,
    *,
    max_bytes: int,
    seconds: float,
    supervision: Supervision,
) -> bytes:
    """Return the body.

    Nothing is inflated: a question is small, and an encoding we do not read cannot
    be a bomb.

    Raises:
        RefusedRequestError: it is encoded, too large, cut off, or comes too slowly.
    """
    encodings = headers.getlist("content-encoding")
    if encodings and [value.strip().lower() for value in encodings] != [IDENTITY]:
        raise RefusedRequestError(
            Code.UNSUPPORTED_MEDIA_TYPE,
            "send the body as it is, without a content encoding",
            {"Accept-Encoding": IDENTITY},
        )
    if _stated_bytes(headers, max_bytes) > max_bytes:
        raise _too_large(max_bytes)
    with Limit(supervision, seconds, _too_slow):
        chunks: list[bytes] = []
        read = 0
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                # Not only who left: one may close for sending, and still read.
                raise RefusedRequestError(Code.BAD_REQUEST, "the body was cut off")
            chunk = message.get("body", b"")
            read += len(chunk)
            if read > max_bytes:
                raise _too_large(max_bytes)
            chunks.append(chunk)
            more = message.get("more_body", False)
        return b"".join(chunks)


async def drain(
    receive: Receive, *, max_bytes: int, seconds: float, supervision: Supervision
) -> None:
    """Let the rest of a body pass that was refused for its size.

    A browser reads no answer before all is sent: without, it shows an error of its own.
    More than ``max_bytes`` are left unread.

    Raises:
        RefusedRequestError: it comes too slowly.
    """
    with Limit(supervision, seconds, _too_slow):
        passed = 0
        more = True
        while more and passed <= max_bytes:
            message = await receive()
            passed += len(message.get("body", b""))
            more = message.get("more_body", False)


def _stated_bytes(headers: Headers, max_bytes: int) -> int:
    """Return the stated length; 0 if there is none: reading counts."""
    stated = headers.get("content-length", "")
    if not (stated.isascii() and stated.isdigit()):
        return 0
    # A longer digit string than any size we read is not worth converting.
    if len(stated) > len(str(max_bytes)):
        return max_bytes + 1
    return int(stated)


def _too_slow(seconds: float) -> RefusedRequestError:
    return RefusedRequestError(
        Code.BODY_TOO_SLOW,
        f"the body did not come within {seconds:g} seconds",
        {"Connection": "close"},
    )


def _too_large(max_bytes: int) -> RefusedRequestError:
    return RefusedRequestError(
        Code.BODY_TOO_LARGE,
        f"the body is over {max_bytes} bytes, the most allowed",
        # What is left of the body is not read, so nothing can follow it.
        {"Connection": "close"},
    )
