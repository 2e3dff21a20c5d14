"""What ``gateway verify`` prints of each check, and tells programs, word for word."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.errors import StartError
from gateway.evidence.verify_bundle import Found
from gateway.verify.receipt import Beside, examine_receipt, receipt_in
from gateway.verify.screen import (
    show_bundle,
    show_examination,
    tell_bundle,
    tell_examination,
)
from gateway.verify.verify import Examination, Row, examine_file
from signing.envelope import PayloadType
from signing.sign import SigningKey, sign
from tests.bureau.receipts.made import ASKED
from tests.gateway.registration.test_shown import rows
from tests.gateway.verify.test_receipt import Kept, _kept
from tests.gateway.verify.test_verify import CONTENT, MANIFEST, SIGNED_AT, TRUST
from tests.signing.agency import FIRE, TRANSPORT

__all__ = ["_kept"]
AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
NOT_READ = "what is not believed is not read"


def examined(  # noqa: PLR0913 - as many options
    folder: Path,
    content: object = CONTENT,
    *,
    raw: bytes | None = None,
    key: SigningKey = TRANSPORT,
    manifest: Path | None = MANIFEST,
    item: str | None = None,
    at: datetime = AT,
    max_age: timedelta | None = None,
) -> Examination:
    """Examine what somebody signed, by the transport commission's manifest."""
    payload = json.dumps(content).encode()
    signed = sign(payload, key, type=PayloadType.RECORD, signed_at=SIGNED_AT).signature
    path = folder / "record.jws"
    path.write_bytes(signed if raw is None else raw)
    return examine_file(
        path,
        TRUST,
        body=None,
        item=item,
        manifest=manifest,
        at=at,
        max_age=max_age,
    )


def said(examination: Examination) -> list[tuple[str, str, str]]:
    """Return what is not simply passed: the check, its outcome, and why."""
    return [
        (row.check, row.outcome, f"{row.reason}{row.option and ': '}{row.option}")
        for row in examination.rows
        if row != Row(row.check, row.outcome.PASSED)
    ]


NO_AGE = ("FRESHNESS", "NOT_RUN", "not asked for: --max-age-seconds")
OWN = "shanghai-transport-qualification-centre"
NOBODYS = {"jobCode": "9-99", "job": "别的项目", "occupation": "别的职业"}


@pytest.mark.parametrize(
    ("how", "rows"),
    [
        ({}, [("SCOPE", "PASSED", "4-02-01-01"), ("INSTITUTION", "PASSED", OWN)]),
        (
            {"key": FIRE},
            [
                (
                    "SCOPE",
                    "FAILED",
                    (
                        "OUT_OF_SCOPE: item '4-02-01-01' is not among those the key "
                        "may attest: 4-07-05-04.1, 4-07-05-04.2"
                    ),
                ),
                (
                    "INSTITUTION",
                    "FAILED",
                    (
                        "FOREIGN_KEY: signed by shanghai-fire-training-detachment, "
                        f"collected by {OWN}"
                    ),
                ),
            ],
        ),
        (
            {"content": {**CONTENT, **NOBODYS}},
            [
                ("SCOPE", "NOT_RUN", "a record is about no item of the annex"),
                ("INSTITUTION", "PASSED", OWN),
            ],
        ),
        (
            {"content": {"a": 1}},
            [
                ("SCOPE", "NOT_RUN", "there is no record"),
                ("INSTITUTION", "PASSED", OWN),
                (
                    "RECORD",
                    "FAILED",
                    "MALFORMED_RECORD: id_number names no holder: it is no text",
                ),
            ],
        ),
        (
            {"manifest": None, "item": "1.2"},
            [
                (
                    "SCOPE",
                    "FAILED",
                    (
                        "OUT_OF_SCOPE: item '1.2' is not among those the key may "
                        "attest: 4-02-01-01"
                    ),
                ),
                ("INSTITUTION", "NOT_RUN", "not asked for: --manifest"),
                ("RECORD", "NOT_RUN", "not asked for: --manifest"),
            ],
        ),
        (
            {"manifest": None},
            [
                ("SCOPE", "NOT_RUN", "not asked for: --manifest or --item"),
                ("INSTITUTION", "NOT_RUN", "not asked for: --manifest"),
                ("RECORD", "NOT_RUN", "not asked for: --manifest"),
            ],
        ),
    ],
)
def test_each_check_of_a_record_says_what_it_found(
    tmp_path: Path, how: dict[str, Any], rows: list[tuple[str, str, str]]
) -> None:
    assert said(examined(tmp_path, **how)) == [NO_AGE, *rows]


def test_what_is_no_record_is_not_looked_at_further(tmp_path: Path) -> None:
    checks = [row.check for row in examined(tmp_path).rows]
    needed = "needs what a check above did not find"
    late = datetime(2040, 1, 1, tzinfo=UTC)

    assert said(examined(tmp_path, raw=b"hello")) == [
        ("FORM", "FAILED", "MALFORMED: 1 parts, 3 expected"),
        *((check, "NOT_RUN", needed) for check in checks[2:-3]),
        *((check, "NOT_RUN", NOT_READ) for check in checks[-3:]),
    ]
    assert said(examined(tmp_path, at=late, max_age=timedelta(minutes=1))) == [
        (
            "WINDOW",
            "FAILED",
            (
                "KEY_OUTSIDE_WINDOW: asked at 2040-01-01T00:00:00+00:00, the key is in "
                "force from 2026-01-01T00:00:00+00:00 to 2028-01-01T00:00:00+00:00"
            ),
        ),
        (
            "FRESHNESS",
            "FAILED",
            (
                "STALE: signed 5053 days, 16:00:30 before the question, at most "
                "0:01:00 allowed"
            ),
        ),
        *((check, "NOT_RUN", NOT_READ) for check in checks[-3:]),
    ]
    # A second longer than it is old, and it is fresh enough.
    young = examined(tmp_path, max_age=timedelta(seconds=31))
    assert ("FRESHNESS", "PASSED") in [(row.check, row.outcome) for row in young.rows]


