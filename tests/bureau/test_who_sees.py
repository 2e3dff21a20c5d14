"""Who sees what: events, districts, and what an agency is told of its streams."""

from dataclasses import replace
from datetime import date

import pytest

from bureau.caller import Caller, Purpose, Scope
from bureau.collection import Gap, KeptLines, Position
from bureau.events.events import (
    CertificateStateEvent,
    ConnectorStateEvent,
    RecoveryChangeEvent,
    SanctionStepEvent,
)
from bureau.evidence.making import EvidenceRefusal, hidden_from
from bureau.ledger.book import Recovery, RecoveryEvent
from bureau.look_ups.purpose import PURPOSES, PurposeError, read_look_up
from bureau.privacy.masks import Mask
from bureau.scopes import BUREAU, OVERSEER, STEPS, actor_of, may
from connectors.registration.lifecycle import ConnectorState, Step
from connectors.registration.sanctions import SanctionKind, SanctionState, SanctionStep
from policy.certificate import CertificateState
from policy.recovery import Progress, RecoveryCause, RecoveryState, RecoveryStep
from tests.resolvers.attested import certificate
from tests.store.ledger.test_ledger import AUTHORITY, NOON, OTHER, decision

AGENCY = Caller("agency:transport", frozenset({Scope.REGISTER}))
OTHERS = Caller("agency:fire", frozenset({Scope.REGISTER}))
OWNER = Caller("clerk", frozenset({Scope.REGISTER}))
CLERK = Caller("hr", frozenset({Scope.WRITE_PAYMENTS}))
OVERSEERS = [Caller("o", frozenset(needed)) for needed in OVERSEER]

OF_STATE = CertificateStateEvent(
    number=1,
    at=NOON,
    certificate="sealed",
    connector="transport",
    state=CertificateState.REVOKED,
    effective_on=date(2026, 1, 1),
    reason="",
)
OF_CONNECTOR = ConnectorStateEvent(
    number=1,
    at=NOON,
    connector="transport",
    owner="clerk",
    version=1,
    step=Step.SUBMIT,
    before=ConnectorState.DRAFT,
    after=ConnectorState.SUBMITTED,
    actor="clerk",
    reason="",
)
OF_SANCTION = SanctionStepEvent(
    number=1,
    at=NOON,
    sanction=1,
    body="transport",
    kind=SanctionKind.WARNING,
    step=SanctionStep.IMPOSE,
    after=SanctionState.IN_FORCE,
    actor="o",
    reason="",
)


def test_a_state_is_shown_to_the_agency_it_is_of_and_to_who_is_none() -> None:
    shown = [OF_STATE.is_shown_to(caller) for caller in (AGENCY, OTHERS, CLERK)]

    assert shown == [True, False, True]


def test_a_connector_is_shown_to_its_owner_its_agency_and_who_oversees() -> None:
    for caller in (AGENCY, OWNER, *OVERSEERS):
        assert OF_CONNECTOR.is_shown_to(caller)
    for caller in (OTHERS, CLERK):
        assert not OF_CONNECTOR.is_shown_to(caller)


def test_a_sanction_is_shown_to_who_oversees_alone() -> None:
    assert all(map(OF_SANCTION.is_shown_to, OVERSEERS))
    assert not any(map(OF_SANCTION.is_shown_to, (AGENCY, OTHERS, OWNER, CLERK)))


@pytest.mark.parametrize(
    ("authority", "districts", "is_shown"),
    [
        (AUTHORITY, None, True),
        (AUTHORITY, {"310115"}, True),
        (AUTHORITY, {"310104"}, False),
        (OTHER, None, False),
    ],
)
def test_a_recovery_is_shown_to_whose_it_is(
    authority: str, districts: set[str] | None, *, is_shown: bool
) -> None:
    recovery = Recovery(
        id=1,
        authority=authority,
        cause=RecoveryCause.REVOKED,
        source=None,
        progress=Progress(RecoveryState.OPEN, 800, 0),
        version=1,
        opened_at=NOON,
        changed_at=NOON,
        claim="c-1",
        certificate="sealed",
        decision=1,
        holder_differs=False,
        district="310115",
        item=None,
        level=None,
    )
    step = RecoveryEvent(
        step=RecoveryStep.OPEN,
        after=RecoveryState.OPEN,
        at=NOON,
        actor="hr",
        reason="",
        amount_yuan=None,
    )
    event = RecoveryChangeEvent(number=1, at=NOON, recovery=recovery, event=step)
    bound = None if districts is None else frozenset(districts)

    caller = replace(CLERK, districts=bound)

    assert event.is_shown_to(caller, {AUTHORITY}) is is_shown


def test_a_caller_acts_for_its_districts_and_an_auditor_sees_all() -> None:
    bound = replace(CLERK, districts=frozenset({"310115", "310104"}))
    auditor = replace(bound, scopes=frozenset({Scope.AUDIT}))

    assert bound.acts_for("310115") is True
    assert bound.acts_for("310101") is False
    assert CLERK.acts_for("310101") is True
    assert replace(CLERK, districts=frozenset()).acts_for("310115") is False
    assert bound.districts_in_order == ("310104", "310115")
    assert (CLERK.districts_in_order, CLERK.districts_seen) == (None, None)
    assert (bound.districts_seen, auditor.districts_seen) == (bound.districts, None)


