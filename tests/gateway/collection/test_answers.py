"""What was collected answers questions, at every gateway, from its commit on."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from gateway.demo.demo import HOST
from signing.envelope import Envelope
from store.collection.tables import collected_records
from store.store import open_store
from tests.contracts.people import nobodies
from tests.gateway.collection.sending import (
    ANSWERS,
    FALLS_BACK,
    HANGS,
    ONLY_SENDS,
    Sender,
    key_of,
    line,
    payload,
    record,
)
from tests.ports import free_port
from tests.running import Agencies, Gateway, eventually, gateway_by

ASK = """query Ask($n: String!, $a: ID!) { holder(idNumber: $n, agencies: [$a]) {
  certificates { nodes { number state provenance { collectedAt sequence digest
    supersedes { sequence digest signedAt envelope } } } }
  sources { agency outcome attempts reason(language: EN) collectedAt
    refusals { code } } } }"""


@pytest.fixture(name="key")
def _key(running_agencies: Agencies) -> Any:
    return key_of(running_agencies)


def asked(gateway: Gateway, number: str, agency: str) -> tuple[list[Any], Any]:
    """Return the certificates and the row of one agency."""
    holder = gateway.ask(ASK, n=number, a=agency)["holder"]
    row = next(row for row in holder["sources"] if row["agency"] == agency)
    return holder["certificates"]["nodes"], row


def next_line(sender: Sender, said: dict[str, object]) -> dict[str, Any]:
    """Send a record under the next number; return its result."""
    sequence = sender.status()["records"]["lastSequence"] + 1
    told = sender.send([line(sequence, record(sender.key, said))])
    assert told.outcomes == ["ACCEPTED"]
    return told.results[0]


def test_an_agency_that_only_sends_is_answered_for(
    collecting: Gateway, key: Any
) -> None:
    (person,) = nobodies(1)
    result = next_line(Sender(collecting, ONLY_SENDS, key), payload(person, "A1"))

    (certificate,), row = asked(collecting, person.number, ONLY_SENDS)

    provenance = certificate["provenance"]
    assert (certificate["number"], certificate["state"]) == ("A1", "VALID")
    assert provenance["sequence"] == result["sequence"]
    assert provenance["collectedAt"] == row["collectedAt"] is not None
    assert (row["outcome"], row["refusals"]) == ("ANSWERED", [])
    assert row["attempts"] == 0


INCLUSION = """query Ask($n: String!, $a: ID!) { holder(idNumber: $n, agencies: [$a]) {
  certificates { nodes { provenance { checks { check result code } } } } } }"""


def test_what_was_sent_is_pending_and_then_in_the_log_at_every_gateway(
    collecting: Gateway, key: Any
) -> None:
    (person,) = nobodies(1)
    next_line(Sender(collecting, ONLY_SENDS, key), payload(person, "A1-logged"))
    said: dict[int, list[str]] = {0: [], 1: []}

    def is_in(gateway: Gateway, which: int) -> bool:
        found = gateway.ask(INCLUSION, n=person.number, a=ONLY_SENDS)["holder"]
        (node,) = found["certificates"]["nodes"]
        last = node["provenance"]["checks"][-1]
        assert last["check"] == "INCLUSION"
        said[which].append(f"{last['result']} {last['code']}")
        return said[which][-1] == "VALID INCLUDED"

    with another(collecting) as other:
        for which, gateway in enumerate((collecting, other)):
            eventually(lambda: is_in(gateway, which))  # noqa: B023 - called here

    assert set(said[0][:-1]) <= {"UNKNOWN PENDING"}
    assert is_in(collecting, 0)


def test_nothing_collected_is_never_none(collecting: Gateway) -> None:
    (person,) = nobodies(1)

    certificates, row = asked(collecting, person.number, ONLY_SENDS)

    assert (certificates, row["outcome"]) == ([], "UNVERIFIED")
    assert row["refusals"] == [{"code": "UNSIGNED_ABSENCE"}]
    assert row["collectedAt"] is None


def test_a_new_version_answers_at_once_and_soon_at_every_gateway(
    collecting: Gateway, key: Any
) -> None:
    (person,) = nobodies(1)
    sender = Sender(collecting, ONLY_SENDS, key)
    next_line(sender, payload(person, "A2"))

    def states(gateway: Gateway) -> list[str]:
        return [one["state"] for one in asked(gateway, person.number, ONLY_SENDS)[0]]

    with another(collecting) as other:
        assert states(other) == states(collecting) == ["VALID"]
        next_line(sender, payload(person, "A2", status="撤销"))
        assert states(collecting) == ["REVOKED"]
        # Both keep what they read; the other looks twice a second.
        eventually(lambda: states(other) == ["REVOKED"])


def signed_ago(sender: Sender, said: dict[str, object], days: int) -> str:
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=days)
    return record(sender.key, said, signed_at=at)


def digests(*records: str) -> list[str]:
    return [Envelope(one.encode()).digest.hex() for one in records]


@pytest.mark.parametrize("is_one_transfer", [True, False])
def test_history_rows_in_any_order_are_one_certificate(
    collecting: Gateway, key: Any, *, is_one_transfer: bool
) -> None:
    (person,) = nobodies(1)
    sender = Sender(collecting, ONLY_SENDS, key)
    last = sender.status()["records"]["lastSequence"]
    oldest, revoked, older = (
        signed_ago(sender, payload(person, f"A5-{last}", status=status), days)
        for status, days in (("有效", 9), ("撤销", 1), ("暂扣", 5))
    )
    lines = [line(last + n, one) for n, one in enumerate((oldest, revoked, older), 1)]

    if is_one_transfer:
        outcomes = sender.send(lines).outcomes
    else:
        outcomes = [sender.send([one]).outcomes[0] for one in lines]
    (certificate,), row = asked(collecting, person.number, ONLY_SENDS)

    assert outcomes == ["ACCEPTED", "ACCEPTED", "SUPERSEDED"]
    assert (certificate["state"], row["outcome"]) == ("REVOKED", "ANSWERED")
    provenance = certificate["provenance"]
    assert [provenance["digest"]] == digests(revoked)
    assert [one["digest"] for one in provenance["supersedes"]] == digests(older, oldest)
    assert [one["envelope"] for one in provenance["supersedes"]] == [older, oldest]
    assert [one["sequence"] for one in provenance["supersedes"]] == [last + 3, last + 1]


def test_the_last_versions_are_shown_and_the_newest_is_never_left_out(
    collecting: Gateway, key: Any
) -> None:
    (person,) = nobodies(1)
    sender = Sender(collecting, ONLY_SENDS, key)
    last = sender.status()["records"]["lastSequence"]
    records = [signed_ago(sender, payload(person, "A6"), days) for days in range(1, 13)]
    sender.send([line(last + n, one) for n, one in enumerate(records, 1)])

    (certificate,), _ = asked(collecting, person.number, ONLY_SENDS)

    provenance = certificate["provenance"]
    assert [provenance["digest"]] == digests(records[0])
    assert [one["digest"] for one in provenance["supersedes"]] == digests(
        *records[1:10]
    )


def test_what_is_another_holders_now_is_nobody_elses_history(
    collecting: Gateway, key: Any
) -> None:
    one, other = nobodies(2)
    sender = Sender(collecting, ONLY_SENDS, key)
    next_line(sender, payload(one, "A7"))
    next_line(sender, payload(other, "A7"))

    before, _ = asked(collecting, one.number, ONLY_SENDS)
    (after,), _ = asked(collecting, other.number, ONLY_SENDS)

    assert (before, after["provenance"]["supersedes"]) == ([], [])


async def edited(gateway: Gateway, number: str, envelope: str) -> str | None:
    """Put ``envelope`` where a record of that digest stands; return the row's mark."""
    text = (gateway.folder / "gateway.toml").read_text("utf-8")
    url = tomllib.loads(text)["database_url"]
    url = url.replace("sqlite:///", f"sqlite:///{gateway.folder}/")
    column = collected_records.c
    row = column.digest == number
    async with open_store(url) as store, store.engine.begin() as connection:
        mark = await connection.scalar(select(column.verified).where(row))
        await connection.execute(
            update(collected_records).where(row).values(envelope=envelope)
        )
    return mark


