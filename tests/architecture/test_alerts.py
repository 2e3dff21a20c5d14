"""The dashboard and the alerts ask for what the program has, and fire when they should.

``promtool`` reads and tries the rules; ``tests/gateway/test_prometheus.py`` has
Prometheus read a running gateway by them.
"""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml

from connectors.answer import SourceOutcome
from tests.architecture.documents import ROOT, table
from tests.architecture.promql import (
    DASHBOARD,
    OF_THE_SCRAPE,
    RECORDED,
    RULES,
    exported,
    grouped,
    panels,
    queries,
    require_program,
    rules,
    selected,
)

EXPRESSIONS = [rule["expr"] for rule in rules()] + queries()
ALERTS = {rule["alert"]: rule for rule in rules() if "alert" in rule}
FLAT = "0x120"
"""A minute a step, for two hours."""
ONCE = "0x100 1x20"
AGENCY = 'agency="transport"'
REFUSALS = "gateway_verification_refusals_total"
TROUBLES = "gateway_transparency_witness_troubles_total"
ANSWERS = "gateway_source_answers_total"
QUESTIONS = 'gateway_request_seconds_count{path="/graphql",instance="a",status="%s"}'
Series = dict[str, str]

FIRES: dict[str, tuple[Series, Series]] = {
    "GatewayDown": (
        {'up{job="certificate-gateway",instance="a"}': "0x120"},
        {'up{job="certificate-gateway",instance="a"}': "1x120"},
    ),
    "GatewayFails": (
        {QUESTIONS % 200: "0+90x120", QUESTIONS % 503: "0+10x120"},
        {QUESTIONS % 200: "0+99x120", QUESTIONS % 503: "0+1x120"},
    ),
    "GatewayOverloaded": (
        {'gateway_requests_shed_total{reason="busy"}': "0+1x120"},
        {'gateway_requests_shed_total{reason="busy"}': FLAT},
    ),
    "GatewaySlow": (
        {
            'gateway_request_seconds_bucket{path="/graphql",le="2"}': "0+9x120",
            'gateway_request_seconds_bucket{path="/graphql",le="5"}': "0+10x120",
            'gateway_request_seconds_bucket{path="/graphql",le="+Inf"}': "0+10x120",
        },
        {
            'gateway_request_seconds_bucket{path="/graphql",le="0.1"}': "0+10x120",
            'gateway_request_seconds_bucket{path="/graphql",le="2"}': "0+10x120",
            'gateway_request_seconds_bucket{path="/graphql",le="+Inf"}': "0+10x120",
        },
    ),
    "TaskKeepsEnding": (
        {'gateway_task_restarts_total{task="quality",reason="E"}': "0+1x120"},
        {'gateway_task_restarts_total{task="quality",reason="E"}': "3x120"},
    ),
    "ConfigurationRefused": (
        {'gateway_reload_total{outcome="refused"}': "0x110 1x10"},
        {'gateway_reload_total{outcome="taken"}': "0+1x120"},
    ),
    "ReceiptsFail": (
        {'gateway_receipts_total{result="failed"}': "0+1x120"},
        {'gateway_receipts_total{result="signed"}': "0+1x120"},
    ),
    "TracesNotTaken": (
        {'gateway_spans_total{outcome="dropped"}': "0+1x120"},
        {'gateway_spans_total{outcome="exported"}': "0+9x120"},
    ),
    "ManyUnknownCallers": (
        {'gateway_authentication_refusals_total{reason="x"}': "0+90x120"},
        {'gateway_authentication_refusals_total{reason="x"}': "0+6x120"},
    ),
    "AuditLogFails": (
        {'gateway_audit_records_total{result="failed"}': "0x118 1x2"},
        {'gateway_audit_records_total{result="written"}': "0+9x120"},
    ),
    "LookUpsUnconfirmed": (
        {"gateway_audit_unconfirmed_total": "0x100 3x20"},
        {"gateway_audit_unconfirmed_total": "3x120"},
    ),
    "StoreIsWaitedFor": (
        {"gateway_store_waiting": "200x120"},
        {"gateway_store_waiting": "20x120"},
    ),
    "RegistryOutdated": (
        {"gateway_registry_read_timestamp_seconds": "10x120"},
        {"gateway_registry_read_timestamp_seconds": "0+60x120"},
    ),
    "RevocationsDropped": (
        {"gateway_revocations_dropped_total": "0x110 1x10"},
        {
            "gateway_revocations_dropped_total": FLAT,
            "gateway_revocations_waiting": "9x120",
        },
    ),
    "EventsFail": (
        {"gateway_events_failures_total": "0+1x120"},
        {"gateway_events_failures_total": FLAT},
    ),
    "AgencySilent": (
        {
            f'{ANSWERS}{{{AGENCY},outcome="TIMED_OUT"}}': "0+9x120",
            f'{ANSWERS}{{{AGENCY},outcome="ANSWERED"}}': "0+1x120",
        },
        {
            f'{ANSWERS}{{{AGENCY},outcome="TIMED_OUT"}}': "0+1x120",
            f'{ANSWERS}{{{AGENCY},outcome="NONE"}}': "0+9x120",
            f'{ANSWERS}{{{AGENCY},outcome="SKIPPED"}}': "0+9x120",
        },
    ),
    "AgencyNotAsked": (
        {f'gateway_circuit_state{{{AGENCY},operation="LOOK_UP"}}': "2x120"},
        {f'gateway_circuit_state{{{AGENCY},operation="LOOK_UP"}}': "1x120"},
    ),
    "AgencySlow": (
        {
            f'gateway_agency_call_seconds_bucket{{{AGENCY},le="1"}}': "0+1x120",
            f'gateway_agency_call_seconds_bucket{{{AGENCY},le="2"}}': "0+9x120",
            f'gateway_agency_call_seconds_bucket{{{AGENCY},le="+Inf"}}': "0+9x120",
        },
        {
            f'gateway_agency_call_seconds_bucket{{{AGENCY},le="0.1"}}': "0+9x120",
            f'gateway_agency_call_seconds_bucket{{{AGENCY},le="+Inf"}}': "0+9x120",
        },
    ),
    "SharedCallsFail": (
        {f'gateway_agency_shared_calls_total{{{AGENCY},result="failed"}}': "0+1x120"},
        {f'gateway_agency_shared_calls_total{{{AGENCY},result="answered"}}': "0+9x120"},
    ),
    "ForgedAnswers": (
        {f'{REFUSALS}{{{AGENCY},code="ALGORITHM_UNKNOWN"}}': "0x110 1x10"},
        {f'{REFUSALS}{{{AGENCY},code="STALE"}}': "0+1x120"},
    ),
    "AnswersNotBelieved": (
        {f'{REFUSALS}{{{AGENCY},code="STALE"}}': "0+3x120"},
        {f'{REFUSALS}{{{AGENCY},code="STALE"}}': FLAT},
    ),
    "KeyEndsSoon": (
        {f'gateway_key_warning_days{{{AGENCY},key="k"}}': "7x120"},
        {f'gateway_key_warning_days{{{AGENCY},key="k"}}': "30x120"},
    ),
    "KeyEnded": (
        {f'gateway_key_warning_days{{{AGENCY},key="ended"}}': "0x120"},
        {f'gateway_key_warning_days{{{AGENCY},key="k"}}': "7x120"},
    ),
    "StatesUnknown": (
        {f"gateway_status_list_until_timestamp_seconds{{{AGENCY}}}": "0x120"},
        {f"gateway_status_list_until_timestamp_seconds{{{AGENCY}}}": "9000x120"},
    ),
    "UnknownCertificates": (
        {f"gateway_states_unknown_certificates_total{{{AGENCY}}}": ONCE},
        {f"gateway_states_unknown_certificates_total{{{AGENCY}}}": FLAT},
    ),
    "OldVersions": (
        {f'gateway_version_rollbacks_total{{{AGENCY},code="ROLLBACK"}}': ONCE},
        {f'gateway_version_rollbacks_total{{{AGENCY},code="ROLLBACK"}}': FLAT},
    ),
    "ConnectorUnusable": (
        {f"gateway_connectors_unusable_total{{{AGENCY}}}": "0x110 1x10"},
        {f"gateway_connectors_unusable_total{{{AGENCY}}}": FLAT},
    ),
    "CollectionIncomplete": (
        {f'gateway_collection_missing{{{AGENCY},stream="records"}}': "2x120"},
        {f'gateway_collection_missing{{{AGENCY},stream="records"}}': "0x90 2x30"},
    ),
    "TransfersRefused": (
        {'gateway_transfers_refused_total{problem="REPLAYED"}': ONCE},
        {'gateway_transfers_refused_total{problem="REPLAYED"}': FLAT},
    ),
    "CollectedUnreadable": (
        {"gateway_collected_readings_failed_total": "0+1x120"},
        {"gateway_collected_followed_timestamp_seconds": "0+60x120"},
    ),
    **{
        name: (
            {f'gateway_privacy_alerts_total{{alert="{alert}"}}': ONCE},
            {f'gateway_privacy_alerts_total{{alert="{alert}"}}': "1x120"},
        )
        for name, alert in (
            ("PeopleBudgetNearlySpent", "PEOPLE_BUDGET_80"),
            ("PeopleBudgetSpent", "PEOPLE_BUDGET_SPENT"),
            ("ManyUnknownPeople", "MANY_UNKNOWN_PEOPLE"),
        )
    },
    **{
        name: (
            {f'gateway_sanctions_followed_up_total{{state="{state}"}}': ONCE},
            {f'gateway_sanctions_followed_up_total{{state="{state}"}}': "1x120"},
        )
        for name, state in (
            ("SanctionOverdue", "OVERDUE"),
            ("SanctionProposed", "PROPOSED"),
            ("SanctionLapsed", "LAPSED"),
        )
    },
    "UrgentFreezeEndsSoon": (
        {"gateway_sanction_confirm_before_timestamp_seconds": "7300x120"},
        {"gateway_sanction_confirm_before_timestamp_seconds": "0x120"},
    ),
    "SanctionsFail": (
        {"gateway_sanctions_failures_total": "0+60x120"},
        {"gateway_sanctions_failures_total": "0+1x120"},
    ),
    "LogForked": (
        {"gateway_transparency_forked": "1x120"},
        {"gateway_transparency_forked": "0x120"},
    ),
    "WitnessConflict": (
        {f'{TROUBLES}{{trouble="CONFLICT"}}': "0x110 1x10"},
        {f'{TROUBLES}{{trouble="AWAY"}}': "0+1x120"},
    ),
    "LogUnsigned": (
        {"gateway_transparency_unsigned_seconds": "90x120"},
        {"gateway_transparency_unsigned_seconds": "1x120"},
    ),
    "LogUnwitnessed": (
        {"gateway_transparency_unwitnessed_seconds": "90x120"},
        {"gateway_transparency_unwitnessed_seconds": "1x120"},
    ),
    "LogBehind": (
        {"gateway_transparency_behind_seconds": "90x120"},
        {"gateway_transparency_unlooked_seconds": "1x120"},
    ),
    "LogQueueOver": (
        {"gateway_transparency_queue_over": "1x120"},
        {"gateway_transparency_queue_over": "0x110 1x10"},
    ),
}
"""Each alert, with what it fires by at the end of two hours, and what it does not."""
FIRE_OTHERS = ("KeyEnded", "ForgedAnswers")
"""What leaves these silent is what others are for."""


