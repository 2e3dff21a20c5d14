"""Whatever metrics are told is counted under its labels, and logged where it has to be.

Each feature's metrics are told of everything they know of, and the whole page that
Prometheus would read is compared.
"""

from collections.abc import Iterator, MutableMapping
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from bureau.caller import Purpose
from bureau.collection import Outcome
from bureau.look_ups.oversight import Alert
from connectors.agency import Agency
from connectors.answer import Answer, RefusedRecord, SourceOutcome
from connectors.quality import Dimension, Measure
from connectors.registration.sanctions import Sanction, SanctionKind, SanctionState
from connectors.shadow import Difference, DifferenceKind
from gateway.collection.refusal import Problem
from gateway.collection.results import LineResult
from gateway.metrics import Metrics
from gateway.registry.expiry import KeyEnd

NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)
Logged = list[MutableMapping[str, Any]]


@pytest.fixture(name="logged")
def _logged() -> Iterator[Logged]:
    with capture_logs() as logged:
        yield logged


@pytest.fixture(name="metrics")
def _metrics(logged: Logged) -> Metrics:
    # The loggers are made where logs are captured.
    assert logged == []
    return Metrics()


def counted(metrics: Metrics, *left_out: str) -> dict[str, float]:
    """Return every sample that is not 0, but for when counting began."""
    left_out = (
        *left_out,
        "_created",
        "_bucket",
        "_behind_seconds",
        "_unlooked_seconds",
    )
    found: dict[str, float] = {}
    for family in metrics.registry.collect():
        for one in family.samples:
            labels = ",".join(one.labels.values())
            if one.value and not one.name.endswith(left_out):
                found[f"{one.name}{{{labels}}}".removesuffix("{}")] = one.value
    return found


def test_of_agencies_calls_people_outcomes_and_refusals_are_counted(
    metrics: Metrics,
) -> None:
    refused = RefusedRecord(
        cast("Any", "BAD_SIGNATURE"), "why", key_id=None, digest=b"d"
    )
    answer = Answer(
        agency="fire", outcome=SourceOutcome.UNVERIFIED, refusals=(refused, refused)
    )

    metrics.agencies.called("fire", 3, 0.25)
    metrics.agencies.called("fire", 4, 0.25)
    metrics.agencies.received("fire", {})
    metrics.agencies.shared("fire", has_failed=False)
    metrics.agencies.shared("fire", has_failed=True)
    metrics.agencies.shared("fire", has_failed=True)
    metrics.agencies.answered(answer, cached=False)
    for _ in range(2):
        metrics.agencies.answered(replace(answer, refusals=()), cached=True)

    assert counted(metrics) == {
        "gateway_source_answers_total{fire,UNVERIFIED}": 3,
        "gateway_answer_cache_total{fire,miss}": 1,
        "gateway_answer_cache_total{fire,hit}": 2,
        "gateway_verification_refusals_total{fire,BAD_SIGNATURE}": 2,
        "gateway_agency_call_seconds_count{fire}": 2,
        "gateway_agency_call_seconds_sum{fire}": 0.5,
        "gateway_agency_people_asked_total{fire}": 7,
        "gateway_agency_shared_calls_total{fire,answered}": 1,
        "gateway_agency_shared_calls_total{fire,failed}": 2,
    }


def test_of_the_registry_its_state_its_shadows_and_the_ends_of_keys_are_shown(
    metrics: Metrics, logged: Logged
) -> None:
    registry = metrics.live_registry
    registry.show_keys([KeyEnd("gone", "key-0", 1.0, 1)])

    registry.registry_failed("at the start")
    registry.registry_read(7, NOON)
    registry.connector_unusable("fire", "no address")
    found = (
        Difference(DifferenceKind.OUTCOME),
        *[Difference(DifferenceKind.VALUE, "level")] * 2,
    )
    registry.shadow_compared("fire", "DIFFERENT", 5, found)
    ends = [KeyEnd("fire", "key-1", 6.5, 7), KeyEnd("fire", "key-2", 90.0, None)]
    registry.show_keys(ends)
    for reason in ("a", "b"):
        registry.registry_failed(reason)
    registry.registry_read(8, NOON)
    registry.registry_failed("c")

    assert counted(metrics) == {
        "gateway_registry_changes": 8,
        "gateway_registry_read_timestamp_seconds": NOON.timestamp(),
        "gateway_registry_failures_total": 4,
        "gateway_connectors_unusable_total{fire}": 1,
        "gateway_shadow_people_total{fire,DIFFERENT}": 5,
        "gateway_shadow_differences_total{fire,OUTCOME,}": 1,
        "gateway_shadow_differences_total{fire,VALUE,level}": 2,
        "gateway_key_days_left{fire,key-1}": 6.5,
        "gateway_key_days_left{fire,key-2}": 90,
        "gateway_key_warning_days{fire,key-1}": 7,
    }
    # A failure that goes on is said once.
    assert logged == [
        {"event": "registry not read", "reason": "at the start", "log_level": "error"},
        {
            "event": "connector unusable",
            "agency": "fire",
            "reason": "no address",
            "log_level": "error",
        },
        {"event": "registry not read", "reason": "a", "log_level": "error"},
        {"event": "registry not read", "reason": "c", "log_level": "error"},
    ]


