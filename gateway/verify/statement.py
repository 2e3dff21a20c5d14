"""Check the text of an extract's QR code, by what the gateway checks its log with."""

import base64
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias

from bureau.evidence.statement import PREFIX, SENT, read_statement
from gateway.evidence.verify_bundle import (
    INVALID,
    UNKNOWN,
    VALID,
    BrokenError,
    Found,
)
from signing.transparency.checkpoints import read_checkpoint
from signing.transparency.entries import commitment, entry
from signing.transparency.merkle import ProofError, leaf_hash
from signing.transparency.notes import NoteError
from signing.transparency.policies import (
    Policy,
    PolicyFileError,
    QuorumError,
    read_policy,
)
from signing.transparency.proofs import Proof, require_proof

Said: TypeAlias = Mapping[str, Any]
_CODES: Mapping[type[Exception], str] = {
    PolicyFileError: "BAD_POLICY",
    QuorumError: "NO_QUORUM",
    ProofError: "NOT_IN_THE_LOG",
    NoteError: "BAD_SIGNATURE",
}


def is_statement(raw: bytes) -> bool:
    """Return whether ``raw`` is the text of a code."""
    return raw.startswith(PREFIX.encode())


def examine_statement(raw: bytes, policy: bytes | None) -> list[Found]:
    """Make every check of a code's text by a policy; return what came of each."""
    found: list[Found] = []
    said = _checked(found, "FORM", "statement", lambda: _read(raw)) or {}
    trusted = _checked(found, "POLICY", "log", lambda: _trusted(policy))
    _checked(found, "INCLUSION", "checkpoint", lambda: _accepted(said, trusted))
    for place, row in enumerate(said.get("rows", [])):
        work = partial(_included, said, row, trusted)
        _checked(found, "INCLUSION", f"rows[{place}]", work)
    _checked(found, "BINDING", "statement", lambda: _bound(said))
    return found


def _checked(found: list[Found], check: str, of: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - what was read
    """Note what came of a check; return what it read, ``None`` if it does not hold."""
    read, outcome, code = None, INVALID, "MALFORMED"
    try:
        read = work()
        outcome, code = VALID, "OK"
    except BrokenError as broken:
        code, outcome, *_ = (*broken.args, INVALID)
    except tuple(_CODES) as error:
        code = _CODES[type(error)]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        pass
    found.append(Found(check, of, outcome, code))
    return read


def _read(raw: bytes) -> Said:
    return read_statement(raw.decode().removesuffix("\n"))


def _trusted(policy: bytes | None) -> Policy:
    if policy is None:
        raise BrokenError("NO_POLICY", UNKNOWN)
    return read_policy(policy)


def _accepted(said: Said, policy: Policy | None) -> None:
    checkpoint, note = read_checkpoint(said["log"]["checkpoint"].encode())
    if checkpoint.origin != said["log"]["origin"]:
        raise BrokenError("OTHER_ORIGIN")
    _believed(policy).accept(checkpoint, note)


def _included(said: Said, row: Said, policy: Policy | None) -> None:
    commitments, position = [*map(_raw, row["commitments"])], row["position"]
    if type(position) is not int or position < 0 or type(row["index"]) is not int:
        raise BrokenError("BAD_ENTRY")
    if commitments[position] != commitment(_raw(row["salt"]), row["row"].encode()):
        raise BrokenError("NOT_COMMITTED")
    proof = Proof(row["index"], [*map(_raw, row["proof"])], said["log"]["checkpoint"])
    leaf = leaf_hash(entry(row["kind"], commitments))
    require_proof(proof, leaf, _believed(policy))


def _raw(text: str) -> bytes:
    """Return what base64 stands for, in its one spelling."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise BrokenError("NOT_CANONICAL")
    return raw


def _believed(policy: Policy | None) -> Policy:
    if policy is None:
        raise BrokenError("CHECKPOINT_NOT_SIGNED", UNKNOWN)
    return policy


def _bound(said: Said) -> None:
    rows = [json.loads(one["row"]) for one in said["rows"]]
    subject = said["subject"]
    if subject["kind"] == "DECISION":
        ids = [(one["source"], one["row"]["id"]) for one in rows]
        if ids != [("decisions", int(subject["id"]))]:
            raise BrokenError("NOT_ONE")
    elif subject["kind"] != "CERTIFICATE" or any(
        one["source"] not in SENT for one in rows
    ):
        raise BrokenError("NOT_LOGGED")
