"""Limits of the gateway that somebody was told of, or can feel, change on purpose.

Whoever changes one changes it here too, and where a page names it.
"""

import importlib
from collections.abc import Mapping
from datetime import date, timedelta

import pytest

LIMITS: Mapping[str, Mapping[str, object]] = {
    "admission.admission": {
        "TURN_SECONDS": 0.01,
        "AT_ONCE": 4,
        "FEW": 8,
        "LEARNT": 0.05,
        "LATE_SHARE": 0.75,
    },
    "batch.asking": {
        "RETRY_SECONDS": (1.0, 2.0, 4.0, 8.0, 16.0),
        "TIMEOUT_SECONDS": 60.0,
        "_PASSING_STATUS": {408, 429, 502, 503, 504},
    },
    "batch.cells": {
        "EPOCH_1900": date(1899, 12, 30),
        "EPOCH_1904": date(1904, 1, 1),
        "_FIRST_SOUND_DAY": 61,
        "_DAY_SECONDS": 86_400,
        "_EXACT_BELOW": 1_000_000_000_000_000,
    },
    "batch.claims": {"MAX_CELL": 100},
    "batch.commands": {
        "TOKEN_VARIABLE": "CHECK_TOKEN",
        "MOST_AT_ONCE": 500,
        "FEWEST_AT_ONCE": 100,
    },
    "batch.elements": {"MAX_TEXT": 2_000, "_CHUNK_BYTES": 16_384},
    "batch.formats": {
        "_MOMENTS": {*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)},
        "_ELAPSED": 46,
    },
    "batch.kinds": {"_BEGIN": 200},
    "batch.moments": {"_DAY_SECONDS": 86_400, "_MARGIN_SECONDS": 60, "_LAST_HOUR": 23},
    "batch.results": {"SECRET_MODE": 0o600},
    "batch.run": {"MAX_BATCH_BYTES": 300_000},
    "batch.tables": {
        "MAX_FILE_BYTES": 50_000_000,
        "MAX_INFLATED_BYTES": 200_000_000,
        "MAX_LINE_CHARACTERS": 2_000,
        "MAX_COLUMNS": 30,
    },
    "batch.workbook": {
        "MAX_ROW": 1_048_576,
        "MAX_TEXTS": 1_000_000,
        "MAX_TEXTS_CHARACTERS": 20_000_000,
    },
    "callers.access_tokens": {
        "TYPE": "at+jwt",
        "THUMBPRINT": "x5t#S256",
        "MAX_CLIENT_ID_LENGTH": 128,
        "MAX_SUBJECT_LENGTH": 256,
        "MAX_CALLER_LENGTH": 200,
        "MARK_LENGTH": 16,
    },
    "callers.agency_assertions": {"LONGEST_SECONDS": 300},
    "callers.assertion": {"SECONDS": 60},
    "callers.authenticate": {"MAX_TOKEN_LENGTH": 8_192},
    "callers.claims": {"SKEW_SECONDS": 30},
    "callers.client_certificates": {"MAX_LENGTH": 16_384},
    "callers.issue": {"TOKEN_BYTES": 32, "SHORTEST": 22, "PREFIX": "cgw_"},
    "callers.issuer_keys": {
        "MAX_AGE_SECONDS": 600,
        "MIN_INTERVAL_SECONDS": 30,
        "KEEP_SECONDS": 86_400,
        "FETCH_SECONDS": 2.0,
        "MAX_BYTES": 262_144,
    },
    "callers.key_set": {"MOST_KEYS": 100, "MOST_VERIFIED": 1_000},
    "callers.signed_token": {"PARTS": 3, "ENCRYPTED_PARTS": 5},
    "callers.wiring": {"LOOPBACK": ("127.0.0.1", "::1", "localhost")},
    "collection.commands": {"LINES": 5_000, "MOST_LINES": 100_000, "OWN": 0o600},
    "collection.endpoint": {"BATCH": 500},
    "collection.inflate": {
        "PIECE_BYTES": 65_536,
        "FREE_BYTES": 1_000_000,
        "MAX_WINDOW_BYTES": 8_388_608,
        "GZIP": 31,
    },
    "collection.kept": {
        "ROOM_BYTES": 32_000_000,
        "KEPT_SECONDS": 60.0,
        "MOST_CHANGED": 10_000,
        "_A_PERSON": 700,
        "_AN_AGENCY": 300,
        "_A_RECORD": 700,
    },
    "collection.line": {"MAX_SEQUENCE": 9_007_199_254_740_991},
    "collection.records": {"YIELD_EVERY": 10},
    "collection.sending": {
        "RETRY_SECONDS": (1.0, 2.0, 4.0, 8.0, 15.0),
        "ANSWER_SECONDS": 600.0,
    },
    "collection.sign": {"NONCE_BYTES": 18},
    "collection.signature": {
        "WINDOW_SECONDS": 300,
        "MAX_NONCE_CHARACTERS": 200,
        "MAX_INPUT_CHARACTERS": 8_192,
    },
    "console.attempts": {"LIFE_SECONDS": 600, "MOST": 1_000},
    "console.batches": {
        "MAX_ROWS": 10_000,
        "MAX_INFLATED_BYTES": 40_000_000,
        "MAX_CHARACTERS": 4_000_000,
        "KEPT_SECONDS": 1_800.0,
        "A_CALLER": 2,
        "ALL": 16,
    },
    "console.cookies": {
        "SESSION": "gateway-console",
        "FORM": "gateway-console-form",
        "SIGNING_IN": "gateway-console-signing-in",
        "LANGUAGE": "gateway-console-language",
        "LOCAL": {"localhost", "127.0.0.1", "::1"},
        "YEAR_SECONDS": 31_536_000,
    },
    "console.forms": {"MAX_FIELDS": 64, "MAX_FORM_BYTES": 32_768},
    "console.issuers": {"SECONDS": 5.0, "MAX_BYTES": 262_144},
    "console.pages.batch": {"BY_SCRIPT": 100, "BY_HAND": 500, "SHOWN": 50},
    "console.pages.corrections": {
        "REASON_LENGTH": 500,
        "OFFICER_LENGTH": 64,
        "OF_A_CLAIM": 100,
    },
    "console.pages.reconciliation": {"ROWS": 50},
    "console.pages.totals": {"MONTHS": 12, "WIDTH": 720, "HEIGHT": 220, "LEFT": 110},
    "console.reconciled": {"ROWS_EACH": 5_000},
    "console.sessions": {"ID_BYTES": 32},
    "console.uploads": {
        "MAX_FILE_BYTES": 4_000_000,
        "MAX_UPLOAD_BYTES": 4_032_768,
        "MAX_DRAINED_BYTES": 50_000_000,
        "MAX_NAME": 200,
    },
    "console.visit": {"MOST_DIGITS": 7},
    "credentials.asking": {"TIMEOUT_SECONDS": 30.0},
    "credentials.status_lists": {
        "READ_SECONDS": 0.5,
        "TTL": timedelta(minutes=1),
        "LIFE": timedelta(minutes=5),
        "CACHE": "no-cache",
        "MOST_LISTS": 64,
    },
    "demo.demo": {"HOST": "127.0.0.1", "SECRET_MODE": 0o600, "MANIFEST_PORT": 9101},
    "demo.processes": {"READY_SECONDS": 30.0, "STOP_SECONDS": 5.0},
    "doctor.connecting": {"RESOLVE_SECONDS": 5.0, "CONNECT_SECONDS": 3.0},
    "doctor.running": {"READY_SECONDS": 5.0, "MAX_BYTES": 1_000_000},
}


@pytest.mark.parametrize("module", LIMITS)
def test_a_limit_is_what_others_were_told(module: str) -> None:
    found = importlib.import_module(f"gateway.{module}")

    assert {name: getattr(found, name) for name in LIMITS[module]} == LIMITS[module]
