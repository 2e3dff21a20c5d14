"""Rows of the registration tables, and the values they are of."""

from collections import defaultdict
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from connectors.registration.challenge import Challenge
from connectors.registration.connector import CheckSummary, Connector, Event
from connectors.registration.keys import RegisteredKey, RegisteredKeyState, StatedKey
from connectors.registration.lifecycle import ConnectorState, Step
from connectors.registration.sanctions import (
    ProposalCause,
    ProposalState,
    Sanction,
    SanctionEvent,
    SanctionKind,
    SanctionProposal,
    SanctionState,
    SanctionStep,
)
from connectors.registration.submission import Submission
from signing.algorithms import Algorithm
from signing.sm2.keys import SignatureForm
from store.registration import tables

Values = dict[str, Any]


def row_of_connector(connector: Connector) -> Values:
    """Return the row of a connector, without its keys."""
    check = connector.check
    return {
        "id": connector.id,
        "version": connector.version,
        "state": connector.state.value,
        "authority": connector.authority,
        "institution": connector.institution,
        "submission": msgspec.to_builtins(connector.submission),
        "owner": connector.owner,
        "submitted_by": connector.submitted_by,
        "approved_by": connector.approved_by,
        "report": None if check is None else msgspec.to_builtins(check),
        "changed_at": connector.changed_at,
    }


def connector_of(row: Row[Any], keys: tuple[RegisteredKey, ...]) -> Connector:
    """Return the connector of a row, with its keys."""
    report = row.report
    return Connector(
        id=row.id,
        version=row.version,
        state=ConnectorState(row.state),
        authority=row.authority,
        institution=row.institution,
        submission=msgspec.convert(row.submission, Submission),
        owner=row.owner,
        submitted_by=row.submitted_by,
        approved_by=row.approved_by,
        check=None if report is None else msgspec.convert(report, CheckSummary),
        changed_at=row.changed_at,
        keys=keys,
    )


def row_of_event(event: Event) -> Values:
    """Return the row of an event."""
    return {
        "connector": event.connector,
        "version": event.version,
        "step": event.step.value,
        "at": event.at,
        "actor": event.actor,
        "reason": event.reason,
        "before": None if event.before is None else event.before.value,
        "after": event.after.value,
        "detail": dict(event.detail),
    }


def event_of(row: Row[Any]) -> Event:
    """Return the event of a row."""
    return Event(
        connector=row.connector,
        version=row.version,
        step=Step(row.step),
        at=row.at,
        actor=row.actor,
        reason=row.reason,
        before=None if row.before is None else ConnectorState(row.before),
        after=ConnectorState(row.after),
        detail=row.detail,
    )


def row_of_key(key: RegisteredKey) -> Values:
    """Return the row of a key."""
    return {
        **_row_of_stated(key.stated),
        "connector": key.connector,
        "institution": key.institution,
        "fingerprint": key.fingerprint,
        "state": key.state.value,
        "state_since": key.state_since,
        "proved_by": key.proved_by,
        "proved_at": key.proved_at,
        "approved_by": key.approved_by,
    }


def key_of(row: Row[Any]) -> RegisteredKey:
    """Return the key of a row."""
    return RegisteredKey(
        stated=_stated_of(row),
        connector=row.connector,
        institution=row.institution,
        fingerprint=row.fingerprint,
        state=RegisteredKeyState(row.state),
        state_since=row.state_since,
        proved_by=row.proved_by,
        proved_at=row.proved_at,
        approved_by=row.approved_by,
    )


def row_of_challenge(challenge: Challenge) -> Values:
    """Return the row of a challenge."""
    return {
        **_row_of_stated(challenge.key),
        "id": challenge.id,
        "connector": challenge.connector,
        "text": challenge.text,
        "asked_by": challenge.asked_by,
        "expires_at": challenge.expires_at,
        "used_at": challenge.used_at,
    }


