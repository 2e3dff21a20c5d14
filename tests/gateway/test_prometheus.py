"""Prometheus itself reads a running gateway, and finds nothing wrong with it.

``tests/architecture/test_alerts.py``, which is run each time, compares every metric and
label with the program's, and has what each alert fires by.
"""

import json
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.architecture.promql import (
    RULES,
    exported,
    queries,
    require_program,
    rules,
    selected,
)
from tests.ports import free_port
from tests.running import Agencies, Gateway, eventually

HOST = "127.0.0.1"
QUICK = {"scrape_interval": "1s", "evaluation_interval": "1s"}


@pytest.fixture(scope="module", name="prometheus")
def _prometheus(
    gateway: Gateway, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Run Prometheus by the rules, before the gateway; return its address."""
    require_program("prometheus")
    folder = tmp_path_factory.mktemp("prometheus")
    [target] = gateway.url.split("//")[1:]
    config = {
        "global": QUICK,
        "rule_files": [str(RULES)],
        "scrape_configs": [
            {
                "job_name": "certificate-gateway",
                "static_configs": [{"targets": [target]}],
            }
        ],
    }
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(config), "utf-8")
    port = free_port(HOST)
    with (
        (folder / "prometheus.log").open("wb") as log,
        subprocess.Popen(
            (
                "prometheus",
                f"--config.file={path}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address={HOST}:{port}",
            ),
            stderr=log,
        ) as process,
    ):
        url = f"http://{HOST}:{port}/api/v1"
        eventually(lambda: is_up(url))
        yield url
        process.kill()


def read(url: str, **asked: str) -> Any:
    query = urllib.parse.urlencode(asked)
    with urllib.request.urlopen(f"{url}?{query}", timeout=30) as answer:
        return json.load(answer)["data"]


def is_up(url: str) -> bool:
    try:
        return len(read(f"{url}/query", query="up == 1")["result"]) > 0
    except OSError:
        return False


@pytest.mark.long
def test_prometheus_answers_every_rule_and_query_by_a_running_gateway(
    prometheus: str, gateway: Gateway, agencies: Agencies
) -> None:
    """In one test, since other processes would start their own Prometheus."""
    number = agencies.people[0]["idNumber"]
    gateway.ask("query($n: String!) { holder(idNumber: $n) { __typename } }", n=number)

    eventually(lambda: {one["health"] for one in evaluated(prometheus)} == {"ok"})
    assert len(evaluated(prometheus)) == len(rules())
    for query in queries():
        # What is wrong with one is an HTTP error.
        read(f"{prometheus}/query", query=query)
    with pytest.raises(OSError, match="400"):
        read(f"{prometheus}/query", query="sum by (gateway_")
    plain = [query for query in queries() if has_no_label(query)]
    assert len(plain) >= 8
    eventually(
        lambda: all(read(f"{prometheus}/query", query=q)["result"] for q in plain)
    )
    # Nothing of that is other tests' doing.
    told = read(f"{prometheus}/query", query="ALERTS")["result"]
    assert {one["metric"]["alertname"] for one in told} & {
        *("RegistryOutdated", "LogBehind", "LogForked", "StatesUnknown"),
        *("CollectedUnreadable", "UrgentFreezeEndsSoon", "StoreIsWaitedFor"),
    } == set()


def evaluated(prometheus: str) -> list[dict[str, Any]]:
    """Return what became of each rule."""
    groups = read(f"{prometheus}/rules")["groups"]
    return [rule for group in groups for rule in group["rules"]]


def has_no_label(query: str) -> bool:
    """Say whether a query is of what is there from the start, and of now."""
    asked = [name for name, _ in selected(query)]
    return (
        asked != []
        and all(exported()[name] == set() for name in asked)
        and not any(word in query for word in ("rate(", "increase(", "by ("))
    )
