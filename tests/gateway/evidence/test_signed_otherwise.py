"""What is signed once a batch, or by SM2, is checked, or said to be unchecked."""

import base64
import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.verify.bundle import examine_bundle
from signing import base64url
from signing.algorithms import Algorithm
from signing.envelope import Envelope, PayloadType
from signing.errors import SigningError
from signing.sign import SigningKey, sign
from signing.sign_batch import sign_batch
from signing.sm2.keys import SignatureForm
from signing.sm2.sign import Sm2PrivateKey
from signing.transparency.checkpoints import NoteSigner, read_checkpoint
from signing.transparency.merkle import leaf_hash
from signing.transparency.notes import Kind, Note
from tests.gateway.evidence.logs import (
    AT,
    ORIGIN,
    Keys,
    Log,
    Sign,
    bundle,
    keys_of,
    policy_text,
    recorded,
    rewritten,
    signed,
)
from tests.gateway.evidence.programs import Report, by_node, by_python

SIZES = (1, 2, 5, 8)
RAW, DER, SIGNED_DATA = SignatureForm


def in_a_batch(rng: random.Random, key: SigningKey, payload: bytes) -> Envelope:
    """Return ``payload`` signed with others, at a place of its own."""
    size = rng.choice(SIZES)
    place = rng.randrange(size)
    payloads = [rng.randbytes(9) for _ in range(size)]
    payloads[place] = payload
    made = sign_batch(
        payloads, key, type=PayloadType.RECORD, signed_at=AT - timedelta(hours=1)
    )
    return made[place]


def by_sm2(form: SignatureForm = RAW, signer_id: str = "1234567812345678") -> Keys:
    private = Sm2PrivateKey.derive(20260301)
    key = private.used_as(private.public.used_as(signer_id, form))
    return keys_of(*[(Algorithm.SM2, key)] * 3)


def by_ed25519() -> Keys:
    return keys_of(*[(Algorithm.ED25519, Ed25519PrivateKey.generate())] * 3)


def by_es256() -> Keys:
    return keys_of(*[(Algorithm.ES256, generate_private_key(SECP256R1()))] * 3)


def made(keys: Keys, how: Sign, seed: int = 9, count: int = 4) -> list[bytes]:
    """Return bundles of decisions on records that are signed so."""
    log = Log(random.Random(seed))  # noqa: S311 - an example, no secret
    decisions = [recorded(log, id_, keys, how) for id_ in range(1, count + 1)]
    log.close()
    shown = log.shown()
    return [bundle(log, shown, one) for one in decisions]


@pytest.fixture(name="policy")
def _policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.txt"
    path.write_text(policy_text(), "utf-8")
    return path


def by_gateway(one: bytes, policy: Path) -> Report:
    """Return what ``gateway verify`` finds."""
    file = policy.with_name("bundle.json")
    file.write_bytes(one)
    found = examine_bundle(file, policy)
    assert found is not None
    return Report(
        is_released=not any(each.is_against for each in found),
        found=tuple(each for each in found if each.outcome != "VALID"),
    )


def signed_beside(*names: str) -> tuple[list[bytes], str]:
    """Return bundles of a log that signs by SM2, too; and the policy of those keys."""
    log = Log(random.Random(11))  # noqa: S311 - an example, no secret
    decisions = [recorded(log, id_) for id_ in range(1, 3)]
    log.close()
    beside = NoteSigner(ORIGIN, Kind.COSIGNATURE_SM2, Sm2PrivateKey.derive(20261201))
    shown = log.shown()
    checkpoint, note = read_checkpoint(shown.checkpoint.encode())
    lines = [*note.signatures, beside.sign(checkpoint, AT)]
    shown = replace(shown, checkpoint=str(Note(note.text, lines)))
    own, *rest = policy_text().splitlines(keepends=True)
    keys = {"own": own, "sm2": f"log {beside.key}\n"}
    policy = "".join([*(keys[name] for name in names), *rest])
    return [bundle(log, shown, one) for one in decisions], policy


@pytest.mark.parametrize("names", [("own",), ("own", "sm2"), ("sm2",)])
def test_a_log_that_signs_by_sm2_beside_is_believed_by_all_who_can_check_that(
    names: tuple[str, ...], policy: Path
) -> None:
    honest, text = signed_beside(*names)
    policy.write_text(text, "utf-8")

    for one, other in zip(honest, by_node(honest, policy), strict=True):
        assert by_gateway(one, policy).is_released
        assert other.is_released, other.found
        alone = by_python(one, text)
        if names == ("sm2",):
            assert ("INCLUSION", "checkpoint", "UNSUPPORTED") in alone.against
        else:
            assert alone.is_released


