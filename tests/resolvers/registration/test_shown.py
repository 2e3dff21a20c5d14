"""A connector, a sanction and a proposal are shown as they are kept, step by step."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from connectors.registration.challenge import Challenge
from connectors.registration.connector import CheckSummary, Connector, Event
from connectors.registration.keys import (
    RegisteredKey,
    RegisteredKeyState,
    StatedKey,
)
from connectors.registration.lifecycle import ConnectorState, Step
from connectors.registration.sanctions import (
    ProposalCause,
    Sanction,
    SanctionEvent,
    SanctionKind,
    SanctionProposal,
    SanctionState,
    SanctionStep,
)
from connectors.registration.submission import Contact, Submission
from signing.algorithms import Algorithm
from tests.resolvers.test_store_away import Away, answer, codes, question


def at(hour: int) -> datetime:
    return datetime(2026, 11, 25, hour, tzinfo=UTC)


def said(hour: int) -> str:
    return f"2026-11-25T{hour:02}:00:00+00:00"


KEY = RegisteredKey(
    stated=StatedKey(
        kid="transport-1",
        algorithm=Algorithm.ES256,
        public_key="PEM",
        not_before=at(1),
        not_after=at(2),
    ),
    connector="transport",
    institution="transport",
    fingerprint="f" * 64,
    state=RegisteredKeyState.RETIRED,
    state_since=at(3),
    proved_by="agency-1",
    proved_at=at(4),
    approved_by="operator-1",
)
CONNECTOR = Connector(
    id="transport",
    version=6,
    state=ConnectorState.ACTIVE,
    authority="transport",
    institution="fire-rescue",
    submission=Submission(
        credit_code="12310000425006133Y",
        items=("3.2", "3.1"),
        contacts=(Contact(name="信息中心", phone="021-0", email="a@b.example"),),
        manifest="",
        replaces="former",
    ),
    owner="agency-1",
    submitted_by="agency-2",
    approved_by="operator-2",
    check=CheckSummary(checked_at=at(5), is_conforming=False, findings=("a", "b")),
    changed_at=at(6),
    keys=(KEY,),
)
RETIRED = Event(
    connector="transport",
    version=7,
    step=Step.RETIRE_KEY,
    at=at(7),
    actor="operator-3",
    reason="as agreed",
    before=ConnectorState.ACTIVE,
    after=ConnectorState.SUSPENDED,
    detail={"key": "transport-1"},
)
SANCTION = Sanction(
    id=8,
    body="transport",
    kind=SanctionKind.FREEZE,
    state=SanctionState.LIFTED,
    reason="forged",
    imposed_by="one",
    imposed_at=at(1),
    last_day=date(2026, 12, 31),
    confirm_before=at(2),
    confirmed_by="another",
    confirmed_at=at(3),
    follows=7,
    lifted_by="a third",
    lifted_at=at(4),
    lift_reason="put right",
)
CONFIRMED = SanctionEvent(
    step=SanctionStep.CONFIRM,
    at=at(3),
    actor="another",
    reason="seen",
    after=SanctionState.IN_FORCE,
)
PROPOSAL = SanctionProposal(
    id=4,
    connector="transport",
    body="fire-rescue",
    cause=ProposalCause.ALTERED_RECORDS,
    found=9,
    threshold=5,
    proposed_at=at(1),
)


def registered(**kept: object) -> SimpleNamespace:
    away = Away()
    return SimpleNamespace(
        store=Away(**kept), connectors=away, keys=away, sanctions=away
    )


def shown(text: str, **kept: object) -> Any:
    """Return what a question shows of what is registered."""
    found = answer(text, registration=registered(**kept))
    assert found.errors is None
    assert found.data is not None
    (one,) = found.data.values()
    return one


def test_a_connector_is_shown_with_keys_report_and_steps() -> None:
    text = """{ connector(id: "transport") { id version state authority { id }
      collectionBody { id } creditCode items contacts { name phone email } replaces
      owner submittedBy approvedBy changedAt
      keys { keyId algorithm state stateSince notBefore notAfter fingerprint provedBy
        provedAt approvedBy }
      report { checkedAt isConforming findings }
      history { version step at actor reason before after keyId } } }"""

    assert shown(text, connector=CONNECTOR, events=[RETIRED]) == {
        "id": "transport",
        "version": 6,
        "state": "ACTIVE",
        "authority": {"id": "transport"},
        "collectionBody": {"id": "fire-rescue"},
        "creditCode": "12310000425006133Y",
        "items": ["3.1", "3.2"],
        "contacts": [{"name": "信息中心", "phone": "021-0", "email": "a@b.example"}],
        "replaces": "former",
        "owner": "agency-1",
        "submittedBy": "agency-2",
        "approvedBy": "operator-2",
        "changedAt": said(6),
        "keys": [
            {
                "keyId": "transport-1",
                "algorithm": "ES256",
                "state": "RETIRED",
                "stateSince": said(3),
                "notBefore": said(1),
                "notAfter": said(2),
                "fingerprint": "f" * 64,
                "provedBy": "agency-1",
                "provedAt": said(4),
                "approvedBy": "operator-1",
            }
        ],
        "report": {"checkedAt": said(5), "isConforming": False, "findings": ["a", "b"]},
        "history": [
            {
                "version": 7,
                "step": "RETIRE_KEY",
                "at": said(7),
                "actor": "operator-3",
                "reason": "as agreed",
                "before": "ACTIVE",
                "after": "SUSPENDED",
                "keyId": "transport-1",
            }
        ],
    }


def test_a_challenge_is_shown_with_its_end() -> None:
    text = question(
        "mutation",
        "requestKeyChallenge",
        "... on KeyChallenge { id text expiresAt }",
    )
    kept = Challenge(
        id="challenge-1",
        connector="transport",
        key=KEY.stated,
        text="to be signed",
        asked_by="agency-1",
        expires_at=at(8),
    )

    found = answer(
        text, registration=SimpleNamespace(keys=Away(challenge=kept), store=Away())
    )

    assert found.errors is None
    assert found.data == {
        "requestKeyChallenge": {
            "id": "challenge-1",
            "text": "to be signed",
            "expiresAt": said(8),
        }
    }


def test_a_sanction_is_shown_with_its_steps() -> None:
    text = """{ sanctions { id body { id } kind state reason imposedBy imposedAt
      lastDay confirmBefore confirmedBy confirmedAt follows liftedBy liftedAt liftReason
      history { step at actor reason after } } }"""

    assert shown(text, sanctions=[SANCTION], sanction_events=[CONFIRMED]) == [
        {
            "id": "8",
            "body": {"id": "transport"},
            "kind": "FREEZE",
            "state": "LIFTED",
            "reason": "forged",
            "imposedBy": "one",
            "imposedAt": said(1),
            "lastDay": "2026-12-31",
            "confirmBefore": said(2),
            "confirmedBy": "another",
            "confirmedAt": said(3),
            "follows": "7",
            "liftedBy": "a third",
            "liftedAt": said(4),
            "liftReason": "put right",
            "history": [
                {
                    "step": "CONFIRM",
                    "at": said(3),
                    "actor": "another",
                    "reason": "seen",
                    "after": "IN_FORCE",
                }
            ],
        }
    ]


def test_a_machine_s_proposal_is_shown_with_what_was_counted() -> None:
    text = """{ sanctionProposals { id connector body { id } cause found threshold
      proposedAt } }"""

    assert shown(text, proposals=[PROPOSAL]) == [
        {
            "id": "4",
            "connector": "transport",
            "body": {"id": "fire-rescue"},
            "cause": "ALTERED_RECORDS",
            "found": 9,
            "threshold": 5,
            "proposedAt": said(1),
        }
    ]


@pytest.mark.parametrize(
    ("id_", "number"),
    [
        ("4", 4),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, -1),
        ("x", -1),
        ("-4", -1),
        ("４", -1),
        ("", -1),
    ],
)
def test_what_is_decided_on_is_shown_and_no_id_but_a_number_is_a_proposals(
    id_: str, number: int
) -> None:
    decided: list[object] = []

    class Steps:
        async def decide(
            self, _: object, asked: int, *, accept: bool, reason: str
        ) -> SanctionProposal:
            decided.extend((asked, accept, reason))
            return PROPOSAL

    text = f"""mutation {{ decideSanctionProposal(id: "{id_}", accept: false,
      reason: "r") {{ ... on SanctionProposal {{ id threshold }} }} }}"""
    registration = SimpleNamespace(**{**vars(registered()), "sanctions": Steps()})

    found = answer(text, registration=registration)

    assert found.errors is None
    assert found.data == {"decideSanctionProposal": {"id": "4", "threshold": 5}}
    assert decided == [number, False, "r"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{ connector(id: "x") { history { step } } }', {"connector": CONNECTOR}),
        ("{ sanctions { history { step } } }", {"sanctions": [SANCTION]}),
    ],
)
def test_steps_that_cannot_be_read_are_not_shown_as_none(
    text: str, kept: dict[str, object]
) -> None:
    assert codes(text, registration=registered(**kept)) == ["STORE_UNAVAILABLE"]
