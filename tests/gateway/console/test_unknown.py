"""What could not be had is not said to be none: the pages say why, and nothing else."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLError
from starlette.requests import Request
from starlette.responses import Response

from bureau.caller import Caller, Scope
from gateway.console.console import HANDLERS
from gateway.console.language import Language
from gateway.console.sections import Section
from gateway.console.sessions import Session, Sessions
from gateway.console.visit import Visit
from gateway.console.words import WORDS
from gateway.settings.console import Console
from resolvers.documents.documents import Question

NOBODY = Caller("district", frozenset({Scope.WRITE_PAYMENTS}))
CORRECTION = {
    "id": "7",
    "decision": "4",
    "claim": "c-1",
    "officer": "浦0017",
    "reason": "录入有误",
    "proposedBy": "pudong-hr",
    "proposedAt": "2026-11-01T00:00:00+00:00",
    "replacement": None,
}
ROW = {
    "district": "310115",
    **dict.fromkeys(("approved", "refused", "paid", "paidYuan"), 1),
    **dict.fromkeys(("returnedYuan", "correctedYuan"), 0),
    **dict.fromkeys(("recoveriesOpenedYuan", "recoveredYuan"), 0),
}
AWAY = GraphQLError("away", extensions={"code": "STORE_UNAVAILABLE"})


async def never(_request: Request) -> Response:
    """Compare nothing: no page is sent a list here."""
    raise AssertionError


async def page_of(
    section: Section, known: Mapping[str, object], query: str = ""
) -> str:
    """Return a page whose graph knows so much, by operation, and else is away."""

    async def ask(_scope: object, _receive: object, asked: Question) -> ExecutionResult:
        variables: Mapping[str, Any] = asked.variables or {}
        by = "+".join(variables.get("by", ()))
        data = known.get(f"{asked.operation_name}{by}")
        return ExecutionResult(data, None if data else [AWAY])  # type: ignore[arg-type]

    services = SimpleNamespace(clock=lambda: datetime(2026, 12, 1, tzinfo=UTC))
    app = SimpleNamespace(
        state=SimpleNamespace(gateway=SimpleNamespace(services=services))
    )
    scope: dict[str, Any] = {
        "type": "http",
        "app": app,
        "method": "GET",
        "query_string": query.encode(),
        "headers": [],
    }
    visit = Visit(
        request=Request(scope),
        caller=NOBODY,
        language=Language.EN,
        section=section,
        form_token="0" * 64,
        ask=ask,
        sample=lambda _name, _labels: None,
        reconcile=never,
        session=Session("token", 0.0, 0.0, None),
        sessions=Sessions(Console(), lambda: 0.0),
    )
    response = await HANDLERS[section](visit)
    return bytes(response.body).decode()


@pytest.mark.parametrize(
    ("section", "query", "word"),
    [
        pytest.param(Section.RECOVERIES, "id=7", "unknown_recovery", id="recovery"),
        pytest.param(Section.CORRECTIONS, "", "nothing_waits", id="corrections"),
        pytest.param(Section.REGISTRATION, "", "nothing_waits", id="registration"),
        pytest.param(Section.REGISTRATION, "id=7", "unknown_connector", id="connector"),
        pytest.param(Section.SANCTIONS, "", "no_sanctions", id="sanctions"),
        pytest.param(Section.TOTALS, "", "no_totals", id="totals"),
    ],
)
async def test_a_page_without_an_answer_does_not_say_that_there_is_nothing(
    section: Section, query: str, word: str
) -> None:
    text = await page_of(section, {}, query)

    assert 'data-code="STORE_UNAVAILABLE"' in text
    assert WORDS[word].en not in text


async def test_changes_that_were_not_counted_are_not_said_to_be_none() -> None:
    known: dict[str, object] = {
        "ConsoleTotalsMONTH": {"totals": [{**ROW, "month": "2026-11"}]},
        "ConsoleTotalsDISTRICT": {"totals": [{**ROW, "month": None}]},
    }
    both = {**known, "ConsoleTotalsMONTH+DISTRICT": {"totals": [{**ROW, "month": "x"}]}}
    nothing = WORDS["nothing_changed"].en

    assert nothing not in await page_of(Section.TOTALS, known)
    assert nothing in await page_of(Section.TOTALS, both)


async def test_what_was_recorded_is_not_shown_as_nothing_where_it_is_not_known() -> (
    None
):
    known: dict[str, object] = {"ConsoleCorrections": {"openCorrections": [CORRECTION]}}
    recorded: dict[str, object] = {
        "ConsoleDecisions": {
            "decisions": {
                "nodes": [
                    {
                        "id": "4",
                        "certificate": "c",
                        "district": "310115",
                        "amountYuan": 1600,
                        "category": None,
                    }
                ]
            }
        }
    }
    words = WORDS["not_to_be_seen"].en

    without = await page_of(Section.CORRECTIONS, known, "id=7")
    complete = await page_of(Section.CORRECTIONS, {**known, **recorded}, "id=7")

    assert 'data-code="STORE_UNAVAILABLE"' in without
    assert without.count(words) == 4
    assert words not in complete
    assert "1600" in complete
