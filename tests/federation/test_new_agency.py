"""An agency that speaks a known protocol joins with a manifest and no Python."""

from pathlib import Path

from gateway.demo.demo import HOST, write_configuration
from tests.federation.queries import EMERGENCY, FIRE, SOURCES, TRANSPORT
from tests.ports import free_port
from tests.running import TOKEN, Agencies, gateway_by


def test_a_manifest_in_the_folder_is_an_agency_that_answers(
    agencies: Agencies, tmp_path: Path
) -> None:
    port = free_port(HOST)
    config = write_configuration(
        tmp_path,
        trust_folder=agencies.folder,
        port=port,
        agencies=agencies.urls,
        token=TOKEN,
        id_number="",
    )
    known = (tmp_path / "manifests" / f"{TRANSPORT}.toml").read_text("utf-8")
    joining = known.replace('id = "transport"', 'id = "transport-new"', 1)
    (tmp_path / "manifests" / "transport-new.toml").write_text(joining, "utf-8")
    person = agencies.person("issued-day-after")

    with gateway_by(config, port) as gateway:
        holder = gateway.ask(SOURCES, idNumber=person["idNumber"])["holder"]

    assert {row["agency"]: row["outcome"] for row in holder["sources"]} == {
        EMERGENCY: "NONE",
        FIRE: "NONE",
        TRANSPORT: "ANSWERED",
        "transport-new": "ANSWERED",
    }
