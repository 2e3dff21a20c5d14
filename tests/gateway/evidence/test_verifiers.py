"""Two programs check a bundle, and neither releases one that was changed anywhere."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.evidence.verify_bundle import verify
from tests.gateway.evidence.forged import (
    flipped,
    mutated,
    other_bit,
    other_letter,
    row_of,
    with_row,
)
from tests.gateway.evidence.logs import (
    Log,
    bundle,
    bundles,
    policy_text,
    recorded,
    rewritten,
)
from tests.gateway.evidence.programs import (
    JAVASCRIPT,
    PYTHON,
    by_node,
    by_python,
    run,
)

HONEST = 60
FORGED = 300
FLIPPED = 100
NOT_HERE = {("COSIGNATURE", "UNSUPPORTED")}
"""What the program in Node cannot check: it has no ML-DSA."""


@pytest.fixture(scope="module", name="policy")
def _policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("policy") / "policy.txt"
    path.write_text(policy_text(), "utf-8")
    return path


@pytest.fixture(scope="module", name="honest")
def _honest() -> list[bytes]:
    return bundles(20260301, HONEST)


def test_both_release_what_is_in_order_and_say_the_same_of_it(
    honest: list[bytes], policy: Path
) -> None:
    others = by_node(honest, policy)

    for one, other in zip(honest, others, strict=True):
        report = by_python(one, policy_text())
        assert report.is_released, report.found
        assert other.is_released, other.found
        shown = [f for f in other.found if (f.check, f.code) not in NOT_HERE]
        assert [*report.found] == shown


@pytest.mark.long
def test_neither_releases_a_bundle_that_somebody_changed(
    honest: list[bytes], policy: Path
) -> None:
    rng = random.Random(1)  # noqa: S311 - an example, no secret
    forged = [mutated(rng.choice(honest), rng) for _ in range(FORGED)]

    others = by_node([one for one, _ in forged], policy)

    for (one, path), other in zip(forged, others, strict=True):
        report = by_python(one, policy_text())
        assert report.against, path
        assert other.against, path
        assert not report.is_released
        assert not other.is_released


@pytest.mark.parametrize("byte", ["\r", "\u2028", "\u0085", "\x0c"])
def test_no_byte_but_a_line_feed_ends_a_bundle_of_a_batch(
    honest: list[bytes], policy: Path, byte: str
) -> None:
    spoilt = [one[:-20] + byte.encode() + one[-20:] for one in honest[:2]]

    others = by_node(spoilt, policy)

    for one, other in zip(spoilt, others, strict=True):
        assert not by_python(one, policy.read_text("utf-8")).is_released
        assert not other.is_released


def test_a_bit_that_turned_over_anywhere_is_named_by_both(
    honest: list[bytes], policy: Path
) -> None:
    rng = random.Random(2)  # noqa: S311 - an example, no secret
    # A line feed in the middle ends a line of the batch, and not of a file.
    spoilt = [flipped(rng.choice(honest), rng) for _ in range(FLIPPED)]
    spoilt = [one for one in spoilt if one.count(b"\n") == 1]

    others = by_node(spoilt, policy)

    for one, other in zip(spoilt, others, strict=True):
        assert ("FORM", "bundle") in {f[:2] for f in by_python(one, None).against}
        assert ("FORM", "bundle") in {f[:2] for f in other.against}


def _of_row(source: str, format_: str | None = None, **said: object) -> Any:
    def change(whole: Any) -> None:
        row = row_of(whole, source, format_)
        with_row(row, lambda columns: columns.update(said))

    return change


def _outcome(whole: Any) -> None:
    finding = whole["verdict"]["findings"][0]
    finding["outcome"] = "UNMET" if finding["outcome"] == "MET" else "MET"


def _trace(whole: Any) -> None:
    whole["trace"]["claim"]["isCivilServant"] = True
    whole["trace"]["claim"]["hukou"] = "NOWHERE"


def _envelope(whole: Any) -> None:
    record = whole["records"][0]
    record["envelope"] = other_letter(record["envelope"])


def _proof(whole: Any) -> None:
    whole["rows"][-1]["proof"][0] = other_bit(whole["rows"][-1]["proof"][0])


def _salt(whole: Any) -> None:
    whole["rows"][0]["salt"] = other_bit(whole["rows"][0]["salt"])


def _hidden(whole: Any) -> None:
    whole["records"] = []


def _root(whole: Any) -> None:
    lines = whole["log"]["checkpoint"].split("\n")
    lines[2] = other_bit(lines[2])
    whole["log"]["checkpoint"] = "\n".join(lines)


def _witnesses(whole: Any) -> None:
    lines = whole["log"]["checkpoint"].split("\n")
    whole["log"]["checkpoint"] = "\n".join([*lines[:5], ""])


def _erased(whole: Any) -> None:
    whole["records"][0]["envelope"] = None


def _kid(whole: Any) -> None:
    whole["records"][0]["kid"] = "key-9"


def _no_trace(whole: Any) -> None:
    row = row_of(whole, "logged_facts", "certificate-gateway-trace@v1")
    whole["rows"].remove(row)
    whole["trace"] = None


def _another_subject(whole: Any) -> None:
    whole["subject"]["id"] = "999"


def _size(whole: Any) -> None:
    whole["log"]["checkpoint"] = whole["log"]["checkpoint"].replace("\n", "\n0", 1)


KEY = "certificate-gateway-key@v1"
CHANGES = {
    "an amount": (_of_row("decisions", amount_yuan=9), ("INCLUSION", "NOT_COMMITTED")),
    "a key": (_of_row("logged_facts", KEY, kind="x"), ("INCLUSION", "NOT_COMMITTED")),
    "a finding": (_outcome, ("BINDING", "FINDINGS_DIFFER")),
    "the trace": (_trace, ("BINDING", "TRACE_DIFFERS")),
    "the signed bytes": (_envelope, ("BINDING", "DIGEST_DIFFERS")),
    "the signature": (_envelope, ("INTEGRITY", "BAD_SIGNATURE")),
    "a proof": (_proof, ("INCLUSION", "NOT_IN_THE_LOG")),
    "a salt": (_salt, ("INCLUSION", "NOT_COMMITTED")),
    "bytes left out": (_hidden, ("BINDING", "RECORDS_DIFFER")),
    "bytes said to be erased": (_erased, ("BINDING", "NOT_SHOWN")),
    "another key": (_kid, ("KEY", "KEY_NOT_KEPT")),
    "no trace": (_no_trace, ("BINDING", "NO_TRACE")),
    "another decision": (_another_subject, ("BINDING", "NOT_ONE")),
    "the root": (_root, ("INCLUSION", "BAD_SIGNATURE")),
    "the size": (_size, ("INCLUSION", "BAD_CHECKPOINT")),
    "no witness": (_witnesses, ("INCLUSION", "NO_QUORUM")),
}


def compact(honest: list[bytes]) -> bytes:
    """Return a bundle of a record that was signed by itself, in EdDSA."""
    return next(
        one
        for one in honest
        if json.loads(one)["records"][0]["envelope"].startswith("Y29tcGFjd")
        and json.loads(one)["keys"][0]["algorithm"] == "EdDSA"
    )


@pytest.mark.parametrize("named", CHANGES)
def test_each_way_to_change_a_bundle_is_named_by_both(
    honest: list[bytes], policy: Path, named: str
) -> None:
    change: Callable[[Any], None] = CHANGES[named][0]
    expected = CHANGES[named][1]
    whole = json.loads(compact(honest))
    change(whole)
    forged = rewritten(whole)

    (other,) = by_node([forged], policy)

    report = by_python(forged, policy_text())
    assert expected in {(check, code) for check, _, code in report.against}
    assert expected in {(check, code) for check, _, code in other.against}


def test_a_log_that_only_itself_vouches_for_is_not_believed(policy: Path) -> None:
    log = Log(random.Random(5))  # noqa: S311 - an example, no secret
    made = recorded(log, 1)
    log.close()
    alone = bundle(log, log.shown(is_witnessed=False), made)

    (other,) = by_node([alone], policy)

    for report in (by_python(alone, policy_text()), other):
        assert ("INCLUSION", "checkpoint", "NO_QUORUM") in report.against


def test_whose_word_the_log_is_believed_on_is_said(honest: list[bytes]) -> None:
    found = by_python(honest[0], None).found

    assert ("POLICY", "log", "UNKNOWN", "OF_THE_BUNDLE") in found


@pytest.mark.parametrize("program", [PYTHON, JAVASCRIPT], ids=["python", "node"])
def test_each_is_run_alone(
    program: Path, honest: list[bytes], policy: Path, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(honest[0])
    bad.write_bytes(honest[0].replace(b'"MET"', b'"UNMET"', 1))

    released = run(program, good, "--policy", policy)
    refused = run(program, bad, "--policy", policy)

    assert (released.returncode, released.stderr) == (0, "")
    assert released.stdout.endswith("VERIFIED\n")
    assert (refused.returncode, refused.stderr) == (1, "")
    assert refused.stdout.endswith("REFUSED\n")


@pytest.mark.parametrize(
    "odd", [b"", b"{}\n", b"[]\n", b"null\n", b"\xff\n", b"[" * 9999]
)
def test_what_is_no_bundle_is_refused(odd: bytes, policy: Path) -> None:
    (other,) = by_node([odd], policy) if odd else [None]

    report = by_python(odd, policy_text())
    assert ("FORM", "bundle", "MALFORMED") in report.against
    assert other is None or ("FORM", "bundle", "MALFORMED") in other.against


def test_what_was_sent_after_a_decision_is_told_of(honest: list[bytes]) -> None:
    said = {
        (one.check, one.outcome, one.code)
        for bundle in honest
        for one in verify(bundle, policy_text())
    }

    assert ("STATUS", "VALID", "REVOKED_SINCE") in said
