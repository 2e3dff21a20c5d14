"""One HTTP exchange with an agency: bytes out, bytes in, bounded and unredirected.

The body is returned exactly as it came: no decompression (none is asked for), no
character set, because a signature may cover it. A redirect is not followed: an
agency's address is what was registered. Foreign exceptions end here.
"""

import re
from collections.abc import Mapping

import aiohttp
import orjson

from connectors.errors import RefusedError, UnreachableError, UnreadableError
from connectors.manifest import Endpoint

ATTEMPTS = 2
"""A kept-alive connection may be closed under us once; asking again is harmless."""

JSON = "application/json"
MEDIA_TYPE = re.compile(r"[a-z]{1,20}/[a-z.+-]{1,60}")
"""What is repeated of a media type: words, and no number that is somebody's."""


class Exchange:
    """Posts JSON to one endpoint over the process's session."""

    def __init__(self, session: aiohttp.ClientSession, endpoint: Endpoint) -> None:
        self._session = session
        self._url = endpoint.url
        self._max_body_bytes = endpoint.max_body_bytes
        self._headers = {
            "Content-Type": JSON,
            "Accept": JSON,
            "Accept-Encoding": "identity",
        }
        if endpoint.bearer_token is not None:
            self._headers["Authorization"] = f"Bearer {endpoint.bearer_token}"

    async def post(self, question: object) -> tuple[Mapping[str, str], bytes]:
        """Send ``question`` as JSON; return the answer's headers and exact body.

        Raises:
            UnreachableError: no connection, a 5xx, a redirect or a cut body.
            RefusedError: a 4xx.
            UnreadableError: not JSON by its content type, or over the size limit.
        """
        body = orjson.dumps(question)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._post(body)
            except aiohttp.ServerDisconnectedError:
                if attempt == ATTEMPTS:
                    raise UnreachableError("the connection was closed") from None
            except aiohttp.ClientPayloadError:
                raise UnreachableError("the answer was cut off") from None
            except (aiohttp.ClientError, OSError) as error:
                raise UnreachableError(type(error).__name__) from error
        raise AssertionError  # the last attempt returned or raised

    async def _post(self, body: bytes) -> tuple[Mapping[str, str], bytes]:
        async with self._session.post(
            self._url, data=body, headers=self._headers, allow_redirects=False
        ) as response:
            _refuse_status(response.status)
            if response.content_type != JSON:
                raise UnreadableError(
                    f"answered {_named(response.content_type)}, allowed is {JSON}"
                )
            return response.headers, await self._read(response.content)

    async def _read(self, content: aiohttp.StreamReader) -> bytes:
        chunks = []
        size = 0
        async for chunk in content.iter_any():
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


def _named(content_type: str) -> str:
    """Return a media type fit for a reason, which callers read."""
    named = MEDIA_TYPE.fullmatch(content_type)
    return content_type if named else "another media type"


def _refuse_status(status: int) -> None:
    """Turn every status but 200 into the error it means."""
    if status == 200:  # noqa: PLR2004 - the one status that carries an answer
        return
    if 400 <= status < 500:  # noqa: PLR2004 - the HTTP class of refusals
        raise RefusedError(f"HTTP {status}")
    raise UnreachableError(f"HTTP {status}")


def parse_json(body: bytes) -> object:
    """Parse an answer that is not believed yet, to find the signed parts in it.

    Raises:
        UnreadableError: not JSON.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise UnreadableError("the answer is not JSON") from None
