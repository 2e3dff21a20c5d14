"""An agency with two addresses: one is cut off, and nobody notices but the metrics."""

from pathlib import Path

from tests.federation.queries import SOURCES, TRANSPORT
from tests.ports import free_port
from tests.running import Agencies, running_gateway

COUNTED = (
    'gateway_agency_hedges_total{agency="transport",reason="unreachable",result="won"}'
    " 1.0"
)


def test_where_the_first_address_is_away_the_second_answers(
    agencies: Agencies, tmp_path: Path
) -> None:
    number = agencies.person("all-three")["idNumber"]
    url, nobody = agencies.urls[TRANSPORT], free_port("127.0.0.1")
    both = f'url = "http://127.0.0.1:{nobody}/"\nsecond_url = "{url}'
    manifest = {
        TRANSPORT: (f'url = "{url}', both),
        "*": ("ttl_seconds = 10", "ttl_seconds = 0"),
    }
    with running_gateway(tmp_path, agencies, manifest=manifest) as gateway:
        answers = [gateway.ask(SOURCES, idNumber=number)["holder"] for _ in range(3)]
        metrics = gateway.get("/metrics")[1]

    for answer in answers:
        assert {row["outcome"] for row in answer["sources"]} == {"ANSWERED"}
    # It went first from then on.
    assert [
        row["attempts"]
        for answer in answers
        for row in answer["sources"]
        if row["agency"] == TRANSPORT
    ] == [2, 1, 1]
    assert COUNTED in metrics
