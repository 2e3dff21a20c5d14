"""A decision as it is stated: known again by its digest, refused where it is none."""

import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest

from bureau.ledger.entries import (
    FIRST_DAY,
    MAX_OFFICER,
    MAX_RULING,
    MAX_YUAN,
    AlreadyPaidError,
    DecisionError,
    DecisionOutcome,
    DecisionRefusal,
    Ruling,
    SeenCertificate,
    claim_of,
    is_text,
    json_of,
    require_well_formed,
)
from bureau.ledger.moves import ClaimMove, MoveError, MoveRefusal, require_sensible
from bureau.ledger.payments import is_said
from policy.evidence import Claim, ClaimantCategory, Fund, Hukou, Payment
from policy.finding import Finding, FindingOutcome
from policy.level import Level
from policy.text import Text
from tests.bureau.ledger.recording import NOW, STATED

TODAY = date(2026, 11, 25)
RULED = Ruling(clauses=("17-once",), reason="经研究认定", officer="浦0017")
SEEN = SeenCertificate(item="1.2", level=Level.UNGRADED)
BARE = replace(STATED, facts=Claim())
OTHERS = (
    {"claim": "c-2"},
    {"outcome": DecisionOutcome.APPROVED},
    {"district": "310104"},
    {"amount_yuan": 1601},
    {"amount_yuan": None},
    {"category": ClaimantCategory.VETERAN},
    {"decided_on": TODAY},
    {"ruling": "r"},
    {"certificate": "another"},
    {"fund": Fund.SKILLS},
    {"facts": Claim(hukou=Hukou.SHANGHAI)},
    {"facts": Claim(is_civil_servant=False)},
    {"rulings": (RULED,)},
    {"rulings": (replace(RULED, officer="浦0018"),)},
    {"rulings": (RULED, replace(RULED, clauses=("17-share",)))},
    {"seen": SEEN},
    {"seen": replace(SEEN, item="1.1")},
    {"seen": replace(SEEN, level=Level.LEVEL_1)},
)


def test_a_request_that_states_anything_else_is_another_request() -> None:
    requests = [BARE, *(replace(BARE, **other) for other in OTHERS)]

    assert len({stated.digest for stated in requests}) == len(requests)
    assert replace(BARE).digest == BARE.digest


def test_a_request_of_an_earlier_version_is_known_again() -> None:
    stated = ("c-1", "PAID", "310115", "1600", "EMPLOYED", "None", "None", "sealed")

    kept_then = hashlib.sha256("\x1f".join(stated).encode()).hexdigest()

    assert BARE.digest == kept_then


def test_what_a_claim_states_is_read_back_as_it_was_kept() -> None:
    claim = Claim(
        claimed_on=TODAY,
        category=ClaimantCategory.VETERAN,
        hukou=Hukou.ELSEWHERE,
        is_civil_servant=False,
        payments=(
            Payment(
                item_code="1.2",
                level=Level.UNGRADED,
                category=None,
                fund=Fund.SKILLS,
                paid_on=TODAY,
                amount_yuan=1,
            ),
        ),
    )

    kept = json_of(claim)

    assert "None" not in kept
    assert claim_of(json.loads(kept)) == claim
    assert json_of(RULED).startswith('{"clauses": ["17-once"], "officer": "浦0017"')


def refusal_of(key: str = "k-1", **changes: object) -> DecisionRefusal | None:
    try:
        require_well_formed(replace(STATED, **changes), key, TODAY)  # type: ignore[arg-type]  # by name
    except DecisionError as error:
        return error.refusal
    return None


