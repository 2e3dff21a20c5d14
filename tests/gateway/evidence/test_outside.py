"""A bundle's decision as a ``.tlog-proof`` and as a COSE receipt, both verified."""

import json
import random

import pytest

from bureau.evidence.proofs import (
    NothingToProveError,
    NotOfTheLogError,
    decision_shown,
)
from signing.transparency.cose_receipts import CoseReceiptError, require_cose_receipt
from signing.transparency.merkle import ProofError, leaf_hash
from signing.transparency.notes import Kind
from signing.transparency.policies import QuorumError, read_policy
from signing.transparency.proofs import read_proof, require_proof
from tests.gateway.evidence.forged import other_bit, row_of
from tests.gateway.evidence.logs import (
    ORIGIN,
    Log,
    bundle,
    bundles,
    log_key,
    policy_text,
    recorded,
    rewritten,
    signers_of_the_log,
)
from tests.signing.transparency.cosigning import signer

OTHER_LEAF = leaf_hash(b"another")


@pytest.fixture(scope="module", name="honest")
def _honest() -> list[bytes]:
    return bundles(20260302, 20)


def test_a_decision_is_proved_to_who_reads_tlog_proofs(honest: list[bytes]) -> None:
    policy = read_policy(policy_text().encode())
    for one in honest:
        shown = decision_shown(one)
        proof = read_proof(str(shown.proof).encode())

        proved = require_proof(proof, leaf_hash(proof.extra), policy)

        row = row_of(json.loads(one), "decisions")
        assert (proved.place, proof.extra) == (row["index"], shown.entry)
        assert {*proved.accepted.witnesses} == {"w1", "w2", "w3"}
        with pytest.raises(ProofError):
            require_proof(proof, OTHER_LEAF, policy)


def test_and_to_who_reads_cose_receipts(honest: list[bytes]) -> None:
    log = signers_of_the_log()[0].key
    for one in honest:
        shown = decision_shown(one)
        unsigned = shown.receipt(log)
        raw = unsigned.with_signature(log_key().sign(unsigned.signed))

        proved = require_cose_receipt(raw, leaf_hash(shown.entry), log)

        assert proved.subject == f"decision {shown.id}"
        assert (proved.size, proved.place) == (shown.checkpoint.size, shown.proof.place)
        with pytest.raises(CoseReceiptError):
            require_cose_receipt(raw, OTHER_LEAF, log)


def test_no_other_key_than_the_log_s_signs_a_receipt(honest: list[bytes]) -> None:
    with pytest.raises(NotOfTheLogError, match="not signed by the log's key"):
        decision_shown(honest[0]).receipt(signer(ORIGIN, Kind.ED25519).key)


def test_the_log_s_key_signs_no_root_that_it_did_not_sign(honest: list[bytes]) -> None:
    # A log of one entry, which somebody else made: its root is right, and not ours.
    log = Log(random.Random(9))  # noqa: S311 - an example, no secret
    made = recorded(log, 1)
    log.close()
    whole = json.loads(bundle(log, log.shown(), made))
    ours = json.loads(honest[0])["log"]["checkpoint"].split("\n\n")[1]
    text = whole["log"]["checkpoint"].split("\n\n")[0]
    whole["log"]["checkpoint"] = f"{text}\n\n{ours}"

    with pytest.raises(NotOfTheLogError, match="does not fit"):
        decision_shown(rewritten(whole)).receipt(signers_of_the_log()[0].key)


def test_a_path_that_leads_elsewhere_is_no_proof(honest: list[bytes]) -> None:
    whole = json.loads(honest[0])
    row = row_of(whole, "decisions")
    row["proof"][0] = other_bit(row["proof"][0])

    with pytest.raises(NothingToProveError, match="decision 1 is not proved"):
        decision_shown(rewritten(whole))


def test_nor_is_a_row_that_nothing_commits_to(honest: list[bytes]) -> None:
    whole = json.loads(honest[0])
    row = row_of(whole, "decisions")
    row["salt"] = other_bit(row["salt"])

    with pytest.raises(NothingToProveError, match="does not commit"):
        decision_shown(rewritten(whole))


def test_a_certificate_has_no_decision_to_prove(honest: list[bytes]) -> None:
    whole = json.loads(honest[0])
    whole["subject"] = {"kind": "CERTIFICATE", "id": "abc"}

    with pytest.raises(NothingToProveError, match="abc is a CERTIFICATE"):
        decision_shown(rewritten(whole))


def test_a_proof_of_a_log_that_nobody_witnessed_meets_no_quorum() -> None:
    log = Log(random.Random(6))  # noqa: S311 - an example, no secret
    made = recorded(log, 1)
    log.close()
    alone = decision_shown(bundle(log, log.shown(is_witnessed=False), made))
    policy = read_policy(policy_text().encode())

    with pytest.raises(QuorumError):
        require_proof(alone.proof, leaf_hash(alone.entry), policy)