def test_of_data_and_versions_what_was_counted_here_is_counted(
    metrics: Metrics, logged: Logged
) -> None:
    quality, versions = metrics.quality, metrics.versions

    quality.quality_counted("fire", {Measure.RECORDS: 5, Measure.ALTERED: 2})
    quality.quality_uncompared("fire")
    quality.quality_rated("fire", next(iter(Dimension)), 30, 0.75)
    versions.rolled_back("fire", "OLDER_VERSION")
    for reason in ("a", "b"):
        versions.versions_failed(reason)
    versions.versions_kept()
    versions.versions_failed("c")

    assert counted(metrics) == {
        "gateway_quality_total{fire,RECORDS}": 5,
        "gateway_quality_total{fire,ALTERED}": 2,
        "gateway_quality_uncompared_total{fire}": 1,
        f"gateway_quality_rate{{fire,{next(iter(Dimension))},30}}": 0.75,
        "gateway_version_rollbacks_total{fire,OLDER_VERSION}": 1,
        "gateway_versions_failures_total": 3,
    }
    assert logged == [
        {
            "event": "an older version was answered",
            "agency": "fire",
            "code": "OLDER_VERSION",
            "log_level": "warning",
        },
        {"event": "versions not kept", "reason": "a", "log_level": "error"},
        {"event": "versions not kept", "reason": "c", "log_level": "error"},
    ]


def line(outcome: Outcome, code: str | None = None) -> LineResult:
    return LineResult(line=1, sequence=1, outcome=outcome, code=code)


def test_of_what_is_sent_outcomes_codes_and_what_is_missing_are_counted(
    metrics: Metrics, logged: Logged
) -> None:
    sent = metrics.collection
    results = [
        *[line(Outcome.ACCEPTED)] * 3,
        line(Outcome.ACCEPTED, "HOLDER_ALTERED"),
        *[line(Outcome.REFUSED, "ROLLBACK")] * 2,
    ]

    sent.collected("fire", "records", results)
    sent.collected("fire", "records", [])
    sent.unknown_certificates("fire", 4)
    sent.transfer_refused(Problem.REPLAYED)
    sent.missing("fire", "states", 9)
    sent.missing("fire", "states", 8)

    assert counted(metrics) == {
        "gateway_collected_lines_total{fire,records,ACCEPTED}": 4,
        "gateway_collected_lines_total{fire,records,REFUSED}": 2,
        "gateway_collected_codes_total{fire,records,HOLDER_ALTERED}": 1,
        "gateway_collected_codes_total{fire,records,ROLLBACK}": 2,
        "gateway_states_unknown_certificates_total{fire}": 4,
        "gateway_transfers_refused_total{REPLAYED}": 1,
        "gateway_collection_missing{fire,states}": 8,
    }
    assert logged == [
        {
            "event": "alert",
            "alert": "UNKNOWN_CERTIFICATE",
            "agency": "fire",
            "changes": 4,
            "log_level": "warning",
        }
    ]


def sanction(kind: SanctionKind, state: SanctionState, **more: Any) -> Sanction:
    return Sanction(
        body="fire-rescue",
        kind=kind,
        state=state,
        reason="r",
        imposed_by="bureau",
        imposed_at=NOON,
        **more,
    )


def test_of_sanctions_those_that_did_not_end_are_shown_and_each_step_is_an_alert(
    metrics: Metrics, logged: Logged
) -> None:
    kind = next(iter(SanctionKind))
    urgent = sanction(kind, SanctionState.UNCONFIRMED, id=4, confirm_before=NOON)
    later = replace(urgent, confirm_before=datetime(2027, 1, 1, tzinfo=UTC))
    in_force = sanction(kind, SanctionState.IN_FORCE)

    metrics.sanctions.show_sanctions([in_force])
    metrics.sanctions.show_sanctions([later, urgent])
    metrics.sanctions.followed_up([urgent])
    for reason in ("a", "b"):
        metrics.sanctions.follow_up_failed(reason)
    metrics.sanctions.followed_up([])
    metrics.sanctions.follow_up_failed("c")

    confirm = "gateway_sanction_confirm_before_timestamp_seconds"
    assert counted(metrics) == {
        f"gateway_sanctions{{{kind},UNCONFIRMED}}": 2,
        confirm: NOON.timestamp(),
        "gateway_sanctions_followed_up_total{UNCONFIRMED}": 1,
        "gateway_sanctions_failures_total": 3,
    }
    assert logged == [
        {
            "event": "alert",
            "alert": "SANCTION_UNCONFIRMED",
            "sanction": 4,
            "body": "fire-rescue",
            "kind": kind,
            "log_level": "warning",
        },
        {"event": "sanctions not followed up", "reason": "a", "log_level": "error"},
        {"event": "sanctions not followed up", "reason": "c", "log_level": "error"},
    ]
    metrics.sanctions.show_sanctions([in_force])
    assert confirm not in counted(metrics)