def strange(expression: str) -> set[str]:
    """Return what an expression asks for and the program has not."""
    known, found, labels = exported(), set(), set(OF_THE_SCRAPE)
    for name, values in selected(expression):
        has = known.get(name, set()) | OF_THE_SCRAPE
        found |= {name} - known.keys() | {
            f"{name}.{one}" for one in values.keys() - has
        }
        labels |= has
    return found | (grouped(expression) - labels)


def test_what_is_asked_for_is_what_the_program_has() -> None:
    assert {one for expression in EXPRESSIONS for one in strange(expression)} == set()


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        pytest.param("rate(gateway_spans[5m])", "gateway_spans", id="no suffix"),
        pytest.param("gateway_request_seconds", "gateway_request_seconds", id="whole"),
        pytest.param('gateway_spans_total{x="y"}', "gateway_spans_total.x", id="label"),
        pytest.param("sum by (code) (gateway_store_waiting)", "code", id="grouped"),
    ],
)
def test_what_the_program_has_not_is_seen(expression: str, found: str) -> None:
    assert strange(expression) == {found}


def test_what_is_recorded_is_what_is_asked_for() -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}

    asked = {name for e in EXPRESSIONS for name in RECORDED.findall(e)}

    assert asked <= recorded


def test_outcomes_are_those_of_sources() -> None:
    words = {
        word
        for expression in EXPRESSIONS
        for name, values in selected(expression)
        if name == ANSWERS and "outcome" in values
        for word in values["outcome"].split("|")
    }

    assert words < {outcome.value for outcome in SourceOutcome}


