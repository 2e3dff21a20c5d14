"""No text that is kept for good has an identity number in it, however it is written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from bureau.caller import Purpose
from bureau.ledger.entries import (
    DecisionError,
    DecisionOutcome,
    StatedDecision,
    is_text,
    require_well_formed,
)
from bureau.look_ups.purpose import PurposeError, read_look_up
from connectors.registration.refusals import RegistrationError
from connectors.registration.rules import require_reason
from policy.evidence import ClaimantCategory

TODAY = date(2026, 11, 25)
STATED = StatedDecision(
    claim="c-1",
    outcome=DecisionOutcome.PAID,
    district="310115",
    amount_yuan=2000,
    category=ClaimantCategory.EMPLOYED,
    decided_on=None,
    ruling=None,
    certificate="sealed",
)
FORMS = {
    "plain": "310199196001157008",
    "hyphens": "310199-19600115-7008",
    "stops": "310199.19600115.7008",
    "blanks": "310199 19600115 7008",
    "fours": "3101 9919 6001 1570 08",
    "full width": "３１０１９９１９６００１１５７００８",
    "full width and hyphens": "３１０１９９-１９６００１１５-７００８",
    "fifteen": "310199600115700",
    "fifteen and hyphens": "310199-600115-700",
    "something unseen": "3101991\u31649600115\ufe0f7008",
    "fifteen with something unseen": "3101996\u3164" + "00115700",
    "T": "T310199-19600115-7008",
}
HONEST = {
    "a file": "沪人社补〔2026〕12号",
    "a district's": "310115-20260115-0023",
    "a day's": "20260115-000123",
    "a serial number": "SH2026000000123456",
}


def key(text: str) -> None:
    require_well_formed(STATED, text, TODAY)


def claim(text: str) -> None:
    require_well_formed(replace(STATED, claim=text), "key", TODAY)


def ruling(text: str) -> None:
    require_well_formed(replace(STATED, ruling=f"认定：{text}。"), "key", TODAY)


def case_number(text: str) -> None:
    read_look_up(Purpose.COMPLAINT, text)


def recovery(text: str) -> None:
    if not is_text(f"撤销，{text}", 500):
        raise PurposeError(text)


def step(text: str) -> None:
    require_reason(f"换证 {text}")


PLACES = (key, claim, ruling, case_number, recovery, step)
REFUSED = (DecisionError, PurposeError, RegistrationError)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_an_identity_number_is_refused(place: Callable[[str], None], text: str) -> None:
    with pytest.raises(REFUSED):
        place(text)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        pytest.param(place, text, id=f"{name}-{place.__name__}")
        for name, text in HONEST.items()
        for place in PLACES
        # A key is ASCII by another rule.
        if place is not key or text.isascii()
    ],
)
def test_a_number_of_the_office_is_kept(
    place: Callable[[str], None], text: str
) -> None:
    place(text)
