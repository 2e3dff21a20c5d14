"""Records that agencies send: each line is answered, and what is answered is kept."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from policy.calendar import SHANGHAI
from sandbox.agency import AgencyId
from sandbox.keys import load_keyring
from signing.envelope import PayloadType
from tests.contracts.people import nobodies
from tests.gateway.collection.sending import (
    Sender,
    body_of,
    key_of,
    line,
    payload,
    record,
)
from tests.running import Agencies, eventually

ALL_OF_ACCEPTED = {"ACCEPTED": 3, "ALREADY_KNOWN": 0, "SUPERSEDED": 0, "REFUSED": 0}


def lines_about(sender: Sender, numbers: list[int], prefix: str = "N") -> list[str]:
    """Return a line a sequence number, each about somebody else."""
    people = nobodies(len(numbers))
    return [
        line(n, record(sender.key, payload(p, f"{prefix}{n}")))
        for n, p in zip(numbers, people, strict=True)
    ]


@pytest.mark.parametrize("encoding", [None, "gzip", "zstd"])
def test_records_are_taken_in_every_encoding(
    sender: Sender, encoding: str | None
) -> None:
    told = sender.send(lines_about(sender, [1, 2, 3]), encoding)

    assert (told.status, told.outcomes) == (200, ["ACCEPTED"] * 3)
    assert told.headers["content-type"] == "application/x-ndjson"
    assert told.headers["x-content-type-options"] == "nosniff"
    assert told.summary == {
        "stream": "records",
        "isComplete": True,
        "lines": 3,
        "outcomes": ALL_OF_ACCEPTED,
        "codes": {},
        "lastSequence": 3,
        "missing": 0,
        "gaps": [],
    }
    assert sender.status()["records"] == {"lastSequence": 3, "missing": 0, "gaps": []}


def test_what_was_taken_is_known_when_it_comes_again(sender: Sender) -> None:
    lines = lines_about(sender, [1, 2])
    sender.send(lines)

    told = sender.send([*lines, *lines_about(sender, [3])])

    assert told.outcomes == ["ALREADY_KNOWN", "ALREADY_KNOWN", "ACCEPTED"]


def test_one_line_twice_in_a_transfer_is_taken_once(sender: Sender) -> None:
    (one,) = lines_about(sender, [1])

    assert sender.send([one, one]).outcomes == ["ACCEPTED", "ALREADY_KNOWN"]


def test_a_gap_is_taken_and_told_and_filled(sender: Sender) -> None:
    first, second, fourth = lines_about(sender, [1, 2, 4])

    told = sender.send([first, fourth])
    filled = sender.send([second])

    assert told.results[1]["gap"] == {"first": 2, "last": 3}
    assert told.summary["gaps"] == [{"first": 2, "last": 3}]
    assert filled.outcomes == ["ACCEPTED"]
    assert sender.status()["records"] == {
        "lastSequence": 4,
        "missing": 1,
        "gaps": [{"first": 3, "last": 3}],
    }
    gauge = (
        f'gateway_collection_missing{{agency="{sender.connector}",stream="records"}}'
    )
    assert f"{gauge} 1.0" in sender.gateway.get("/metrics")[1]


def test_a_number_that_was_used_is_not_taken_for_something_else(
    sender: Sender,
) -> None:
    sender.send(lines_about(sender, [1, 2]))

    told = sender.send(lines_about(sender, [2, 1, 3]))

    assert told.outcomes == ["REFUSED", "REFUSED", "ACCEPTED"]
    assert told.codes == ["ROLLBACK", "ROLLBACK", None]


def test_a_changed_record_is_a_new_version(sender: Sender) -> None:
    (person,) = nobodies(1)
    before = record(sender.key, payload(person, "S1"))
    after = record(sender.key, payload(person, "S1", status="撤销"))

    assert sender.send([line(1, before), line(2, after)]).outcomes == ["ACCEPTED"] * 2


@pytest.mark.parametrize("number", ["S1 ", "\u3000S1", "Ｓ１", "s1", "S\u200b1"])
def test_a_version_in_another_spelling_is_of_the_same_document(
    sender: Sender, number: str
) -> None:
    (person,) = nobodies(1)
    code = "4-02-01-01 " if number == "S1 " else "４-02-01-01"
    first, older, newer, other = (
        line(n, record(sender.key, payload(person, spelt, jobCode=code)))
        for n, spelt, code in (
            (1, "S1", "4-02-01-01"),
            (2, "S1", code),
            (3, number, code),
            (4, f"{number}2", code),
        )
    )

    told = sender.send([first, newer, other])
    late = sender.send([older])

    assert told.outcomes == ["ACCEPTED"] * 3
    assert late.outcomes == ["SUPERSEDED"]


def test_an_older_version_that_comes_later_is_history(sender: Sender) -> None:
    (person,) = nobodies(1)
    first, older, newer = (
        line(n, record(sender.key, payload(person, "S1", status=word)))
        for n, word in ((1, "有效"), (2, "暂扣"), (3, "撤销"))
    )
    sender.send([first, newer])

    told = sender.send([older])

    assert (told.outcomes, told.codes) == (["SUPERSEDED"], ["SUPERSEDED"])


def test_another_holder_is_taken_and_told(sender: Sender) -> None:
    one, other = nobodies(2)
    before = record(sender.key, payload(one, "S1"))
    after = record(sender.key, payload(other, "S1"))

    told = sender.send([line(1, before), line(2, after)])

    assert told.outcomes == ["ACCEPTED", "ACCEPTED"]
    assert told.codes == [None, "HOLDER_ALTERED"]
    counted = f'gateway_quality_total{{agency="{sender.connector}",measure="ALTERED"}}'
    eventually(lambda: f"{counted} 1.0" in sender.gateway.get("/metrics")[1])


def test_what_was_issued_since_the_agency_sends_counts_as_in_time(
    sender: Sender,
) -> None:
    today = f"{datetime.now(SHANGHAI):%Y%m%d}"
    records = [
        record(sender.key, payload(person, f"D{number}", issued))
        for number, (person, issued) in enumerate(
            zip(nobodies(3), (today, today, "20240301"), strict=True)
        )
    ]
    before = record(sender.key, payload(nobodies(1)[0], "D9"))

    sender.send([line(1, before)])
    sender.send([line(n, one) for n, one in enumerate(records, 2)])

    agency = f'gateway_quality_total{{agency="{sender.connector}"'
    counted = f'{agency},measure="FIRST_SEEN"}} 2.0'
    eventually(lambda: counted in sender.gateway.get("/metrics")[1])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"issueDate": "20250301"}, None, id="renewed"),
        pytest.param({"issueDate": "20230301"}, "ISSUE_DATE_ALTERED", id="earlier"),
        pytest.param(
            {"issueDate": "20250301", "firstIssueDate": "20250301"},
            "ISSUE_DATE_ALTERED",
            id="later, and the first issue too",
        ),
        pytest.param(
            {"issueDate": "20250301", "firstIssueDate": None},
            "ISSUE_DATE_ALTERED",
            id="later, and no first issue",
        ),
    ],
)
def test_an_issue_date_changes_by_renewal_alone(
    sender: Sender, changes: dict[str, Any], code: str | None
) -> None:
    (person,) = nobodies(1)
    before = record(sender.key, payload(person, "S1"))
    after = record(sender.key, payload(person, "S1", **changes))

    told = sender.send([line(1, before), line(2, after)])

    assert (told.outcomes, told.codes) == (["ACCEPTED"] * 2, [None, code])


def today(days: int) -> str:
    """Return a day from today on, as it is in Shanghai."""
    return f"{datetime.now(UTC) + timedelta(hours=8, days=days):%Y%m%d}"


def test_bad_lines_are_refused_one_by_one(
    sender: Sender, running_agencies: Agencies
) -> None:
    people = nobodies(12)
    keys = load_keyring(running_agencies.folder, AgencyId.TRANSPORT)
    key = sender.key
    good = payload(people[0], "B1")
    last_day = payload(people[2], "B3", today(0))
    tomorrow = payload(people[3], "B4", today(1))
    other_item = payload(people[4], "B5", jobCode="1.1")
    token = record(key, good)
    lines = [
        line(1, token),
        line(2, record(key_of(running_agencies, AgencyId.FIRE_RESCUE), good)),
        line(2, record(keys.forged, good)),
        line(2, record(replace(key, kid="nobody"), good)),
        line(2, f"{token[:-6]}AAAAAA"),
        line(2, record(key, good, type=PayloadType.ABSENCE)),
        line(2, record(key, good, signed_at=datetime.now(UTC) + timedelta(hours=1))),
        line(2, record(key, tomorrow)),
        line(2, record(key, last_day)),
        line(3, record(key, {**good, "idNumber": "31010119900101001X"})),
        line(3, record(key, {"certificateNumber": "B9"})),
        line(3, record(key, other_item)),
        line(3, "no.j.ws"),
        line(0, token),
        '{"sequence": 3}',
        '{"sequence": 3, "sequence": 4, "record": ""}',
        '{"sequence": 3.0, "record": "a"}',
        "{",
        "[]",
        "",
        line(3, record(key, payload(people[5], "B6"))),
    ]

    told = sender.send(lines)

    assert [(one["line"], one.get("code")) for one in told.results] == [
        (1, None),
        (2, "FOREIGN_KEY"),
        (3, "BAD_SIGNATURE"),
        (4, "UNKNOWN_KEY"),
        (5, "BAD_SIGNATURE"),
        (6, "WRONG_TYPE"),
        (7, "SIGNED_IN_FUTURE"),
        (8, "ISSUED_IN_FUTURE"),
        (9, None),
        (10, "MALFORMED_RECORD"),
        (11, "MALFORMED_RECORD"),
        (12, "OUT_OF_SCOPE"),
        (13, "NON_CANONICAL_BASE64URL"),
        (14, "MALFORMED_LINE"),
        (15, "MALFORMED_LINE"),
        (16, "DUPLICATE_KEY"),
        (17, "FLOAT"),
        (18, "INVALID_JSON"),
        (19, "MALFORMED_LINE"),
        (20, "INVALID_JSON"),
        (21, None),
    ]
    assert told.summary["lastSequence"] == 3
    assert all(one["reason"]["zh"] for one in told.results if "code" in one)


def test_a_bomb_is_left_where_it_is_found(sender: Sender) -> None:
    (first,) = lines_about(sender, [1])
    bomb = gzip.compress(body_of([first]) + bytes(40_000_000))

    told = sender.post(bomb, encoding="gzip")

    assert told.outcomes == ["ACCEPTED", "REFUSED"]
    assert told.codes == [None, "INFLATED_TOO_LARGE"]
    assert told.summary["isComplete"] is False


def test_what_came_before_the_cut_of_a_gzip_is_kept(sender: Sender) -> None:
    lines = lines_about(sender, [*range(1, 41)])
    body = gzip.compress(body_of(lines))

    told = sender.post(body[: len(body) // 2], encoding="gzip")

    assert told.outcomes == ["ACCEPTED"] * (len(told.results) - 1) + ["REFUSED"]
    assert told.codes[-1] == "TRUNCATED"
    assert told.summary["isComplete"] is False
    kept = len(told.results) - 1
    assert 5 < kept < 40
    assert sender.status()["records"]["lastSequence"] == kept


def test_an_overlong_line_is_skipped_and_the_rest_goes_on(sender: Sender) -> None:
    first, second = lines_about(sender, [1, 2])

    told = sender.send([first, "x" * 2_500_000, second])

    assert told.outcomes == ["ACCEPTED", "REFUSED", "ACCEPTED"]
    assert told.codes == [None, "LINE_TOO_LONG", None]


def test_a_transfer_without_lines_is_answered_and_logged_as_its_agencys(
    sender: Sender,
) -> None:
    told = sender.send([])

    assert (told.status, told.summary["lines"]) == (200, 0)
    log = sender.gateway.folder / "gateway.log"
    caller = f'"caller":"agency:{sender.connector}"'
    # Its line is written once it is answered.
    eventually(lambda: caller in log.read_text("utf-8"))


def test_more_lines_than_a_transaction_has_are_all_answered(sender: Sender) -> None:
    told = sender.send(lines_about(sender, [*range(1, 1202)]), "zstd")

    assert told.summary["outcomes"]["ACCEPTED"] == 1201
    assert [one["line"] for one in told.results] == [*range(1, 1202)]
