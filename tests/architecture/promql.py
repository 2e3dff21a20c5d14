"""What PromQL expressions name: metrics and labels, taken apart without Prometheus."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml

from gateway.metrics import Metrics
from tests.architecture.documents import ROOT

FOLDER = ROOT / "docs" / "deploy"
RULES = FOLDER / "prometheus.rules.yaml"
DASHBOARD = FOLDER / "grafana-dashboard.json"
SUFFIXES = {
    "counter": ("_total",),
    "gauge": ("",),
    "histogram": ("_bucket", "_count", "_sum"),
}
OF_THE_SCRAPE = {"instance", "job"}
NAMED = re.compile(r"(?<![\w:])(gateway_\w+)(?:\{([^}]*)\})?")
RECORDED = re.compile(r"\w+:\w+:\w+")
GROUPED = re.compile(r"by \(([^)]*)\)")
LABEL = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"')


def require_program(name: str) -> None:
    """Skip where Prometheus' programs are missing; fail if that is in CI."""
    if shutil.which(name) is None:
        reason = f"{name} is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def rules() -> list[dict[str, Any]]:
    """Return all rules, of whatever group."""
    groups = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    return found


def queries() -> list[str]:
    """Return the dashboard's expressions, with Grafana's variables filled in."""
    return [
        target["expr"].replace("$__rate_interval", "1m").replace("$instance", ".*")
        for panel in panels()
        for target in panel["targets"]
    ]


@cache
def exported() -> dict[str, set[str]]:
    """Return the labels of each series that the program exports, by its name."""
    found: dict[str, set[str]] = {}
    for one in Metrics().registry._collector_to_names:
        type_, labels = one._type, set(one._labelnames)  # type: ignore[attr-defined]  # a Collector says less than a metric has
        for suffix in SUFFIXES[type_]:
            more = {"le"} if suffix == "_bucket" else set()
            found[f"{one._name}{suffix}"] = labels | more  # type: ignore[attr-defined]  # likewise
    return found


def selected(expression: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each metric of an expression, and the values of its labels that it asks."""
    for name, labels in NAMED.findall(expression):
        yield name, dict(LABEL.findall(labels))


def grouped(expression: str) -> set[str]:
    """Return the labels that an expression groups by."""
    lists = GROUPED.findall(expression)
    return {label.strip() for labels in lists for label in labels.split(",")}
