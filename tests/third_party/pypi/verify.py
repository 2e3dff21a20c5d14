"""What three packages of PyPI say of cases that are read from standard input.

Run in their environment, which has nothing of ours. tlog-scales: the signatures of log
and witnesses, proofs, and the log's files. pymerkle: the tree, built of the entries.
scitt-cose: the COSE receipt.
"""

import base64
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymerkle
from scitt_cose.receipt import verify_receipt
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash
from tlog_scales.tlog import Checkpoint, ConsistencyProof, InclusionProof

decoded = base64.b64decode
Case = dict[str, Any]


def scales(case: Case) -> None:
    """Verify who signed, an entry, and that the log grew."""
    checkpoint = Checkpoint.from_text(case["note"])
    for line in (case["log"], *case["witnesses"]):
        checkpoint.verify(Vkey.from_string(line))
    size, root = checkpoint.size, checkpoint.root_hash
    path = [decoded(one) for one in case["path"]]
    leaf = leaf_hash(decoded(case["entry"]))
    InclusionProof(case["place"], size, path).check(leaf, root)
    grown = [decoded(one) for one in case["consistency"]]
    ConsistencyProof(case["old"], size, grown).check(decoded(case["old_root"]), root)


def scales_files(case: Case) -> None:
    """Read the log from its files, and find entry and root in them."""
    reader = TilesReader(LocalBackend(Path(case["folder"])))
    checkpoint = reader.get_checkpoint()
    assert reader.calculate_root_hash() == checkpoint.root_hash
    entry = reader.get_entry(case["place"])
    assert entry == decoded(case["entry"])
    proof = reader.get_inclusion_proof(case["place"], checkpoint.size)
    assert [base64.b64encode(one).decode() for one in proof.node_hashes] == case["path"]
    proof.check(leaf_hash(entry), checkpoint.root_hash)


def merkle(case: Case) -> None:
    """Build the tree of the entries, and compare its root and its path."""
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in case["entries"]:
        tree.append_entry(decoded(entry))
    root = Checkpoint.from_text(case["note"]).root_hash
    assert tree.get_root() == root
    old_root = decoded(case["old_root"])
    assert tree.get_root(case["old"]) == old_root
    proof = tree.prove_inclusion(case["place"] + 1)
    base, *siblings = proof.path
    assert base == leaf_hash(decoded(case["entry"]))
    assert siblings == [decoded(one) for one in case["path"]]
    pymerkle.verify_inclusion(base, root, proof)
    grown = tree.prove_consistency(case["old"], tree.get_size())
    pymerkle.verify_consistency(old_root, root, grown)


def scitt(case: Case) -> None:
    """Verify the receipt of the entry."""
    told = verify_receipt(
        decoded(case["receipt"]),
        leaf_entry_hex=decoded(case["entry"]).hex(),
        log_public_key_pem=case["pem"],
    )
    assert told.ok, told.errors
    assert (told.leaf_index, told.issuer) == (case["place"], case["log"].split("+")[0])


def said(check: Callable[[Case], None], case: Case) -> str | None:
    """Return nothing if all is right, else what was said."""
    try:
        check(case)
    except Exception as error:  # noqa: BLE001 - whatever they refuse by
        return f"{type(error).__name__}: {error}"
    return None


CHECKS = {
    "tlog-scales": scales,
    "tlog-scales, files": scales_files,
    "pymerkle": merkle,
    "scitt-cose": scitt,
}
if __name__ == "__main__":
    cases = json.load(sys.stdin)
    told = [
        {name: said(check, case) for name, check in CHECKS.items()} for case in cases
    ]
    json.dump(told, sys.stdout)
