"""What stands against a decision is an answer with its reason, whatever was asked."""

from typing import Any

import pytest

from bureau.ledger.entries import AlreadyPaidError, DecisionError, DecisionRefusal
from bureau.ledger.recording import NotVerifiedError
from connectors.errors import StoreUnavailableError
from policy.finding import Finding, FindingOutcome
from policy.text import Text
from resolvers.ledger import deciding
from tests.resolvers.test_store_away import Away, answer, question

REASON = Text("缘由", "a reason")
PREVIEWED = """__typename
    ... on CertificateNotVerified { source reason(language: EN) }
    ... on DecisionRefused { code }"""
SHOWN = f"{PREVIEWED} ... on AlreadyPaid {{ clause reason(language: EN) }}"
NOT_VERIFIED = pytest.param(
    NotVerifiedError(REASON),
    {"__typename": "CertificateNotVerified", "source": None, "reason": "a reason"},
    id="nobody vouches for it",
)
PAID = pytest.param(
    AlreadyPaidError(Finding("17-once", FindingOutcome.UNMET, REASON)),
    {"__typename": "AlreadyPaid", "clause": "17-once", "reason": "a reason"},
    id="paid before",
)
REFUSED = pytest.param(
    DecisionError(DecisionRefusal.BAD_DISTRICT),
    {"__typename": "DecisionRefused", "code": "BAD_DISTRICT"},
    id="refused",
)


def failing(error: Exception) -> Any:
    async def fails(*_: object) -> None:
        raise error

    return fails


@pytest.mark.parametrize(("error", "shown"), [NOT_VERIFIED, PAID, REFUSED])
def test_what_stands_against_a_correction(
    error: Exception, shown: dict[str, object]
) -> None:
    text = question("mutation", "answerCorrection", SHOWN)

    found = answer(text, ledger=Away(correction=error))

    assert (found.errors, found.data) == (None, {"answerCorrection": shown})


@pytest.mark.parametrize(("error", "shown"), [NOT_VERIFIED, PAID, REFUSED])
def test_what_stands_against_a_decision(
    error: Exception, shown: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "recorded", failing(error))

    found = answer(question("mutation", "recordDecision", SHOWN))

    assert (found.errors, found.data) == (None, {"recordDecision": shown})


@pytest.mark.parametrize(("error", "shown"), [NOT_VERIFIED, REFUSED])
def test_what_stands_against_one_that_is_tried(
    error: Exception, shown: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "previewed", failing(error))
    text = question("query", "previewDecision", PREVIEWED)

    found = answer(text)

    assert (found.errors, found.data) == (None, {"previewDecision": shown})


@pytest.mark.parametrize("kind", ["query", "mutation"])
def test_a_database_that_is_away(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("previewed", "recorded"):
        monkeypatch.setattr(deciding, name, failing(StoreUnavailableError("away")))
    asked = {"query": "previewDecision", "mutation": "recordDecision"}[kind]

    (error,) = answer(question(kind, asked)).errors or []

    assert (error.extensions or {})["code"] == "STORE_UNAVAILABLE"
