"""The single file is read by whom it is for, and reports whatever it is given."""

import ast
import base64
import hashlib
import json
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import mldsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signing import base64url
from signing.algorithms import Algorithm
from signing.envelope import Envelope
from signing.sign import SigningKey
from signing.sm2.sign import Sm2PrivateKey
from signing.transparency.notes import SM2_NAME
from tests.gateway.evidence.forged import row_of, with_row
from tests.gateway.evidence.logs import (
    ORIGIN,
    Log,
    Sign,
    bundle,
    bundles,
    keys_of,
    policy_text,
    recorded,
    rewritten,
    signed,
)
from tests.gateway.evidence.programs import PYTHON, ROOT, Report, by_node, by_python
from tests.gateway.evidence.test_signed_otherwise import (
    by_gateway,
    by_sm2,
    signed_beside,
)

MOST_LINES = 506
DECISION = ROOT / "docs/decisions/evidence-bundle.md"
SAID = re.compile(r"single file of Python has (\d+) lines, (\d+) without the empty")
KEY = "certificate-gateway-key@v1"
SPKI_OF_SM2 = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")


@pytest.fixture(name="policy")
def _policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.txt"
    path.write_text(policy_text(), "utf-8")
    return path


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{'.' * node.level}{node.module or ''}"


def test_it_grows_no_longer_and_has_the_lines_that_are_said_to_be_its() -> None:
    lines = PYTHON.read_text("utf-8").splitlines()

    said = SAID.search(DECISION.read_text("utf-8"))

    assert said is not None
    assert [*map(int, said.groups())] == [len(lines), len([*filter(None, lines)])]
    assert len(lines) <= MOST_LINES


def test_it_needs_cryptography_and_nothing_else_that_is_not_python() -> None:
    names = {one.split(".")[0] for one in imported(ast.parse(PYTHON.read_bytes()))}

    assert names - sys.stdlib_module_names == {"cryptography"}


def made(how: Sign = signed) -> Any:
    """Return a bundle of a decision on a record that is signed so, to be changed."""
    keys = keys_of(*[(Algorithm.ED25519, Ed25519PrivateKey.generate())] * 3)
    log = Log(random.Random(9))  # noqa: S311 - an example, no secret
    one = recorded(log, 1, keys, how)
    log.close()
    return json.loads(bundle(log, log.shown(), one))


def of(check: str, report: Report) -> set[tuple[str, str]]:
    return {(one.outcome, one.code) for one in report.found if one.check == check}


def signed_at(seconds: float) -> Sign:
    """Return how to sign, under a header that says when."""

    def how(_: random.Random, key: SigningKey, payload: bytes) -> Envelope:
        header = {"alg": "EdDSA", "kid": key.kid, "iat": seconds}
        text = base64url.encode(json.dumps(header).encode())
        text += b"." + base64url.encode(payload)
        private: Any = key.private_key
        return Envelope(text + b"." + base64url.encode(private.sign(text)))

    return how


MOMENTS = {
    10**12: "OUTSIDE_WINDOW",
    10**30: "OUTSIDE_WINDOW",
    -(10**18): "OUTSIDE_WINDOW",
    1.5: "MALFORMED",
    True: "MALFORMED",
}


def test_a_moment_that_no_calendar_has_is_reported_by_both(policy: Path) -> None:
    forged = [rewritten(made(signed_at(seconds))) for seconds in MOMENTS]

    others = by_node(forged, policy)

    for one, other, code in zip(forged, others, MOMENTS.values(), strict=True):
        for report in (by_python(one, policy_text()), other):
            assert ("INVALID", code) in of("KEY", report)


def test_a_key_on_a_curve_that_is_not_known_is_reported_by_both(policy: Path) -> None:
    whole = made()
    spki = SPKI_OF_SM2 + Sm2PrivateKey.derive(7).public.coordinates
    said = {"publicKey": base64.b64encode(spki).decode()}
    row = row_of(whole, "logged_facts", KEY)
    with_row(row, lambda fact: fact["body"].update(said))
    forged = rewritten(whole)

    (other,) = by_node([forged], policy)

    for report in (by_python(forged, policy_text()), other):
        assert of("INTEGRITY", report) == {("INVALID", "WRONG_ALGORITHM")}


def sized(whole: Any, size: int) -> bytes:
    """Return a bundle of a log of another size, whose first line is of a witness."""
    origin, _, root, empty, log, w1, w2, w3, end = whole["log"]["checkpoint"].split(
        "\n"
    )
    text = "\n".join([origin, str(size), root, empty, w3, log, w1, w2, end])
    return rewritten({**whole, "log": {**whole["log"], "checkpoint": text}})