async def test_a_row_that_somebody_edits_is_never_believed(
    collecting: Gateway, key: Any
) -> None:
    (person,) = nobodies(1)
    sender = Sender(collecting, ONLY_SENDS, key)
    sequence = sender.status()["records"]["lastSequence"] + 1
    good = record(key, payload(person, "A8"))
    sender.send([line(sequence, good)])
    (digest,) = digests(good)
    # Another record under the honest signature, beside the honest mark.
    header, _, signature = good.split(".")
    middle = record(key, payload(person, "A9")).split(".")[1]

    mark = await edited(collecting, digest, f"{header}.{middle}.{signature}")
    certificates, row = asked(collecting, person.number, ONLY_SENDS)
    await edited(collecting, digest, "改" * 9)
    no_jws = asked(collecting, person.number, ONLY_SENDS)[1]

    assert mark is not None
    assert (certificates, row["outcome"]) == ([], "UNVERIFIED")
    assert row["refusals"] == [{"code": "BAD_SIGNATURE"}]
    assert (no_jws["outcome"], len(no_jws["refusals"])) == ("UNVERIFIED", 1)


def another(gateway: Gateway) -> Any:
    """Run another gateway on the same configuration and database."""
    port = free_port(HOST)
    config = gateway.folder / f"gateway-{port}.toml"
    text = (gateway.folder / "gateway.toml").read_text("utf-8")
    old = f"port = {gateway.url.rpartition(':')[2]}\n"
    assert old in text
    # In a folder of its own, since it writes a log.
    folder = Path(f"{gateway.folder}-{port}")
    folder.mkdir()
    config = folder / "gateway.toml"
    text = text.replace(old, f"port = {port}\n")
    for name in (
        "manifests",
        "certificate-id.key",
        "pseudonym.key",
        "evidence.key",
        "transparency.key",
        "transparency-ml-dsa.key",
        "sqlite:///",
    ):
        where = gateway.folder / name.removeprefix("sqlite:///")
        text = text.replace(
            f'"{name}', f'"sqlite:///{where}/' if "sqlite" in name else f'"{where}'
        )
    config.write_text(text, "utf-8")
    return gateway_by(config, port)


