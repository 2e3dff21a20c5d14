"""The witness over HTTP: one address that takes checkpoints, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus

import structlog
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.errors import StoreUnavailableError
from gateway.witness.witness import TEXT, Answer, Witness
from signing.transparency.witnessing import SUBMISSION_LIMIT

BODY_SECONDS = 10.0
"""How long a submission may take to come."""


def create_witness_app(witness: Witness) -> Starlette:
    """Return the application."""
    logger = structlog.get_logger("gateway.witness")

    async def add_checkpoint(request: Request) -> Response:
        answer = await _answer(witness, request)
        logger.info("answered", status=int(answer.status))
        # A header of our own, so that Starlette adds no charset to it.
        headers = {"content-type": answer.media_type}
        if answer.media_type == TEXT:
            headers["x-content-type-options"] = "nosniff"
        return Response(answer.body, answer.status, headers)

    return Starlette(
        routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])]
    )


async def _answer(witness: Witness, request: Request) -> Answer:
    """Read a submission, and have it answered beside the event loop."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            raw = await _read(request.stream())
    except (TimeoutError, ClientDisconnect):
        return Answer(HTTPStatus.REQUEST_TIMEOUT, "the body is late\n")
    if raw is None:
        told = f"a submission has at most {SUBMISSION_LIMIT} bytes\n"
        return Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, told)
    try:
        return await asyncio.to_thread(witness.add_checkpoint, raw)
    except StoreUnavailableError:
        structlog.get_logger("gateway.witness").exception("the store is away")
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE, "the store is away\n")


async def _read(chunks: AsyncIterator[bytes]) -> bytes | None:
    """Return a body; nothing if there is more of it than a submission has."""
    raw = bytearray()
    async for chunk in chunks:
        raw += chunk
        if len(raw) > SUBMISSION_LIMIT:
            return None
    return bytes(raw)