def test_a_cosignature_by_sm2_that_does_not_fit_refuses_the_checkpoint(
    policy: Path,
) -> None:
    [honest, _], text = signed_beside("own", "sm2")
    policy.write_text(text, "utf-8")
    whole = json.loads(honest)
    *lines, last, _ = whole["log"]["checkpoint"].split("\n")
    dash, name, encoded = last.split(" ")
    raw = bytearray(base64.b64decode(encoded))
    raw[-1] ^= 1
    forged = f"{dash} {name} {base64.b64encode(raw).decode()}"
    whole["log"]["checkpoint"] = "\n".join([*lines, forged, ""])
    bad = rewritten(whole)

    [by_javascript] = by_node([bad], policy)
    for report in (by_gateway(bad, policy), by_javascript):
        assert ("INCLUSION", "checkpoint", "BAD_SIGNATURE") in report.against


def integrity(report: Report) -> set[tuple[str, str]]:
    found = [one for one in report.found if one.check == "INTEGRITY"]
    return {(one.outcome, one.code) for one in found}


@pytest.mark.parametrize("keys", [by_ed25519, by_es256])
def test_records_of_a_batch_are_released_by_all(
    keys: Callable[[], Keys], policy: Path
) -> None:
    honest = made(keys(), in_a_batch)

    others = by_node(honest, policy)

    for one, other in zip(honest, others, strict=True):
        for report in (by_python(one, policy_text()), by_gateway(one, policy), other):
            assert report.is_released, report.found
            assert integrity(report) == set()


@pytest.mark.parametrize(
    ("form", "signer_id"),
    [(RAW, "1234567812345678"), (DER, "消防"), (RAW, "")],
    ids=["raw", "der, another id", "an empty id"],
)
@pytest.mark.parametrize("how", [signed, in_a_batch], ids=["alone", "in a batch"])
def test_what_sm2_signed_is_released_where_it_can_be_checked(
    form: SignatureForm, signer_id: str, how: Sign, policy: Path
) -> None:
    honest = made(by_sm2(form, signer_id), how, count=2)

    others = by_node(honest, policy)

    for one, other in zip(honest, others, strict=True):
        assert by_gateway(one, policy).is_released
        assert other.is_released, other.found
        alone = by_python(one, policy_text())
        assert integrity(alone) == {("UNKNOWN", "UNSUPPORTED")}
        assert not alone.is_released


def test_signed_data_is_released_by_the_gateway_alone(policy: Path) -> None:
    honest = made(by_sm2(SIGNED_DATA), signed, count=1)

    (other,) = by_node(honest, policy)

    assert by_gateway(honest[0], policy).is_released
    for report in (other, by_python(honest[0], policy_text())):
        assert integrity(report) == {("UNKNOWN", "UNSUPPORTED")}
        assert not report.is_released


def of_another(
    rng: random.Random, key: SigningKey, payload: bytes, how: Sign
) -> Envelope:
    """Return what another key signed under this one's name."""
    if key.algorithm is Algorithm.SM2:
        other: Any = Sm2PrivateKey.derive(7).used_as(key.private_key.public_key())  # type: ignore[arg-type]
    else:
        other = Ed25519PrivateKey.generate()
    return how(rng, replace(key, private_key=other), payload)


@pytest.mark.parametrize("keys", [by_ed25519, by_sm2])
@pytest.mark.parametrize("how", [signed, in_a_batch])
def test_what_another_signed_is_refused_by_all_that_can_check_it(
    keys: Callable[[], Keys], how: Sign, policy: Path
) -> None:
    forged = made(keys(), partial(of_another, how=how), count=2)

    others = by_node(forged, policy)

    for one, other in zip(forged, others, strict=True):
        for report in (by_gateway(one, policy), other):
            assert ("INVALID", "BAD_SIGNATURE") in integrity(report)
        assert not by_python(one, policy_text()).is_released


def a_row(_rng: random.Random, _key: SigningKey, payload: bytes) -> Envelope:
    """Return a row as a registry shows it that signs nothing."""
    return Envelope(payload)


def without_signature(rng: random.Random, key: SigningKey, payload: bytes) -> Envelope:
    """Return a row under a header that says who signed it, and nothing after."""
    head, body, _ = signed(rng, key, payload).signature.split(b".")
    return Envelope(b".".join((head, body, b"")))


def test_of_a_row_that_nobody_signed_no_bundle_is_made() -> None:
    with pytest.raises(SigningError):
        made(by_ed25519(), a_row, count=1)


def test_what_nobody_signed_is_proved_to_none_that_checks(policy: Path) -> None:
    (forged,) = made(by_ed25519(), without_signature, count=1)

    (other,) = by_node([forged], policy)

    for report in (by_python(forged, policy_text()), by_gateway(forged, policy), other):
        assert not report.is_released
        assert {outcome for outcome, _ in integrity(report)} == {"INVALID"}


def retold(change: Callable[[bytearray], None]) -> Sign:
    """Return how to sign in a batch, and to spoil the proof after it."""

    def sign_(_: random.Random, key: SigningKey, payload: bytes) -> Envelope:
        one = sign_batch(
            [b"a", payload, b"c"], key, type=PayloadType.RECORD, signed_at=AT
        )[1]
        head, proof = one.signature.rsplit(b".", 1)
        raw = bytearray(base64.urlsafe_b64decode(proof + b"=" * (-len(proof) % 4)))
        change(raw)
        spoilt = base64.urlsafe_b64encode(raw).rstrip(b"=")
        return Envelope(head + b"." + spoilt)

    return sign_