@pytest.mark.parametrize(
    ("connector", "outcome"),
    [
        pytest.param(FALLS_BACK, "UNREACHABLE", id="unreachable"),
        pytest.param(HANGS, "TIMED_OUT", id="timed out"),
    ],
)
def test_silence_is_filled_by_what_was_sent(
    collecting: Gateway, agencies: Agencies, key: Any, connector: str, outcome: str
) -> None:
    known, unknown = nobodies(2)
    next_line(Sender(collecting, connector, key), payload(known, f"A3-{connector}"))

    with agencies.fault("transport", "silent"):
        (certificate,), row = asked(collecting, known.number, connector)
        nothing, silent = asked(collecting, unknown.number, connector)

    assert certificate["provenance"]["collectedAt"] is not None
    assert row["outcome"] == "ANSWERED"
    assert row["collectedAt"] is not None
    # Whoever was asked in vain often enough is not asked for a while.
    silence = (outcome, "CIRCUIT_OPEN")
    assert any(f"did not answer ({one})" in row["reason"] for one in silence)
    assert (nothing, silent["collectedAt"]) == ([], None)
    assert silent["outcome"] in silence


def test_an_agency_that_answers_is_believed_before_what_it_sent(
    collecting: Gateway, agencies: Agencies, key: Any
) -> None:
    (person,) = nobodies(1)
    next_line(Sender(collecting, ANSWERS, key), payload(person, "A4"))

    certificates, row = asked(collecting, person.number, ANSWERS)

    assert (certificates, row["outcome"], row["collectedAt"]) == ([], "NONE", None)
    assert row["attempts"] == 1
    assert agencies.calls("transport") != []
