"""A certificate counts once: in the version that was signed last, or not at all."""

from datetime import timedelta
from itertools import permutations

import pytest

from connectors.answer import Answer, SourceOutcome
from connectors.connector import Collected
from signing.envelope import Envelope
from tests.connectors.agency import (
    NOW,
    RECORD,
    SIGNED_AT,
    ZHANG,
    absence,
    manifest,
    record,
    response,
)
from tests.connectors.collection.test_connector import ASKS, Sent, answers
from tests.connectors.test_agency import (
    COUNTING,
    RESPONSE_FORM,
    TAMPERED,
    Sends,
    agency_of,
    asked,
    changed,
    codes,
)

NAMED = ('state = "state"', 'state = "state"\nholder_name = "name"')
LOW = {"code": "1.2", "item": "低压电工作业", "title": "特种作业人员"}
HIGH = {"code": "1.1", "item": "高压电工作业", "title": "特种作业人员"}
EVERYTHING = changed(scope=frozenset({"4-02-01-01", "1.1", "1.2"}))


def signed(minutes_ago: int, **changes: object) -> Envelope:
    at = SIGNED_AT - timedelta(minutes=minutes_ago)
    return record({**RECORD, **changes}, signed_at=at)


def shown(answer: Answer) -> list[tuple[bytes, list[bytes]]]:
    """Return the digest of each certificate and those of its older versions."""
    return [
        (one.envelope.digest, [older.envelope.digest for older in one.supersedes])
        for one in answer.certificates
    ]


async def test_the_version_that_was_signed_last_counts_in_whatever_order() -> None:
    newest, before, first = signed(0, state="03"), signed(10), signed(20, state=None)

    for order in permutations([newest, before, first]):
        answer = await asked(agency_of(Sends(order)))

        assert (answer.outcome, codes(answer)) == (SourceOutcome.ANSWERED, [])
        assert shown(answer) == [(newest.digest, [before.digest, first.digest])]
        assert {one.digest for one in answer.proofs} == {one.digest for one in order}


@pytest.mark.parametrize(
    "before",
    [
        pytest.param({"state": None}, id="state"),
        pytest.param({"level": "x"}, id="level"),
        pytest.param({"dates": {"issued": "2025-07-01"}}, id="day of issue"),
        pytest.param({"dates": {"issued": None}}, id="no day of issue"),
        pytest.param({"code": None}, id="no code"),
        pytest.param({"item": "地铁司机"}, id="an item nobody knows"),
        pytest.param({"title": "司机"}, id="title"),
        pytest.param({"title": "压力焊"}, id="a look-alike"),
        pytest.param({"number": "0000123 "}, id="white space"),
        pytest.param({"number": "００００１２３"}, id="width"),
    ],
)
async def test_what_a_correction_changes_is_no_other_certificate(
    before: dict[str, object],
) -> None:
    newest, older = signed(0), signed(10, **before)

    answer = await asked(agency_of(Sends((older, newest))))

    assert shown(answer) == [(newest.digest, [older.digest])]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({}, {"number": "0000124"}, id="number"),
        pytest.param({}, {"code": "99.9", "item": "起重"}, id="no item of the annex"),
        pytest.param({}, {"code": None, "item": "起重"}, id="no item, and no code"),
        pytest.param(
            {"code": None, "item": "吊装"},
            {"code": None, "item": "起重"},
            id="two that nobody knows",
        ),
        pytest.param(
            {**LOW, "number": f"T{ZHANG}"},
            {**HIGH, "number": f"T{ZHANG}"},
            id="licences that share a number",
        ),
    ],
)
@pytest.mark.parametrize("minutes", [0, 10])
async def test_another_number_or_item_is_another_certificate(
    first: dict[str, object], second: dict[str, object], minutes: int
) -> None:
    one, two = signed(0, **first), signed(minutes, **second)

    answer = await asked(agency_of(Sends((one, two)), bundle=EVERYTHING))

    assert shown(answer) == [(one.digest, []), (two.digest, [])]
    assert codes(answer) == []


