"""A decision is proved by its bundle alone, whatever has become of agency and key."""

import base64
import json
import re
from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bureau.evidence.statement import statement_of
from gateway.cli import app
from gateway.evidence.bundle import policy_shown
from gateway.settings.settings import load_settings
from signing.transparency.cose_receipts import require_cose_receipt
from signing.transparency.entries import entry
from signing.transparency.merkle import leaf_hash
from signing.transparency.policies import read_policy
from signing.transparency.proofs import read_proof, require_proof
from tests.federation.offices import Offices, stated
from tests.federation.paying import ABOUT, live_certificate
from tests.federation.queries import EMERGENCY
from tests.gateway.evidence.programs import by_node, by_python
from tests.gateway.status.sending import today
from tests.running import eventually

CONFIG = """
manifests = "manifests"
trust_bundle = "trust.toml"
certificate_id_key_file = "id.key"
pseudonym_key_file = "pseudonym.key"
evidence_key_file = "evidence.key"
tokens = []
transparency.origin = "demo.example/transparency"
transparency.key_file = "transparency.key"
"""
PENDING = "try again in a second"
REFUSED: dict[str, Any] = {"outcome": "REFUSED", "amountYuan": None}
_NUMBERS = count(1)


def database_url(offices: Offices) -> str:
    config = (offices.gateways[0].folder / "gateway.toml").read_text("utf-8")
    (line,) = (one for one in config.splitlines() if one.startswith("database_url"))
    return line.partition('"')[2].strip('"')


@pytest.fixture(name="bureau")
def _bureau(offices: Offices, tmp_path: Path) -> Path:
    """The database and the key of what is sealed, and nothing of any agency."""
    config = tmp_path / "gateway.toml"
    config.write_text(CONFIG + f'database_url = "{database_url(offices)}"\n', "utf-8")
    for name in ("evidence.key", "transparency.key"):
        key = (offices.gateways[0].folder / name).read_text("utf-8")
        (tmp_path / name).write_text(key, "utf-8")
    policy = policy_shown(load_settings(config, {}), None)
    (tmp_path / "policy.txt").write_text(policy, "utf-8")
    return config


def bundle_of(
    bureau: Path, subject: str, *more: str, command: str = "bundle"
) -> tuple[bytes, str]:
    """Return the bundle, once all of it is signed, and what was said."""
    asked = ["evidence", command, subject, "--config", str(bureau), *more]
    said: list[tuple[bytes, str]] = []

    def is_signed() -> bool:
        done = CliRunner().invoke(app, asked)
        said.append((done.stdout_bytes, f"{done.stderr}{done.exception or ''}"))
        return PENDING not in said[-1][1]

    eventually(is_signed)
    return said[-1]


def released(bundle: bytes, policy: Path) -> list[Any]:
    """Return what both programs say, once both have released a bundle."""
    report = by_python(bundle, policy.read_text("utf-8"))
    (other,) = by_node([bundle], policy)
    assert report.is_released, report.found
    assert other.is_released, other.found
    return [*report.found]


def decided(offices: Offices) -> Sequence[str]:
    """Record decisions: one that pays for what was sent, one that refuses an answer."""
    number = next(_NUMBERS)
    _, said, certificate = offices.certified()
    live = live_certificate(offices, "look-alike")
    found = [
        offices.decide(0, certificate, f"evidence-1-{number}"),
        offices.decide(1, live, f"evidence-2-{number}", **REFUSED),
    ]
    offices.change(said, "撤销")
    assert {one["__typename"] for one in found} == {"DecisionRecorded"}
    return [str(one["id"]) for one in found]


def test_decisions_are_proved_without_agency_connector_or_key(
    offices: Offices, bureau: Path
) -> None:
    ids = decided(offices)
    for id_ in ids:
        made, said = bundle_of(bureau, id_)

        assert made, said
        released(made, bureau.parent / "policy.txt")
        shown = json.loads(made)
        assert len(shown["records"]) == 1
        assert shown["trace"]["record"]["digest"] == shown["records"][0]["digest"]


def test_what_a_correction_puts_beside_is_proved_too(
    offices: Offices, bureau: Path
) -> None:
    _, _, certificate = offices.certified()
    claim = f"evidence-corrected-{next(_NUMBERS)}"
    wrong = str(offices.decide(0, certificate, claim)["id"])
    ruled = [{"clauses": ["17-amount"], "reason": "核减", "officer": "浦0017"}]
    right = stated(certificate=certificate, claim=claim, amountYuan=1500, rulings=ruled)
    proposed = offices.propose(wrong, replacement=right)
    answered = offices.answer(proposed["id"])["answered"]
    for id_, yuan in ((wrong, 1600), (str(answered["replacedBy"]), 1500)):
        made, said = bundle_of(bureau, id_)
        assert made, said
        released(made, bureau.parent / "policy.txt")
        (row,) = rows_of(made, "decisions")
        assert row["amount_yuan"] == yuan


