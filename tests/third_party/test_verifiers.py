"""Programs that no one here wrote verify what our log shows, and refuse what it is not.

So they do with the proof and the receipt of an evidence bundle's decision.

From PyPI: tlog-scales (checkpoints, cosignatures of both kinds, proofs, the log's
files), pymerkle (the tree), scitt-cose (COSE receipts). From npm: @sigstore/verify (the
log's signature, inclusion), @noble/post-quantum (cosignatures by ML-DSA-44).
"""

import base64
import json
import random
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bureau.evidence.proofs import decision_shown
from signing.transparency.checkpoints import Checkpoint
from signing.transparency.cose_receipts import Inclusion, unsigned_receipt
from signing.transparency.entries import SALT_SIZE, commitment, entry
from signing.transparency.merkle import consistency, inclusion, leaf_hash, root
from signing.transparency.notes import Kind
from signing.transparency.policies import read_policy
from signing.transparency.proofs import Proof, read_proof, require_proof
from signing.transparency.tiles import bundle_of, tile_of, tiles_between
from tests.gateway.evidence.logs import (
    Log,
    bundle,
    log_key,
    recorded,
    signers_of_the_log,
)
from tests.node import install
from tests.signing.transparency.cosigning import (
    LOG,
    ORIGIN,
    WITNESSES,
    noted,
    policy_text,
    signer,
)
from tests.signing.transparency.trees import Tree
from tests.third_party.environment import make_environment

