"""Callers are served in turn, and nobody's number is asked about as two people's."""

from connectors.guard.lanes import Lanes, Question
from policy.identity import Identity, IdType
from tests.connectors.guard.slow_agency import ONE, PEOPLE, TWO


def question(*holders: Identity) -> Question:
    return Question(list(holders))


def test_callers_are_served_in_turn_however_much_one_of_them_asks() -> None:
    lanes = Lanes()
    flood = [question(holder) for holder in PEOPLE[:6]]
    for one in flood:
        lanes.put(one, "flood")
    late, later = question(PEOPLE[6]), question(PEOPLE[7])
    lanes.put(late, "late")
    lanes.put(later, "later")

    assert lanes.take(2) == [flood[0], late]
    # Who was not served is first, and who was is last.
    assert lanes.take(3) == [later, flood[1], flood[2]]
    assert lanes.take(9) == flood[3:]
    assert (len(lanes), lanes.people, lanes.take(9)) == (0, 0, [])


def test_what_does_not_fit_is_the_first_of_the_next() -> None:
    lanes = Lanes()
    small, large, last = question(ONE), question(*PEOPLE[1:6]), question(PEOPLE[7])
    for caller, one in (("a", small), ("b", large), ("c", last)):
        lanes.put(one, caller)
    assert (len(lanes), lanes.people) == (3, 7)

    assert lanes.take(4) == [small, last]
    assert lanes.take(4) == [large]


def test_one_number_under_two_id_types_is_never_taken_together() -> None:
    lanes = Lanes()
    twins = [
        question(Identity(id_type, "H12345678"))
        for id_type in (IdType.PASSPORT, IdType.HOME_RETURN_PERMIT)
    ]
    for one in twins:
        lanes.put(one, "caller")

    assert [lanes.take(9), lanes.take(9)] == [twins[:1], twins[1:]]


def test_what_two_callers_wait_for_goes_when_the_first_has_its_turn() -> None:
    lanes = Lanes()
    flood = [question(holder) for holder in PEOPLE[:6]]
    for one in flood:
        lanes.put(one, "flood")
    lanes.put(flood[5], "late")

    assert lanes.take(2) == [flood[0], flood[5]]
    assert lanes.take(9) == flood[1:5]
    assert (len(lanes), lanes.people) == (0, 0)


def test_a_question_may_become_smaller_and_vanish() -> None:
    lanes = Lanes()
    one, other = question(*PEOPLE[:5]), question(PEOPLE[6])
    lanes.put(one, "a")
    lanes.put(other, "a")

    lanes.narrow(one, [TWO])
    assert (one.holders, len(lanes), lanes.people) == ([TWO], 2, 2)
    lanes.narrow(one, [])

    assert (len(lanes), lanes.people) == (1, 1)
    assert lanes.take(9) == [other]
    # Whoever leaves late finds it gone.
    lanes.narrow(other, [])
    assert (other.holders, lanes.people) == ([PEOPLE[6]], 0)


def test_all_may_be_taken_at_once() -> None:
    lanes = Lanes()
    one, other = question(ONE), question(TWO)
    lanes.put(one, "a")
    lanes.put(one, "b")
    lanes.put(other, "b")

    assert lanes.clear() == [one, other]
    assert (len(lanes), lanes.people, lanes.take(9)) == (0, 0, [])