def test_what_was_decided_while_the_registry_was_silent_is_proved(
    offices: Offices, bureau: Path
) -> None:
    # Of whom no other test asks what was paid.
    live = live_certificate(offices, "state-unknown")
    claim = f"evidence-silent-{next(_NUMBERS)}"
    rulings = [{"clauses": ABOUT, "reason": "见证书原件", "officer": "浦0017"}]
    # Of the other gateway, which has no answer about that person.
    with offices.agencies.fault(EMERGENCY, "error-500"):
        found = offices.decide(
            *(1, live, claim),
            amountYuan=800,
            rulings=rulings,
            seen={"itemCode": "1.2", "level": "UNGRADED"},
        )
    made, said = bundle_of(bureau, str(found["id"]))

    assert made, said
    left = released(made, bureau.parent / "policy.txt")
    assert json.loads(made)["records"] == []
    assert ("STATUS", "record", "SKIPPED", "NOT_KNOWN_THEN") in left


def test_what_was_erased_is_proved_to_have_been(offices: Offices, bureau: Path) -> None:
    holder, _, certificate = offices.certified()
    found = offices.decide(0, certificate, f"evidence-erased-{next(_NUMBERS)}")
    (bureau.parent / "pseudonym.key").write_text(
        (offices.gateways[0].folder / "pseudonym.key").read_text("utf-8"), "utf-8"
    )
    erased = CliRunner().invoke(
        app,
        [
            *("evidence", "erase", "--config", str(bureau)),
            *("--reason", "依本人申请", "--person"),
        ],
        input=f"{holder.number}\n",
    )
    assert "1 erased" in erased.stderr
    made, said = bundle_of(bureau, str(found["id"]))

    assert made, said
    left = released(made, bureau.parent / "policy.txt")
    assert json.loads(made)["records"][0]["envelope"] is None
    assert ("INTEGRITY", "records[0]", "SKIPPED", "ERASED") in left


def test_all_versions_and_states_of_a_certificate_are_proved(
    offices: Offices, bureau: Path
) -> None:
    _, said, certificate = offices.certified()
    offices.change(said, "暂扣")
    offices.change(said, "撤销")
    made, words = bundle_of(bureau, certificate)

    assert made, words
    released(made, bureau.parent / "policy.txt")
    assert "what the certificate is worth is not said" in words
    shown = json.loads(made)
    assert shown["trace"] is None
    assert (len(shown["records"]), len(shown["states"])) == (1, 2)
    assert [one["state"] for one in rows_of(made, "state_changes")] == [
        *("SUSPENDED", "REVOKED"),
    ]


def test_what_a_certificate_is_worth_is_traced_and_computed_again(
    offices: Offices, bureau: Path
) -> None:
    _, said, certificate = offices.certified()
    offices.change(said, "暂扣")
    config = offices.gateways[0].folder / "gateway.toml"
    made, words = bundle_of(config, certificate)

    assert made, words
    left = released(made, bureau.parent / "policy.txt")
    assert not [one for one in left if one[3] == "NO_TRACE"]
    shown = json.loads(made)
    trace = shown["trace"]
    assert trace["asOf"] == shown["asOf"]
    assert trace["record"]["digest"] == shown["records"][0]["digest"]
    (change,) = trace["record"]["changes"]
    assert change["state"] == "SUSPENDED"
    assert trace["verdict"]["outcome"] == "INELIGIBLE"
    again, _ = bundle_of(config, certificate)
    assert json.loads(again)["trace"] == trace


def test_of_a_day_to_come_no_more_is_said_than_of_today(
    offices: Offices, bureau: Path
) -> None:
    _, _, certificate = offices.certified()
    config = offices.gateways[0].folder / "gateway.toml"
    tomorrow = today() + timedelta(days=1)
    made, words = bundle_of(config, certificate, "--as-of", tomorrow.isoformat())

    assert made, words
    released(made, bureau.parent / "policy.txt")
    bundle = json.loads(made)
    trace = bundle["trace"]
    assert {bundle["asOf"], trace["asOf"], trace["today"]} == {today().isoformat()}