def test_one_set_of_scopes_is_enough_and_all_of_it_is_needed() -> None:
    needed = [[Scope.REGISTER, Scope.AUDIT], [Scope.APPROVE]]

    assert may(frozenset({Scope.APPROVE}), needed) is True
    assert may(frozenset({Scope.REGISTER, Scope.AUDIT, Scope.RECOVER}), needed) is True
    assert may(frozenset({Scope.REGISTER}), needed) is False
    assert may(frozenset(), needed) is False
    assert may(frozenset(Scope), []) is False


def test_who_takes_which_step_is_as_the_notice_has_it() -> None:
    """The agency drafts and proves, another approves; sanctions are a third's."""
    for step, needed in STEPS.items():
        ours = {scope for one in needed for scope in one}
        if "sanction" in step or step in (
            *("issue_warning", "order_rectification", "freeze_urgently"),
        ):
            assert ours == {Scope.SANCTION}, step
        else:
            assert ours <= {Scope.REGISTER, Scope.APPROVE}, step
    for step in ("approve_connector", "activate_connector", "approve_key"):
        assert STEPS[step] == [[Scope.APPROVE]]
    for step in ("draft_connector", "submit_connector", "prove_key"):
        assert STEPS[step] == [[Scope.REGISTER]]
    assert actor_of(Caller("a", frozenset({Scope.APPROVE}))).is_approver is True
    assert actor_of(OWNER).is_approver is False
    assert actor_of(OWNER).id == "clerk"
    assert Scope.REGISTER not in BUREAU


def test_an_agency_is_told_of_its_stream_in_its_own_words() -> None:
    position = Position(7, (Gap(2, 3), Gap(5, 5)), 3)
    lines = KeptLines(4, [(6, "d6"), (7, "d7")], is_to_end=True)

    assert position.shown() == {
        "lastSequence": 7,
        "missing": 3,
        "gaps": [{"first": 2, "last": 3}, {"first": 5, "last": 5}],
    }
    assert lines.shown() == {
        "after": 4,
        "lines": [[6, "d6"], [7, "d7"]],
        "isToEnd": True,
    }
    assert Position(0).shown() == {"lastSequence": 0, "missing": 0, "gaps": []}


@pytest.mark.parametrize(
    ("purpose", "case", "said"),
    [
        (None, "17-1", "needs a purpose and a case number"),
        ("COMPLAINT", None, "needs a purpose and a case number"),
        ("FUN", "17-1", f"the purpose is one of: {PURPOSES}"),
        (7, "17-1", f"the purpose is one of: {PURPOSES}"),
        ("COMPLAINT", "a b", "a case number has 1 to 64 letters"),
        ("COMPLAINT", 17, "a case number has 1 to 64 letters"),
        ("COMPLAINT", "1" * 65, "a case number has 1 to 64 letters"),
        ("COMPLAINT", "310110199003074514", "and no identity number"),
    ],
)
def test_a_purpose_that_cannot_be_used_is_refused_with_what_can(
    purpose: object, case: object, said: str
) -> None:
    with pytest.raises(PurposeError) as refusal:
        read_look_up(purpose, case)

    error = refusal.value
    assert said in str(error) == error.message
    assert "RECOVERY 追回, COMPLAINT 投诉核查" in PURPOSES
    is_of_the_case = purpose == "COMPLAINT" and case is not None
    assert list(error.allowed) == ([] if is_of_the_case else list(Purpose))


def test_a_purpose_and_a_case_are_a_look_up() -> None:
    found = read_look_up("COMPLAINT", "1" * 64)

    assert (found.purpose, found.case_number) == ("COMPLAINT", "1" * 64)


def test_words_about_a_holder_are_masked_unless_all_is_shown() -> None:
    record = replace(certificate().record, holder_name="王小明")
    words = f"王小明 {record.number} {record.holder.number}"

    masked = Mask(lifted=False).words(words, record)

    assert masked is not None
    assert not {"王小明", record.number, record.holder.number} & set(masked.split())
    assert Mask(lifted=True).words(words, record) == words
    assert Mask(lifted=False).words(None, record) is None


@pytest.mark.parametrize(
    ("authorities", "districts", "why"),
    [
        (None, None, None),
        ({AUTHORITY}, {"310115"}, None),
        ({OTHER}, None, EvidenceRefusal.NOT_YOUR_AUTHORITY),
        (set(), {"310115"}, EvidenceRefusal.NOT_YOUR_AUTHORITY),
        (None, {"310104"}, EvidenceRefusal.NOT_YOUR_DISTRICT),
        (None, set(), EvidenceRefusal.NOT_YOUR_DISTRICT),
    ],
)
def test_evidence_is_for_the_authority_that_leads_and_the_district_that_decided(
    authorities: set[str] | None,
    districts: set[str] | None,
    why: EvidenceRefusal | None,
) -> None:
    one = replace(decision(1), authority=AUTHORITY, district="310115")
    seen = None if authorities is None else frozenset(authorities)
    acted_for = None if districts is None else frozenset(districts)

    assert hidden_from(one, seen, acted_for) is why
