"""Reconciliation: a list of claims, dropped in and compared with the ledger by row."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import PurePath
from typing import Any

import orjson
from starlette.responses import RedirectResponse, Response

from bureau.caller import Purpose
from bureau.ledger.reconciliation import ClaimState, Comparison
from bureau.scopes import RECONCILE, may
from gateway.batch.unusable import UnusableFileError
from gateway.console.asking import Problem
from gateway.console.batches import KEPT_SECONDS, require_place
from gateway.console.reconciled import (
    FORBIDDEN,
    ROWS_EACH,
    Sent,
    reconciled_by,
)
from gateway.console.rendering import HEADERS, SEE_OTHER
from gateway.console.uploads import MAX_FILE_BYTES, Upload
from gateway.console.visit import Visit
from gateway.console.words import WORDS
from gateway.reconciliation.rows import ROW_PROBLEMS, RowProblem
from gateway.reconciliation.sending import FORMS
from policy.districts import DISTRICTS
from policy.text import Text

TEMPLATE = "reconciliation.html"
ROWS = 50
"""Rows of a page."""
UNPROCESSABLE = 422
_WINDOW = ("from", "to", "district", "state")


async def reconciliation(visit: Visit) -> Response:
    """Take a list, or show what the one that is held came to."""
    if not may(visit.caller.scopes, RECONCILE):
        # Nor may they see what was compared while they might.
        visit.session.reconciled = None
        return _page(visit, problems=[FORBIDDEN])
    match visit.form.get("step"):
        case "begin":
            return await _begin(visit)
        case "forget":
            visit.session.reconciled = None
            return RedirectResponse(visit.section.path, SEE_OTHER, HEADERS)
        case _:
            return _page(visit)


async def _begin(visit: Visit) -> Response:
    needed = ["from", "to"]
    if visit.caller.look_up is None:
        needed += ["purpose", "caseNumber"]
    missing = [name for name in needed if visit.stated(name) is None]
    file = visit.file
    if file is None or missing:
        missing += ["file"] if file is None else []
        return _page(visit, UNPROCESSABLE, missing=missing)
    try:
        _make_place(visit)
        sent = _sent(visit, file)
        found = await reconciled_by(visit.reconcile, visit.request, sent)
        _make_place(visit)
    except UnusableFileError as error:
        return _page(visit, UNPROCESSABLE, refusal=error.words)
    if isinstance(found, Problem):
        return _page(visit, UNPROCESSABLE, problems=[found])
    visit.session.reconciled = found
    # Nobody may come back for it.
    asyncio.get_running_loop().call_later(KEPT_SECONDS, visit.sessions.forget)
    return RedirectResponse(visit.section.path, SEE_OTHER, HEADERS)


def _make_place(visit: Visit) -> None:
    """Let go of what the session's own list came to, and see that there is room.

    Raises:
        UnusableFileError: there is none beside what is held.
    """
    visit.session.reconciled = None
    require_place(visit.sessions.held(), visit.caller.id)


def _sent(visit: Visit, file: Upload) -> Sent:
    """Return the list as it is to be compared.

    Raises:
        UnusableFileError: its name, or its days, cannot be used.
    """
    window = {name: one for name in _WINDOW if (one := visit.stated(name)) is not None}
    try:
        first, last = (date.fromisoformat(window[name]) for name in ("from", "to"))
    except ValueError:
        words = ROW_PROBLEMS[RowProblem.BAD_DAY]
        raise UnusableFileError(words.zh, words.en) from None
    if first > last:
        raise UnusableFileError("首日晚于末日", "its last day is before its first")
    form = FORMS.get(PurePath(file.name).suffix.lower())
    if form is None:
        raise UnusableFileError(
            f"文件名应以 {'、'.join(FORMS)} 之一结尾；Excel 文件请另存为 CSV",
            f"its name ends in none of {', '.join(FORMS)}; save a sheet as CSV",
        )
    return Sent(window=window, form=form, why=visit.why, content=file.content)


def _page(
    visit: Visit,
    status: int = 200,
    *,
    problems: Sequence[Problem] = (),
    missing: Sequence[str] = (),
    refusal: Text | None = None,
) -> Response:
    held = visit.session.reconciled
    chosen, after = _asked(visit.request.query_params)
    lines = () if held is None else held.of(chosen)
    limits = {
        "megabytes": MAX_FILE_BYTES // 1_000_000,
        "rows": ROWS_EACH,
        "minutes": int(KEPT_SECONDS // 60),
    }
    return visit.page(
        TEMPLATE,
        status,
        held=held,
        chosen=chosen,
        results=[*Comparison],
        rows=[orjson.loads(line) for line in lines[after : after + ROWS]],
        next=after + ROWS if after + ROWS < len(lines) else None,
        after=after,
        names={code: visit.language.of(name) for code, name in DISTRICTS.items()},
        states=[*ClaimState],
        purposes=[*Purpose],
        problems=problems,
        missing=missing,
        refusal=None if refusal is None else visit.language.of(refusal),
        limits=visit.language.of(WORDS["reconciliation_limits"]).format(**limits),
        may=FORBIDDEN not in problems,
    )


def _asked(query: Mapping[str, Any]) -> tuple[Comparison | None, int]:
    """Return which rows are to be shown, and from where on: all, if nothing says so."""
    result, after = query.get("result", ""), query.get("after", "")
    chosen = Comparison(result) if result in {*Comparison} else None
    is_number = after.isascii() and after.isdecimal() and len(after) <= len("10000000")
    return chosen, int(after) if is_number else 0