def challenge_of(row: Row[Any]) -> Challenge:
    """Return the challenge of a row."""
    return Challenge(
        id=row.id,
        connector=row.connector,
        key=_stated_of(row),
        text=row.text,
        asked_by=row.asked_by,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )


def row_of_sanction(sanction: Sanction) -> Values:
    """Return the row of a sanction; a new one gets its id from the database."""
    return {
        **({} if sanction.id is None else {"id": sanction.id}),
        "body": sanction.body,
        "kind": sanction.kind.value,
        "reason": sanction.reason,
        "imposed_by": sanction.imposed_by,
        "imposed_at": sanction.imposed_at,
        "lifted_by": sanction.lifted_by,
        "lifted_at": sanction.lifted_at,
        "lift_reason": sanction.lift_reason,
        "state": sanction.state.value,
        "last_day": sanction.last_day,
        "confirm_before": sanction.confirm_before,
        "confirmed_by": sanction.confirmed_by,
        "confirmed_at": sanction.confirmed_at,
        "follows": sanction.follows,
    }


def sanction_of(row: Row[Any]) -> Sanction:
    """Return the sanction of a row."""
    values = row._asdict()
    return Sanction(
        kind=SanctionKind(values.pop("kind")),
        state=SanctionState(values.pop("state")),
        **values,
    )


def row_of_sanction_event(sanction: int | None, event: SanctionEvent) -> Values:
    """Return the row of a step on a sanction."""
    return {
        "sanction": sanction,
        "step": event.step.value,
        "at": event.at,
        "actor": event.actor,
        "reason": event.reason,
        "after": event.after.value,
    }


def sanction_event_of(row: Row[Any]) -> SanctionEvent:
    """Return the step of a row."""
    return SanctionEvent(
        step=SanctionStep(row.step),
        at=row.at,
        actor=row.actor,
        reason=row.reason,
        after=SanctionState(row.after),
    )


def row_of_proposal(proposal: SanctionProposal) -> Values:
    """Return the row of a proposal; a new one gets its id from the database."""
    return {
        **({} if proposal.id is None else {"id": proposal.id}),
        "connector": proposal.connector,
        "body": proposal.body,
        "cause": proposal.cause.value,
        "found": proposal.found,
        "threshold": proposal.threshold,
        "proposed_at": proposal.proposed_at,
        "state": proposal.state.value,
        "decided_by": proposal.decided_by,
        "decided_at": proposal.decided_at,
        "reason": proposal.reason,
    }


def proposal_of(row: Row[Any]) -> SanctionProposal:
    """Return the proposal of a row."""
    values = row._asdict()
    values.pop("day")
    return SanctionProposal(
        cause=ProposalCause(values.pop("cause")),
        state=ProposalState(values.pop("state")),
        **values,
    )


def _row_of_stated(key: StatedKey) -> Values:
    return {
        "kid": key.kid,
        "algorithm": key.algorithm.value,
        "public_key": key.public_key,
        "not_before": key.not_before,
        "not_after": key.not_after,
        "sm2_signer_id": key.sm2_signer_id,
        "sm2_signature": key.sm2_signature,
    }


def _stated_of(row: Row[Any]) -> StatedKey:
    return StatedKey(
        kid=row.kid,
        algorithm=Algorithm(row.algorithm),
        public_key=row.public_key,
        not_before=row.not_before,
        not_after=row.not_after,
        sm2_signer_id=row.sm2_signer_id,
        sm2_signature=None
        if row.sm2_signature is None
        else SignatureForm(row.sm2_signature),
    )


def read_connectors(connection: Connection) -> list[Connector]:
    """Return every connector with its keys, in the transaction there is."""
    keys: defaultdict[str, list[RegisteredKey]] = defaultdict(list)
    for row in connection.execute(select(tables.connector_keys)):
        keys[row.connector].append(key_of(row))
    return [
        connector_of(row, tuple(keys[row.id]))
        for row in connection.execute(select(tables.connectors))
    ]
