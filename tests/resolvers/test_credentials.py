"""A credential is issued of what is vouched for now; what is not to be given says why.

What is refused by name is so before anybody is asked.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bureau.caller import Caller, Purpose
from bureau.credentials.issuing import (
    CredentialRefusal,
    IssuedCredential,
    NotIssuedError,
)
from tests.connectors.agency import NOW
from tests.resolvers.answered import IDS, SIGNED, UNSIGNED, Asked, answer, executed
from tests.resolvers.test_store_away import EVERYTHING
from tests.resolvers.test_store_away import answer as answer_alone

OFFERED, NOT_OFFERED = (SimpleNamespace(is_offered=one) for one in (True, False))
CERTIFICATE = IDS.seal(SIGNED)
ISSUED = IssuedCredential(
    text="e30.e30.e30",
    expires_at=datetime(2026, 4, 1, tzinfo=UTC),
    status_list="https://gateway.example/status/1",
    index=7,
)


@pytest.mark.parametrize(
    ("offered", "key", "code"),
    [
        pytest.param(NOT_OFFERED, "null", "NOT_OFFERED", id="none is offered"),
        pytest.param(OFFERED, '"{}"', "HOLDER_KEY", id="a key that is none"),
    ],
)
def test_what_is_not_issued_says_why(
    offered: SimpleNamespace, key: str, code: str
) -> None:
    found = answer_alone(
        f"""mutation {{ issueCredential(certificate: "c", form: SD_JWT_VC,
          holderKey: {key}) {{ ... on CredentialRefused {{ code }} }} }}""",
        purpose=Purpose.HOLDER_REQUEST,
        credentials=offered,
    )

    assert found.errors is None
    assert found.data == {"issueCredential": {"code": code}}


@dataclass
class Issuer:
    """Issues one credential, or none."""

    fails: Exception | None = None
    asked: list[tuple[object, ...]] = field(default_factory=list)
    is_offered: bool = True

    async def issue(self, *asked: object) -> IssuedCredential:
        self.asked.append(asked)
        if self.fails is not None:
            raise self.fails
        return ISSUED


def issued(issuer: Issuer, asked: Asked, id_: str = CERTIFICATE, **more: Any) -> Any:
    """Return what is told of a credential that is asked for, or the error's code."""
    found = executed(
        asked,
        f"""mutation {{ issueCredential(certificate: "{id_}", form: OPEN_BADGE) {{
          ... on Credential {{ text expiresAt statusList index }}
          ... on CredentialRefused {{ code }} }} }}""",
        **{
            "credentials": issuer,
            "clock": lambda: NOW,
            "purpose": Purpose.HOLDER_REQUEST,
            **more,
        },
    )
    if found.errors:
        return [(one.extensions or {})["code"] for one in found.errors]
    return (found.data or {})["issueCredential"]


def test_what_is_vouched_for_now_is_issued() -> None:
    issuer, asked = Issuer(), Asked([answer(SIGNED)])

    found = issued(issuer, asked)

    assert found == {
        "text": "e30.e30.e30",
        "expiresAt": "2026-04-01T00:00:00+00:00",
        "statusList": "https://gateway.example/status/1",
        "index": 7,
    }
    ((one, form, key, at),) = issuer.asked
    assert (one, str(form), key, at) == (SIGNED, "OPEN_BADGE", None, NOW)
    assert asked.of_store == ["collected", "versions"]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        pytest.param(answer(), "UNKNOWN", id="its agency has it no more"),
        pytest.param(answer(unsigned=[UNSIGNED]), "UNKNOWN", id="nobody signed it"),
        pytest.param(
            answer(replace(SIGNED, as_of=NOW - timedelta(days=1)), is_complete=False),
            "NOT_VERIFIED",
            id="it was true once",
        ),
        pytest.param(answer(is_complete=False), "NOT_VERIFIED", id="nobody can tell"),
    ],
)
def test_what_is_not_vouched_for_is_not_issued(told: Any, code: str) -> None:
    issuer = Issuer()

    assert issued(issuer, Asked([told])) == {"code": code}
    assert issuer.asked == []


def test_an_id_that_is_none_costs_what_a_person_costs() -> None:
    asked = Asked([answer(SIGNED)])

    assert issued(Issuer(), asked, "no id") == {"code": "UNKNOWN"}
    assert asked.shown == [0]


def test_another_authoritys_is_not_looked_up() -> None:
    asked, fire = Asked([answer(SIGNED)]), Caller("agency:fire", EVERYTHING.scopes)

    found = issued(Issuer(), asked, caller=fire)

    assert found == {"code": "NOT_YOUR_AUTHORITY"}
    assert asked.log.records == []


@pytest.mark.parametrize("refusal", CredentialRefusal)
def test_what_the_issuer_refuses_says_why(refusal: CredentialRefusal) -> None:
    issuer = Issuer(NotIssuedError(refusal))

    assert issued(issuer, Asked([answer(SIGNED)])) == {"code": refusal.value}


@pytest.mark.parametrize("purpose", [one for one in Purpose if one != "HOLDER_REQUEST"])
def test_it_is_issued_to_its_holder_alone(purpose: Purpose) -> None:
    found = issued(Issuer(), Asked([answer(SIGNED)]), purpose=purpose)

    assert found == ["PURPOSE_REQUIRED"]
