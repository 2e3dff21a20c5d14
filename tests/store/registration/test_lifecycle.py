"""A connector goes from draft to retired, two people agree, and all is recorded."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.manifest import read_manifest
from connectors.registration.connector import Connector
from connectors.registration.keys import RegisteredKeyState
from connectors.registration.lifecycle import TRANSITIONS, ConnectorState, Step
from connectors.registration.refusals import RefusalCode, RegistrationError
from connectors.registration.registrar import Registrar
from connectors.registration.rules import Actor, Configured, StepRequest
from connectors.registration.submission import Contact, warnings_of
from signing.trust import TrustBundle
from tests.store.registration.office import (
    AGENCY,
    ELECTRICIAN,
    ITEM,
    MANIFEST,
    OPERATOR,
    SECOND,
    STRANGER,
    Office,
    failing,
    make_key,
    named,
    open_office,
    submission,
)

STEPS: dict[Step, Callable[[Registrar, StepRequest], Awaitable[Connector]]] = {
    Step.DRAFT: lambda r, asked: r.redraft(
        asked, submission(manifest=named(asked.connector))
    ),
    Step.SUBMIT: Registrar.submit,
    Step.CHECK: Registrar.check,
    Step.RETURN: Registrar.send_back,
    Step.APPROVE: Registrar.approve,
    Step.ACTIVATE: Registrar.activate,
    Step.SUSPEND: Registrar.suspend,
    Step.RESUME: Registrar.resume,
    Step.RETIRE: Registrar.retire,
}
WAY = (
    Step.SUBMIT,
    Step.CHECK,
    Step.APPROVE,
    Step.ACTIVATE,
    Step.SUSPEND,
    Step.RETIRE,
)
STATES = tuple(ConnectorState)


@pytest.fixture(name="office")
def _office(engine: AsyncEngine) -> Office:
    return open_office(engine)


async def refusal(step: Awaitable[object]) -> RefusalCode:
    with pytest.raises(RegistrationError) as refused:
        await step
    return refused.value.code


async def brought_to(office: Office, state: ConnectorState) -> Connector:
    """Return a connector that took the steps up to ``state``."""
    draft = await office.drafted()
    connector = await office.prove(draft, make_key("transport-1"))
    for step in WAY[: STATES.index(state)]:
        asked = office.step(connector, SECOND)
        if step is Step.SUBMIT:
            asked = office.step(connector)
        connector = await STEPS[step](office.office.connectors, asked)
    return connector


async def test_the_way_of_a_connector_is_recorded_with_who_when_and_why(
    office: Office,
) -> None:
    gone = await brought_to(office, ConnectorState.RETIRED)

    events = await office.store.events(gone.id)
    assert [(event.step, event.after, event.actor) for event in events] == [
        (Step.DRAFT, ConnectorState.DRAFT, "transport-office"),
        (Step.ADD_KEY, ConnectorState.DRAFT, "transport-office"),
        (Step.SUBMIT, ConnectorState.SUBMITTED, "transport-office"),
        (Step.CHECK, ConnectorState.CHECKED, "operator-2"),
        (Step.APPROVE, ConnectorState.APPROVED, "operator-2"),
        (Step.ACTIVATE, ConnectorState.ACTIVE, "operator-2"),
        (Step.SUSPEND, ConnectorState.SUSPENDED, "operator-2"),
        (Step.RETIRE, ConnectorState.RETIRED, "operator-2"),
    ]
    assert [event.version for event in events] == list(range(1, 9))
    assert {event.at for event in events} == {office.clock.now}
    assert {event.reason for event in events[2:]} == {"as agreed"}


async def test_a_connector_comes_back_as_it_was_kept(office: Office) -> None:
    made = await office.approved()

    assert await office.store.connector(made.id) == made
    assert made.submission == submission()
    assert (made.owner, made.submitted_by, made.approved_by) == (
        *("transport-office", "transport-office", "operator-2"),
    )


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_from_another_state_is_refused_and_changes_nothing(
    office: Office, step: Step
) -> None:
    state = next(s for s in STATES if s not in TRANSITIONS[step].origins)
    connector = await brought_to(office, state)

    taken = STEPS[step](office.office.connectors, office.step(connector, SECOND))

    assert await refusal(taken) is RefusalCode.WRONG_STATE
    assert await office.store.connector(connector.id) == connector


async def test_what_is_suspended_is_resumed(office: Office) -> None:
    suspended = await brought_to(office, ConnectorState.SUSPENDED)

    resumed = await office.office.connectors.resume(office.step(suspended, SECOND))
    assert resumed.state is ConnectorState.ACTIVE


async def test_what_was_sent_back_is_drafted_anew(office: Office) -> None:
    checked = await office.checked()
    steps = office.office.connectors

    draft = await steps.send_back(office.step(checked, OPERATOR))
    again = await steps.redraft(office.step(draft), submission(credit_code="1"))

    assert (again.state, again.check, again.submission.credit_code) == (
        *(ConnectorState.DRAFT, None, "1"),
    )


@pytest.mark.parametrize("actor", [AGENCY, Actor("transport-office", True)])
async def test_who_drafted_or_submitted_does_not_approve(
    office: Office, actor: Actor
) -> None:
    checked = await office.checked()

    asked = StepRequest(actor, checked.id, checked.version, "mine")
    assert await refusal(office.office.connectors.approve(asked)) is (
        RefusalCode.SAME_OPERATOR
    )


async def test_an_operator_who_submitted_for_an_agency_does_not_approve(
    office: Office,
) -> None:
    draft = await office.prove(await office.drafted(), make_key("transport-1"))
    submitted = await office.office.connectors.submit(office.step(draft, OPERATOR))
    checked = await office.office.connectors.check(office.step(submitted, OPERATOR))

    approve = office.office.connectors.approve
    code = await refusal(approve(office.step(checked, OPERATOR)))
    assert code is RefusalCode.SAME_OPERATOR
    approved = await approve(office.step(checked, SECOND))
    assert approved.state is ConnectorState.APPROVED


async def test_of_two_operators_who_race_one_wins(office: Office) -> None:
    checked = await office.checked()
    approve = office.office.connectors.approve

    outcomes = await asyncio.gather(
        approve(office.step(checked, OPERATOR)),
        approve(office.step(checked, SECOND)),
        return_exceptions=True,
    )

    refused = [o.code for o in outcomes if isinstance(o, RegistrationError)]
    assert refused == [RefusalCode.CHANGED_MEANWHILE]
    approvals = [
        e for e in await office.store.events(checked.id) if e.step is Step.APPROVE
    ]
    assert len(approvals) == 1


async def test_a_check_that_fails_leaves_its_report_and_the_state(
    office: Office,
) -> None:
    submitted = await office.submitted()
    office.findings.append(failing())

    check = office.office.connectors.check
    code = await refusal(check(office.step(submitted, OPERATOR)))

    kept = await office.store.connector(submitted.id)
    assert kept is not None
    assert kept.check is not None
    assert (code, kept.state, kept.check.findings) == (
        RefusalCode.NOT_CONFORMING,
        ConnectorState.SUBMITTED,
        ("FAILURE BAD_SIGNATURE at plan.holder[0]",),
    )


async def test_what_changed_while_it_was_checked_is_not_taken_as_checked(
    office: Office,
) -> None:
    submitted = await office.submitted()
    steps = office.office.connectors
    asked = office.step(submitted, OPERATOR)

    outcomes = await asyncio.gather(
        steps.check(asked), steps.send_back(asked), return_exceptions=True
    )

    refused = [o.code for o in outcomes if isinstance(o, RegistrationError)]
    assert refused == [RefusalCode.CHANGED_MEANWHILE]


async def test_approving_believes_the_keys_that_were_proved(office: Office) -> None:
    approved = await office.approved()

    (key,) = approved.keys
    assert (key.state, key.approved_by) == (RegisteredKeyState.ACTIVE, "operator-2")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param(
            {"manifest": MANIFEST + "\nsecret_door = 1\n"},
            RefusalCode.SUBMISSION_UNUSABLE,
            id="an unknown key of the manifest",
        ),
        pytest.param(
            {"manifest": MANIFEST.replace('item = "job"', 'item = "job["')},
            RefusalCode.SUBMISSION_UNUSABLE,
            id="an expression that is none",
        ),
        pytest.param(
            {"manifest": MANIFEST.replace('authority = "transport"', 'authority="x"')},
            RefusalCode.SUBMISSION_UNUSABLE,
            id="an authority the annex does not have",
        ),
        pytest.param(
            {"manifest": 'account = "FROZEN"\n' + MANIFEST},
            RefusalCode.SUBMISSION_UNUSABLE,
            id="an account that says how it is treated",
        ),
        pytest.param(
            {"manifest": MANIFEST.replace("transport.example.cn", "10.0.0.1")},
            RefusalCode.ADDRESS_REFUSED,
            id="an address that leads inside",
        ),
        pytest.param({"items": ()}, RefusalCode.SUBMISSION_UNUSABLE, id="no rows"),
        pytest.param(
            {"contacts": (Contact(name="王某", phone="310199 19600115 7008"),)},
            RefusalCode.SUBMISSION_UNUSABLE,
            id="a contact's identity number",
        ),
        pytest.param(
            {"contacts": (Contact(name="\u2800", phone="021"),)},
            RefusalCode.SUBMISSION_UNUSABLE,
            id="a contact without a name",
        ),
        pytest.param(
            {"contacts": ()}, RefusalCode.SUBMISSION_UNUSABLE, id="nobody to call"
        ),
        pytest.param(
            {"plan": "[[holder]]"}, RefusalCode.PLAN_UNUSABLE, id="a plan that is none"
        ),
        pytest.param(
            {"manifest": "x" * 10_000_000},
            RefusalCode.SUBMISSION_TOO_LARGE,
            id="ten megabytes",
        ),
        pytest.param(
            {"manifest": f"# 310199-19600115-7008\n{MANIFEST}"},
            RefusalCode.SUBMISSION_UNUSABLE,
            id="a manifest with an identity number",
        ),
        pytest.param(
            {"credit_code": "310199196001157008"},
            RefusalCode.SUBMISSION_UNUSABLE,
            id="an identity number for a code",
        ),
        pytest.param(
            {"credit_code": "\ud800"}, RefusalCode.SUBMISSION_UNUSABLE, id="no text"
        ),
    ],
)
async def test_a_submission_that_cannot_be_used_leaves_nothing(
    office: Office, changes: dict[str, object], code: RefusalCode
) -> None:
    assert await refusal(office.drafted(**changes)) is code
    assert await office.store.connectors() == []


async def test_a_credit_code_that_does_not_check_is_warned_of_and_taken(
    office: Office,
) -> None:
    draft = await office.drafted(credit_code="12310000425006133E")

    assert len(warnings_of(draft.submission)) == 1
    assert warnings_of(submission(credit_code="12310000425006133Y")) == ()


async def test_rows_that_the_annex_gives_to_others_are_not_submitted(
    office: Office,
) -> None:
    draft = await office.drafted(items=(ITEM, ELECTRICIAN))
    proved = await office.prove(draft, make_key("transport-1"))

    code = await refusal(office.office.connectors.submit(office.step(proved)))
    assert code is RefusalCode.ITEMS_OF_ANOTHER


async def test_rows_that_the_annex_gives_to_others_are_not_approved(
    office: Office, engine: AsyncEngine
) -> None:
    """Written by hand: no step lets it come so far."""
    checked = await office.checked()
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE connectors SET submission = :changed"),
            {"changed": _json_of(items=(ITEM, ELECTRICIAN))},
        )

    code = await refusal(office.office.connectors.approve(office.step(checked, SECOND)))
    assert code is RefusalCode.ITEMS_OF_ANOTHER


def _json_of(**changes: object) -> str:
    return msgspec.json.encode(submission(**changes)).decode()


async def test_rows_of_another_connector_are_refused(office: Office) -> None:
    await office.active()
    other = await office.drafted(manifest=named("transport-2"))
    proved = await office.prove(other, make_key("transport-2"))

    code = await refusal(office.office.connectors.submit(office.step(proved)))
    assert code is RefusalCode.OVERLAPPING_CLAIM


async def two_connections(engine: AsyncEngine) -> None:
    """Have two connections ready, so that those who race do begin together."""
    async with engine.connect() as one, engine.connect() as other:
        await asyncio.gather(*(c.execute(text("SELECT 1")) for c in (one, other)))


async def test_of_two_that_claim_one_row_the_second_is_not_approved(
    office: Office, engine: AsyncEngine
) -> None:
    first = await office.checked()
    second = await office.checked(
        make_key("transport-2"), manifest=named("transport-2")
    )
    approve = office.office.connectors.approve
    if engine.dialect.name == "postgresql":
        await two_connections(engine)

    outcomes = await asyncio.gather(
        approve(office.step(first, SECOND)),
        approve(office.step(second, SECOND)),
        return_exceptions=True,
    )

    refused = [o.code for o in outcomes if isinstance(o, RegistrationError)]
    assert refused == [RefusalCode.OVERLAPPING_CLAIM]


async def test_rows_of_an_agency_in_the_operators_files_are_refused(
    engine: AsyncEngine,
) -> None:
    files = Configured([read_manifest(named("of-a-file"))], TrustBundle({}))
    office = open_office(engine, configured=files)
    draft = await office.prove(await office.drafted(), make_key("transport-1"))

    code = await refusal(office.office.connectors.submit(office.step(draft)))
    assert code is RefusalCode.OVERLAPPING_CLAIM


async def test_an_id_is_taken_once(office: Office, engine: AsyncEngine) -> None:
    await office.drafted()
    files = Configured([read_manifest(named("of-a-file"))], TrustBundle({}))
    other = open_office(engine, configured=files)

    assert await refusal(office.drafted()) is RefusalCode.ID_TAKEN
    code = await refusal(other.drafted(manifest=named("of-a-file")))
    assert code is RefusalCode.ID_TAKEN


async def test_a_replacement_takes_the_place_and_the_keys_of_the_old_one(
    office: Office,
) -> None:
    old = await office.active()
    draft = await office.drafted(manifest=named("transport-2"), replaces="transport")
    steps = office.office.connectors
    submitted = await steps.submit(office.step(draft))
    checked = await steps.check(office.step(submitted, OPERATOR))
    approved = await steps.approve(office.step(checked, SECOND))

    new = await steps.activate(office.step(approved, SECOND))

    gone = await office.store.connector(old.id)
    assert gone is not None
    assert (gone.state, gone.keys) == (ConnectorState.RETIRED, ())
    assert [key.kid for key in new.keys] == ["transport-1"]


@pytest.mark.parametrize("name", ["nobody", "transport-2"])
async def test_only_what_is_in_force_can_be_replaced(office: Office, name: str) -> None:
    draft = await office.drafted(manifest=named("transport-2"), replaces=name)
    proved = await office.prove(draft, make_key("transport-2"))

    code = await refusal(office.office.connectors.submit(office.step(proved)))
    assert code is RefusalCode.REPLACES_UNUSABLE


async def test_without_a_key_nothing_is_submitted(office: Office) -> None:
    draft = await office.drafted()

    code = await refusal(office.office.connectors.submit(office.step(draft)))
    assert code is RefusalCode.NO_KEY


@pytest.mark.parametrize("reason", ["", "  ", "\u200b", "\u3164", "x" * 501, "\x00"])
async def test_a_step_needs_a_reason(office: Office, reason: str) -> None:
    draft = await office.drafted()
    asked = StepRequest(AGENCY, draft.id, draft.version, reason)

    code = await refusal(office.office.connectors.retire(asked))
    assert code is RefusalCode.REASON_MISSING


async def test_nobody_acts_on_what_is_anothers(office: Office) -> None:
    draft = await office.drafted()
    retire = office.office.connectors.retire

    code = await refusal(retire(office.step(draft, STRANGER)))
    assert code is RefusalCode.NOT_YOURS
    own = await retire(office.step(draft, Actor("agency:transport")))
    assert own.state is ConnectorState.RETIRED


async def test_nobody_acts_on_what_is_not_there(office: Office) -> None:
    asked = StepRequest(SECOND, "nothing", 1, "why")

    code = await refusal(office.office.connectors.retire(asked))
    assert code is RefusalCode.UNKNOWN_CONNECTOR


async def test_a_redraft_keeps_its_id(office: Office) -> None:
    draft = await office.drafted()
    changed = submission(manifest=named("another"))

    code = await refusal(office.office.connectors.redraft(office.step(draft), changed))
    assert code is RefusalCode.SUBMISSION_UNUSABLE


async def test_the_clock_is_the_offices(office: Office) -> None:
    draft = await office.drafted()
    office.clock.now += timedelta(hours=1)

    gone = await office.office.connectors.retire(office.step(draft))
    assert gone.changed_at == office.clock.now


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE connector_events SET actor = 'nobody'", id="changed"),
        pytest.param("DELETE FROM connector_events", id="removed"),
        pytest.param(
            "INSERT INTO connector_events "
            "(connector, version, step, at, actor, reason, after, detail) "
            "VALUES ('transport', 1, 'DRAFT', '2026-11-23', 'x', 'x', 'DRAFT', '{}')",
            id="put beside another",
        ),
    ],
)
async def test_what_was_done_cannot_be_undone(
    office: Office, engine: AsyncEngine, statement: str
) -> None:
    await office.drafted()

    with pytest.raises(IntegrityError):
        async with engine.begin() as connection:
            await connection.execute(text(statement))


async def test_a_refused_step_counts_no_change(office: Office) -> None:
    draft = await office.drafted()
    before = await office.store.sequence()

    await refusal(office.office.connectors.submit(office.step(draft)))

    assert await office.store.sequence() == before
