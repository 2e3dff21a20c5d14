"""Every step over HTTP: taken by whom it is for, refused with an answer of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bureau.scopes import STEPS
from resolvers.schema import schema
from signing.sign import SigningKey
from tests.gateway.registration.joining import (
    AGENCY,
    ITEM,
    NOBODY,
    OPERATOR,
    SECOND,
    Joining,
    Steps,
    joining_gateway,
    proof_of,
)
from tests.running import Agencies
from tests.store.registration.office import make_key


@pytest.fixture(name="joining")
def _joining(agencies: Agencies) -> Joining:
    return Joining(agencies)


@pytest.fixture(name="steps")
def _steps(agencies: Agencies, tmp_path: Path, database_url: str) -> Iterator[Steps]:
    with joining_gateway(tmp_path, agencies, database_url) as steps:
        yield steps


def test_a_connector_is_registered_by_mutations_alone(
    steps: Steps, joining: Joining
) -> None:
    spelt = {"items": [f"{ITEM}\u3000"], "creditCode": " 12310000425006133ｙ"}
    active = steps.join(joining.submission(**spelt), joining.key)

    found = steps.send(
        'query { connector(id: "transport") { state items warnings(language: EN) '
        "history { step actor reason after keyId } } }",
        OPERATOR,
    )
    assert active["state"] == "ACTIVE"
    assert active["report"]["isConforming"] is True
    assert (found["state"], found["items"], found["warnings"]) == (
        "ACTIVE",
        [ITEM],
        [],
    )
    assert [(e["step"], e["actor"], e["after"]) for e in found["history"]] == [
        ("DRAFT", AGENCY, "DRAFT"),
        ("ADD_KEY", AGENCY, "DRAFT"),
        ("SUBMIT", AGENCY, "SUBMITTED"),
        ("CHECK", OPERATOR, "CHECKED"),
        ("APPROVE", SECOND, "APPROVED"),
        ("ACTIVATE", SECOND, "ACTIVE"),
    ]
    assert found["history"][1]["keyId"] == joining.key.kid


def test_whoever_approves_sees_the_manifest_and_its_expressions_in_words(
    steps: Steps, joining: Joining
) -> None:
    manifest = str(joining.submission()["manifest"]).replace(
        'number = "certificateNumber"',
        "number = \"join('-', [certificateNumber, parts[0]])\"",
    )
    manifest = manifest.replace("[endpoint]", '[endpoint]\nbearer_token = "c2VjcmV0"')
    steps.draft(**joining.submission(manifest=manifest))
    query = """query { connector(id: "transport") {
        manifest { key value
            zh: meaning(language: ZH) en: meaning(language: EN) } } }"""

    entries = {
        entry.pop("key"): entry for entry in steps.send(query, SECOND)["manifest"]
    }

    assert entries["record.number"] == {
        "value": "join('-', [certificateNumber, parts[0]])",
        "zh": '以前者连接后者各文本（常量 "-"、列表（“certificateNumber”、'
        "“parts”中的第 1 项））",
        "en": 'the texts, joined by the first (the constant "-", a list '
        '("certificateNumber", item 1 of "parts"))',
    }
    assert entries["endpoint.bearer_token"]["value"] == "***"
    assert entries["endpoint.timeout_seconds"] == {
        "value": "1.8",
        "zh": None,
        "en": None,
    }
    assert entries["record.values.state.有效"]["value"] == "VALID"


def test_a_secret_that_is_not_the_connectors_own_is_not_submitted(
    steps: Steps, joining: Joining
) -> None:
    manifest = str(joining.submission()["manifest"]).replace(
        "[endpoint]", '[endpoint]\nbearer_token = "secret:fire-rescue-token"'
    )
    draft = steps.draft(**joining.submission(manifest=manifest))

    refused = steps.step("submitConnector", AGENCY, draft)

    assert refused["code"] == "SUBMISSION_UNUSABLE"
    assert "[secrets.fire-rescue-token] with transport" in refused["detail"]


def test_refusals_are_answers(steps: Steps, joining: Joining) -> None:
    unknown = steps.draft(**joining.submission(manifest='id = "x"\nsecret = 1'))
    draft = steps.draft(**joining.submission())
    taken = steps.draft(**joining.submission())
    early = steps.step("approveConnector", SECOND, draft)
    keyless = steps.step("submitConnector", AGENCY, draft)
    challenge = steps.challenge(draft["id"], joining.key)
    other = SigningKey(
        joining.key.kid, joining.key.algorithm, make_key("x").private_key
    )
    forged = steps.prove(challenge, proof_of(challenge["text"], other))
    stale = steps.step("retireConnector", AGENCY, {**draft, "version": 7})
    reasonless = steps.step("retireConnector", AGENCY, draft, " ")

    assert [
        (one["__typename"], one["code"])
        for one in (unknown, taken, early, keyless, forged, stale, reasonless)
    ] == [
        ("RegistrationRefused", "SUBMISSION_UNUSABLE"),
        ("RegistrationRefused", "ID_TAKEN"),
        ("RegistrationRefused", "WRONG_STATE"),
        ("RegistrationRefused", "NO_KEY"),
        ("RegistrationRefused", "PROOF_REFUSED"),
        ("RegistrationRefused", "CHANGED_MEANWHILE"),
        ("RegistrationRefused", "REASON_MISSING"),
    ]
    assert "the nearest known one is" in unknown["detail"]
    assert forged["detail"] == "BAD_SIGNATURE"


def test_who_has_no_scope_takes_no_step(steps: Steps, joining: Joining) -> None:
    draft = steps.draft(**joining.submission())
    document = (
        "mutation($s: ConnectorStepInput!) "
        "{ approveConnector(step: $s) { __typename } }"
    )
    step = {"id": draft["id"], "version": draft["version"], "reason": "mine"}
    answers = [
        steps.gateway.post({"query": document, "variables": {"s": step}}, token)[1]
        for token in (AGENCY, NOBODY)
    ]

    codes = [a["errors"][0]["extensions"]["code"] for a in answers]
    assert codes == ["FORBIDDEN", "FORBIDDEN"]


def test_ten_megabytes_are_refused_with_an_answer_and_leave_nothing(
    agencies: Agencies, joining: Joining, tmp_path: Path, database_url: str
) -> None:
    largest = "max_body_bytes = 10000000\n"
    with joining_gateway(tmp_path, agencies, database_url, settings=largest) as steps:
        refused = steps.draft(**joining.submission(manifest="x" * 9_990_000))
        kept = steps.send("{ connectors { id } }", OPERATOR)

    assert (refused["code"], kept) == ("SUBMISSION_TOO_LARGE", [])


def test_a_check_that_fails_says_what_was_found(
    steps: Steps, joining: Joining, agencies: Agencies
) -> None:
    draft = steps.draft(**joining.submission())
    proved = steps.register_key(draft["id"], joining.key)
    submitted = steps.step("submitConnector", AGENCY, proved)
    with agencies.fault("transport", "tampered"):
        refused = steps.step("checkConnector", OPERATOR, submitted)

    found = steps.send(
        'query { connector(id: "transport") '
        "{ state report { isConforming findings } } }",
        AGENCY,
    )
    assert refused["code"] == "NOT_CONFORMING"
    assert (found["state"], found["report"]["isConforming"]) == ("SUBMITTED", False)
    assert any("BAD_SIGNATURE" in line for line in found["report"]["findings"])


def test_an_agency_sees_its_own_alone(steps: Steps, joining: Joining) -> None:
    steps.draft(**joining.submission())
    query = "query { connectors { id } }"

    assert steps.send(query, AGENCY) == [{"id": "transport"}]
    assert steps.send(query, OPERATOR) == [{"id": "transport"}]


OF_THE_LEDGER = {
    "record_decision",
    "take_payment_step",
    "propose_correction",
    "answer_correction",
    "take_recovery_step",
    "prove_record_false",
    "prove_claim_false",
    "withdraw_false_record",
    "move_claim",
}
OF_CREDENTIALS = {"issue_credential"}
"""Mutations of ``resolvers.ledger``, which is tested elsewhere."""


def test_every_mutation_has_its_scopes_in_the_table() -> None:
    mutation = schema.core.mutation_type
    assert mutation is not None
    names = {
        "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
        for name in mutation.fields
    }

    assert names - OF_THE_LEDGER - OF_CREDENTIALS == set(STEPS)
    assert names >= OF_THE_LEDGER | OF_CREDENTIALS
