"""One HTTP exchange with an agency: bytes out, bytes in, bounded and unredirected.

The body is returned exactly as it came: no decompression (none is asked for), no
character set, because a signature may cover it. A redirect is not followed: an
agency's address is what was registered. Foreign exceptions end here.

A question is the same bytes each time but for its body, so it is not put together by
aiohttp's client: its connector makes, keeps and checks the connections, TLS included,
its parser reads what comes, and between the two the bytes are written as they are
(``docs/decisions/questions-by-aiohttps-connector.md``). A connection is handed back
only with a whole answer read from it, and taken only if nothing lies in it.
"""

import asyncio
import re
import secrets
from collections.abc import Mapping

import aiohttp
import orjson
from aiohttp.http import HttpProcessingError
from yarl import URL

from connectors.attempts import count
from connectors.elements import Told
from connectors.errors import (
    ConnectorError,
    ManifestError,
    RefusedError,
    UnreachableError,
    UnreadableError,
)
from connectors.manifest_endpoint import Endpoint
from connectors.protocols.retry_after import read_retry_after
from connectors.spans import Attributes, Part, Span, part

ATTEMPTS = 2
"""A kept-alive connection may be closed under us once; asking again is harmless."""

OK = 200
"""The one status that carries an answer."""
JSON = "application/json"
USER_AGENT = "certificate-gateway"
MEDIA_TYPE = re.compile(r"[a-z]{1,20}/[a-z.+-]{1,60}")
"""What is repeated of a media type: words, and no number that is somebody's."""
NEVER_IN_A_HEADER = re.compile("[\x00-\x08\x0a-\x1f\x7f]")

# The guard limits the time of all of a call.
_NO_TIMEOUT = aiohttp.ClientTimeout()


class _UnansweredError(Exception):
    """A connection ended, or was of no use, before anything was answered."""


class Exchange:
    """Posts JSON to one endpoint over the process's session."""

    def __init__(self, session: aiohttp.ClientSession, endpoint: Endpoint) -> None:
        self._session = session
        self._url = URL(endpoint.url)
        self._max_body_bytes = endpoint.max_body_bytes
        self._hands_trace_on = endpoint.trace_context
        # A query may have a key in it.
        shown = self._url.with_user(None).with_query(None).with_fragment(None)
        self._described: Attributes = {
            "http.request.method": "POST",
            "server.address": self._url.host or "",
            "server.port": self._url.port or 0,
            "url.full": str(shown),
        }
        self._headers = {
            "User-Agent": USER_AGENT,
            "Content-Type": JSON,
            "Accept": JSON,
            "Accept-Encoding": "identity",
        }
        if endpoint.bearer_token is not None:
            self._headers["Authorization"] = f"Bearer {endpoint.bearer_token}"
        # It is never sent: it says to the connector which server is meant.
        self._request = aiohttp.ClientRequest(
            "POST", self._url, headers=self._headers, loop=asyncio.get_running_loop()
        )
        self._head = _head(self._request)

    async def post(
        self, question: bytes, told: Told | None = None
    ) -> tuple[Mapping[str, str], bytes]:
        """Send ``question``, which is JSON, with what is ``told`` in headers.

        Return the answer's headers and exact body.

        Raises:
            UnreachableError: no connection, a 5xx, a redirect or a cut body.
            RefusedError: a 4xx.
            UnreadableError: not JSON by its content type, or over the size limit.
        """
        lines = b"" if told is None else _lines(told)
        with part(Part.EXCHANGE) as span:
            if span is not None:
                span.put(self._described)
                lines += self._trace_line(span)
            after = b"%d\r\n%b\r\n%b" % (len(question), lines, question)
            return await self._posted(after, span)

    async def _posted(
        self, after: bytes, span: Span | None
    ) -> tuple[Mapping[str, str], bytes]:
        for attempt in range(1, ATTEMPTS + 1):
            if attempt > 1:
                count()
                if span is not None:
                    span.put({"http.request.resend_count": attempt - 1})
            try:
                return await self._post(after, span)
            except _UnansweredError:
                if attempt == ATTEMPTS:
                    raise UnreachableError("the connection was closed") from None
            except aiohttp.ClientPayloadError:
                raise UnreachableError("the answer was cut off") from None
            except (aiohttp.ClientError, HttpProcessingError, OSError) as error:
                raise UnreachableError(type(error).__name__) from error
        raise AssertionError  # the last attempt returned or raised

    def _trace_line(self, span: Span) -> bytes:
        """Write ``traceparent``: of our trace, if the manifest has it, or of a new one.

        By a new one an agency finds one question, which our span names, and not what
        else was asked for the same request.
        """
        ours = span.traceparent
        if ours is None:
            return b""
        if self._hands_trace_on:
            return b"traceparent: %b\r\n" % ours.encode()
        trace_id, call_id = secrets.token_hex(16), secrets.token_hex(8)
        span.put({"gateway.agency.trace_id": trace_id})
        return b"traceparent: 00-%b-%b-00\r\n" % (trace_id.encode(), call_id.encode())

    async def _post(
        self, after: bytes, span: Span | None
    ) -> tuple[Mapping[str, str], bytes]:
        connector = self._session.connector
        assert connector is not None  # noqa: S101 - the session is open
        connection = await connector.connect(self._request, [], _NO_TIMEOUT)
        try:
            answer = await self._ask(connection, after, span)
        except ConnectorError:
            # A refusal read to its end leaves the connection as an answer does; one
            # that was not is closed by aiohttp.
            connection.release()
            raise
        else:
            connection.release()
            return answer
        finally:
            # If it was not handed back, what may still come on it would answer
            # another question; if it was, this does nothing.
            connection.close()

    async def _ask(
        self,
        connection: aiohttp.connector.Connection,
        after: bytes,
        span: Span | None,
    ) -> tuple[Mapping[str, str], bytes]:
        protocol, transport = connection.protocol, connection.transport
        if protocol is None or transport is None or protocol.should_close:
            # It was closed while it was kept, or something came that nobody asked for.
            raise _UnansweredError
        protocol.set_response_params(read_until_eof=True, auto_decompress=False)
        transport.write(self._head + after)
        try:
            message, content = await protocol.read()
            while message.code != OK and _is_interim(message.code):
                message, content = await protocol.read()
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            raise _UnansweredError from None
        if span is not None:
            span.put({"http.response.status_code": message.code})
        if message.code != OK:
            error = _refused_status(message.code)
            error.later = read_retry_after(message.headers.get("Retry-After"))
            raise error
        media_type = message.headers.get("Content-Type", "")
        if media_type != JSON:
            _refuse_media_type(media_type)
        return message.headers, await self._read(content)

    async def _read(self, content: aiohttp.StreamReader) -> bytes:
        chunks = []
        size = 0
        while not content.at_eof():
            chunk = await content.readany()
            size += len(chunk)
            if size > self._max_body_bytes:
                raise UnreadableError(
                    f"the answer is over {self._max_body_bytes} bytes, the most allowed"
                )
            chunks.append(chunk)
        return b"".join(chunks)

    async def probe(self) -> None:
        """Send OPTIONS; any answer but a 5xx shows that the server speaks.

        Raises:
            UnreachableError: it does not.
        """
        try:
            async with self._session.options(
                self._url, headers=self._headers, allow_redirects=False
            ) as response:
                status = response.status
        except (aiohttp.ClientError, OSError) as error:
            raise UnreachableError(type(error).__name__) from error
        if status >= 500:  # noqa: PLR2004 - the HTTP class of server errors
            raise UnreachableError(f"HTTP {status}")