def test_a_screen_has_every_check_the_key_and_the_verdict(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    found = replace(examined(tmp_path), doubt="a [doubt]")

    show_examination(found, AT)
    shown = capsys.readouterr().out
    tell_examination(found, AT)
    told = json.loads(capsys.readouterr().out)
    show_examination(replace(examined(tmp_path, raw=b"hello"), key=None), AT)
    refused = capsys.readouterr().out.partition("┘\n")[2]

    header, *checks = rows(shown)
    assert header == ["check", "outcome", "reason"]
    assert len(checks) == len(found.rows)
    assert checks[-5:] == [
        ["FRESHNESS", "NOT_RUN", "not asked for: give --max-age-seconds"],
        ["PAYLOAD", "PASSED", ""],
        ["SCOPE", "PASSED", "4-02-01-01"],
        ["INSTITUTION", "PASSED", OWN],
        ["RECORD", "PASSED", ""],
    ]
    assert shown.partition("┘\n")[2].splitlines() == [
        "key: test-transport-1",
        f"institution: {OWN}",
        "state: active",
        "window: 2026-01-01 00:00:00Z to 2028-01-01 00:00:00Z",
        "scope: 4-02-01-01",
        "note: a [doubt]",
        (
            "VERIFIED as of 2026-03-01 08:00:00Z; not checked: freshness (give "
            "--max-age-seconds)"
        ),
    ]
    assert refused == "REFUSED as of 2026-03-01 08:00:00Z\n"
    assert told.pop("checks")[-3] == {
        "check": "SCOPE",
        "outcome": "PASSED",
        "reason": "4-02-01-01",
        "option": "",
    }
    assert told == {
        "believed": True,
        "at": "2026-03-01T08:00:00+00:00",
        "key": {
            "id": "test-transport-1",
            "proven": True,
            "institution": OWN,
            "state": "active",
            "notBefore": "2026-01-01T00:00:00+00:00",
            "notAfter": "2028-01-01T00:00:00+00:00",
            "scope": ["4-02-01-01"],
        },
        "doubt": "a [doubt]",
    }


BAD = Found("INCLUSION", "rows[1]", "INVALID", "NOT_COMMITTED")
GOOD = Found("FORMAT", "bundle", "VALID", "OK")


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ([GOOD], "VERIFIED; the verdict: node verify-bundle.mjs"),
        ([GOOD, BAD], "REFUSED; the verdict: node verify-bundle.mjs"),
        ([GOOD._replace(of="statement")], "VERIFIED; the rest: its bundle"),
    ],
)
def test_a_bundles_screen_has_every_check_and_what_is_left(
    found: list[Found],
    verdict: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_bundle(found)
    shown = capsys.readouterr().out
    tell_bundle(found)
    told = json.loads(capsys.readouterr().out)

    assert rows(shown) == [["check", "of", "outcome", "code"], *map(list, found)]
    assert shown.splitlines()[-1] == verdict
    assert told == {
        "believed": verdict.startswith("VERIFIED"),
        "checks": [one._asdict() for one in found],
    }


def test_a_receipt_says_what_it_names_and_what_was_not_shown(
    kept: Kept, tmp_path: Path
) -> None:
    receipt = receipt_in(kept.answer())
    assert receipt is not None

    alone = examine_receipt(
        receipt, kept.trust, Beside(), at=ASKED.at, max_age=timedelta(minutes=1)
    )
    forged = replace(receipt, jws=f"{receipt.jws[:-4]}AAAA")
    refused = examine_receipt(forged, kept.trust, Beside(), at=ASKED.at, max_age=None)

    told = {check: (outcome, why) for check, outcome, why in said(alone)}
    assert told["CHECKPOINT"] == (
        "NOT_RUN",
        "the receipt names none; witnesses: NOT_CONFIGURED",
    )
    assert told["DOCUMENT"] == ("NOT_RUN", "not shown: --document")
    assert "FRESHNESS" not in told
    assert "SCOPE" not in {row.check for row in alone.rows}
    assert said(refused)[0][:2] == ("SIGNATURE", "FAILED")
    assert said(refused)[0][2].startswith("BAD_SIGNATURE: ")
    parts = ["RECEIPT", "DATA", "ERRORS", "DOCUMENT", "VARIABLES", "CALLER"]
    assert said(refused)[-7:] == [
        (part, "NOT_RUN", NOT_READ) for part in [*parts, "CHECKPOINT"]
    ]
    absent, keys = tmp_path / "absent", tmp_path / "keys.json"
    with pytest.raises(StartError) as error:
        examine_receipt(receipt, absent, Beside(), at=ASKED.at, max_age=None)
    assert str(error.value) == f"{absent}: No such file or directory"
    keys.write_bytes(orjson.dumps({"keys": [{"kty": "oct"}]}))
    with pytest.raises(StartError) as error:
        examine_receipt(receipt, keys, Beside(), at=ASKED.at, max_age=None)
    assert str(error.value).startswith(f"{keys}: ")