def test_of_an_agency_that_is_gone_what_was_sent_is_proved_alone(
    offices: Offices, bureau: Path
) -> None:
    _, _, certificate = offices.certified()
    folder = offices.gateways[0].folder
    (folder / "no-agencies").mkdir(exist_ok=True)
    text = (folder / "gateway.toml").read_text("utf-8")
    config = folder / "without-agencies.toml"
    config.write_text(re.sub("manifests = .*", 'manifests = "no-agencies"', text))
    made, words = bundle_of(config, certificate)

    assert made, words
    left = released(made, bureau.parent / "policy.txt")
    assert ("BINDING", "trace", "SKIPPED", "NO_TRACE") in left


def test_a_holder_s_extract_goes_with_its_bundle_and_its_code_is_proved(
    offices: Offices, bureau: Path
) -> None:
    holder, said, certificate = offices.certified()
    decision = offices.decide(0, certificate, f"evidence-printed-{next(_NUMBERS)}")
    offices.change(said, "暂扣")
    file, policy = bureau.parent / "17.json", bureau.parent / "policy.txt"
    more = ("--bundle", str(file))
    for subject in (str(decision["id"]), certificate):
        printed, words = bundle_of(bureau, subject, *more, command="extract")

        assert printed, words
        made, page = file.read_bytes(), printed.decode()
        released(made, policy)
        whole = json.loads(made)
        assert whole["digest"] in page
        assert holder.number not in page
        assert str(said["holderName"]) not in page
        assert "<svg" in page
        (code,) = by_node([f"{statement_of(whole)}\n".encode()], policy)
        assert code.is_released, code.found


def test_a_decision_is_proved_to_those_who_read_no_bundles(
    offices: Offices, bureau: Path
) -> None:
    folder = bureau.parent
    proof_file, cose_file = folder / "17.tlog-proof", folder / "17.cose"
    options = ("--proof", str(proof_file), "--cose", str(cose_file))
    id_, *_ = decided(offices)
    made, said = bundle_of(bureau, id_, *options)

    assert made, said
    policy = read_policy((folder / "policy.txt").read_bytes())
    proof = read_proof(proof_file.read_bytes())
    leaf = leaf_hash(proof.extra)
    require_proof(proof, leaf, policy)
    told = require_cose_receipt(cose_file.read_bytes(), leaf, policy.logs[0].key)
    assert (told.subject, told.place) == (f"decision {id_}", proof.place)
    rows = json.loads(made)["rows"]
    (row,) = (one for one in rows if one["kind"] == "decision")
    commitments = [base64.b64decode(one) for one in row["commitments"]]
    assert proof.extra == entry("decision", commitments)


@pytest.mark.parametrize(
    ("instead", "why"),
    [
        (None, "the log's key is not there, and what is asked for is signed by it"),
        ("00" * 32, "is not signed by the log's key"),
    ],
    ids=["no key", "another key"],
)
def test_without_the_log_s_key_no_receipt_is_made(
    offices: Offices, bureau: Path, instead: str | None, why: str
) -> None:
    id_, *_ = decided(offices)
    bundle_of(bureau, id_)
    cose_file = bureau.parent / "17.cose"
    if instead is None:
        config = bureau.read_text("utf-8")
        bureau.write_text(config.replace("transparency.", "# transparency."), "utf-8")
    else:
        (bureau.parent / "transparency.key").write_text(instead, "utf-8")
    policy = ("--policy", str(bureau.parent / "policy.txt"))
    made, said = bundle_of(bureau, id_, *policy, "--cose", str(cose_file))

    assert made == b""
    assert why in said
    assert not cose_file.exists()


def test_a_certificate_has_no_proof_and_no_receipt(
    offices: Offices, bureau: Path
) -> None:
    _, _, certificate = offices.certified()
    out = bureau.parent / "17.tlog-proof"
    made, said = bundle_of(bureau, certificate, "--proof", str(out))

    assert made == b""
    assert "a proof and a receipt are of a decision" in said
    assert not out.exists()


def rows_of(bundle: bytes, source: str) -> list[Any]:
    rows = [json.loads(one["row"]) for one in json.loads(bundle)["rows"]]
    return [one["row"] for one in rows if one["source"] == source]


def test_what_is_not_there_is_said(offices: Offices, bureau: Path) -> None:
    nothing = bundle_of(bureau, "999999")
    before = bundle_of(bureau, decided(offices)[0], "--as-of", "2020-01-01")

    assert nothing[0] == before[0] == b""
    assert "nothing was kept" in nothing[1]
    assert "nothing was kept" in before[1]
