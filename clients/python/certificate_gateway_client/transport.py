"""Questions by POST, events as server-sent events, on one address (httpx).

The token goes into a header, never into an address; nothing is tried again by itself,
and redirects are not followed, since they would take the token elsewhere.
"""

import asyncio
import json
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from certificate_gateway_client.errors import (
    CutError,
    RefusedError,
    UnreachableError,
)

Data = dict[str, Any]
JSON = "application/graphql-response+json, application/json;q=0.9"
EVENTS = "text/event-stream"
SILENCE_SECONDS = 60.0
"""A gateway sends a comment every 25 seconds; without one for so long it is gone."""


class Transport:
    """A gateway, asked by one caller."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        purpose: str | None = None,
        case_number: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_seconds: float = 15.0,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        """Say where and as whom to ask.

        Args:
            url: of the gateway, with ``/graphql``.
            token: a bearer token; an empty one sends none, for a client certificate.
            purpose: why people are looked up, where the token has none of its own.
            case_number: likewise; letters, digits and ``._/-`` in a header.
            headers: others, for example ``X-Officer``.
            timeout_seconds: how long an answer may take, all of it.
            http_client: a client of your own, with your CA or your certificate.
        """
        stated = {
            "Authorization": f"Bearer {token}" if token else None,
            "X-Purpose": purpose,
            "X-Case-Number": case_number,
        }
        self._url = url
        self._headers = {
            **{name: value for name, value in stated.items() if value is not None},
            **(headers or {}),
        }
        self._timeout_seconds = timeout_seconds
        self._client = http_client or httpx.AsyncClient()

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def ask(self, query: str, operation: str, variables: Data) -> Data:
        """Return the data of an answer.

        Raises:
            RefusedError: the gateway answered with errors.
            UnreachableError: no gateway answered in time.
        """
        body = {"query": query, "operationName": operation, "variables": variables}
        try:
            # httpx counts from each piece of an answer.
            async with asyncio.timeout(self._timeout_seconds):
                response = await self._client.post(
                    self._url,
                    json=body,
                    headers={**self._headers, "Accept": JSON},
                    timeout=self._timeout_seconds,
                    follow_redirects=False,
                )
        except (httpx.HTTPError, TimeoutError) as error:
            raise UnreachableError(str(error) or type(error).__name__) from error
        return _data(_answer(response))

    async def follow(
        self, query: str, operation: str, variables: Data
    ) -> AsyncIterator[Data]:
        """Yield the data of each event, until the gateway ends the subscription.

        Raises:
            RefusedError: the gateway refused it, or an event of it.
            UnreachableError: no gateway answered.
            CutError: the stream ended before its end.
        """
        body = {"query": query, "operationName": operation, "variables": variables}
        request = self._client.build_request(
            "POST",
            self._url,
            json=body,
            headers={**self._headers, "Accept": EVENTS},
            timeout=httpx.Timeout(15.0, read=SILENCE_SECONDS),
        )
        try:
            response = await self._client.send(
                request, stream=True, follow_redirects=False
            )
        except httpx.HTTPError as error:
            raise UnreachableError(str(error) or type(error).__name__) from error
        try:
            if not response.headers.get("Content-Type", "").startswith(EVENTS):
                await response.aread()
                _data(_answer(response))
                raise UnreachableError("what answered sends no events")
            async for event, text in _events(_lines(response.aiter_text())):
                if event == "complete":
                    return
                yield _data(_json(text))
        except httpx.HTTPError as error:
            raise CutError(str(error) or type(error).__name__) from error
        finally:
            await response.aclose()
        raise CutError("the stream ended without its end")


def _answer(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        status = response.status_code
        raise UnreachableError(f"status {status}, and no JSON") from None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise UnreachableError("an event is no JSON") from None


def _data(answer: Any) -> Data:
    """Return the data of an answer: nothing that is none is taken for an empty one."""
    stated = answer if isinstance(answer, dict) else {}
    data, errors = stated.get("data"), stated.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    if isinstance(first, dict):
        extensions = first.get("extensions") or {}
        code = str(extensions.get("code", "UNKNOWN"))
        raise RefusedError(code, str(first.get("message")), extensions, data)
    if errors or not isinstance(data, dict):
        raise UnreachableError("what answered is no GraphQL")
    return data


async def _lines(pieces: AsyncIterable[str]) -> AsyncIterator[str]:
    """Yield lines; httpx would end them at what may stand in a text, too (U+2028)."""
    rest = ""
    async for piece in pieces:
        *lines, rest = (rest + piece).split("\n")
        for line in lines:
            yield line.removesuffix("\r")


async def _events(lines: AsyncIterable[str]) -> AsyncIterator[tuple[str, str]]:
    """Yield the name and the text of each event; a comment is none."""
    event, texts = "", list[str]()
    async for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            event = value
        elif name == "data":
            texts.append(value)
        elif not line and event:
            yield event, "\n".join(texts)
            event, texts = "", []