def promtool(*words: str | Path) -> str:
    require_program("promtool")
    done = subprocess.run(
        ("promtool", *words), capture_output=True, text=True, timeout=60, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


def test_promtool_reads_the_rules() -> None:
    assert f"{len(rules())} rules found" in promtool("check", "rules", RULES)


def test_promtool_reads_what_the_dashboard_asks(tmp_path: Path) -> None:
    asked = [
        {"record": f"dashboard:{n}", "expr": expression}
        for n, expression in enumerate(queries())
    ]
    path = tmp_path / "dashboard.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "all", "rules": asked}]}))

    assert f"{len(asked)} rules found" in promtool("check", "rules", path)


def tried(series: Iterable[Series], alerts: str, fire: Iterable[str]) -> object:
    """Return a test of promtool: of these alerts those fire, and no others."""
    states = f'alertname=~"{alerts}",alertstate="firing"'
    firing = f"group by (alertname) (ALERTS{{{states}}})"
    return {
        "interval": "1m",
        "input_series": [
            {"series": name, "values": values}
            for some in series
            for name, values in some.items()
        ],
        "promql_expr_test": [
            {
                "expr": firing,
                "eval_time": "2h",
                "exp_samples": [
                    {"labels": f'{{alertname="{name}"}}', "value": 1} for name in fire
                ],
            }
        ],
    }


def test_every_alert_fires_when_it_should_and_else_not(tmp_path: Path) -> None:
    assert set(FIRES) == set(ALERTS)
    fires = [both[0] for both in FIRES.values()]
    silent = [both[1] for name, both in FIRES.items() if name not in FIRE_OTHERS]
    apart = [tried([FIRES[name][1]], name, []) for name in FIRE_OTHERS]
    tests = [tried(fires, ".+", ALERTS), tried(silent, ".+", []), *apart]
    path = tmp_path / "tests.yaml"
    told = {"rule_files": [str(RULES)], "evaluation_interval": "2m", "tests": tests}
    path.write_text(yaml.safe_dump(told), "utf-8")

    promtool("test", "rules", path)


def test_every_alert_of_the_page_is_one_of_the_rules() -> None:
    page = (ROOT / "docs/operating.md").read_text("utf-8")
    told = set(re.findall(r"`(PEOPLE_BUDGET_\w+|MANY_UNKNOWN_PEOPLE)`", page))
    told |= set(re.findall(r"`(SANCTION_\w+|UNKNOWN_CERTIFICATE)`", page))

    logged = {
        rule["annotations"]["logged_as"]
        for rule in ALERTS.values()
        if "logged_as" in rule["annotations"]
    }

    assert told == logged


@pytest.mark.parametrize("page", ["docs/operating.md", "docs/zh/operating.md"])
def test_every_alert_stands_on_the_page_with_its_urgency(page: str) -> None:
    column = "Alert" if page == "docs/operating.md" else "告警"
    told = {row[0].strip("`"): row[1].strip("`") for row in table(page, column)}

    assert told == {name: rule["labels"]["severity"] for name, rule in ALERTS.items()}


def test_an_alert_says_what_is_to_be_read() -> None:
    told = [rule["annotations"] for rule in ALERTS.values()]

    nowhere = [
        one["documentation"]
        for one in told
        if not has_anchor(*one["documentation"].partition("#")[::2])
    ]
    assert nowhere == []
    assert [
        one for one in told if not re.search("[\u4e00-\u9fff]", one["summary"])
    ] == []


def has_anchor(file: str, anchor: str) -> bool:
    """Say whether a page has a heading with this anchor, or is meant as a whole."""
    headings = re.findall(r"^#+ (.*)$", (ROOT / file).read_text("utf-8"), re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}
    return not anchor or anchor in anchors


def test_panels_are_told_apart_and_overlap_nowhere() -> None:
    places = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in panels()]

    assert len(set(places)) == len(places) == len({one["id"] for one in panels()})
    assert DASHBOARD.read_text("utf-8").count('"${datasource}"') > len(places)