def agency(id_: str, listed: object) -> Agency:
    return cast("Agency", SimpleNamespace(id=id_, listed=listed))


def test_of_changes_and_lists_what_is_known_here_is_shown(
    metrics: Metrics, logged: Logged
) -> None:
    status = metrics.status
    status.show_lists([agency("gone", SimpleNamespace(until=NOON))])

    status.changes_read(7)
    status.show_lists(
        [
            agency("fire", SimpleNamespace(until=NOON)),
            agency("transport", SimpleNamespace(until=None)),
            agency("emergency", None),
        ]
    )
    for reason in ("a", "b"):
        status.changes_failed(reason)
    status.changes_read(8)
    status.changes_failed("c")

    until = "gateway_status_list_until_timestamp_seconds"
    assert counted(metrics) == {
        "gateway_states_last_change": 8,
        "gateway_states_failures_total": 3,
        f"{until}{{fire}}": NOON.timestamp(),
    }
    assert metrics.registry.get_sample_value(until, {"agency": "transport"}) == 0
    assert metrics.registry.get_sample_value(until, {"agency": "emergency"}) is None
    assert logged == [
        {"event": "changes of state not read", "reason": why, "log_level": "error"}
        for why in ("a", "c")
    ]


def test_of_look_ups_purposes_refusals_alerts_and_the_log_are_counted(
    metrics: Metrics, logged: Logged
) -> None:
    privacy = metrics.privacy

    privacy.looked_up(Purpose.RECOVERY)
    privacy.look_up_refused("PURPOSE_REQUIRED")
    privacy.alerted(Alert.PEOPLE_BUDGET_80, "hr", 80)
    privacy.audit_written(5, 0.25)
    privacy.audit_failed(3, 0.5, "OperationalError")

    assert counted(metrics) == {
        "gateway_look_ups_total{RECOVERY}": 1,
        "gateway_look_ups_refused_total{PURPOSE_REQUIRED}": 1,
        "gateway_privacy_alerts_total{PEOPLE_BUDGET_80}": 1,
        "gateway_audit_records_total{written}": 5,
        "gateway_audit_records_total{failed}": 3,
        "gateway_audit_commit_seconds_count{written}": 1,
        "gateway_audit_commit_seconds_sum{written}": 0.25,
        "gateway_audit_commit_seconds_count{failed}": 1,
        "gateway_audit_commit_seconds_sum{failed}": 0.5,
    }
    assert logged == [
        {
            "event": "alert",
            "alert": "PEOPLE_BUDGET_80",
            "caller": "hr",
            "people": 80,
            "log_level": "warning",
        },
        {
            "event": "audit log failed",
            "records": 3,
            "reason": "OperationalError",
            "log_level": "error",
        },
    ]


def test_of_callers_requests_events_and_the_ledger_everything_is_counted(
    metrics: Metrics, logged: Logged
) -> None:
    metrics.callers.unauthenticated("expired")
    metrics.subscriptions.unauthenticated("expired")
    metrics.requests.requested("/graphql", 200, 0.25)
    metrics.subscriptions.events_failed("away")
    metrics.ledger.revocations_waiting(5)
    metrics.ledger.revocations_waiting(4)
    metrics.ledger.revocation_dropped()
    metrics.ledger.recoveries_opened(3)

    assert counted(metrics) == {
        "gateway_authentication_refusals_total{expired}": 2,
        "gateway_request_seconds_count{/graphql,200}": 1,
        "gateway_request_seconds_sum{/graphql,200}": 0.25,
        "gateway_events_failures_total": 1,
        "gateway_revocations_waiting": 4,
        "gateway_revocations_dropped_total": 1,
        "gateway_recoveries_opened_by_reading_total": 3,
    }
    assert logged == [
        {"event": "events not read", "reason": "away", "log_level": "error"}
    ]


def test_what_takes_time_is_told_apart_by_the_bounds_of_operating(
    metrics: Metrics,
) -> None:
    metrics.requests.requested("/graphql", 200, 0.3)
    metrics.agencies.called("fire", 1, 0.3)
    metrics.privacy.audit_written(1, 0.3)

    def bounds(name: str) -> list[float]:
        (family,) = [one for one in metrics.registry.collect() if one.name == name]
        found = [one.labels["le"] for one in family.samples if "le" in one.labels]
        return [float(bound) for bound in found]

    usual = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, float("inf")]
    assert bounds("gateway_request_seconds") == usual
    assert bounds("gateway_agency_call_seconds") == usual
    assert bounds("gateway_audit_commit_seconds") == [0.0005, 0.001, *usual]