def test_a_size_that_no_log_has_is_reported_by_both(policy: Path) -> None:
    whole = json.loads(bundles(20260309, 1)[0])
    forged = [sized(whole, size) for size in (-1, 10**15, 2**64)]

    others = by_node(forged, policy)

    for one, other in zip(forged, others, strict=True):
        for report in (by_python(one, policy_text()), other):
            assert ("INCLUSION", "checkpoint", "BAD_CHECKPOINT") in report.against


class Unsupported:
    """A kind of key that a build of ``cryptography`` does not have."""

    @staticmethod
    def from_public_bytes(_: bytes) -> None:
        raise UnsupportedAlgorithm("this build has none")


def test_a_build_without_ml_dsa_counts_no_such_cosignature(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Enough of the others have to be there, and what they sign has to fit."""
    (honest,) = bundles(20260309, 1)
    needs_it = policy_text().replace("group all 2 ", "group all 3 ")
    resized = sized(json.loads(honest), 10**6)
    assert by_python(honest, needs_it).is_released
    monkeypatch.setattr(mldsa, "MLDSA44PublicKey", Unsupported)

    assert by_python(honest, policy_text()).is_released
    short, forged = by_python(honest, needs_it), by_python(resized, policy_text())
    assert ("INCLUSION", "checkpoint", "NO_QUORUM") in short.against
    assert ("INCLUSION", "checkpoint", "BAD_SIGNATURE") in forged.against


@pytest.mark.parametrize(
    "said",
    [
        {"publicKey": base64.b64encode(SPKI_OF_SM2 + bytes(64)).decode()},
        {"sm2SignerId": "1" * 8192},
    ],
    ids=["off the curve", "an id that is too long"],
)
def test_an_agencys_key_that_sm2_cannot_have_is_reported_by_the_gateway(
    said: dict[str, str], policy: Path
) -> None:
    log = Log(random.Random(9))  # noqa: S311 - an example, no secret
    one = recorded(log, 1, by_sm2())
    log.close()
    whole = json.loads(bundle(log, log.shown(), one))
    row = row_of(whole, "logged_facts", KEY)
    with_row(row, lambda fact: fact["body"].update(said))
    forged = rewritten(whole)

    (other,) = by_node([forged], policy)

    for report in (by_gateway(forged, policy), other):
        assert of("INTEGRITY", report) == {("INVALID", "WRONG_ALGORITHM")}


def test_a_logs_key_off_sm2s_curve_is_reported_by_the_gateway(policy: Path) -> None:
    raw = b"\xff" + SM2_NAME + bytes(64)
    id_ = hashlib.sha256(ORIGIN.encode() + b"\n" + raw).digest()[:4]
    key = f"{ORIGIN}+{id_.hex()}+{base64.b64encode(raw).decode()}"
    policy.write_text(f"log {key}\n{policy_text()}", "utf-8")
    (honest,) = bundles(20260309, 1)
    whole = json.loads(honest)
    value = base64.b64encode(id_ + bytes(72)).decode()
    whole["log"]["checkpoint"] += f"\u2014 {ORIGIN} {value}\n"
    forged = rewritten(whole)

    (other,) = by_node([forged], policy)

    for report in (by_gateway(forged, policy), other):
        assert ("INCLUSION", "checkpoint", "BAD_SIGNATURE") in report.against


def test_a_logs_key_of_sm2_in_another_spelling_is_believed_by_nobody(
    policy: Path,
) -> None:
    """A note's key has both coordinates in 32 bytes each, and no more and no fewer."""
    [honest, _], text = signed_beside("sm2")
    own, *rest = text.splitlines(keepends=True)
    raw = base64.b64decode(own.split("+", 2)[2])
    longer = raw[:-32] + b"\0" + raw[-32:]
    id_ = hashlib.sha256(ORIGIN.encode() + b"\n" + longer).digest()[:4]
    key = f"{ORIGIN}+{id_.hex()}+{base64.b64encode(longer).decode()}"
    policy.write_text("".join([f"log {key}\n", *rest]), "utf-8")
    whole = json.loads(honest)
    *lines, last, _ = whole["log"]["checkpoint"].split("\n")
    value = id_ + base64.b64decode(last.split(" ")[2])[4:]
    said = f"\u2014 {ORIGIN} {base64.b64encode(value).decode()}"
    whole["log"]["checkpoint"] = "\n".join([*lines, said, ""])
    forged = rewritten(whole)

    (other,) = by_node([forged], policy)

    for report in (by_gateway(forged, policy), other):
        assert ("INCLUSION", "checkpoint", "BAD_SIGNATURE") in report.against
