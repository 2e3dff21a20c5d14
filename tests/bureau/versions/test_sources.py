"""Two agencies that answer for a row show a certificate once: its newest version."""

from itertools import permutations

import pytest

from bureau.versions.sources import sharing_rows
from connectors.answer import SourceOutcome
from signing.trust import TrustBundle
from tests.bureau.versions.asking import IDS, asking, shown, signed
from tests.connectors.agency import absence, trusted
from tests.connectors.test_agency import Sends, agency_of, codes

ANSWERED, UNVERIFIED = SourceOutcome.ANSWERED, SourceOutcome.UNVERIFIED


@pytest.mark.parametrize("newer", [0, 1])
async def test_the_version_that_was_signed_last_is_the_one_node(newer: int) -> None:
    sent = [[signed(9)], [signed(9)]]
    sent[newer] = [signed(0, state="03")]

    answers = await asking(2).answers(*sent)

    (last,), (older,) = sent[newer], sent[1 - newer]
    assert shown(answers) == [(IDS[newer], last.digest, [older.digest])]
    assert [(a.outcome, a.is_complete) for a in answers] == [(ANSWERED, True)] * 2


async def test_of_three_the_newest_has_all_others_beside_it() -> None:
    versions = [signed(0, state="03"), signed(5), signed(9, level="3")]
    newest, *older = [one.digest for one in versions]

    for order in permutations(versions):
        gateway = asking(3)
        answers = await gateway.answers(*([one] for one in order))

        assert shown(answers) == [(IDS[order.index(versions[0])], newest, older)]


async def test_history_of_both_stands_beside_the_newest() -> None:
    first = [signed(0), signed(5, state="03")]
    second = [signed(2), signed(7, state="03")]

    answers = await asking(2).answers(first, second)

    older = [second[0].digest, first[1].digest, second[1].digest]
    assert shown(answers) == [("a1", first[0].digest, older)]


async def test_the_same_bytes_from_both_are_one_version() -> None:
    envelope = signed(3)

    answers = await asking(2).answers([envelope], [envelope])

    assert shown(answers) == [("a1", envelope.digest, [])]
    assert [codes(answer) for answer in answers] == [[], []]


@pytest.mark.parametrize(
    ("apart", "faults"),
    [
        pytest.param(0, ["CONTRADICTION"], id="one second"),
        pytest.param(1, ["CONTRADICTION"], id="as clocks may differ"),
        pytest.param(61 / 60, [], id="more than clocks differ"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
async def test_two_clocks_say_which_is_newer_if_they_are_far_enough_apart(
    apart: float, faults: list[str], *, turned: bool
) -> None:
    sent = [[signed(0, state="03")], [signed(apart)]]

    answers = await asking(2).answers(*(sent[::-1] if turned else sent))

    assert [codes(answer) for answer in answers] == [faults, faults]
    assert [a.outcome for a in answers] == [UNVERIFIED if faults else ANSWERED] * 2
    assert len(shown(answers)) == (0 if faults else 1)


async def test_the_same_words_at_one_time_are_no_contradiction() -> None:
    first, second = signed(0), signed(0.5)

    answers = await asking(2).answers([first], [second])

    assert shown(answers) == [("a1", first.digest, [second.digest])]


async def test_two_certificates_of_one_agency_may_not_be_one_of_another() -> None:
    low = {"code": "1.2", "item": "低压电工作业", "title": "特种作业操作证", "held": 2}
    high = {**low, "code": "1.1", "item": "高压电工作业"}
    either = {**low, "item": "高压电工作业", "held": 1}
    gateway = asking(
        2,
        bundle=TrustBundle.of([trusted(scope=frozenset({"4-02-01-01", "1.1", "1.2"}))]),
    )

    two = [signed(9, **low), signed(9, **high)]

    assert len(shown(await gateway.answers(two, []))) == 2
    answers = await gateway.answers(two, [signed(0, **either)])

    assert shown(answers) == []
    assert [codes(answer) for answer in answers] == [
        ["CONTRADICTION", "CONTRADICTION"],
        ["CONTRADICTION"],
    ]


async def test_an_agency_without_it_changes_nothing() -> None:
    newest = signed(0)

    answers = await asking(2).answers([newest], [absence()])

    assert shown(answers) == [("a1", newest.digest, [])]


async def test_who_answers_for_a_row_of_an_agency_is_asked_with_it() -> None:
    gateway = asking(2)
    first, second = gateway.agencies
    other = agency_of(Sends(()))
    other.rows = frozenset({"1.1"})
    all_ = [first, other, second]

    assert sharing_rows(first, all_) == [first, second]
    assert sharing_rows(other, all_) == [other]
