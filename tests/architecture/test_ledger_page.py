"""The page on payments, recoveries and totals has the words of the code."""

import re
from collections.abc import Iterator

import pytest
from graphql import GraphQLEnumType, GraphQLUnionType

from bureau.ledger.corrections import CorrectionAnswer, CorrectionRefusal
from bureau.ledger.decisions_csv import HEADER as DECISIONS
from bureau.ledger.entries import DecisionOutcome, DecisionRefusal
from bureau.ledger.moves import MoveRefusal
from bureau.ledger.reconciliation import Comparison
from bureau.ledger.sums import TotalsBy
from bureau.ledger.totals_csv import HEADER
from gateway.reconciliation.rows import COLUMNS, ROW_PROBLEMS, Member, RowProblem
from policy.payment_states import ORIGINS as FROM
from policy.payment_states import TO, PaymentState, PaymentStep
from policy.recovery import (
    ORIGINS,
    Progress,
    RecoveryCause,
    RecoverySource,
    RecoveryState,
    RecoveryStep,
    after,
)
from resolvers.ledger.corrections_shown import MEANINGS
from resolvers.ledger.enums import DECISION_REFUSALS
from resolvers.ledger.payment_steps import PaymentAction, PaymentRefusal
from resolvers.ledger.recovery_refused import RecoveryRefusal
from resolvers.ledger.recovery_steps import RecoveryAction
from resolvers.schema import schema
from tests.architecture.documents import blocks, names, table

PAGE = "docs/payments.md"
TYPES = schema._schema.type_map


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Decision", list(DecisionOutcome)),
        ("Payment", list(PaymentState)),
        ("Answer to a correction", list(CorrectionAnswer)),
        ("Cause", list(RecoveryCause)),
        ("Source", list(RecoverySource)),
        ("Recovery", list(RecoveryState)),
        ("Step", list(RecoveryStep)),
        ("Totals by", list(TotalsBy)),
        ("Column", list(HEADER)),
        ("Column of decisions", list(DECISIONS)),
        ("Result", list(Comparison)),
    ],
)
def test_every_word_is_explained(heading: str, words: list[str]) -> None:
    assert names(PAGE, heading) == words


def test_every_answer_to_a_decision_is_explained() -> None:
    answer = TYPES["DecisionAnswer"]
    assert isinstance(answer, GraphQLUnionType)

    assert names(PAGE, "Answer") == [type_.name for type_ in answer.types]


def rows(heading: str) -> list[list[str]]:
    return [[cell.strip("`") for cell in row] for row in table(PAGE, heading)]


def test_every_refused_decision_is_told_as_it_is_said() -> None:
    assert rows("Refused decision") == [
        [code, DECISION_REFUSALS[code].en, DECISION_REFUSALS[code].zh]
        for code in DecisionRefusal
    ]


def test_every_refused_move_is_told_as_it_is_said() -> None:
    said = TYPES["MoveRefusal"]
    assert isinstance(said, GraphQLEnumType)

    assert [(code, f"{zh}\n{en}") for code, en, zh in rows("Refused move")] == [
        (code.value, said.values[code.value].description) for code in MoveRefusal
    ]


def test_every_refused_row_is_told_as_it_is_said() -> None:
    assert rows("Refused row") == [
        [code, ROW_PROBLEMS[code].en, ROW_PROBLEMS[code].zh] for code in RowProblem
    ]


def test_every_column_of_a_list_is_named() -> None:
    named = [
        ([name.strip("`") for name in columns.split(", ")], member)
        for columns, member, _ in rows("Column of a list")
    ]

    assert named == [([*COLUMNS[member]], member) for member in Member]


def test_every_refused_step_is_told_as_it_is_said() -> None:
    said = TYPES["RecoveryRefusal"]
    assert isinstance(said, GraphQLEnumType)

    assert [(code, f"{zh}\n{en}") for code, en, zh in rows("Refused step")] == [
        (code.value, said.values[code.value].description) for code in RecoveryRefusal
    ]


def test_every_refused_correction_is_told_as_it_is_said() -> None:
    assert rows("Refused correction") == [
        [code, MEANINGS[code].en, MEANINGS[code].zh] for code in CorrectionRefusal
    ]


def test_every_refused_payment_step_is_told_as_it_is_said() -> None:
    said = TYPES["PaymentRefusal"]
    assert isinstance(said, GraphQLEnumType)

    assert [(code, f"{zh}\n{en}") for code, en, zh in rows("Refused payment step")] == [
        (code.value, said.values[code.value].description) for code in PaymentRefusal
    ]


def test_every_payment_step_leads_where_the_page_says() -> None:
    actions = {action.value for action in PaymentAction}
    of_decisions = {PaymentStep.APPROVE}

    assert rows("Payment step") == [
        [
            step,
            "takePaymentStep"
            if step.value in actions
            else "recordDecision"
            if step in of_decisions
            else "correction",
            ", ".join(state for state in PaymentState if state in FROM[step]),
            TO[step],
        ]
        for step in PaymentStep
    ]


def ends_of(step: RecoveryStep) -> Iterator[RecoveryState]:
    """Yield where ``step`` may lead, tried with nothing, part and all paid back."""
    if step is RecoveryStep.OPEN:
        yield RecoveryState.OPEN
    payments = [40, 100] if step is RecoveryStep.REPAY else [None]
    for origin in ORIGINS[step]:
        for paid in payments:
            for recovered in (0,) if paid else (0, 40, 100):
                yield after(Progress(origin, 100, recovered), step, paid).state


def test_every_step_leads_where_the_page_says() -> None:
    actions = {action.value for action in RecoveryAction}

    assert rows("Step") == [
        [
            step,
            "people" if step.value in actions else "gateway",
            ", ".join(state for state in RecoveryState if state in ORIGINS[step]),
            ", ".join(s for s in RecoveryState if s in set(ends_of(step))),
        ]
        for step in RecoveryStep
    ]


def test_every_mutation_of_the_ledger_is_shown() -> None:
    shown = "".join(b.text for b in blocks("graphql") if b.page == PAGE)

    assert {
        *("recordDecision", "takePaymentStep", "proposeCorrection"),
        "answerCorrection",
        *("takeRecoveryStep", "proveRecordFalse", "moveClaim"),
        *("withdrawFalseRecord", "proveClaimFalse"),
    } == set(re.findall(r"^  (\w+)\(", shown, re.MULTILINE)) - {
        "previewDecision",
        "decision",
        "decisions",
        "decisionRecorded",
        "recoveryChanged",
        "recoveries",
        "totals",
    }
