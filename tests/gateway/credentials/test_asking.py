"""A credential is asked for in a holder's name, and why there is none is said."""

import asyncio
import json

import pytest

from bureau.credentials.issuing import CredentialForm
from gateway.credentials.asking import Office, ask_for
from gateway.errors import StartError
from tests.gateway.batch.test_asking import answer, scripted


async def asked(*script: bytes) -> tuple[str, bytes]:
    """Ask who answers so; return what came or was said, and the question."""
    async with scripted(*script) as server:
        office = Office(url=f"http://127.0.0.1:{server.port}", token="t", case="A-1")
        try:
            said = await asyncio.to_thread(
                ask_for, office, "c", CredentialForm.SD_JWT_VC, "key"
            )
        except StartError as error:
            said = str(error)
        return said, server.asked[0]


def graph(outcome: object, **more: object) -> bytes:
    return answer(200, {"data": {"issueCredential": outcome}, **more})


async def test_a_credential_is_asked_for_as_the_holder_s_request() -> None:
    found, question = await asked(graph({"text": "credential"}))

    head, _, body = question.partition(b"\r\n\r\n")
    said = json.loads(body)
    assert found == "credential"
    assert b"bearer t" in head.lower()
    assert said["query"].startswith("mutation IssueCredential(")
    assert said["variables"] == {
        "certificate": "c",
        "form": CredentialForm.SD_JWT_VC,
        "holderKey": "key",
    }
    assert said["extensions"] == {"purpose": "HOLDER_REQUEST", "caseNumber": "A-1"}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param(
            graph({"code": "NOT_VALID", "message": "revoked"}),
            "no credential: NOT_VALID: revoked",
            id="refused",
        ),
        pytest.param(
            graph(None, errors=[{"message": "one"}, {"message": "two"}]),
            "no credential: one; two",
            id="errors",
        ),
        pytest.param(
            answer(200, {"errors": [{"message": "one"}]}),
            "no credential: one",
            id="nothing was executed",
        ),
        pytest.param(answer(200, {}), "no credential: no answer", id="nothing at all"),
        pytest.param(
            answer(200, b"<html>"), "no credential: JSON is malformed", id="no graph"
        ),
    ],
)
async def test_why_there_is_none_is_said(said: bytes, words: str) -> None:
    found, _ = await asked(said)

    assert found.startswith(words)