def _other_place(raw: bytearray) -> None:
    raw[3] = 0


def _beyond(raw: bytearray) -> None:
    raw[3] = 9


def _other_hash(raw: bytearray) -> None:
    raw[9] ^= 1


def _shorter(raw: bytearray) -> None:
    raw[4] -= 1
    del raw[5:37]


def _longer(raw: bytearray) -> None:
    raw[4] += 1
    raw[5:5] = bytes(32)


@pytest.mark.parametrize(
    "change", [_other_place, _beyond, _other_hash, _shorter, _longer]
)
def test_a_record_that_is_not_in_its_batch_is_refused_by_all(
    change: Callable[[bytearray], None], policy: Path
) -> None:
    (forged,) = made(by_ed25519(), retold(change), count=1)

    (other,) = by_node([forged], policy)

    for report in (by_python(forged, policy_text()), by_gateway(forged, policy), other):
        assert ("INVALID", "NOT_IN_THE_BATCH") in integrity(report)
        assert not report.is_released


def alone(root: Callable[[SigningKey, bytes], bytes]) -> Sign:
    """Return how to sign in a batch of one, whose root is signed as ``root`` does."""

    def sign_(_: random.Random, key: SigningKey, payload: bytes) -> Envelope:
        one = sign_batch([payload], key, type=PayloadType.RECORD, signed_at=AT)[0]
        head = one.signature.rsplit(b".", 1)[0]
        said = {"root": base64url.encode(leaf_hash(head)).decode(), "size": 1}
        proof = bytes(5) + root(key, json.dumps(said).encode())
        return Envelope(head + b"." + base64url.encode(proof))

    return sign_


def _right(key: SigningKey, said: bytes) -> bytes:
    return sign(said, key, type=PayloadType.BATCH, signed_at=AT).signature


def _of_another_moment(key: SigningKey, said: bytes) -> bytes:
    earlier = AT - timedelta(hours=3)
    return sign(said, key, type=PayloadType.BATCH, signed_at=earlier).signature


def _that_is_a_record(key: SigningKey, said: bytes) -> bytes:
    return sign(said, key, type=PayloadType.RECORD, signed_at=AT).signature


def _by_another_name(key: SigningKey, said: bytes) -> bytes:
    return _right(replace(key, kid="key-9"), said)


def _of_another_size(key: SigningKey, said: bytes) -> bytes:
    return _right(key, said.replace(b"1}", b"2}"))


def _in_a_batch_itself(key: SigningKey, said: bytes) -> bytes:
    one = sign_batch([said], key, type=PayloadType.BATCH, signed_at=AT)[0]
    return one.signature


ROOTS = [_of_another_moment, _that_is_a_record, _by_another_name, _of_another_size]


@pytest.mark.parametrize("root", [*ROOTS, _in_a_batch_itself])
def test_a_root_that_is_not_the_record_s_does_not_vouch(
    root: Callable[[SigningKey, bytes], bytes], policy: Path
) -> None:
    right, forged = (
        made(by_ed25519(), alone(one), count=1)[0] for one in (_right, root)
    )

    good, other = by_node([right, forged], policy)

    assert good.is_released
    assert by_python(right, policy_text()).is_released
    for report in (by_python(forged, policy_text()), other):
        assert ("INVALID", "NOT_IN_THE_BATCH") in integrity(report)
        assert not report.is_released


def test_a_key_of_sm2_kept_without_its_id_is_not_taken_for_right(policy: Path) -> None:
    (one,) = made(by_sm2(), signed, count=1)
    whole: Any = json.loads(one)
    for row in whole["rows"]:
        said = json.loads(row["row"])
        for name in ("sm2SignerId", "sm2Signature"):
            said["row"].get("body", {}).pop(name, None)
        row["row"] = json.dumps(said, ensure_ascii=False)
    former = rewritten(whole)

    (other,) = by_node([former], policy)

    for report in (other, by_gateway(former, policy)):
        assert integrity(report) == {("UNKNOWN", "UNSUPPORTED")}


@pytest.mark.parametrize("lines", [0, 4], ids=["empty", "without a quorum"])
def test_a_policy_that_is_cut_off_trusts_nobody(lines: int, policy: Path) -> None:
    (one,) = made(by_ed25519(), signed, count=1)
    cut = "".join(policy_text().splitlines(keepends=True)[:lines])
    policy.write_text(cut, "utf-8")

    (other,) = by_node([one], policy)

    for report in (by_python(one, cut), by_gateway(one, policy), other):
        assert ("POLICY", "log", "BAD_POLICY") in report.against
        assert ("INCLUSION", "checkpoint") in {found[:2] for found in report.against}
        assert not report.is_released
