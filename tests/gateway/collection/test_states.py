"""Changes of state that agencies send: each line is answered, none is mistaken.

What the changes do to answers is in ``tests/gateway/status``.
"""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from policy.identity import Identity
from sandbox.agency import AgencyId
from signing.envelope import PayloadType
from tests import nursery
from tests.contracts.people import nobodies
from tests.gateway.collection.sending import (
    FALLS_BACK,
    FROZEN,
    ONLY_SENDS,
    Sender,
    key_of,
    line,
    payload,
    record,
)
from tests.gateway.status.sending import StateSender, compact, today
from tests.running import Agencies, Gateway


@pytest.fixture(name="states")
def _states(sender: Sender) -> StateSender:
    return StateSender(sender.gateway, sender.connector, sender.key)


@pytest.fixture(name="holder")
def _holder() -> Identity:
    (holder,) = nobodies(1)
    return holder


def said(
    holder: Identity, status: str = "暂扣", **changes: object
) -> dict[str, object]:
    return {**payload(holder, "S1"), "status": status, **changes}


def test_changes_are_taken_in_their_order_and_known_when_they_come_again(
    states: StateSender, holder: Identity
) -> None:
    lines = [
        line(1, states.change(said(holder))),
        line(2, states.change(said(holder, "有效"))),
    ]

    first, again = states.send(lines, "gzip"), states.send(lines)

    assert (first.status, first.outcomes) == (200, ["ACCEPTED", "ACCEPTED"])
    assert again.outcomes == ["ALREADY_KNOWN", "ALREADY_KNOWN"]
    assert first.summary["stream"] == "states"
    assert states.status()["states"]["lastSequence"] == 2
    assert states.status()["records"]["lastSequence"] == 0


def test_a_record_does_not_pass_for_a_change_nor_a_change_for_a_record(
    sender: Sender, states: StateSender, holder: Identity
) -> None:
    as_record, as_change = (
        record(sender.key, said(holder), type=type_)
        for type_ in (PayloadType.RECORD, PayloadType.STATE)
    )

    assert states.send([line(1, as_record)]).codes == ["WRONG_TYPE"]
    assert sender.send([line(1, as_change)]).codes == ["WRONG_TYPE"]


def test_a_bad_line_spoils_no_other_and_uses_no_number(
    states: StateSender, holder: Identity
) -> None:
    tomorrow = compact(today() + timedelta(days=1))
    told = states.send(
        [
            line(1, states.change(said(holder))),
            line(2, states.change(said(holder, "不详"))),
            line(3, states.change(said(holder, statusSince=tomorrow))),
            line(4, states.change(said(holder, jobCode="1.1"))),
            line(5, states.change(said(holder, idNumber="1"))),
            "no line",
            line(6, states.change(said(holder, "注销"))),
        ]
    )
    put_right = states.send([line(2, states.change(said(holder, "失效")))])

    assert told.codes == [
        "UNKNOWN_CERTIFICATE",
        "NO_STATE",
        "IN_FUTURE",
        "OUT_OF_SCOPE",
        "MALFORMED_RECORD",
        "INVALID_JSON",
        "UNKNOWN_CERTIFICATE",
    ]
    assert told.results[-1]["gap"] == {"first": 2, "last": 5}
    assert put_right.outcomes == ["ACCEPTED"]
    assert states.status()["states"]["missing"] == 3


def test_a_change_that_another_agency_signed_is_refused(
    states: StateSender, holder: Identity, running_agencies: Agencies
) -> None:
    stranger = replace(states, key=key_of(running_agencies, AgencyId.FIRE_RESCUE))

    told = states.send([line(1, stranger.change(said(holder)))])

    assert told.outcomes == ["REFUSED"]
    assert told.codes == ["OUT_OF_SCOPE"]


def test_a_change_from_the_future_is_refused(
    states: StateSender, holder: Identity
) -> None:
    ahead = datetime.now(UTC) + timedelta(minutes=20)

    told = states.send([line(1, states.change(said(holder), signed_at=ahead))])

    assert told.codes == ["SIGNED_IN_FUTURE"]


def test_a_number_is_never_used_for_another_change(
    states: StateSender, holder: Identity
) -> None:
    states.send_one(1, said(holder))

    told = states.send_one(1, said(holder, "注销"))

    assert told.codes == ["ROLLBACK"]


