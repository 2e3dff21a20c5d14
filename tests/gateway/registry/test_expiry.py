"""A key that ends soon is in health, in metrics and in the log, until it is rotated."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from signing.sign import SigningKey
from tests.gateway.registration.joining import (
    JOINING,
    SECOND,
    Joining,
    Steps,
    joining_gateway,
    seconds_until,
)
from tests.running import Agencies
from tests.store.registration.office import make_key


@pytest.fixture(name="steps")
def _steps(agencies: Agencies, tmp_path: Path) -> Iterator[Steps]:
    url = f"sqlite:///{tmp_path}/gateway.db"
    with joining_gateway(tmp_path, agencies, url) as steps:
        yield steps


def warnings(steps: Steps) -> dict[str, Any]:
    """Return what health says of each agency's keys."""
    states = json.loads(steps.gateway.get("/health/ready")[1])["agencies"]
    return {state["id"]: state["key_warnings"] for state in states}


def gauge(steps: Steps, name: str, key: str) -> float | None:
    """Return a metric of a key."""
    label = f'{name}{{agency="{JOINING}",key="{key}"}} '
    lines = steps.gateway.get("/metrics")[1].splitlines()
    return next((float(li.split()[-1]) for li in lines if li.startswith(label)), None)


def test_a_key_that_ends_in_six_days_is_told_everywhere_and_no_other(
    steps: Steps, agencies: Agencies
) -> None:
    joining = Joining(agencies)
    steps.join(joining.submission(), joining.key, days=6)
    seconds_until(lambda: JOINING in warnings(steps))

    kid = joining.key.kid
    assert warnings(steps) == {
        "emergency-management": [],
        "fire-rescue": [],
        JOINING: [{"key": kid, "days": 7}],
    }
    assert gauge(steps, "gateway_key_warning_days", kid) == 7
    left = gauge(steps, "gateway_key_days_left", kid)
    assert left is not None
    assert 5.9 < left < 6
    assert "a key ends soon" in steps.gateway.log


def test_a_key_with_a_successor_in_force_is_no_news(
    steps: Steps, agencies: Agencies
) -> None:
    joining = Joining(agencies)
    active = steps.join(joining.submission(), joining.key, days=6)
    seconds_until(lambda: JOINING in warnings(steps))
    successor: SigningKey = make_key("transport-next")
    proved = steps.register_key(active["id"], successor)
    unapproved = warnings(steps)[JOINING]

    approve = (
        "mutation($s: ConnectorStepInput!) "
        '{ approveKey(step: $s, keyId: "transport-next") { __typename } }'
    )
    step = {"id": proved["id"], "version": proved["version"], "reason": "rotation"}
    steps.send(approve, SECOND, s=step)

    seconds_until(lambda: warnings(steps)[JOINING] == [])
    assert unapproved == [{"key": joining.key.kid, "days": 7}]
    assert gauge(steps, "gateway_key_warning_days", joining.key.kid) is None
    assert proved["__typename"] == "Connector"
