"""One HTTP exchange looked at closely, where the gateway would only say that it failed.

Nothing here is believed. An answer is read up to the manifest's limit and no further,
and waited for longer than the gateway would, to distinguish a late answer from none.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import aiohttp

from connectors.conformance.codes import FindingCode
from connectors.errors import ConnectorError
from connectors.manifest_endpoint import Endpoint
from connectors.protocols.exchange import JSON

OK = 200
REDIRECTS, MISTAKES, FAILURES = 300, 400, 500


@dataclass(frozen=True, slots=True)
class Observation:
    """The result of one POST. Without a status nothing came."""

    seconds: float
    status: int | None = None
    media_type: str = ""
    date: str | None = None
    body: bytes = field(default=b"", repr=False)
    trouble: FindingCode | None = None
    """The fault that kept it from ending well, beside its status and contents."""

    @property
    def code(self) -> FindingCode | None:
        """Return its fault as an answer to a right question; ``None`` if none."""
        if self.status is None:
            return self.trouble
        if self.status >= FAILURES:
            return FindingCode.SERVER_ERROR
        if self.status >= MISTAKES:
            return FindingCode.REFUSED
        if self.status >= REDIRECTS:
            return FindingCode.REDIRECTED
        if self.media_type != JSON:
            return FindingCode.WRONG_MEDIA_TYPE
        return FindingCode.UNREADABLE if self.status != OK else self.trouble

    @property
    def is_failure(self) -> bool:
        """Whether the server failed at the question, rather than refused it."""
        return self.status is None or self.status >= FAILURES

    @property
    def facts(self) -> str:
        """Return what was measured, for a finding's detail."""
        if self.trouble is FindingCode.NO_CONNECTION:
            return ""
        if self.status is None:
            return f"{self.seconds:.1f} s"
        if self.status == OK and self.media_type == JSON:
            return f"HTTP 200, {len(self.body)} B, {self.seconds:.2f} s"
        return f"HTTP {self.status}"


SignedHeaders = Callable[[], Awaitable[Mapping[str, str]]]


async def unsigned() -> Mapping[str, str]:
    """Return the headers of a question that nobody signs: none."""
    return {}


@dataclass(frozen=True, slots=True)
class Observer:
    """Posts to one endpoint and keeps what comes."""

    session: aiohttp.ClientSession
    endpoint: Endpoint
    request_timeout_seconds: float
    headers: Mapping[str, str] = field(default_factory=dict)
    """What the agency is told beside."""
    signed: SignedHeaders = unsigned
    """What each question is signed by, if questions are."""

    async def post(self, body: bytes, media_type: str = JSON) -> Observation:
        """Send ``body``; never raises for the agency."""
        headers = {**self.headers, "Accept": JSON, "Accept-Encoding": "identity"}
        headers["Content-Type"] = media_type
        try:
            headers |= await self.signed()
        except ConnectorError:
            # Who gives out no secret is found out by those who ask as the gateway does.
            return Observation(0.0, trouble=FindingCode.NO_ANSWER)
        if self.endpoint.bearer_token is not None:
            headers["Authorization"] = f"Bearer {self.endpoint.bearer_token}"
        started = time.perf_counter()

        def took() -> float:
            return time.perf_counter() - started

        try:
            async with (
                asyncio.timeout(self.request_timeout_seconds),
                self.session.post(
                    self.endpoint.url,
                    data=body,
                    headers=headers,
                    allow_redirects=False,
                ) as response,
            ):
                chunks, trouble = await self._read(response.content)
                return Observation(
                    took(),
                    response.status,
                    response.content_type,
                    response.headers.get("Date"),
                    chunks,
                    trouble,
                )
        except TimeoutError:
            return Observation(took(), trouble=FindingCode.NO_ANSWER)
        except (aiohttp.ClientError, OSError):
            # Whatever is there speaks no HTTP; what it does instead is not reported.
            return Observation(took(), trouble=FindingCode.NO_CONNECTION)

    async def _read(
        self, content: aiohttp.StreamReader
    ) -> tuple[bytes, FindingCode | None]:
        body = bytearray()
        try:
            async for chunk in content.iter_any():
                body += chunk
                if len(body) > self.endpoint.max_body_bytes:
                    return bytes(body), FindingCode.BODY_TOO_LARGE
        except (aiohttp.ClientPayloadError, ConnectionError):
            return bytes(body), FindingCode.BODY_CUT
        return bytes(body), None
