"""What a QR code says is checked by itself, and refused with any of it changed."""

import json
import random
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from bureau.evidence.statement import (
    PREFIX,
    NotForACodeError,
    read_statement,
    statement_of,
)
from gateway.cli import app
from gateway.verify.statement import examine_statement
from policy.edition import canonical
from signing import base45
from tests.gateway.evidence.forged import other_bit, with_row
from tests.gateway.evidence.logs import bundles, policy_text
from tests.gateway.evidence.programs import Report, by_node

HONEST = 6


@pytest.fixture(scope="module", name="whole")
def _whole() -> list[Any]:
    return [json.loads(one) for one in bundles(20260304, HONEST)]


@pytest.fixture(scope="module", name="policy")
def _policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("policy") / "policy.txt"
    path.write_text(policy_text(), "utf-8")
    return path


def checked(texts: list[str], policy: Path) -> list[Report]:
    """Return what Node's program says; the gateway's has to come to the same."""
    raws = [f"{text}\n".encode() for text in texts]
    reports = by_node(raws, policy)
    for raw, report in zip(raws, reports, strict=True):
        found = examine_statement(raw, policy.read_bytes())
        is_refused = any(one.is_against for one in found)
        assert is_refused is not report.is_released, (found, report)
    return reports


def unpacked(text: str) -> Any:
    """Return what a code says, read in another way than the page reads it."""
    number = [base45.ALPHABET.index(one) for one in text.removeprefix(PREFIX)]
    raw = bytearray()
    for at in range(0, len(number), 3):
        some = number[at : at + 3]
        value = sum(one * 45**place for place, one in enumerate(some))
        raw += value.to_bytes(len(some) - 1)
    return json.loads(zlib.decompress(raw))


def packed(said: Any) -> str:
    return f"{PREFIX}{base45.encode(zlib.compress(canonical(said).encode()))}"