def _head(request: aiohttp.ClientRequest) -> bytes:
    """Write a request up to the length of its body, which is its last header."""
    lines = [f"POST {request.url.raw_path_qs} HTTP/1.1"]
    lines += [
        f"{name}: {value}"
        for name, value in request.headers.items()
        if name != "Content-Length"
    ]
    if any(map(NEVER_IN_A_HEADER.search, lines)):
        raise ManifestError("a line end or another control character in a header")
    return "\r\n".join([*lines, "Content-Length: "]).encode()


def _lines(told: Told) -> bytes:
    """Write what an agency is told in headers; its values are percent-encoded."""
    return "".join(f"{n}: {value}\r\n" for n, value in told.headers.items()).encode()


def _is_interim(status: int) -> bool:
    """Say whether the answer is still to come; after 101 it never comes."""
    return 100 <= status < 200 and status != 101  # noqa: PLR2004 - RFC 9110, 15.2


def _refuse_media_type(stated: str) -> None:
    content_type = stated.partition(";")[0].strip().lower()
    if content_type != JSON:
        named = MEDIA_TYPE.fullmatch(content_type)
        # Callers read the reason.
        shown = content_type if named else "another media type"
        raise UnreadableError(f"answered {shown}, allowed is {JSON}")


def _refused_status(status: int) -> ConnectorError:
    """Return the error that a status but 200 means."""
    if 400 <= status < 500:  # noqa: PLR2004 - the HTTP class of refusals
        return RefusedError(f"HTTP {status}")
    return UnreachableError(f"HTTP {status}")


def parse_json(body: bytes) -> object:
    """Parse an answer that is not believed yet, to find the signed parts in it.

    Raises:
        UnreadableError: not JSON; it says so where it is a page, or in GBK.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise UnreadableError(f"the answer is not JSON{_what_it_is(body)}") from None


def _what_it_is(body: bytes) -> str:
    """Say what a body is that is no JSON, as far as that is plain."""
    if body.lstrip()[:1] == b"<":
        return ": a page in HTML, as of a log-in, or XML"
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        try:
            body.decode("gb18030")
        except UnicodeDecodeError:
            return ""
        return ": it is in GBK, allowed is UTF-8"
    return ""
