"""Limits that others were told of, or that something is kept by, change on purpose.

Each is on a page, in a message or in a database of somebody's. Whoever changes one
changes it here too, and says so in the change log.
"""

import importlib
from collections.abc import Mapping
from datetime import date, timedelta

import msgspec
import pytest

from connectors import manifest_cache, manifest_endpoint, manifest_signature
from connectors.conformance.subject import Effort

LIMITS: Mapping[str, Mapping[str, object]] = {
    "policy.contradictions": {"VALID_MONTHS": 72, "REVIEW_MONTHS": 36},
    "policy.gb11643": {"EARLIEST_BIRTH_YEAR": 1800},
    "policy.identity": {"MAX_CHARACTERS": 32},
    "policy.identity_numbers": {
        "BORN": range(1900, 2022),
        "BORN_BEFORE_1999": range(1940, 2000),
    },
    "signing.algorithms": {"MIN_RSA_BITS": 2048, "MAX_RSA_BITS": 8192},
    "signing.batches": {"MAX_RECORDS": 65_536, "MAX_ROOT_BYTES": 1024},
    "signing.sm2.keys": {"MAX_SIGNER_ID_BYTES": 8191},
    "signing.checks": {
        "MAX_SIGNATURE_BYTES": 65_536,
        "MAX_DETACHED_SIGNATURE_BYTES": 4096,
        "MAX_BODY_BYTES": 4_194_304,
    },
    "signing.strict_json": {"MAX_DEPTH": 32, "MAX_INTEGER": 9_007_199_254_740_991},
    "signing.transparency.cose_receipts": {"RECEIPT_LIMIT": 16_384},
    "signing.transparency.policies": {"POLICY_LIMIT": 262_144, "MEMBERS_LIMIT": 64},
    "signing.transparency.proofs": {"PATH_LIMIT": 63},
    "signing.transparency.tiles": {"WIDTH": 256, "ENTRY_LIMIT": 65_535},
    "signing.transparency.witnessing": {"SUBMISSION_LIMIT": 32_768, "PROOF_LIMIT": 63},
    "signing.trust": {"MAX_KEY_ID_LENGTH": 128},
    "connectors.conformance.answers": {
        "EXPIRY_WARNING": timedelta(days=30),
        "CLOCK_TOLERANCE": timedelta(seconds=30),
    },
    "connectors.conformance.plan": {"MOST_HOLDERS": 50},
    "connectors.conformance.questions": {
        "MOST_IN_A_BATCH": 1000,
        "LARGE_QUESTION_BYTES": 1_048_576,
    },
    "connectors.decoding.readers": {"MAX_TEXT": 500},
    "connectors.network.addresses": {
        "PORTS": {443, 4443, 8443, 9443},
        "MAX_LENGTH": 2000,
        "DNS_SECONDS": 60,
    },
    "connectors.protocols.envelopes": {"MAX_RECORDS": 1000},
    "connectors.protocols.exchange": {"ATTEMPTS": 2},
    "connectors.protocols.asking": {"NONCE_BYTES": 16},
    "connectors.quality": {
        "WINDOWS": (1, 7, 30),
        "LATE_DAYS": 30,
        "BACK_DATED_DAYS": 30,
    },
    "connectors.registration.challenge": {
        "LASTS": timedelta(minutes=10),
        "SKEW": timedelta(minutes=1),
        "MAX_PROOF_BYTES": 8000,
    },
    "connectors.registration.keys": {
        "WARNING_DAYS": (30, 7, 1),
        "MAX_OVERLAP": timedelta(days=90),
    },
    "connectors.registration.rules": {"MAX_REASON": 500},
    "connectors.registration.sanctions": {
        "CONFIRMED_WITHIN": timedelta(days=1),
        "LONGEST_RECTIFICATION": timedelta(days=365),
    },
    "connectors.registration.submission": {"MAX_BYTES": 64_000, "MAX_CONTACTS": 10},
    "connectors.status.status_list": {
        "MAX_LIST_BYTES": 1_048_576,
        "BITS": {1, 2, 4, 8},
    },
    "store.witness.seen": {"CONFLICTS_LIMIT": 1_000},
    "store.background": {"FIRST_PAUSE": 0.2, "LONGEST_PAUSE": 30.0},
    "store.credentials.issued": {"LIST_PLACES": 32_768, "FULL": 16_384},
    "store.collection.positions": {"DIGESTS_AT_ONCE": 10_000},
    "store.collection.reading": {"OLDER": 9},
    "store.collection.sequences": {"SHOWN_GAPS": 100},
    "store.ledger.standing": {"WORDS_NEEDED": 2},
    "store.registration.registrations": {"FORGOTTEN_AFTER": timedelta(days=1)},
    # Gateways of two versions hold the same locks while one follows the other.
    "store.postgresql": {
        "MIGRATION_LOCK": 2_192_022,
        "WRITER_LOCK": 2_192_023,
        "CONNECTIONS": 10,
        "CONNECT_SECONDS": 5.0,
        "STATEMENT_SECONDS": 30.0,
        "LEAVE_SECONDS": 15.0,
        "UNHEARD_SECONDS": 10,
    },
    "resolvers.audit_records": {"FIRST": 50, "MAX_FIRST": 1000},
    "resolvers.certificates.connection": {"MAX_FIRST": 1000},
    "resolvers.claims.verify": {"MAX_WORDS": 100},
    "resolvers.ledger.decision_questions": {"MAX_FIRST": 1000},
    "resolvers.ledger.kept_decisions": {"FIRST": 50},
    "resolvers.ledger.recoveries": {"MAX_FIRST": 1000},
    "resolvers.ledger.recoveries_shown": {"FIRST": 50},
    "resolvers.ledger.recovery_steps": {"MAX_REASON": 500, "MAX_EVIDENCE": 500},
    "resolvers.ledger.totals": {"MAX_DAYS": 3660},
    "resolvers.look_ups": {"MAX_OPERATION_NAME": 64},
    "resolvers.subscriptions.graph": {"MAX_NAMED": 100},
    "resolvers.execution.subscribe": {
        "TOGETHER": 25,
        "ENCODED_AT_ONCE": 4,
        "JUDGED_SECONDS": 0.25,
    },
    # What a gateway may take of memory is promised (docs/benchmarks.md).
    "resolvers.authorization.permissions": {
        "ROOM": 1_000_000,
        "ALLOWED_OVERHEAD": 500,
    },
    "resolvers.certificates.kept": {"SHOWN_BYTES": 1_536, "VERSION_BYTES": 96},
    "resolvers.documents.documents": {
        "KEPT": 50_000,
        "DOCUMENT_OVERHEAD": 500,
        "SPELLINGS_KEPT": 1_000,
        "TRUSTED_KEPT": 100,
    },
    "resolvers.fragment_cache.renderings": {
        "MAX_BYTES": 10_485_760,
        "OVERHEAD_BYTES": 1_024,
        "MAX_PHRASE_BYTES": 2_097_152,
        "PHRASE_OVERHEAD_BYTES": 512,
    },
    "resolvers.subscriptions.encoded": {
        "AT_ONCE": 2,
        "MAX_BYTES": 4_194_304,
        "OVERHEAD_BYTES": 512,
        "SHOWN_BYTES": 2_048,
        "MAX_SHOWN_BYTES": 4_194_304,
    },
    "gateway.witness.app": {"BODY_SECONDS": 10.0},
    "gateway.transparency.witnesses": {
        "SECONDS": 5.0,
        "ANSWER_LIMIT": 65_536,
        "LINES_LIMIT": 16,
        "CLOCK_TOLERANCE": timedelta(minutes=5),
        "ATTEMPTS": 3,
    },
    "bureau.certificate_ids": {"KEY_BYTES": 64},
    "bureau.ledger.entries": {
        "MAX_RULING": 500,
        "MAX_OFFICER": 64,
        "MAX_YUAN": 100_000,
        "FIRST_DAY": date(2022, 8, 22),
    },
    "bureau.ledger.evidence": {"KEY_BYTES": 32},
    "bureau.ledger.moves": {"MAX_REASON": 500},
    "bureau.ledger.rechecking": {"PATIENCE": 3},
    "bureau.look_ups.budget": {"WARNING_SHARE": 0.8},
    "bureau.look_ups.elements": {"MAX_WORDS": 100, "MAX_OFFICER": 64},
    "bureau.look_ups.statements": {"MAX_STATEMENTS": 20},
    "bureau.look_ups.unknown_people": {
        "WINDOW": timedelta(minutes=10),
        "FEWEST_UNKNOWN": 20,
        "ALARMING_SHARE": 0.5,
    },
    "bureau.privacy.masks": {"MAX_MESSAGE": 500},
    "bureau.privacy.pseudonyms": {"KEY_BYTES": 32},
    "bureau.versions.marks": {
        "DIGEST_CHARACTERS": 16,
        "PERSON_CHARACTERS": 24,
        "NAME_BYTES": 8,
    },
    "bureau.versions.memory": {
        "KEPT": 50_000,
        "UNSAVED": 20_000,
        "SAVED_AGAIN_AFTER": timedelta(hours=1),
    },
}
IN_A_MANIFEST: Mapping[type[msgspec.Struct], Mapping[str, object]] = {
    manifest_endpoint.Endpoint: {
        "second_url": "",
        "url": "",
        "unsafe_plain_http": False,
        "timeout_seconds": 1.8,
        "concurrency": 32,
        "batch_limit": 100,
        "shares_calls": True,
        "trace_context": False,
        "max_body_bytes": 1_000_000,
    },
    manifest_endpoint.Request: {
        "holders": "holders",
        "id_type": "idType",
        "id_number": "idNumber",
        "entity": "Holder",
    },
    manifest_endpoint.Response: {
        "results": "results",
        "id_number": "idNumber",
        "records": "records",
    },
    manifest_signature.StatusList: {"max_age_seconds": 86_400},
    manifest_signature.Signature: {
        "unsigned": "withheld",
        "header": "JWS-Signature",
        "max_age_seconds": 86_400,
        "skew_seconds": 60,
    },
    manifest_cache.Cache: {
        "ttl_seconds": 10,
        "stale_if_error_seconds": 0,
        "stale_decides_seconds": 0,
        "holders": 10_000,
        "megabytes": 16,
    },
    manifest_cache.Collection: {"answers_when_silent": False},
}
"""What holds where a manifest says nothing."""


@pytest.mark.parametrize("module", LIMITS)
def test_a_limit_is_what_others_were_told(module: str) -> None:
    found = importlib.import_module(module)

    assert {name: getattr(found, name) for name in LIMITS[module]} == LIMITS[module]


@pytest.mark.parametrize("table", IN_A_MANIFEST)
def test_a_manifest_that_says_nothing_has_what_the_page_says(
    table: type[msgspec.Struct],
) -> None:
    stated = {
        field.name: field.default
        for field in msgspec.structs.fields(table)
        if isinstance(field.default, str | int | float)
    }

    assert stated == IN_A_MANIFEST[table]


def test_the_kit_asks_no_more_and_no_longer_than_the_page_says() -> None:
    assert Effort() == Effort(
        requests=20, request_timeout_seconds=10.0, total_seconds=180.0
    )
