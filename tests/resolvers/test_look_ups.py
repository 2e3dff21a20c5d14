"""Why people are looked up is read from the request, or refused with what to send."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from inspect import signature
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.datastructures import Headers

from bureau.caller import LookUp, Purpose
from bureau.look_ups.budget import OverBudgetError
from bureau.look_ups.purpose import PurposeError
from connectors.errors import StoreUnavailableError
from policy.identity import parse_identity
from resolvers.context import RequestContext, UncountedLookUpError
from resolvers.look_ups import look_up, look_up_of, refused
from tests.connectors.agency import ZHANG
from tests.resolvers.test_store_away import context

DEFAULT = LookUp(Purpose.RECOVERY, "default")
STATED = LookUp(Purpose.SUBSIDY_CLAIM, "17-2026-1")
BY_HEADER = {"X-Purpose": "SUBSIDY_CLAIM", "X-Case-Number": "17-2026-1"}
BY_EXTENSION = {"purpose": "SUBSIDY_CLAIM", "caseNumber": "17-2026-1"}


def stated(
    headers: dict[str, str] | None = None,
    extensions: dict[str, object] | None = None,
    default: LookUp | None = None,
) -> LookUp | PurposeError | None:
    return look_up_of(Headers(headers or {}), extensions, default)


def test_headers_state_the_purpose() -> None:
    assert stated(BY_HEADER) == STATED


def test_extensions_state_the_purpose() -> None:
    assert stated(extensions=dict(BY_EXTENSION)) == STATED


def test_what_is_stated_wins_over_the_callers_own() -> None:
    assert stated(BY_HEADER, default=DEFAULT) == STATED


def test_extensions_win_over_headers() -> None:
    found = stated(BY_HEADER, {"purpose": "RECOVERY", "caseNumber": "2"})

    assert found == LookUp(Purpose.RECOVERY, "2")


def test_one_half_may_come_by_each() -> None:
    assert stated({"X-Purpose": "SUBSIDY_CLAIM"}, {"caseNumber": "17-2026-1"}) == STATED


def test_the_callers_own_is_used_where_nothing_is_stated() -> None:
    assert stated(default=DEFAULT) == DEFAULT


def test_nothing_at_all_is_none() -> None:
    assert stated() is None


def test_a_header_may_be_chinese() -> None:
    raw = "沪人社补〔2026〕12号".encode()
    headers = Headers(raw=[(b"x-purpose", b"SUBSIDY_CLAIM"), (b"x-case-number", raw)])

    assert look_up_of(headers, None, None) == LookUp(
        Purpose.SUBSIDY_CLAIM, "沪人社补〔2026〕12号"
    )


@pytest.mark.parametrize(
    "extensions",
    [
        pytest.param({"purpose": "SUBSIDY_CLAIM"}, id="no case number"),
        pytest.param({"caseNumber": "1"}, id="no purpose"),
        pytest.param({**BY_EXTENSION, "purpose": "CURIOSITY"}, id="an unknown purpose"),
        pytest.param({**BY_EXTENSION, "purpose": 1}, id="a purpose that is no text"),
        pytest.param({**BY_EXTENSION, "purpose": ["RECOVERY"]}, id="a list"),
        pytest.param({**BY_EXTENSION, "caseNumber": ""}, id="an empty case number"),
        pytest.param({**BY_EXTENSION, "caseNumber": 17}, id="a number for a text"),
        pytest.param({**BY_EXTENSION, "caseNumber": "1" * 65}, id="one too long"),
        pytest.param({**BY_EXTENSION, "caseNumber": "a\nb"}, id="a line break"),
        pytest.param({**BY_EXTENSION, "caseNumber": "a b"}, id="white space"),
        pytest.param({**BY_EXTENSION, "caseNumber": "\ud800"}, id="a lone surrogate"),
        pytest.param(
            {**BY_EXTENSION, "caseNumber": "case-310110199003074514"},
            id="an identity number",
        ),
    ],
)
def test_what_cannot_be_used_is_an_error_and_not_the_default(
    extensions: dict[str, object],
) -> None:
    found = stated(extensions=extensions, default=DEFAULT)

    assert isinstance(found, PurposeError)
    assert str(found) == found.message
    assert "310110199003074514" not in found.message


@pytest.mark.parametrize(
    "number", ["1", "1" * 64, "沪人社补〔2026〕12号", "a-b_c.d/(1)"]
)
def test_case_numbers_as_they_are_written_are_taken(number: str) -> None:
    found = stated(extensions={**BY_EXTENSION, "caseNumber": number})

    assert found == LookUp(Purpose.SUBSIDY_CLAIM, number)


def test_the_refusal_names_both_ways_and_every_purpose() -> None:
    unstated = stated({"X-Purpose": "SUBSIDY_CLAIM"})
    assert isinstance(unstated, PurposeError)

    refusal = refused(unstated, date(2026, 5, 4))

    assert refusal.code == "PURPOSE_REQUIRED"
    for word in ("X-Purpose", "X-Case-Number", "extensions", "caseNumber", "办理补贴"):
        assert word in refusal.message
    assert refusal.more["allowed"] == [
        "SUBSIDY_CLAIM",
        "SUPERVISION_AND_AUDIT",
        "RECOVERY",
        "COMPLAINT",
        "HOLDER_REQUEST",
    ]


def test_a_spent_budget_says_how_many_are_allowed_and_when_it_begins_anew() -> None:
    early = refused(OverBudgetError(3, 2, is_news=True), date(2026, 12, 31))
    late = refused(
        OverBudgetError(3, 2, is_news=True, is_late=True), date(2026, 12, 31)
    )

    assert early.message == (
        "今日查询人数将达3人，每日最多2人，01月01日零时重新计算；未向任何机构查询 / "
        "3 people would be looked up today, 2 are allowed; the count starts anew at "
        "2027-01-01T00:00:00+08:00; nobody was asked"
    )
    assert late.message == early.message.replace(
        "未向任何机构查询", "额度同时由其他网关用完，未予答复"
    ).replace("nobody was asked", "other gateways spent it at the same time")
    for refusal in (early, late):
        assert refusal.extensions == {
            "code": "PEOPLE_BUDGET_EXCEEDED",
            "found": 3,
            "allowed": 2,
            "resetsAt": "2027-01-01T00:00:00+08:00",
        }


def test_a_log_that_is_away_is_said_in_both_languages() -> None:
    refusal = refused(StoreUnavailableError("away"), date(2026, 12, 31))

    assert refusal.message == (
        "无法记入审计日志，未予答复，请稍后再试 / this cannot be put on the audit log "
        "and is not answered; try again later"
    )
    assert refusal.extensions == {"code": "AUDIT_UNAVAILABLE"}


def test_whom_the_document_was_not_counted_for_is_not_looked_up() -> None:
    async def asked() -> None:
        await look_up(context(), parse_identity(ZHANG), [])

    with pytest.raises(UncountedLookUpError):
        asyncio.run(asked())


class OpenGate:
    """A gate through which everybody passes."""

    async def look_up(
        self, _: object, ask: Callable[[], Awaitable[Any]], *__: object, **___: object
    ) -> Any:
        return await ask()


@pytest.mark.parametrize("is_for_payment", [True, False])
def test_before_a_payment_the_store_is_asked_what_other_gateways_saw(
    is_for_payment: bool,
) -> None:
    asked: list[str] = []

    class Collected:
        async def refresh(self) -> None:
            asked.append("collected")

    class Versions:
        async def read(self, *_: object) -> None:
            asked.append("versions")

        def hold(self, _: object, __: object, answers: Any, **___: object) -> Any:
            return answers

    class Changes:
        async def put_on(self, _: object, answers: Any) -> Any:
            return answers

    async def answers() -> object:
        snapshot = SimpleNamespace(registry=SimpleNamespace(agencies=[]), bundle=None)
        request: Any = context(
            collected=Collected(),
            versions=Versions(),
            live=SimpleNamespace(snapshot=snapshot),
        )
        request.people, request.gate, request.changes = 1, OpenGate(), Changes()
        return await look_up(
            request, parse_identity(ZHANG), [], is_for_payment=is_for_payment
        )

    assert asyncio.run(answers()) == []
    assert asked == (["collected", "versions"] if is_for_payment else [])


def test_what_a_request_makes_and_counts_by_itself_nobody_hands_it() -> None:
    by_itself = {
        *("mask", "stated", "gate", "changes", "now", "today", "deadline", "snapshot"),
        *("aside", "answered", "_looked_up", "_loaders"),
    }

    assert by_itself <= set(RequestContext.__annotations__)
    assert by_itself.isdisjoint(signature(RequestContext).parameters)