async def test_of_versions_signed_in_one_second_none_counts() -> None:
    other = signed(0, number="0000124")

    for order in permutations([signed(0), signed(0, state="03"), signed(9), other]):
        answer = await asked(agency_of(Sends(order)))

        assert (answer.outcome, codes(answer)) == (
            SourceOutcome.UNVERIFIED,
            ["CONTRADICTION"],
        )
        assert shown(answer) == [(other.digest, [])]


async def test_the_same_words_signed_twice_in_one_second_are_one_version() -> None:
    spelt, again, older = signed(0), signed(0, remark="x"), signed(9, state="03")

    for order in permutations([spelt, again, older]):
        answer = await asked(agency_of(Sends(order)))

        digest = min(spelt.digest, again.digest)
        assert shown(answer) == [(digest, [older.digest])]
        assert codes(answer) == []


@pytest.mark.parametrize(
    ("older", "newer", "code"),
    [
        pytest.param("张三", "李四", ["CONTRADICTION"], id="another"),
        pytest.param("张三", " 张　三", [], id="the same, spelt otherwise"),
        pytest.param(None, "张三", [], id="stated since"),
        pytest.param("张三", None, [], id="stated no more"),
    ],
)
async def test_versions_of_one_certificate_name_one_holder(
    older: str | None, newer: str | None, code: list[str]
) -> None:
    sent = signed(9, name=older), signed(0, name=newer)

    answer = await asked(agency_of(Sends(sent), NAMED))

    assert (codes(answer), len(answer.certificates)) == (code, 1 - len(code))


async def test_a_record_that_may_be_of_two_items_decides_for_neither() -> None:
    number = {"number": f"T{ZHANG}"}
    unclear = signed(0, **{**LOW, **number, "item": HIGH["item"]})
    low, high = signed(9, **LOW, **number), signed(9, **HIGH, **number)

    both = await asked(agency_of(Sends((low, high, unclear)), bundle=EVERYTHING))
    one = await asked(agency_of(Sends((low, unclear)), bundle=EVERYTHING))

    assert (shown(both), codes(both)) == ([], ["CONTRADICTION"])
    assert (shown(one), codes(one)) == ([(unclear.digest, [low.digest])], [])


COUNTS = [
    pytest.param([(0, 1, {})], [], id="one of one"),
    pytest.param([(9, 1, {}), (0, 1, {})], [], id="one of one, twice"),
    pytest.param([(9, 2, {}), (0, 1, {})], [], id="there were two"),
    pytest.param([(9, 1, {}), (0, 2, {})], ["INCOMPLETE"], id="there are two"),
    pytest.param([(9, 2, {}), (0, 2, {})], ["INCOMPLETE"], id="one of two, twice"),
    pytest.param([(0, 2, {}), (0, 2, {"number": "2"})], [], id="two of two"),
    pytest.param([(9, 1, {}), (0, 2, {"number": "2"})], [], id="one more since"),
    pytest.param(
        [(0, 1, {}), (0, 1, {"number": "2"})], ["CONTRADICTION"], id="two of one"
    ),
    pytest.param(
        [(9, 2, {}), (0, 1, {"number": "2"})], ["CONTRADICTION"], id="one is no more"
    ),
    pytest.param(
        [(9, 3, {}), (0, 2, {"number": "2"})],
        ["INCOMPLETE"],
        id="once there were three",
    ),
    pytest.param(
        [(0, 1, {}), (0, 1, {"state": "03"}), (0, 1, {"number": "2"})],
        ["CONTRADICTION", "CONTRADICTION"],
        id="one of which no version counts, and another",
    ),
    pytest.param(
        [(9, 4, {"number": "2"}), (0, 1, {}), (0, 1, {"number": "3"})],
        ["CONTRADICTION"],
        id="fewer than once, and more than now",
    ),
    pytest.param(
        [(9, 1, {}), (0, 1, {"dates": {"issued": "x"}})],
        ["MALFORMED_RECORD", "CONTRADICTION"],
        id="the other cannot be read",
    ),
    pytest.param(
        [(9, 2, {}), (0, 2, {"dates": {"issued": "x"}, "number": "2"})],
        ["MALFORMED_RECORD"],
        id="one of two cannot be read",
    ),
]


