"""A list that was signed before a certificate which is known is not all there is."""

from dataclasses import replace

import pytest

from connectors.answer import SourceOutcome
from signing.trust import KeyState, TrustBundle
from tests.bureau.versions.asking import asking, collected, none_signed, shown, signed
from tests.connectors.agency import BUNDLE, NOW, trusted
from tests.connectors.test_agency import codes

ANSWERED, NONE, UNVERIFIED = (
    SourceOutcome.ANSWERED,
    SourceOutcome.NONE,
    SourceOutcome.UNVERIFIED,
)
SEEN = signed(5)
OTHER = {"number": "0000124"}


@pytest.mark.parametrize(
    ("minutes", "outcome"),
    [
        pytest.param(9, UNVERIFIED, id="before it"),
        pytest.param(5, NONE, id="in the same second"),
        pytest.param(1, NONE, id="since"),
    ],
)
async def test_an_absence_is_believed_unless_a_certificate_was_signed_since(
    minutes: float, outcome: SourceOutcome
) -> None:
    gateway = asking()
    await gateway.answers([SEEN])

    for _ in range(2):
        (answer,) = await gateway.answers([none_signed(minutes)])

        assert (answer.outcome, answer.is_complete) == (outcome, outcome is NONE)
        assert codes(answer) == (["ROLLBACK"] if outcome is UNVERIFIED else [])


async def test_an_older_count_without_it_is_not_believed() -> None:
    gateway = asking()
    await gateway.answers([signed(5, held=2), signed(9, held=2, **OTHER)])
    older = signed(9, held=1, **OTHER)

    (answer,) = await gateway.answers([older])

    assert shown([answer]) == [("a1", older.digest, [])]
    assert (codes(answer), answer.is_complete) == (["ROLLBACK"], False)


async def test_a_newer_count_without_it_is_believed() -> None:
    gateway = asking()
    await gateway.answers([SEEN])

    (answer,) = await gateway.answers([signed(1, **OTHER)])

    assert (codes(answer), answer.is_complete) == ([], True)


async def test_what_was_collected_is_not_missed_where_the_agency_answers() -> None:
    gateway = asking()
    gateway.versions.memory.learn(collected(gateway, SEEN))

    (answer,) = await gateway.answers([none_signed(9)])

    assert (answer.outcome, codes(answer)) == (NONE, [])


async def test_what_another_agency_shows_is_not_missed() -> None:
    gateway = asking(2)

    for _ in range(2):
        first, second = await gateway.answers([SEEN], [none_signed(9)])

        assert (first.outcome, second.outcome) == (ANSWERED, NONE)
    # But if that one is silent.
    gateway.connectors[0].envelopes = ()
    first, second = await gateway.answers([], [none_signed(9)])
    assert (codes(second), second.is_complete) == (["ROLLBACK"], False)


async def test_agencies_for_other_rows_are_not_held_against_it() -> None:
    gateway = asking(2)
    gateway.agencies[1].rows = frozenset({"1.1"})
    await gateway.answers([SEEN], [none_signed(9)])

    _, other = await gateway.answers([], [none_signed(9)])

    assert (other.outcome, codes(other)) == (NONE, [])


async def test_a_certificate_that_is_older_than_an_absence_is_believed() -> None:
    gateway = asking()
    await gateway.answers([none_signed(1)])

    (answer,) = await gateway.answers([SEEN])

    assert (answer.outcome, codes(answer)) == (ANSWERED, [])


async def test_what_a_compromised_key_signed_is_not_missed() -> None:
    gateway = asking()
    await gateway.answers([SEEN])
    (answer,) = await asking().answers([none_signed(9)])
    gateway.bundle = TrustBundle.of([trusted(state=KeyState.COMPROMISED)])

    assert codes(*gateway.held([answer])) == []
    gateway.bundle = BUNDLE
    assert codes(*gateway.held([answer])) == ["ROLLBACK"]


async def test_an_older_list_is_told_of_who_answered_it_after_the_certificate() -> None:
    gateway = asking()
    await gateway.answers([SEEN])
    (answer,) = await asking().answers([none_signed(9)])

    gateway.held([answer])
    assert gateway.told == []
    gateway.held([replace(answer, retrieved_at=NOW.replace(hour=9))])
    assert gateway.told == [("a1", "ROLLBACK")]
