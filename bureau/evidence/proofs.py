"""Write what proves a bundle's decision as others read it: a proof, and a receipt.

Both are of the decision's own row, and say that it is in the log, nothing more: that
the verdict follows is what a bundle is for. A ``.tlog-proof`` (C2SP) has the checkpoint
with all that signed it, and the entry as ``extra``. A COSE receipt (RFC 9942) is made
by the log's key, of a root that this key has signed as a checkpoint before, and of no
other: whoever hands in a bundle gets nothing signed that the log did not sign.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bureau.evidence.bundle import SubjectKind
from signing.transparency.checkpoints import Checkpoint, read_checkpoint, signers
from signing.transparency.cose_receipts import (
    Inclusion,
    UnsignedReceipt,
    unsigned_receipt,
)
from signing.transparency.entries import commitment, entry
from signing.transparency.merkle import ProofError, leaf_hash, require_inclusion
from signing.transparency.notes import Note, NoteError, VerifierKey
from signing.transparency.proofs import Proof


class NothingToProveError(ValueError):
    """A bundle has no decision that it proves; the message says why."""


class NotOfTheLogError(ValueError):
    """A key did not sign the checkpoint that a bundle shows."""


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """A decision's row where it is in the log; the path leads to the root."""

    id: str
    entry: bytes
    proof: Proof
    checkpoint: Checkpoint
    note: Note

    def receipt(self, key: VerifierKey) -> UnsignedReceipt:
        """Return the COSE receipt of the entry, for the log's ``key`` to sign.

        Raises:
            NotOfTheLogError: the checkpoint is not signed by it.
        """
        try:
            found = signers(self.checkpoint, self.note, [key])
        except NoteError as error:
            raise NotOfTheLogError(str(error)) from error
        if not found:
            raise NotOfTheLogError(
                f"the checkpoint of {self.checkpoint.size} entries is not signed by "
                f"the log's key, {key}"
            )
        inclusion = Inclusion(self.checkpoint.size, self.proof.place, self.proof.path)
        leaf = leaf_hash(self.entry)
        return unsigned_receipt(key, f"decision {self.id}", leaf, inclusion)


def decision_shown(bundle: bytes) -> DecisionShown:
    """Return the decision that ``bundle``, which we made, is about.

    Raises:
        NothingToProveError: it is about a certificate, or does not prove its decision.
    """
    whole = json.loads(bundle)
    kind, id_ = whole["subject"]["kind"], whole["subject"]["id"]
    if kind != SubjectKind.DECISION:
        raise NothingToProveError(
            f"a proof and a receipt are of a decision; {id_} is a {kind}"
        )
    (row,) = (one for one in whole["rows"] if _is_decision(one["row"], int(id_)))
    try:
        return _shown(id_, row, whole["log"]["checkpoint"])
    except (NoteError, ProofError) as error:
        raise NothingToProveError(f"decision {id_} is not proved: {error}") from error


def _is_decision(row: str, id_: int) -> bool:
    said = json.loads(row)
    return bool(said["source"] == "decisions" and said["row"]["id"] == id_)


def _shown(id_: str, row: Mapping[str, Any], noted: str) -> DecisionShown:
    """Return the decision of a row.

    Raises:
        NoteError: there is no checkpoint.
        ProofError: the row is not committed to, or its entry is not in the log.
    """
    checkpoint, note = read_checkpoint(noted.encode())
    commitments = [base64.b64decode(one) for one in row["commitments"]]
    salt, said = base64.b64decode(row["salt"]), row["row"].encode()
    if commitments[row["position"]] != commitment(salt, said):
        raise ProofError("its entry does not commit to its row")
    made = entry(row["kind"], commitments)
    path = [base64.b64decode(one) for one in row["proof"]]
    _, size, root = checkpoint
    require_inclusion(leaf_hash(made), row["index"], size, path, root)
    proof = Proof(row["index"], path, noted, extra=made)
    return DecisionShown(id_, made, proof, checkpoint, note)