def test_a_change_of_what_was_never_seen_is_taken_told_counted_and_alerted(
    sender: Sender, states: StateSender, holder: Identity
) -> None:
    known = payload(holder, "S1")
    sender.send([line(1, record(sender.key, known))])

    told = states.send(
        [
            line(1, states.change({**known, "status": "撤销"})),
            line(2, states.change({**known, "certificateNumber": "S2"})),
        ]
    )

    assert told.outcomes == ["ACCEPTED", "ACCEPTED"]
    assert told.codes == [None, "UNKNOWN_CERTIFICATE"]
    assert "从未见过" in told.results[1]["reason"]["zh"]
    assert "ever seen" in told.results[1]["reason"]["en"]
    assert told.summary["codes"] == {"UNKNOWN_CERTIFICATE": 1}
    metric = f'unknown_certificates_total{{agency="{states.connector}"}} 1.0'
    assert f"gateway_states_{metric}" in states.gateway.get("/metrics")[1]
    log = (states.gateway.folder / "gateway.log").read_text("utf-8")
    assert '"alert":"UNKNOWN_CERTIFICATE"' in log


def test_nothing_of_a_person_is_in_what_is_told(
    states: StateSender, holder: Identity
) -> None:
    told = states.send_one(1, said(holder, "不详", statusReason="某某舞弊"))

    assert holder.number not in str(told.lines)
    assert "某某" not in str(told.lines)


@pytest.mark.parametrize("connector", [ONLY_SENDS, FALLS_BACK])
def test_what_was_collected_is_answered_with_the_change_that_was_sent(
    collecting: Gateway, running_agencies: Agencies, connector: str, holder: Identity
) -> None:
    key = key_of(running_agencies)
    records = Sender(collecting, connector, key)
    states = StateSender(collecting, connector, key)
    known = payload(holder, f"C-{connector}")
    change = line(
        states.status()["states"]["lastSequence"] + 1,
        states.change({**known, "status": "暂扣"}),
    )

    before = states.send([change])
    number = records.status()["records"]["lastSequence"] + 1
    records.send([line(number, record(key, known))])
    after = states.send([change])
    found = collecting.ask(
        "query($n: String!, $a: ID!) { holder(idNumber: $n, agencies: [$a]) "
        "{ certificates { nodes { state standing } } } }",
        n=holder.number,
        a=connector,
    )

    assert (before.outcomes, before.codes) == (["ACCEPTED"], ["UNKNOWN_CERTIFICATE"])
    assert (after.outcomes, after.codes) == (["ALREADY_KNOWN"], [None])
    assert found["holder"]["certificates"]["nodes"] == [
        {"state": "SUSPENDED", "standing": "SUSPENDED"}
    ]


def test_the_command_sends_a_file_of_changes(
    states: StateSender, holder: Identity, running_agencies: Agencies, tmp_path: Path
) -> None:
    file = tmp_path / "states.ndjson"
    changes = [states.change(said(holder)), states.change(said(holder, "有效"))]
    file.write_text("".join(f"{change}\n" for change in changes), "utf-8")
    key = running_agencies.folder / "keys" / f"{states.key.kid}.pem"
    options = (
        *("--states", "--url", states.gateway.url, "--connector", states.connector),
        *("--key", str(key), "--key-id", states.key.kid),
    )

    done = nursery.run(
        (sys.executable, "-m", "gateway", "collect", str(file), *options),
    )

    assert done.returncode == 1, done.stdout + done.stderr
    assert "UNKNOWN_CERTIFICATE: 2" in done.stdout
    assert states.status()["states"]["lastSequence"] == 2
    assert states.status()["records"]["lastSequence"] == 0


@pytest.fixture(name="frozen")
def _frozen(sender: Sender) -> StateSender:
    """An agency whose account is frozen; every test of a gateway has the same."""
    return StateSender(sender.gateway, FROZEN, sender.key)


def after(states: StateSender) -> int:
    """Return a number that was not used."""
    last: int = states.status()["states"]["lastSequence"]
    return last + 1


def test_a_frozen_accounts_revocations_are_taken_and_its_records_are_not(
    sender: Sender, frozen: StateSender, holder: Identity
) -> None:
    number = after(frozen)

    taken = frozen.send([line(number, frozen.change(said(holder, "撤销")))])
    records = replace(sender, connector=FROZEN).send([])

    assert (taken.status, taken.outcomes) == (200, ["ACCEPTED"])
    assert frozen.status()["states"]["lastSequence"] == number
    assert (records.status, records.problem) == (403, "ACCOUNT_NOT_ACTIVE")


def test_a_frozen_account_lifts_nothing_and_loses_no_number_by_trying(
    frozen: StateSender, holder: Identity
) -> None:
    number = after(frozen)
    lines = [
        line(number, frozen.change(said(holder, "有效"))),
        line(number, frozen.change(said(holder, "撤销"))),
    ]

    told = frozen.send(lines)

    assert told.outcomes == ["REFUSED", "ACCEPTED"]
    assert told.codes[0] == "LIFTING_WHILE_FROZEN"
    assert frozen.status()["states"]["lastSequence"] == number