HERE = Path(__file__).parent
SIZE, OLD, PLACE = 600, 257, 421
COSIGNERS = [WITNESSES["W1"], WITNESSES["W3"]]
BY_SM2 = signer(ORIGIN, Kind.COSIGNATURE_SM2)
ENTRIES = [
    entry("decision", [commitment(bytes(SALT_SIZE), str(number).encode())])
    for number in range(SIZE)
]
TREE = Tree(ENTRIES)
Case = dict[str, Any]
Told = Mapping[str, str | None]


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def publish(folder: Path, note: str) -> None:
    """Write the log's files, as it grew to two sizes."""
    for old, new in ((0, OLD), (OLD, SIZE)):
        for tile in tiles_between(old, new):
            path = folder / tile.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(tile_of(tile, TREE.hash_of))
            if not tile.level:
                first = tile.place * 256
                path = folder / tile.entries_path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(bundle_of(ENTRIES[first : first + tile.width]))
    (folder / "checkpoint").write_text(note, "utf-8")


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Return an entry with all that proves it, which we accept ourselves."""
    checkpoint = Checkpoint(ORIGIN, SIZE, root(SIZE, TREE.hash_of))
    # Whoever knows no SM2 passes over that line.
    note = str(noted(checkpoint, [LOG, *COSIGNERS, BY_SM2]))
    path = inclusion(PLACE, SIZE, TREE.hash_of)
    leaf = leaf_hash(ENTRIES[PLACE])
    policy = read_policy(policy_text("group Q all W1 W3\nquorum Q").encode())
    require_proof(Proof(PLACE, path, note), leaf, policy)
    folder = tmp_path_factory.mktemp("log")
    publish(folder, note)
    private_key = LOG._private_key
    assert isinstance(private_key, Ed25519PrivateKey)
    unsigned = unsigned_receipt(
        LOG.key, "decision D-1", leaf, Inclusion(SIZE, PLACE, path)
    )
    receipt = unsigned.with_signature(private_key.sign(unsigned.signed))
    public = Ed25519PublicKey.from_public_bytes(LOG.key.key)
    return {
        "log": str(LOG.key),
        "witnesses": [str(one.key) for one in COSIGNERS],
        "cosigner": str(COSIGNERS[1].key),
        "note": note,
        "entry": encoded(ENTRIES[PLACE]),
        "entries": [encoded(one) for one in ENTRIES],
        "place": PLACE,
        "path": [encoded(one) for one in path],
        "old": OLD,
        "old_root": encoded(root(OLD, TREE.hash_of)),
        "consistency": [encoded(one) for one in consistency(OLD, SIZE, TREE.hash_of)],
        "folder": str(folder),
        "receipt": encoded(receipt),
        "pem": public.public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        ).decode(),
    }


def of_a_bundle() -> Case:
    """Return what proves the decision of an evidence bundle, as others read it."""
    log = Log(random.Random(3))  # noqa: S311 - an example, no secret
    made = [recorded(log, id_) for id_ in range(1, 40)]
    log.close()
    shown = decision_shown(bundle(log, log.shown(), made[20]))
    proof = read_proof(str(shown.proof).encode())
    signers = [one.key for one in signers_of_the_log()]
    old = shown.checkpoint.size // 2
    public = log_key().public_key()
    unsigned = shown.receipt(signers[0])
    return {
        "log": str(signers[0]),
        "witnesses": [*map(str, signers[1:])],
        "cosigner": str(signers[3]),
        "note": proof.note,
        "entry": encoded(proof.extra),
        "place": proof.place,
        "path": [*map(encoded, proof.path)],
        "old": old,
        "old_root": encoded(root(old, log.hashes)),
        "consistency": [
            encoded(one) for one in consistency(old, shown.checkpoint.size, log.hashes)
        ],
        "receipt": encoded(unsigned.with_signature(log_key().sign(unsigned.signed))),
        "pem": public.public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        ).decode(),
    }


def refused(told: Told, among: Collection[str]) -> set[str]:
    """Return which of some packages refuse."""
    return {package for package in among if told[package] is not None}


def flipped(text: str) -> str:
    """Return base64 of something else."""
    raw = bytearray(base64.b64decode(text))
    raw[-1] ^= 1
    return encoded(bytes(raw))


def changed(right: Case) -> dict[str, Case]:
    """Return what is not so, by what was changed."""
    body, below = right["note"].split("\n\n")
    lines = below.splitlines()
    wrong = [
        [*lines[:at], line[: -len(last)] + flipped(last), *lines[at + 1 :]]
        for at, line in enumerate(lines)
        for last in (line.split()[-1],)
    ]
    noted_ = ["\n".join([body, "", *one, ""]) for one in wrong]
    return {
        "the entry": {**right, "entry": encoded(b"another")},
        "the place": {**right, "place": PLACE + 1},
        "the path": {**right, "path": [flipped(right["path"][0]), *right["path"][1:]]},
        "the size": {**right, "note": right["note"].replace("\n600\n", "\n601\n", 1)},
        "the log's signature": {**right, "note": noted_[0]},
        "a cosignature": {**right, "note": noted_[1]},
        "a cosignature by ML-DSA": {**right, "note": noted_[2]},
        "the old root": {**right, "old_root": flipped(right["old_root"])},
        "the receipt": {**right, "receipt": flipped(right["receipt"])},
    }


REFUSED_BY = {
    "the entry": (
        *("tlog-scales", "tlog-scales, files", "pymerkle", "scitt-cose"),
        "@sigstore/verify",
    ),
    "the place": (
        *("tlog-scales", "tlog-scales, files", "pymerkle", "scitt-cose"),
        "@sigstore/verify",
    ),
    "the path": (
        *("tlog-scales", "tlog-scales, files", "pymerkle", "@sigstore/verify"),
    ),
    "the size": ("tlog-scales", "@sigstore/verify", "@noble/post-quantum"),
    "the log's signature": ("tlog-scales", "@sigstore/verify"),
    "a cosignature": ("tlog-scales",),
    "a cosignature by ML-DSA": ("tlog-scales", "@noble/post-quantum"),
    "the old root": ("tlog-scales", "pymerkle"),
    "the receipt": ("scitt-cose",),
}


def told_by(command: list[str], cases: list[Case]) -> list[Told]:
    """Return what a program says of each case, by package."""
    done = subprocess.run(
        command,
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: list[Told] = json.loads(done.stdout)
    return told


def judge(told: list[Told], names: list[str]) -> None:
    """Compare what was said of what is right, and of each change."""
    of_right, *of_changed = told
    assert set(of_right.values()) == {None}, of_right
    for name, verdicts in zip(names, of_changed, strict=True):
        expected = set(REFUSED_BY[name]) & of_right.keys()
        assert refused(verdicts, verdicts) == expected, (name, verdicts)


def test_packages_of_pypi_verify_it_and_refuse_every_change(
    right: Case, tmp_path: Path
) -> None:
    python = make_environment(HERE / "pypi/requirements.lock", tmp_path / "venv")
    wrong = changed(right)

    # Nothing of ours, whatever is on the path of this run.
    command = [str(python), "-I", str(HERE / "pypi/verify.py")]
    shown = of_a_bundle()
    other = {**shown, "entry": encoded(b"another")}
    *told, proved, not_so = told_by(command, [right, *wrong.values(), shown, other])

    assert {*told[0]} == {
        *("tlog-scales", "tlog-scales, files", "pymerkle", "scitt-cose"),
    }
    judge(told, [*wrong])
    # The rest needs the whole log, which nobody has who has a bundle.
    among = {"tlog-scales", "scitt-cose"}
    assert refused(proved, among) == set(), proved
    assert refused(not_so, among) == among


def test_packages_of_npm_verify_it_and_refuse_every_change(
    right: Case, tmp_path: Path
) -> None:
    script = install(HERE / "npm", "verify.mjs", tmp_path)
    wrong = changed(right)

    shown = of_a_bundle()
    other = {**shown, "entry": encoded(b"another")}
    command = ["node", str(script)]
    *told, proved, not_so = told_by(command, [right, *wrong.values(), shown, other])

    assert {*told[0]} == {"@sigstore/verify", "@noble/post-quantum"}
    judge(told, [*wrong])
    assert refused(proved, told[0]) == set(), proved
    assert refused(not_so, told[0]) == {"@sigstore/verify"}
