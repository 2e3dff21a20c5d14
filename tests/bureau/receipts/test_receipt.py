"""A receipt says all of a question and its answer, and nothing of a person."""

import hashlib

import orjson
import pytest

from bureau.receipts.logged import LogState, Quorum
from bureau.receipts.receipt import (
    MEMBERS,
    Answered,
    Receipts,
    UnwritableReceiptError,
    sources,
)
from connectors.answer import SourceOutcome
from connectors.elements import NOT_STATED
from signing.transparency.checkpoints import Checkpoint
from tests.bureau.receipts.made import (
    ANSWERED,
    ASKED,
    DATA,
    DIGEST,
    RULES,
    SALT,
    TEXT,
    UNTRUSTED,
    VARIABLES,
    answer,
    claims,
)


def sha256(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()


def test_a_receipt_says_who_asked_when_why_and_by_which_rules() -> None:
    said = claims()

    assert said | {"sources": [], "variables": "", "data": "", "errors": ""} == {
        "iss": "https://gateway.example",
        "aud": "hr-huangpu",
        "version": "certificate-gateway-receipt@v1",
        "at": "2026-03-01T08:00:00.123456Z",
        "requestId": "r-1",
        "document": DIGEST,
        "documentCommitment": None,
        "operation": "Holder",
        "variables": "",
        "data": "",
        "errors": "",
        "districts": ["310101"],
        "purpose": "SUBSIDY_CLAIM",
        "caseNumber": "沪人社〔2026〕1号",
        "elements": {"organisation": "黄浦区人社局", "officer": "0f" * 32},
        "sources": [],
        "policy": {
            "version": "2026-01-01",
            "parameters": "a" * 64,
            "catalogue": "b" * 64,
        },
        "log": {"checkpoint": None, "witnesses": "NOT_CONFIGURED"},
    }
    assert said.keys() == MEMBERS


def test_data_errors_and_variables_are_committed_to_under_the_salt() -> None:
    said = claims()

    assert said["data"] == sha256(SALT, DATA)
    assert said["errors"] == sha256(SALT, b'[{"message":"late"}]')
    canonical = '{"at":null,"n":"31010119800101001X","of":[1,"二"]}'
    assert said["variables"] == sha256(SALT, canonical.encode())


def test_an_answer_without_errors_has_none_of_them() -> None:
    assert claims(answered=ANSWERED._replace(errors=None))["errors"] is None


def test_a_document_that_is_not_trusted_is_committed_to_and_not_named() -> None:
    said = claims(UNTRUSTED)

    assert said["document"] is None
    assert said["documentCommitment"] == sha256(SALT, TEXT.encode())
    assert DIGEST not in orjson.dumps(said).decode()


def test_nothing_of_the_variables_or_the_data_stands_in_it() -> None:
    written = orjson.dumps(claims()).decode()

    for secret in (str(VARIABLES["n"]), "有效", "二", "late", sha256(DATA)):
        assert secret not in written


def test_a_question_without_purpose_and_elements_says_so() -> None:
    said = claims(ASKED._replace(look_up=None, elements=NOT_STATED, districts=None))

    assert (said["purpose"], said["caseNumber"]) == (None, None)
    assert (said["elements"], said["districts"]) == ({}, None)


def test_each_agency_has_a_row_with_how_its_answers_ended() -> None:
    found = sources(
        [
            [answer("transport"), answer("safety", SourceOutcome.NONE)],
            [answer("transport", SourceOutcome.TIMED_OUT), answer("safety")],
            [answer("transport")],
        ]
    )

    assert found == [
        {
            "agency": "transport",
            "outcomes": {"ANSWERED": 2, "TIMED_OUT": 1},
            "sequence": None,
        },
        {"agency": "safety", "outcomes": {"NONE": 1, "ANSWERED": 1}, "sequence": None},
    ]


def test_not_found_is_said_as_of_the_lowest_number_that_any_look_up_saw() -> None:
    found = sources(
        [[answer("fire", sequence=n)] for n in (9, 7, 8)] + [[answer("fire")]]
    )

    assert found == [{"agency": "fire", "outcomes": {"ANSWERED": 4}, "sequence": 7}]


def test_an_agency_that_sent_nothing_yet_was_seen_up_to_zero() -> None:
    assert sources([[answer("fire", sequence=0)]])[0]["sequence"] == 0


def test_the_log_is_told_as_of_the_moment_of_the_receipt() -> None:
    log = LogState(
        lambda: Checkpoint("log.example/1", 12, bytes(32)), lambda: Quorum.NOT_MET
    )

    assert claims(log=log)["log"] == {
        "checkpoint": {
            "origin": "log.example/1",
            "size": 12,
            "root": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        },
        "witnesses": "NOT_MET",
    }


def test_half_a_character_is_refused_and_not_repeated() -> None:
    receipts = Receipts("x", LogState(lambda: None, lambda: Quorum.NOT_CONFIGURED))

    with pytest.raises(UnwritableReceiptError, match="a text is no UTF-8"):
        receipts.payload(
            ASKED._replace(caller="\ud800"), Answered(b"", None, []), RULES, SALT
        )
