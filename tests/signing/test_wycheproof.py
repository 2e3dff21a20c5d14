"""What Project Wycheproof calls valid holds, and what it calls invalid does not.

Its third word, "acceptable", is for signatures over which verifiers may differ; ours
are named here one kind at a time.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key

from signing.algorithms import Algorithm, PublicKey, signature_check
from signing.errors import TrustBundleError
from tests.architecture.documents import names

FOLDER = Path(__file__).parent / "wycheproof"
README = "tests/signing/wycheproof/README.md"
FILES = {
    Algorithm.ED25519: "ed25519_test.json",
    Algorithm.ES256: "ecdsa_secp256r1_sha256_p1363_test.json",
    Algorithm.PS256: "rsa_pss_2048_sha256_mgf1_32_test.json",
}
"""Wycheproof has none of SM2; ours are in ``tests/vectors/sm2.py``."""


@dataclass(frozen=True)
class Vector:
    """One signature by one key, and what the file says of it."""

    number: int
    key_der: bytes
    message: bytes
    signature: bytes
    flags: frozenset[str]
    result: str


def vectors(algorithm: Algorithm) -> Iterator[Vector]:
    content: dict[str, Any] = json.loads((FOLDER / FILES[algorithm]).read_text())
    for group in content["testGroups"]:
        for test in group["tests"]:
            yield Vector(
                number=test["tcId"],
                key_der=bytes.fromhex(group["publicKeyDer"]),
                message=bytes.fromhex(test["msg"]),
                signature=bytes.fromhex(test["sig"]),
                flags=frozenset(test["flags"]),
                result=test["result"],
            )


def holds(algorithm: Algorithm, vector: Vector) -> bool:
    key: PublicKey = load_der_public_key(vector.key_der)  # type: ignore[assignment] # the kind is the file's
    try:
        check = signature_check(algorithm, key)
    except TrustBundleError:
        return False
    return check(vector.signature, vector.message)


@pytest.mark.parametrize("algorithm", FILES)
def test_what_wycheproof_calls_valid_and_nothing_it_calls_invalid_holds(
    algorithm: Algorithm,
) -> None:
    judged = [v for v in vectors(algorithm) if v.result != "acceptable"]

    held = {v.number for v in judged if holds(algorithm, v)}

    assert held == {v.number for v in judged if v.result == "valid"}


def test_the_vectors_are_as_many_as_their_files_say() -> None:
    assert {a: len(list(vectors(a))) for a in FILES} == {
        Algorithm.ED25519: 210,
        Algorithm.ES256: 262,
        Algorithm.PS256: 108,
    }


def test_an_algorithm_without_a_file_is_sm2_alone() -> None:
    assert set(Algorithm) - set(FILES) == {Algorithm.SM2}


def test_a_signature_under_a_key_of_small_order_never_holds() -> None:
    small = [v for v in vectors(Algorithm.ED25519) if "SmallOrderPublicKey" in v.flags]

    assert len(small) == 8
    assert not any(holds(Algorithm.ED25519, v) for v in small)


def test_a_signature_under_a_key_of_mixed_order_holds_by_rfc_8032s_equation() -> None:
    """Such a key is no accident, and signs for nobody but its holder."""
    mixed = [
        v
        for v in vectors(Algorithm.ED25519)
        if "MixedOrderPublicKey" in v.flags and v.result == "acceptable"
    ]

    assert len(mixed) == 21
    assert all(holds(Algorithm.ED25519, v) for v in mixed)


def test_nothing_else_is_called_acceptable() -> None:
    assert {
        flag
        for algorithm in FILES
        for v in vectors(algorithm)
        if v.result == "acceptable"
        for flag in v.flags
    } == {"SmallOrderPublicKey", "MixedOrderPublicKey"}


def test_the_files_are_those_the_page_names() -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    digests = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in FOLDER.glob("*.json")
    }

    assert set(names(README, "File")) == set(digests)
    assert [name for name, digest in digests.items() if digest not in text] == []
