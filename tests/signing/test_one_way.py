"""A ``VerifiedPayload`` comes from one place, and nothing here reads a clock."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from signing.envelope import verify
from tests.architecture.sources import tree_of

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "signing",
    "policy",
    "connectors",
    "bureau",
    "store",
    "resolvers",
    "gateway",
    "sandbox",
)
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic"}


def sources(*packages: str) -> list[Path]:
    return [path for package in packages for path in (ROOT / package).rglob("*.py")]


def calls_of(path: Path, names: set[str]) -> Iterator[str]:
    """Name every call of one of ``names`` in a file, plain or as an attribute."""
    for node in ast.walk(tree_of(path, saying=names)):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else None
            name = called.id if isinstance(called, ast.Name) else name
            if name in names:
                yield f"{path.relative_to(ROOT)} calls {name}"


def test_a_verified_payload_is_constructed_in_one_place() -> None:
    found = [
        call
        for path in sources(*PACKAGES, "tests", "benchmarks")
        for call in calls_of(path, {"SignatureProof", "VerifiedPayload"})
    ]

    assert found == [
        "signing/envelope.py calls VerifiedPayload",
        "signing/envelope.py calls SignatureProof",
    ]


def test_what_is_attested_and_what_nobody_signed_are_made_apart() -> None:
    """No row becomes a certificate that somebody vouches for, whoever reads it."""
    attested, unsigned = "AttestedCertificate", "UnsignedCertificate"
    found = [
        call
        for path in sources(*PACKAGES)
        for call in calls_of(path, {attested, unsigned})
    ]

    assert sorted(found) == [
        f"connectors/reply_reader.py calls {attested}",
        f"connectors/unsigned.py calls {unsigned}",
    ]


def test_nothing_that_verifies_knows_of_rows_that_nobody_signed() -> None:
    """What vouches, judges payments and keeps evidence takes what is attested alone."""
    places = ("signing", "bureau/ledger", "bureau/evidence", "bureau/versions")
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text() for path in sources(*places)
    }

    assert [name for name, text in texts.items() if "UnsignedCertificate" in text] == []
    assert [name for name, text in texts.items() if "ShownCertificate" in text] == []


def test_no_package_copies_a_verified_payload_into_another() -> None:
    """``dataclasses.replace`` would make one without a signature."""
    found = [
        call for path in sources("signing") for call in calls_of(path, {"replace"})
    ]

    assert found == []


def test_signing_reads_no_clock() -> None:
    found = [call for path in sources("signing") for call in calls_of(path, CLOCKS)]

    assert found == []


def test_every_step_of_verify_is_told_and_done_in_its_order() -> None:
    """The docstring numbers the steps "1. Size", the code "# (1) ..."."""
    source = (ROOT / "signing" / "envelope.py").read_text()

    told = re.findall(r"^ +(\d+)\. ", verify.__doc__ or "", re.MULTILINE)
    done = re.findall(r"^ +# \((\d+)\) ", source, re.MULTILINE)

    assert told == done == [str(number) for number in range(1, 15)]
