"""A file of claims: dropped in, checked piece by piece, its results to be downloaded.

Each POST asks about one piece, and the page sends the next by itself. So the questions
are those of the person before it, and stop when they go.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence

import msgspec
from starlette.responses import RedirectResponse, Response

from bureau.caller import Purpose
from gateway.application_state import state_of
from gateway.batch.asking import Checked, Refused
from gateway.batch.results import HEADER, OUTCOME
from gateway.batch.run import NEEDS_A_LOOK, OUTCOMES, asked_of, results_of
from gateway.batch.tables import Row
from gateway.batch.unusable import UnusableFileError
from gateway.console.asking import Problem
from gateway.console.batches import (
    KEPT_SECONDS,
    MAX_ROWS,
    Batch,
    read_upload,
    require_place,
)
from gateway.console.rendering import HEADERS, SEE_OTHER
from gateway.console.uploads import MAX_FILE_BYTES
from gateway.console.visit import Visit
from gateway.console.words import WORDS
from policy.calendar import SHANGHAI
from policy.text import Text

TEMPLATE = "batch.html"
BY_SCRIPT, BY_HAND = 100, 500
"""Claims of a piece: few where the page goes on by itself, so that it moves; all that
the graph takes where somebody presses a button."""
SHOWN = 50
"""Rows to be looked at that the page lists."""
UNPROCESSABLE = 422
FILE_HEADERS = {
    **HEADERS,
    "Content-Disposition": 'attachment; filename="results.csv"',
}
_ANSWERS = tuple[Checked | Refused, ...]


async def batch(visit: Visit) -> Response:
    """Take a file, or the next step of the one that is held; else show it."""
    held = visit.session.batch
    match visit.form.get("step"):
        case "begin":
            return await _begin(visit)
        case "go" if held is not None:
            problems = await _go(visit, held)
            # Shown if the file went meanwhile.
            return _page(visit, problems=problems, refusal=WORDS["batch_gone"])
        case "fetch" if held is not None:
            return Response(
                held.table, headers=FILE_HEADERS, media_type="text/csv; charset=utf-8"
            )
        case "forget":
            visit.session.batch = None
            return RedirectResponse(visit.section.path, SEE_OTHER, HEADERS)
        case "go" | "fetch":
            return _page(visit, refusal=WORDS["batch_gone"])
        case _:
            return _page(visit)


async def _begin(visit: Visit) -> Response:
    known = visit.caller.look_up
    needed = () if known is not None else ("purpose", "caseNumber")
    missing = [name for name in needed if visit.stated(name) is None]
    if visit.file is None or missing:
        missing += ["file"] if visit.file is None else []
        return _page(visit, UNPROCESSABLE, missing=missing)
    try:
        _make_place(visit)
        async with visit.sessions.reading:
            file = visit.file
            rows = await asyncio.to_thread(read_upload, file.name, file.content)
        _make_place(visit)
    except UnusableFileError as error:
        return _page(visit, UNPROCESSABLE, refusal=error.words)
    visit.session.batch = _begun(visit, rows)
    loop = asyncio.get_running_loop()
    # Nobody may come back for it.
    loop.call_later(KEPT_SECONDS, visit.sessions.forget)
    return RedirectResponse(visit.section.path, SEE_OTHER, HEADERS)


def _begun(visit: Visit, rows: Sequence[Row]) -> Batch:
    now = state_of(visit.request.scope).services.clock()
    return Batch(
        caller=visit.caller.id,
        rows=rows,
        language=visit.language,
        extensions=visit.why,
        today=now.astimezone(SHANGHAI).date(),
        began_at=now.timestamp(),
    )


def _make_place(visit: Visit) -> None:
    """Let go of the session's own file, and see that there is room for another.

    Raises:
        UnusableFileError: there is none beside those that are held.
    """
    visit.session.batch = None
    require_place(visit.sessions.held(), visit.caller.id)


async def _go(visit: Visit, held: Batch) -> Sequence[Problem]:
    """Ask about the next piece; return why it was refused, if it was."""
    by_script = visit.request.headers.get("hx-request") == "true"
    async with held.lock:
        piece = held.next_piece(BY_SCRIPT if by_script else BY_HAND)
        claims = asked_of(piece)
        answers: Sequence[Checked | Refused] = ()
        if claims:
            answered = await visit.ask_for(
                "VerifyClaims",
                held.extensions,
                claims=claims,
                language=held.language,
            )
            if answered.problems:
                return answered.problems
            nodes = answered.data["verifyClaims"]["nodes"]
            answers = msgspec.convert(nodes, _ANSWERS)
        held.done += results_of(piece, answers, held.language.lower())
    return ()


def _page(
    visit: Visit,
    status: int = 200,
    *,
    problems: Sequence[Problem] = (),
    missing: Sequence[str] = (),
    refusal: Text | None = None,
) -> Response:
    """Show how far the file is that is held; without one the form, and a refusal."""
    held = visit.session.batch
    look = () if held is None else held.outcomes(*NEEDS_A_LOOK)
    counted = Counter(row[OUTCOME] for row in held.done) if held is not None else {}
    limits = {
        "megabytes": MAX_FILE_BYTES // 1_000_000,
        "rows": MAX_ROWS,
        "minutes": int(KEPT_SECONDS // 60),
    }
    return visit.page(
        TEMPLATE,
        status,
        held=held,
        counted=[(outcome, counted.get(outcome, 0)) for outcome in OUTCOMES],
        look=[dict(zip(HEADER, row, strict=True)) for row in look[:SHOWN]],
        look_count=len(look),
        purposes=[*Purpose],
        problems=problems,
        missing=missing,
        refusal=None if refusal is None else visit.language.of(refusal),
        limits=visit.language.of(WORDS["batch_limits"]).format(**limits),
    )
