"""Each clause says what is to be done where it is not met, or not known."""

import pytest

from policy.clause_text import load_clause_texts
from policy.errors import AnnexError
from policy.finding import FindingOutcome
from policy.next_steps import FILE, Actor, load_next_steps, read_next_steps
from policy.table import read_annex

TO_DO = (FindingOutcome.UNMET, FindingOutcome.UNDETERMINED)


def test_every_clause_has_a_step_for_both_and_in_order() -> None:
    clauses = [one.id for one in load_clause_texts()]

    assert list(load_next_steps()) == [(id_, o) for id_ in clauses for o in TO_DO]


def test_what_is_not_known_is_for_somebody_to_find_out() -> None:
    unknown = [
        step.actor
        for (_, outcome), step in load_next_steps().items()
        if outcome is FindingOutcome.UNDETERMINED
    ]

    assert Actor.NOBODY not in unknown


def test_each_actor_has_something_to_do() -> None:
    assert {step.actor for step in load_next_steps().values()} == set(Actor)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('unmet = "NOBODY"', 'unmet = "SOMEBODY"', "SOMEBODY is nobody who acts"),
        ("unmet_en", "unmet_fr", "unmet_en is missing"),
        ('clause = "219-1b"', 'clause = "219-1a"', "219-1a is there twice"),
        ('clause = "219-1a"', 'clause = "219-1a"\nmore = 1', "unknown key more"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(old: str, new: str, said: str) -> None:
    text = read_annex(FILE)
    assert old in text

    with pytest.raises(AnnexError, match=said):
        read_next_steps(text.replace(old, new, 1))
