"""Metrics count what happened, by agency, outcome and reason."""

import re
from pathlib import Path

from tests.federation.queries import SOURCES
from tests.running import Agencies, Gateway, running_gateway


def samples(gateway: Gateway) -> dict[str, float]:
    """Return every sample by its name and labels."""
    _, text = gateway.get("/metrics")
    return {
        name: float(value)
        for name, value in re.findall(r"^(\w+\{.*\}) ([0-9.e+-]+)$", text, re.MULTILINE)
    }


def test_metrics_count_outcomes_refusals_and_cache_hits(
    agencies: Agencies, tmp_path: Path
) -> None:
    tampered = agencies.person("tampered")["idNumber"]
    fine = agencies.person("all-three")["idNumber"]

    with running_gateway(tmp_path, agencies) as gateway:
        for number in (tampered, fine, fine):
            gateway.ask(SOURCES, idNumber=number)
        found = samples(gateway)

    def of(name: str, **labels: str) -> float:
        shown = ",".join(f'{key}="{value}"' for key, value in labels.items())
        return found.get(f"{name}{{{shown}}}", 0.0)

    answers = "gateway_source_answers_total"
    (at,) = [
        agency
        for agency, outcome in agencies.person("tampered")["sources"].items()
        if outcome == "UNVERIFIED"
    ]
    assert of(answers, agency=at, outcome="UNVERIFIED") == 1
    assert of(answers, agency=at, outcome="ANSWERED") == 2
    assert (
        of("gateway_verification_refusals_total", agency=at, code="BAD_SIGNATURE") == 1
    )
    cache = "gateway_answer_cache_total"
    assert [of(cache, agency=at, result=r) for r in ("hit", "miss")] == [1, 2]
    assert of("gateway_agency_call_seconds_count", agency=at) == 2
    assert of("gateway_agency_people_asked_total", agency=at) == 2
    assert of("gateway_request_seconds_count", path="/graphql", status="200") == 3


def test_no_label_can_be_invented_from_outside(gateway: Gateway) -> None:
    gateway.get("/310110199003074514")

    assert "310110199003074514" not in gateway.get("/metrics")[1]
