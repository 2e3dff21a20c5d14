"""A step is handed on as it was asked for, by whom; what comes of it is shown."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from strawberry.utils.str_converters import to_camel_case

from bureau.caller import Caller, Scope
from bureau.scopes import STEPS as SCOPES
from connectors.registration.keys import StatedKey
from connectors.registration.refusals import RefusalCode, RegistrationError
from connectors.registration.rules import Actor, StepRequest
from connectors.registration.sanctions import SanctionKind
from connectors.registration.submission import Contact, Submission
from signing.algorithms import Algorithm
from signing.sm2.keys import SignatureForm
from tests.resolvers.registration.test_shown import CONNECTOR, SANCTION
from tests.resolvers.test_store_away import EVERYTHING, Away, answer, codes

CLERK = Actor("clerk", is_approver=True)
ASKED = StepRequest(CLERK, "transport", 6, "as agreed")
STEP = 'step: {id: "transport", version: 6, reason: "as agreed"}'
SUBMITTED = """submission: {creditCode: " 12310000425006133ｙ", items: [" ３.2"],
  contacts: [{name: "n", phone: "p", email: "e"}], manifest: "m", replaces: "former"}"""
SUBMISSION = Submission(
    credit_code="12310000425006133Y",
    items=("3.2",),
    contacts=(Contact(name="n", phone="p", email="e"),),
    manifest="m",
    replaces="former",
)
REFUSED = """... on RegistrationRefused { code detail message en: message(language: EN)
  connector { id } }"""
BODY = 'body: "transport"'
WHY = 'reason: "r"'

ON_CONNECTORS = {
    "draftConnector": (f"{SUBMITTED}, {WHY}", "draft", (CLERK, SUBMISSION, "r")),
    "redraftConnector": (f"{STEP}, {SUBMITTED}", "redraft", (ASKED, SUBMISSION)),
    "submitConnector": (STEP, "submit", (ASKED,)),
    "checkConnector": (STEP, "check", (ASKED,)),
    "returnConnector": (STEP, "send_back", (ASKED,)),
    "approveConnector": (STEP, "approve", (ASKED,)),
    "activateConnector": (STEP, "activate", (ASKED,)),
    "suspendConnector": (STEP, "suspend", (ASKED,)),
    "resumeConnector": (STEP, "resume", (ASKED,)),
    "retireConnector": (STEP, "retire", (ASKED,)),
}
ON_KEYS = {
    "proveKey": ('challenge: "c", proof: "p"', "prove", (CLERK, "c", "p")),
    "approveKey": (f'{STEP}, keyId: "k"', "approve", (ASKED, "k")),
    "retireKey": (f'{STEP}, keyId: "k"', "retire", (ASKED, "k")),
    "declareKeyCompromised": (
        f'{STEP}, keyId: "k", since: "2026-05-01T00:00:00Z"',
        "compromise",
        (ASKED, "k", datetime(2026, 5, 1, tzinfo=UTC)),
    ),
}
ON_SANCTIONS = {
    "issueWarning": (f"{BODY}, {WHY}", "warn", (CLERK, "transport", "r")),
    "orderRectification": (
        f'{BODY}, lastDay: "2026-05-01", {WHY}',
        "order_rectification",
        (CLERK, "transport", date(2026, 5, 1), "r"),
    ),
    "proposeSanction": (
        f"{BODY}, kind: FREEZE, {WHY}",
        "propose",
        (CLERK, "transport", SanctionKind.FREEZE, "r"),
    ),
    "imposeSanction": (
        f"{BODY}, kind: CANCEL_COLLECTION, {WHY}",
        "impose",
        (CLERK, "transport", SanctionKind.CANCEL_COLLECTION, "r"),
    ),
    "freezeUrgently": (f"{BODY}, {WHY}", "freeze_urgently", (CLERK, "transport", "r")),
    "confirmSanction": (f'id: "8", {WHY}', "confirm", (CLERK, 8, "r")),
    "rejectSanction": (f'id: "8", {WHY}', "reject", (CLERK, 8, "r")),
    "liftSanction": (f'id: "8", {WHY}', "lift", (CLERK, 8, "r")),
}
STEPS = {
    **{name: ("connectors", CONNECTOR, *step) for name, step in ON_CONNECTORS.items()},
    **{name: ("keys", CONNECTOR, *step) for name, step in ON_KEYS.items()},
    **{name: ("sanctions", SANCTION, *step) for name, step in ON_SANCTIONS.items()},
}
"""By name: whose step it is, on what, with which arguments, and what is handed on."""


@dataclass
class Office:
    """Where steps are taken: all come to the same."""

    comes_to: object
    told: list[tuple[str, tuple[object, ...]]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        async def taken(*asked: object, **more: object) -> object:
            self.told.append((name, (*asked, *more.values())))
            if isinstance(self.comes_to, Exception):
                raise self.comes_to
            return self.comes_to

        return taken


def taken(
    name: str, stated: str, selected: str, office: Office, **more: Any
) -> dict[str, Any]:
    """Take a step at an office; return what is shown."""
    store = more.pop("store", Away())
    registration = SimpleNamespace(
        store=store, connectors=office, keys=office, sanctions=office
    )
    text = f"mutation {{ {name}({stated}) {{ __typename {selected} }} }}"
    found = answer(text, registration=registration, **more)
    assert found.errors is None, found.errors
    shown: dict[str, Any] = (found.data or {})[name]
    return shown


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_handed_on_and_what_it_comes_to_is_shown(name: str) -> None:
    whose, on, stated, method, asked = STEPS[name]
    id_ = "8" if on is SANCTION else "transport"
    office, elsewhere = Office(on), Office(RuntimeError("not asked"))
    registration = dict.fromkeys(("connectors", "keys", "sanctions"), elsewhere)
    registration[whose] = office
    kind = "Sanction" if whose == "sanctions" else "Connector"
    text = f"mutation {{ {name}({stated}) {{ ... on {kind} {{ id }} }} }}"

    found = answer(text, registration=SimpleNamespace(store=Away(), **registration))

    assert (found.errors, found.data) == (None, {name: {"id": id_}})
    assert office.told == [(method, asked)]


@pytest.mark.parametrize("name", STEPS)
def test_a_step_that_is_not_taken_says_why(name: str) -> None:
    stated = STEPS[name][2]
    refusal = RegistrationError(RefusalCode.CHANGED_MEANWHILE, "version 7")

    found = taken(
        *(name, stated, REFUSED),
        Office(refusal),
        store=Away(connector=CONNECTOR),
    )

    # What it was about is shown where the step names it.
    there = {"id": "transport"} if stated.startswith("step") else None
    assert found == {
        "__typename": "RegistrationRefused",
        "code": "CHANGED_MEANWHILE",
        "detail": "version 7",
        "en": refusal.meaning.en,
        "message": refusal.meaning.zh,
        "connector": there,
    }


@pytest.mark.parametrize(
    ("caller", "kept", "is_seen"),
    [
        pytest.param(EVERYTHING, CONNECTOR, True, id="an overseer"),
        pytest.param(
            Caller("agency-1", frozenset({Scope.REGISTER})),
            CONNECTOR,
            True,
            id="its own",
        ),
        pytest.param(
            Caller("agency-3", frozenset({Scope.REGISTER})), CONNECTOR, False, id="no"
        ),
        pytest.param(EVERYTHING, None, False, id="there is none"),
    ],
)
def test_of_a_refused_step_they_see_what_is_theirs(
    caller: Caller, kept: object, *, is_seen: bool
) -> None:
    office = Office(RegistrationError(RefusalCode.CHANGED_MEANWHILE))

    found = taken(
        *("submitConnector", STEP, REFUSED, office),
        caller=caller,
        store=Away(connector=kept),
    )

    assert (found["connector"] is not None) is is_seen
    assert found["detail"] is None


def test_what_cannot_be_read_beside_a_refusal_is_away() -> None:
    office = Office(RegistrationError(RefusalCode.CHANGED_MEANWHILE))
    registration = SimpleNamespace(store=Away(), connectors=office)
    text = f"mutation {{ submitConnector({STEP}) {{ __typename }} }}"

    assert codes(text, registration=registration) == ["STORE_UNAVAILABLE"]


@pytest.mark.parametrize(
    ("days", "handed_on"),
    [(-(2**31), -1), (-1, -1), (0, 0), (90, 90), (91, 91), (2**31 - 1, 91)],
)
def test_an_overlap_is_handed_on_in_days_and_one_too_long_is_no_less(
    days: int, handed_on: int
) -> None:
    office = Office(CONNECTOR)

    taken(
        "rotateKey",
        f'{STEP}, oldKeyId: "old", newKeyId: "new", overlapDays: {days}',
        "... on Connector { id }",
        office,
    )

    assert office.told == [
        ("rotate", (ASKED, "old", "new", timedelta(days=handed_on))),
    ]


def test_who_sanctions_is_whom_the_token_names_by_a_pseudonym() -> None:
    office = Office(SANCTION)
    officer = replace(EVERYTHING, subject="idp:officer-7")

    taken("liftSanction", f'id: "8", {WHY}', "", office, caller=officer)

    assert office.told == [
        ("lift", (Actor("officer:idp:officer-7", is_approver=True), 8, "r"))
    ]


def test_a_decision_on_a_proposal_that_is_not_taken_says_why() -> None:
    office = Office(RegistrationError(RefusalCode.UNKNOWN_PROPOSAL))

    found = taken(
        "decideSanctionProposal",
        f'id: "4", accept: true, {WHY}',
        "... on RegistrationRefused { code }",
        office,
    )

    assert found["code"] == "UNKNOWN_PROPOSAL"
    assert office.told == [("decide", (CLERK, 4, True, "r"))]


def test_a_key_to_be_proved_is_handed_on_whole() -> None:
    office = Office(RegistrationError(RefusalCode.UNKNOWN_CONNECTOR))

    found = taken(
        "requestKeyChallenge",
        """connector: "transport", key: {keyId: "k", algorithm: SM2, publicKey: "PEM",
          notBefore: "2026-05-01T00:00:00Z", notAfter: "2027-05-01T00:00:00Z",
          sm2SignerId: "", sm2Signature: DER}""",
        REFUSED,
        office,
        store=Away(connector=CONNECTOR),
    )

    key = StatedKey(
        kid="k",
        algorithm=Algorithm.SM2,
        public_key="PEM",
        not_before=datetime(2026, 5, 1, tzinfo=UTC),
        not_after=datetime(2027, 5, 1, tzinfo=UTC),
        sm2_signer_id="",
        sm2_signature=SignatureForm.DER,
    )
    assert office.told == [("challenge", (CLERK, "transport", key))]
    assert (found["code"], found["connector"]) == (
        *("UNKNOWN_CONNECTOR", {"id": "transport"}),
    )


def test_every_step_is_tried() -> None:
    apart = {"rotateKey", "decideSanctionProposal", "requestKeyChallenge"}

    assert STEPS.keys() | apart == set(map(to_camel_case, SCOPES))
