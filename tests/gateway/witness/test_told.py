"""What a witness and who asks it say of what is wrong, in words."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.requests import Request
from structlog.testing import capture_logs

from gateway.witness import app
from gateway.witness.witness import TEXT, Answer, Witness
from signing.transparency.witnessing import SUBMISSION_LIMIT
from store.witness.seen import Seen
from tests.gateway.witness.running import Handler
from tests.gateway.witness.test_asking import (
    ACTOR,
    LINE,
    OF_ANOTHER,
    answering,
    asked,
    cosigning,
)
from tests.gateway.witness.test_witness import COSIGNERS, submission
from tests.signing.transparency.cosigning import LOG, NOON


@pytest.mark.parametrize(
    ("handle", "detail", "seen"),
    [
        (answering(200, f"{LINE}\n{LINE}\n"), "two signatures of one key", None),
        (answering(200, f"{LINE}"), "no lines of signatures", None),
        (answering(200, f"{LINE}\n" * 17), "no lines of signatures", None),
        (answering(200, b"\xff\n"), "'utf-8' codec can't decode byte 0xff", None),
        (answering(200, b"x" * 65_537), "over 65536 bytes", None),
        (
            answering(200, f"{OF_ANOTHER}\n"),
            "a signature of actor.example does not fit",
            None,
        ),
        (cosigning(ACTOR, late=timedelta(minutes=6)), "it says 20", None),
        (answering(409, ""), "no size", None),
        (answering(409, "0\n"), "at size 0", 0),
        (answering(409, "10\n"), "at size 10", 10),
        (answering(422, ""), "from size 0", 0),
        (answering(500, "x"), "HTTP 500", None),
    ],
)
async def test_what_is_wrong_is_told_in_detail(
    handle: Handler, detail: str, seen: int | None
) -> None:
    outcome = await asked(handle)

    assert outcome.detail.startswith(detail)
    assert outcome.seen == seen


@pytest.fixture(name="seen")
def _seen(tmp_path: Path) -> Seen:
    return Seen(tmp_path / "witness.db")


async def answered(seen: Seen, *chunks: bytes | None) -> Answer:
    """Return what is answered to a body of these pieces, in a time; nothing waits."""
    left = list(chunks)

    async def receive() -> dict[str, object]:
        chunk = left.pop(0)
        if chunk is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": chunk, "more_body": bool(left)}

    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    witness = Witness([LOG.key], COSIGNERS, seen, lambda: NOON)
    return await app._answer(witness, Request(scope, receive))


async def test_a_body_that_is_late_or_long_or_cannot_be_kept_is_said_to_be_so(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "BODY_SECONDS", 0.05)

    late = await answered(seen, b"old 0\n", None)
    long = await answered(seen, b"x" * SUBMISSION_LIMIT, b"x", None)
    whole = await answered(seen, b"x" * SUBMISSION_LIMIT)
    taken = await answered(seen, submission(0, 5))
    seen.close()
    with capture_logs() as heard:
        away = await answered(seen, submission(5, 9))

    assert late == (408, "the body is late\n", TEXT)
    told = f"a submission has at most {SUBMISSION_LIMIT} bytes\n"
    assert long == (413, told, TEXT)
    assert (whole.status, taken.status) == (400, 200)
    assert away == (503, "the store is away\n", TEXT)
    (line,) = heard
    assert (line["log_level"], line["event"]) == ("error", "the store is away")
    assert line["exc_info"]
