"""Why a bundle is not made, and what of it is shown to nobody else, is said."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bureau.evidence.bundle import Subject, SubjectKind
from bureau.evidence.making import EvidenceRefusal, NotMadeError
from bureau.ledger.evidence import Vault
from gateway.errors import StartError
from gateway.evidence.bundle import StoredEvidenceMaker
from gateway.evidence.making import subject_of
from gateway.evidence.outside import proof_of, require_decision
from store.store import open_store
from tests.running import DATABASE

NOW = datetime(2026, 12, 1, tzinfo=UTC)
DECISION = Subject(SubjectKind.DECISION, "7")


@pytest.mark.parametrize(
    ("stated", "kind"),
    [
        ("7", SubjectKind.DECISION),
        ("0123", SubjectKind.DECISION),
        ("c-7", SubjectKind.CERTIFICATE),
        ("７", SubjectKind.CERTIFICATE),
        ("abc", SubjectKind.CERTIFICATE),
    ],
)
def test_a_number_is_a_decision_and_all_else_a_certificate(
    stated: str, kind: SubjectKind
) -> None:
    assert subject_of(stated) == Subject(kind, stated)


def test_a_proof_is_of_a_decision_alone() -> None:
    require_decision(DECISION)
    with pytest.raises(StartError) as refused:
        require_decision(Subject(SubjectKind.CERTIFICATE, "c"))

    assert str(refused.value) == (
        "a proof and a receipt are of a decision: name it by its number, or leave out "
        "--proof and --cose"
    )


@pytest.mark.parametrize(
    ("vault", "policy", "refusal", "words"),
    [
        (
            None,
            "p",
            EvidenceRefusal.NO_KEY,
            "evidence_key_file is not set; evidence cannot be read",
        ),
        (
            Vault([b"k" * 32]),
            None,
            EvidenceRefusal.NOT_SIGNED,
            "the log is signed by nobody: set transparency.key_file",
        ),
        (
            Vault([b"k" * 32]),
            "p",
            EvidenceRefusal.UNKNOWN,
            "of 7 nothing was kept by 2026-11-30",
        ),
    ],
)
async def test_what_is_missing_for_a_bundle_is_said(  # noqa: PLR0913 - its cases
    tmp_path: Path,
    newest_file: Path,
    *,
    vault: Vault | None,
    policy: str | None,
    refusal: EvidenceRefusal,
    words: str,
) -> None:
    shutil.copy(newest_file, tmp_path / DATABASE)
    async with open_store(f"sqlite:///{tmp_path / DATABASE}") as store:
        maker = StoredEvidenceMaker(store, vault, policy)
        with pytest.raises(NotMadeError) as refused:
            await maker.make(DECISION, date(2026, 11, 30), NOW)

    assert (refused.value.refusal, str(refused.value)) == (refusal, words)


def test_a_bundle_that_proves_no_decision_says_where_to_look() -> None:
    bundle = b'{"subject": {"kind": "CERTIFICATE", "id": "c"}}'
    with pytest.raises(StartError) as refused:
        proof_of(bundle)

    assert str(refused.value) == (
        "a proof and a receipt are of a decision; c is a CERTIFICATE; see: gateway "
        "audit verify"
    )