@pytest.mark.parametrize(("sent", "code"), COUNTS)
async def test_what_is_held_are_certificates_and_not_versions(
    sent: list[tuple[int, int, dict[str, object]]], code: list[str]
) -> None:
    envelopes = tuple(signed(ago, held=held, **more) for ago, held, more in sent)

    for order in permutations(envelopes):
        answer = await asked(agency_of(Sends(order), COUNTING))

        assert (codes(answer), answer.is_complete) == (code, not code)
        assert ("CONTRADICTION" in code) is (answer.certificates == ())


async def test_counts_of_older_versions_of_what_nobody_can_decide_are_none() -> None:
    other = signed(9, number="2", held=1)
    undecided = signed(0, name="张三"), signed(5, name="李四", held=3)

    changes = (COUNTING, ("[record]", '[record]\nholder_name = "name"'))
    answer = await asked(agency_of(Sends((other, *undecided)), *changes))

    assert (answer.certificates, codes(answer)) == ((), ["CONTRADICTION"] * 2)


async def test_what_nobody_signed_is_not_counted_as_held() -> None:
    sent = signed(0, held=1), TAMPERED

    answer = await asked(agency_of(Sends(sent), COUNTING))

    assert (codes(answer), len(answer.certificates)) == (["BAD_SIGNATURE"], 1)


async def test_a_certificate_beside_its_absence_is_not_believed() -> None:
    answer = await asked(agency_of(Sends((signed(0), absence()))))

    assert (codes(answer), answer.certificates) == (["CONTRADICTION"], ())


@pytest.mark.parametrize(
    ("records", "code", "certificates"),
    [
        pytest.param([RECORD, RECORD], [], 1, id="the same"),
        pytest.param(
            [RECORD, {**RECORD, "state": "03"}], ["CONTRADICTION"], 0, id="others"
        ),
        pytest.param([RECORD, {**RECORD, "number": "2"}], [], 2, id="two"),
    ],
)
async def test_a_signed_list_is_judged_by_certificate_too(
    records: list[dict[str, object]], code: list[str], certificates: int
) -> None:
    body = {"n": "mine", "results": [{"idNumber": ZHANG, "records": records}]}

    answer = await asked(agency_of(Sends((response(body),), "mine"), *RESPONSE_FORM))

    assert (codes(answer), len(answer.certificates)) == (code, certificates)
    assert answer.is_complete is not bool(code)


ONLY_SENDS = manifest((ASKS, 'protocol = "collected"\n'))
LONG_AGO = NOW - timedelta(days=1)


def days_ago(days: int, **changes: object) -> Envelope:
    return record({**RECORD, **changes}, signed_at=NOW - timedelta(days=days))


async def test_what_was_sent_counts_by_signature_and_then_by_number() -> None:
    old, new, last = days_ago(9), days_ago(5, state="03"), days_ago(5, state=None)

    came = [
        (ZHANG, envelope, Collected(LONG_AGO, sequence))
        for sequence, envelope in enumerate((new, last, old), start=1)
    ]

    (answer,) = await answers(ONLY_SENDS, Sent(*came), ZHANG)

    assert shown(answer) == [(last.digest, [new.digest, old.digest])]
    assert codes(answer) == []


async def test_history_is_shown_and_never_judged() -> None:
    named = manifest((ASKS, 'protocol = "collected"\n'), NAMED)
    new, old = days_ago(5, name="张三"), days_ago(4, name="张叁")
    forged = Envelope(old.signature[:-8] + b"AAAAAAAA")
    came = [
        (ZHANG, new, Collected(LONG_AGO, 9)),
        (ZHANG, old, Collected(LONG_AGO, 8, is_history=True)),
        (ZHANG, forged, Collected(LONG_AGO, 7, is_history=True)),
    ]

    (answer,) = await answers(named, Sent(*came), ZHANG)
    (alone,) = await answers(named, Sent(*came[1:]), ZHANG)

    assert (shown(answer), codes(answer)) == ([(new.digest, [old.digest])], [])
    assert (alone.certificates, codes(alone)) == ((), ["UNSIGNED_ABSENCE"])
