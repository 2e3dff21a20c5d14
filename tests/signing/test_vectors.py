"""Every vector is refused for the reason in its file, and the README lists it."""

import base64
import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from signing.envelope import Envelope, Freshness, PayloadType, verify
from signing.errors import Refusal, SigningError, TrustBundleError
from signing.report import CheckOutcome, examine
from signing.trust import read_trust_bundle
from tests.signing.agency import BUNDLE
from tests.vectors import build, bundles, mint

VECTORS = sorted(path.name for path in mint.FOLDER.glob("*.json"))

WITHOUT_A_VECTOR = {Refusal.KEY_CHANGED}
"""Met only when a verified payload is asked about again; no bytes can cause it."""


def document(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((mint.FOLDER / name).read_text())
    return content


def envelope_of(vector: dict[str, Any]) -> Envelope:
    body = vector.get("body_base64")
    return Envelope(
        vector["jws"].encode("latin-1"),
        None if body is None else base64.b64decode(body),
    )


def question_of(vector: dict[str, Any]) -> dict[str, Any]:
    question = vector["question"]
    return {
        "types": [PayloadType(name) for name in question["types"]],
        "at": datetime.fromisoformat(question["at"]),
        "freshness": Freshness(
            max_age=timedelta(seconds=question["max_age_seconds"]),
            skew=timedelta(seconds=question["skew_seconds"]),
        ),
    }


def answer_to(vector: dict[str, Any]) -> dict[str, str] | None:
    """Ask what the file asks; return the refusal in the words of the file."""
    item_code = vector["question"]["item_code"]
    try:
        verified = verify(envelope_of(vector), BUNDLE, **question_of(vector))
        if item_code is not None:
            verified.require_scope(item_code)
    except SigningError as error:
        return {"check": error.check, "refusal": error.refusal}
    return None


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_is_answered_as_its_file_says(name: str) -> None:
    vector = document(name)

    answer = answer_to(vector)

    assert answer == vector["refused"]


def detail_of(name: str) -> str:
    """Return what is said beside a vector's refusal."""
    vector = document(name)
    with pytest.raises(SigningError) as caught:
        verify(envelope_of(vector), BUNDLE, **question_of(vector)).require_scope(
            vector["question"]["item_code"] or ""
        )
    return caught.value.detail


@pytest.mark.parametrize("name", [n for n in VECTORS if document(n)["refused"]])
def test_a_refusal_says_more_than_its_code(name: str) -> None:
    """Its code is for programs; whoever has to find the fault needs a sentence."""
    detail = detail_of(name)

    assert len(detail.split()) > 1, detail
    assert detail.isascii()


@pytest.mark.parametrize("part", ["header", "payload", "signature"])
def test_a_part_that_is_no_base64url_is_named(part: str) -> None:
    assert part in detail_of(f"base64url-trailing-bits-{part}.json")


@pytest.mark.parametrize("name", VECTORS)
def test_the_report_fails_first_where_verify_stops(name: str) -> None:
    vector = document(name)

    rows = examine(
        envelope_of(vector),
        BUNDLE,
        **question_of(vector),
        item_code=vector["question"]["item_code"],
    )

    failed = [
        {"check": row.check, "refusal": row.refusal}
        for row in rows
        if row.outcome is CheckOutcome.FAILED
    ]
    assert next(iter(failed), None) == vector["refused"]


@pytest.mark.parametrize(
    "bundle", [pytest.param(it, id=it.name) for it in build.bad_bundles()]
)
def test_a_bad_bundle_does_not_load(bundle: bundles.BadBundle) -> None:
    text = (mint.FOLDER / bundle.file).read_text()

    with pytest.raises(TrustBundleError, match=re.escape(bundle.said)):
        read_trust_bundle(text)


def test_every_refusal_has_a_vector() -> None:
    refusals = {
        document(name)["refused"]["refusal"]
        for name in VECTORS
        if document(name)["refused"]
    }

    assert refusals == set(Refusal) - WITHOUT_A_VECTOR


def test_the_readme_lists_the_files_of_the_folder() -> None:
    rows = re.findall(
        r"^\| `([^`]+)` \|", (mint.FOLDER / "README.md").read_text(), re.MULTILINE
    )

    kept = [*mint.FOLDER.glob("*.json"), *mint.FOLDER.glob("*.toml")]
    assert sorted(rows) == sorted(path.name for path in kept)


def test_building_again_changes_nothing() -> None:
    assert build.main(["--check"]) == 0, "run: python -m tests.vectors.build"
