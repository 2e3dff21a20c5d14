"""The model takes what is as it should be, and names whatever is not."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.model import ANSWERED, UNDETERMINED, Kept, Model

ALL = Kept(
    look_ups=frozenset({"r1", "r2"}),
    paid=[("claim-1", "zhang 1.1 UNGRADED"), ("claim-2", "li 1.1 UNGRADED")],
    changes=frozenset({7}),
    claimed_back=frozenset({"claim-2"}),
)


def judged(outcome: str, clause: str) -> dict[str, Any]:
    return {"outcome": outcome, "findings": [{"clause": "219-3b", "outcome": clause}]}


def shown() -> dict[str, Any]:
    """Return a holder of one certificate, which is revoked."""
    certificate = {
        "id": "c1",
        "state": "REVOKED",
        "standing": "REVOKED",
        "provenance": {"verdict": "VERIFIED", "keyId": "k1"},
        "eligibility": judged("INELIGIBLE", "UNMET"),
    }
    return {
        "certificates": {"nodes": [certificate]},
        "sources": [{"agency": "a", "outcome": "ANSWERED"}],
        "eligibility": judged("INELIGIBLE", "UNMET"),
    }


def acknowledged() -> Model:
    """Return a model that was told of two payments, one of them revoked."""
    model = Model({"zhang": shown()})
    model.look_up_answered("r1")
    model.payment_acknowledged("claim-1")
    model.payment_acknowledged("claim-2")
    model.revocation_acknowledged(7, "claim-2")
    return model


def no_certificate(holder: dict[str, Any]) -> None:
    holder["certificates"]["nodes"].clear()
    holder["eligibility"] = judged("UNDETERMINED", "UNDETERMINED")


def unknown_state(holder: dict[str, Any]) -> None:
    holder["certificates"]["nodes"][0]["state"] = "UNKNOWN"


def silent_agency(holder: dict[str, Any]) -> None:
    holder["sources"][0]["outcome"] = "TIMED_OUT"


def another_verdict(holder: dict[str, Any]) -> None:
    holder["eligibility"]["outcome"] = "ELIGIBLE"


def another_clause(holder: dict[str, Any]) -> None:
    holder["certificates"]["nodes"][0]["eligibility"]["findings"][0]["outcome"] = "MET"


def another_state(holder: dict[str, Any]) -> None:
    holder["certificates"]["nodes"][0]["state"] = "VALID"


def another_record(holder: dict[str, Any]) -> None:
    holder["certificates"]["nodes"][0]["id"] = "c2"


def another_key(holder: dict[str, Any]) -> None:
    holder["certificates"]["nodes"][0]["provenance"]["keyId"] = "k2"


def test_the_truth_is_a_full_answer() -> None:
    model = acknowledged()

    assert model.showed("zhang", shown()) == ANSWERED
    assert model.wrong == []


@pytest.mark.parametrize("change", [no_certificate, unknown_state, silent_agency])
def test_less_than_the_truth_is_not_wrong(
    change: Callable[[dict[str, Any]], None],
) -> None:
    model, holder = acknowledged(), copy.deepcopy(shown())
    change(holder)

    assert model.showed("zhang", holder) == UNDETERMINED
    assert model.wrong == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (another_verdict, "zhang: verdict is ELIGIBLE, and was INELIGIBLE"),
        (another_clause, "zhang: 219-3b is MET, and was UNMET"),
        (another_state, "zhang: state is VALID, and was REVOKED"),
        (another_record, "zhang: a record that no registry vouches for"),
        (another_key, "zhang: a record that no registry vouches for"),
    ],
)
def test_anything_but_the_truth_is_wrong(
    change: Callable[[dict[str, Any]], None], named: str
) -> None:
    model, holder = acknowledged(), copy.deepcopy(shown())
    change(holder)

    model.showed("zhang", holder)

    assert model.wrong == [named]


def test_what_was_undetermined_is_not_decided_by_less() -> None:
    model = Model({"zhang": {**shown(), "eligibility": judged("UNDETERMINED", "MET")}})

    model.showed("zhang", shown())

    assert "zhang: verdict is INELIGIBLE, and was UNDETERMINED" in model.wrong


def test_whatever_is_kept_is_not_lost() -> None:
    model = acknowledged()

    model.compare(ALL)

    assert model.wrong == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"look_ups": frozenset()}, "audit records of look-ups lost: ['r1']"),
        ({"paid": ALL.paid[1:]}, "payments lost: ['claim-1']"),
        ({"changes": frozenset()}, "revocations lost: [7]"),
        ({"claimed_back": frozenset()}, "recoveries lost: ['claim-2']"),
        (
            {"paid": [*ALL.paid, ("claim-9", "li 1.1 UNGRADED")]},
            "li 1.1 UNGRADED: paid 2 times",
        ),
    ],
)
def test_whatever_is_lost_or_there_twice_is_named(
    change: dict[str, Any], named: str
) -> None:
    kept = {name: getattr(ALL, name) for name in Kept.__slots__}
    model = acknowledged()

    model.compare(Kept(**{**kept, **change}))

    assert model.wrong == [named]


def test_who_is_told_twice_of_a_payment_was_paid_twice() -> None:
    model = acknowledged()

    model.payment_acknowledged("claim-1-2", is_second=True)

    assert model.wrong == ["claim-1-2: paid what had been paid"]