@pytest.mark.parametrize(
    ("raw", "text"),
    [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581")],
)
def test_base45_is_that_of_the_rfc(raw: bytes, text: str) -> None:
    assert base45.encode(raw) == text


def test_a_code_is_released_by_the_policy_of_its_log(
    whole: list[Any], policy: Path
) -> None:
    for report in checked([statement_of(one) for one in whole], policy):
        assert report.is_released, report.found


def test_it_says_the_decision_and_names_its_bundle(whole: list[Any]) -> None:
    said = unpacked(statement_of(whole[0]))

    (row,) = said["rows"]
    assert json.loads(row["row"])["row"]["id"] == int(whole[0]["subject"]["id"])
    assert said["digest"] == whole[0]["digest"]


def test_it_needs_a_policy_of_the_reader_s(whole: list[Any], tmp_path: Path) -> None:
    nobody = tmp_path / "nobody.txt"
    nobody.write_text("quorum none\n", "utf-8")

    (report,) = checked([statement_of(whole[0])], nobody)

    assert ("POLICY", "log", "BAD_POLICY") in report.against
    assert not report.is_released


def _amount(said: Any) -> None:
    with_row(said["rows"][0], lambda columns: columns.update(amount_yuan=9))


def _other_decision(said: Any) -> None:
    said["subject"]["id"] = "999"


def _proof(said: Any) -> None:
    said["rows"][0]["proof"][0] = other_bit(said["rows"][0]["proof"][0])


def _root(said: Any) -> None:
    lines = said["log"]["checkpoint"].split("\n")
    lines[2] = other_bit(lines[2])
    said["log"]["checkpoint"] = "\n".join(lines)


def _witnesses(said: Any) -> None:
    lines = said["log"]["checkpoint"].split("\n")
    said["log"]["checkpoint"] = "\n".join([*lines[:5], ""])


def _nothing(said: Any) -> None:
    said["rows"] = []


def _more(said: Any) -> None:
    said["verdict"] = "ELIGIBLE"


CHANGES = {
    "an amount": (_amount, ("INCLUSION", "NOT_COMMITTED")),
    "another decision": (_other_decision, ("BINDING", "NOT_ONE")),
    "a proof": (_proof, ("INCLUSION", "NOT_IN_THE_LOG")),
    "the root": (_root, ("INCLUSION", "BAD_SIGNATURE")),
    "no witness": (_witnesses, ("INCLUSION", "NO_QUORUM")),
    "no row": (_nothing, ("FORM", "NOT_SHOWN")),
    "an unknown member": (_more, ("FORM", "UNKNOWN_MEMBER")),
}


def test_each_way_to_change_a_code_is_named(whole: list[Any], policy: Path) -> None:
    forged = []
    for change, _ in CHANGES.values():
        said = unpacked(statement_of(whole[0]))
        change(said)
        forged.append(packed(said))

    reports = checked(forged, policy)

    for named, report in zip(CHANGES, reports, strict=True):
        found = {(check, code) for check, _, code in report.against}
        assert CHANGES[named][1] in found, named


def _misread(text: str, place: int, other: str) -> str:
    return f"{text[:place]}{other}{text[place + 1 :]}"


def _says(text: str) -> Any:
    try:
        return read_statement(text)
    except ValueError:
        return None


def test_one_character_that_was_misread_states_nothing_else(
    whole: list[Any], policy: Path
) -> None:
    rng = random.Random(6)  # noqa: S311 - an example, no secret
    text = statement_of(whole[0])
    misread = []
    for _ in range(100):
        place = rng.randrange(len(PREFIX), len(text))
        other = rng.choice(base45.ALPHABET.replace(text[place], ""))
        misread.append(_misread(text, place, other))

    for changed, report in zip(misread, checked(misread, policy), strict=True):
        assert report.is_released is (_says(changed) == read_statement(text))


def test_bits_that_stand_for_nothing_change_nothing(
    whole: list[Any], policy: Path
) -> None:
    """What fills a packed stream's last byte is read by nobody (RFC 1951, 3.2.3)."""
    same = []
    for text in map(statement_of, whole):
        *before, last, a, b, c, d = base45.decode(text.removeprefix(PREFIX))
        for other in (last ^ 1 << bit for bit in range(8)):
            raw = bytes([*before, other, a, b, c, d])
            if _says(changed := PREFIX + base45.encode(raw)) == read_statement(text):
                same.append(changed)

    assert same
    for report in checked(same, policy):
        assert report.is_released, report.found


@pytest.mark.parametrize("odd", ["", "A", "%%%", "a", "BB8", "0" * 3000])
def test_what_is_no_code_is_malformed(odd: str, policy: Path) -> None:
    (report,) = checked([f"{PREFIX}{odd}"], policy)

    assert ("FORM", "statement", "MALFORMED") in report.against


def test_a_code_that_swells_is_not_unpacked(policy: Path) -> None:
    bomb = f"{PREFIX}{base45.encode(zlib.compress(bytes(10_000_000)))}"

    (report,) = checked([bomb], policy)

    assert ("FORM", "statement", "MALFORMED") in report.against


def test_the_gateway_names_what_is_against_a_code(
    whole: list[Any], policy: Path
) -> None:
    for named, (change, expected) in CHANGES.items():
        said = unpacked(statement_of(whole[0]))
        change(said)

        found = examine_statement(packed(said).encode(), policy.read_bytes())

        against = {(one.check, one.code) for one in found if one.is_against}
        check, code = expected
        assert (check, "MALFORMED" if check == "FORM" else code) in against, named


def test_the_command_takes_the_text_of_a_code(
    whole: list[Any], policy: Path, tmp_path: Path
) -> None:
    file = tmp_path / "code.txt"
    file.write_text(f"{statement_of(whole[0])}\n", "ascii")

    right = CliRunner().invoke(app, ["verify", str(file), "--policy", str(policy)])
    without = CliRunner().invoke(app, ["verify", str(file)])

    assert (right.exit_code, without.exit_code) == (0, 1)
    assert "VERIFIED" in right.output
    assert "NO_POLICY" in without.output


@pytest.mark.parametrize("text", [":::", "GGX", "A", "a00", "0:"])
def test_what_is_no_base45_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no base45|not found"):
        base45.decode(text)


@given(st.binary(max_size=200))
@settings(max_examples=30)
def test_base45_is_read_as_it_was_written(raw: bytes) -> None:
    assert base45.decode(base45.encode(raw)) == raw


def test_what_was_sent_of_a_certificate_is_proved_by_its_newest_rows(
    whole: list[Any], policy: Path
) -> None:
    with_states = next(one for one in whole if one["states"])
    of_it = {**with_states, "subject": {"kind": "CERTIFICATE", "id": "sealed"}}

    text = statement_of(of_it)
    (report,) = checked([text], policy)

    assert report.is_released, report.found
    (row,) = unpacked(text)["rows"]
    newest = max(
        (one for one in of_it["rows"] if '"state_changes"' in one["row"]),
        key=lambda one: int(one["index"]),
    )
    assert row == newest
    changed = unpacked(text)
    changed["rows"] = [one for one in of_it["rows"] if '"decisions"' in one["row"]]
    (other,) = checked([packed(changed)], policy)
    assert ("BINDING", "statement", "NOT_LOGGED") in other.against


def test_what_is_longer_than_a_code_is_said(whole: list[Any]) -> None:
    rng = random.Random(7)  # noqa: S311 - an example, no secret
    one = json.loads(json.dumps(whole[0]))
    for row in one["rows"]:
        with_row(row, lambda columns: columns.update(claim=rng.randbytes(2000).hex()))

    with pytest.raises(NotForACodeError):
        statement_of(one)


def test_what_has_an_identity_number_in_it_is_for_no_code(whole: list[Any]) -> None:
    one = json.loads(json.dumps(whole[0]))
    for row in one["rows"]:
        with_row(row, lambda columns: columns.update(ruling="310101199001010020已核"))

    with pytest.raises(NotForACodeError):
        statement_of(one)