APPROVED, REFUSED = DecisionOutcome.APPROVED, DecisionOutcome.REFUSED


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({}, None),
        ({"key": "!" * 128}, None),
        ({"key": "!" * 129}, DecisionRefusal.BAD_KEY),
        ({"key": ""}, DecisionRefusal.BAD_KEY),
        ({"key": "a b"}, DecisionRefusal.BAD_KEY),
        ({"claim": "c" * 64}, None),
        ({"claim": "c" * 65}, DecisionRefusal.BAD_CLAIM),
        ({"claim": "a b"}, DecisionRefusal.BAD_CLAIM),
        ({"amount_yuan": 1}, None),
        ({"amount_yuan": MAX_YUAN}, None),
        ({"amount_yuan": 0}, DecisionRefusal.BAD_AMOUNT),
        ({"amount_yuan": -1}, DecisionRefusal.BAD_AMOUNT),
        ({"amount_yuan": MAX_YUAN + 1}, DecisionRefusal.BAD_AMOUNT),
        ({"amount_yuan": None}, DecisionRefusal.BAD_AMOUNT),
        ({"outcome": APPROVED, "amount_yuan": None}, None),
        ({"outcome": APPROVED, "amount_yuan": 1}, None),
        ({"outcome": APPROVED, "amount_yuan": MAX_YUAN}, None),
        ({"outcome": APPROVED, "amount_yuan": 0}, DecisionRefusal.BAD_AMOUNT),
        (
            {"outcome": APPROVED, "amount_yuan": MAX_YUAN + 1},
            DecisionRefusal.BAD_AMOUNT,
        ),
        ({"outcome": REFUSED, "amount_yuan": None}, None),
        ({"outcome": REFUSED, "amount_yuan": 1}, DecisionRefusal.BAD_AMOUNT),
        ({"decided_on": TODAY}, None),
        ({"decided_on": date(2026, 11, 26)}, DecisionRefusal.BAD_DAY),
        ({"decided_on": FIRST_DAY, "facts": Claim()}, None),
        ({"decided_on": date(2022, 8, 21), "facts": Claim()}, DecisionRefusal.BAD_DAY),
        ({"facts": Claim(claimed_on=TODAY)}, None),
        ({"facts": Claim(claimed_on=date(2026, 11, 26))}, DecisionRefusal.BAD_DAY),
        ({"facts": Claim(category=ClaimantCategory.EMPLOYED)}, None),
        (
            {"facts": Claim(category=ClaimantCategory.VETERAN)},
            DecisionRefusal.CATEGORY_DIFFERS,
        ),
        (
            {"category": None, "facts": Claim(category=ClaimantCategory.VETERAN)},
            None,
        ),
        ({"ruling": "r" * MAX_RULING}, None),
        ({"ruling": "r" * (MAX_RULING + 1)}, DecisionRefusal.BAD_RULING),
        ({"ruling": ""}, DecisionRefusal.BAD_RULING),
        ({"rulings": (replace(RULED, reason="r" * MAX_RULING),)}, None),
        (
            {"rulings": (replace(RULED, reason="r" * (MAX_RULING + 1)),)},
            DecisionRefusal.BAD_RULING,
        ),
        ({"rulings": (replace(RULED, officer="o" * MAX_OFFICER),)}, None),
        (
            {"rulings": (replace(RULED, officer="o" * (MAX_OFFICER + 1)),)},
            DecisionRefusal.BAD_RULING,
        ),
        ({"rulings": (replace(RULED, clauses=("17-yearly", "219-2c")),)}, None),
    ],
    ids=str,
)
def test_a_decision_is_stated_within_its_bounds(
    changes: dict[str, object], refusal: DecisionRefusal | None
) -> None:
    assert refusal_of(**changes) is refusal  # type: ignore[arg-type]  # by name


def test_an_objection_is_called_by_its_code_or_its_clause() -> None:
    finding = Finding("17-once", FindingOutcome.UNMET, Text("已补贴", "was paid"))

    assert str(AlreadyPaidError(finding)) == "17-once"
    assert str(DecisionError(DecisionRefusal.INELIGIBLE, [finding])) == "INELIGIBLE"


@pytest.mark.parametrize(
    ("words", "is_one"),
    [
        ("12345", True),
        (" 12345 ", True),
        ("123456", False),
        ("", False),
        (" ", False),
        ("\u3164", False),
        ("1\n2", False),
    ],
)
def test_a_text_has_something_to_read_and_not_too_much(
    words: str, *, is_one: bool
) -> None:
    assert is_text(words, 5) is is_one


@pytest.mark.parametrize(
    ("officer", "reason", "is_said_so"),
    [
        ("浦0017", "重复发放", True),
        ("o" * MAX_OFFICER, "r" * MAX_RULING, True),
        ("o" * (MAX_OFFICER + 1), "r", False),
        ("o", "r" * (MAX_RULING + 1), False),
        ("", "r", False),
        ("o", " ", False),
    ],
)
def test_a_step_says_who_takes_it_and_why(
    officer: str, reason: str, *, is_said_so: bool
) -> None:
    assert is_said(officer, reason) is is_said_so


MOVE = ClaimMove(
    claim="c-1",
    from_district="310115",
    to_district="310104",
    reason="居住地变更",
    moved_at=NOW,
    moved_by="hr",
    officer=None,
)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({}, None),
        ({"reason": "r" * 500}, None),
        ({"reason": "r" * 501}, MoveRefusal.BAD_REASON),
        ({"reason": ""}, MoveRefusal.BAD_REASON),
        ({"to_district": "310115"}, MoveRefusal.BAD_DISTRICT),
        ({"to_district": "110101"}, MoveRefusal.BAD_DISTRICT),
        ({"claim": "a b"}, MoveRefusal.UNKNOWN_CLAIM),
        ({"claim": "310110199003074514"}, MoveRefusal.UNKNOWN_CLAIM),
    ],
    ids=str,
)
def test_a_claim_is_moved_to_another_district_for_a_reason(
    changes: dict[str, str], refusal: MoveRefusal | None
) -> None:
    move = replace(MOVE, **changes)  # type: ignore[arg-type]  # by name
    if refusal is None:
        require_sensible(move)
        return

    with pytest.raises(MoveError, match=refusal) as refused:
        require_sensible(move)

    assert refused.value.refusal is refusal
