"""What cannot be a decision, a move or a correction is refused before anybody looks."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

import pytest

from bureau.ledger.correcting import Correcting
from bureau.ledger.corrections import (
    Answer,
    CorrectionAnswer,
    CorrectionError,
    CorrectionRefusal,
    Proposal,
)
from bureau.ledger.entries import (
    DecisionError,
    DecisionOutcome,
    DecisionRefusal,
    Ruling,
    SeenCertificate,
    StatedDecision,
)
from bureau.ledger.moves import ClaimMove, MoveError, require_sensible
from bureau.ledger.payments import Unfit
from policy.evidence import ClaimantCategory
from policy.level import Level
from policy.payment_states import StepRefusal
from resolvers.ledger.payment_steps import PaymentRefusal
from tests.bureau.ledger.recording import FACTS, NOW, STATED, Office, request

TODAY = date(2026, 11, 25)
ID_NUMBER = "310199198602140067"
RULING = Ruling(clauses=("17-once",), reason="r", officer="o")


def refusal_of(stated: StatedDecision, **asked: Any) -> DecisionRefusal:
    with pytest.raises(DecisionError) as error:
        Office().recording.require_well_formed(replace(request(stated), **asked))
    return error.value.refusal


@pytest.mark.parametrize("key", ["", "a b", "k" * 129, "鍵", f"k-{ID_NUMBER}", "a\n"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    assert refusal_of(STATED, key=key) is DecisionRefusal.BAD_KEY


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        pytest.param({"claim": ""}, "BAD_CLAIM", id="no claim"),
        pytest.param({"claim": "a b"}, "BAD_CLAIM", id="a blank in it"),
        pytest.param({"claim": "c" * 65}, "BAD_CLAIM", id="a long claim"),
        pytest.param({"claim": ID_NUMBER}, "BAD_CLAIM", id="an identity number"),
        pytest.param({"amount_yuan": None}, "BAD_AMOUNT", id="paid nothing"),
        pytest.param({"amount_yuan": 0}, "BAD_AMOUNT", id="paid 0"),
        pytest.param({"amount_yuan": 100_001}, "BAD_AMOUNT", id="in fen"),
        pytest.param(
            {"outcome": DecisionOutcome.REFUSED}, "BAD_AMOUNT", id="refused a sum"
        ),
        pytest.param(
            {"outcome": DecisionOutcome.APPROVED, "amount_yuan": -1},
            "BAD_AMOUNT",
            id="approved less than nothing",
        ),
        pytest.param(
            {"decided_on": TODAY + timedelta(days=1)}, "BAD_DAY", id="tomorrow"
        ),
        pytest.param({"decided_on": date(2022, 8, 21)}, "BAD_DAY", id="no notice yet"),
        pytest.param({"decided_on": date(2026, 10, 31)}, "BAD_DAY", id="not claimed"),
        pytest.param(
            {"facts": replace(FACTS, category=ClaimantCategory.DISABLED)},
            "CATEGORY_DIFFERS",
            id="another category",
        ),
        pytest.param({"ruling": " "}, "BAD_RULING", id="a blank ruling"),
        pytest.param({"ruling": "r" * 501}, "BAD_RULING", id="a long ruling"),
        *(
            pytest.param({"rulings": rulings}, "BAD_RULING", id=why)
            for why, rulings in (
                ("no clause", [replace(RULING, clauses=())]),
                ("another clause", [replace(RULING, clauses=("18-once",))]),
                ("a clause twice", [RULING, RULING]),
                ("no reason", [replace(RULING, reason="")]),
                ("no officer", [replace(RULING, officer="")]),
                ("a person's number", [replace(RULING, officer=ID_NUMBER)]),
            )
        ),
        pytest.param({"district": "310000"}, "BAD_DISTRICT", id="no district"),
        pytest.param(
            {"seen": SeenCertificate(item="99", level=Level.LEVEL_4)},
            "UNKNOWN_ITEM",
            id="no item",
        ),
    ],
)
def test_what_cannot_be_a_decision_is_refused_by_its_reason(
    changes: dict[str, Any], refusal: str
) -> None:
    assert refusal_of(replace(STATED, **changes)) is DecisionRefusal(refusal)


async def test_a_sum_that_nobody_knows_is_not_approved() -> None:
    unknown = replace(
        STATED,
        outcome=DecisionOutcome.APPROVED,
        amount_yuan=None,
        category=None,
        ruling="r",
    )

    with pytest.raises(DecisionError) as error:
        await Office().record(unknown)

    assert error.value.refusal is DecisionRefusal.BAD_AMOUNT


@pytest.mark.parametrize("districts", [frozenset(), frozenset({"310101"})])
def test_no_district_decides_for_another(districts: frozenset[str]) -> None:
    found = refusal_of(STATED, districts=districts)

    assert found is DecisionRefusal.NOT_YOUR_DISTRICT
    own = replace(request(STATED), districts=frozenset({"310115"}))
    Office().recording.require_well_formed(own)


MOVE = ClaimMove(
    claim="c-1",
    from_district="310115",
    to_district="310101",
    reason="迁居",
    moved_at=NOW,
    moved_by="hr",
    officer=None,
)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"claim": "a b"}, "UNKNOWN_CLAIM"),
        ({"claim": ID_NUMBER}, "UNKNOWN_CLAIM"),
        ({"to_district": "310000"}, "BAD_DISTRICT"),
        ({"to_district": "310115"}, "BAD_DISTRICT"),
        ({"reason": " "}, "BAD_REASON"),
        ({"reason": f"见{ID_NUMBER}"}, "BAD_REASON"),
    ],
)
def test_what_cannot_be_a_move_is_refused_by_its_reason(
    changes: dict[str, str], refusal: str
) -> None:
    require_sensible(MOVE)

    with pytest.raises(MoveError) as error:
        require_sensible(replace(MOVE, **cast("Any", changes)))

    assert error.value.refusal.value == refusal


PROPOSAL = Proposal(
    decision=1,
    replacement=None,
    officer="浦0017",
    reason="金额录错",
    actor="hr",
    at=NOW,
)
ANSWER = Answer(
    correction=1,
    answer=CorrectionAnswer.CONFIRM,
    officer="浦0018",
    reason="已核对",
    actor="hr-2",
    at=NOW,
    day=TODAY,
)
UNSAID = [{"officer": ""}, {"officer": "o" * 65}, {"reason": " "}]


@pytest.mark.parametrize("changes", UNSAID)
async def test_who_corrects_and_why_has_to_be_said(changes: dict[str, str]) -> None:
    office = Office()
    correcting = Correcting(office.recording)
    said = cast("Any", changes)

    with pytest.raises(CorrectionError) as proposed:
        await correcting.propose(replace(PROPOSAL, **said), None)
    with pytest.raises(CorrectionError) as answered:
        await correcting.answer(replace(ANSWER, **said), office.find)

    found = {error.value.refusal for error in (proposed, answered)}
    assert found == {CorrectionRefusal.NOT_SAID}


@pytest.mark.parametrize("outcome", ["APPROVED", "REFUSED"])
async def test_a_payment_is_replaced_by_a_payment(outcome: str) -> None:
    other = replace(STATED, outcome=DecisionOutcome(outcome), amount_yuan=None)

    with pytest.raises(CorrectionError) as error:
        await Correcting(Office().recording).propose(PROPOSAL, request(other))

    assert error.value.refusal is CorrectionRefusal.NOT_A_PAYMENT


async def test_what_replaces_a_payment_can_be_a_decision() -> None:
    other = replace(STATED, district="310000")

    with pytest.raises(DecisionError) as error:
        await Correcting(Office().recording).propose(PROPOSAL, request(other))

    assert error.value.refusal is DecisionRefusal.BAD_DISTRICT


def test_whatever_stands_against_paying_has_a_word_in_the_graph() -> None:
    words = {one.value for one in PaymentRefusal}

    assert {one.value for one in (*Unfit, *StepRefusal)} <= words
