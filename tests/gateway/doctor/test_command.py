"""``gateway doctor`` at the command line: what it shows, and how it exits."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from connectors.manifest import read_manifest
from gateway.cli import app
from gateway.doctor.codes import Step
from gateway.errors import StartError
from sandbox.faults import Fault as Misbehaviour
from tests.gateway.doctor.patients import TOKEN, TRANSPORT
from tests.running import Agencies, Gateway


def run(gateway: Gateway, *more: str) -> Any:
    config = str(gateway.folder / "gateway.toml")
    return CliRunner().invoke(app, ["doctor", *more, "--config", config])


def test_the_command_says_in_both_languages_who_acts_and_what_to_type(
    gateway: Gateway, agencies: Agencies
) -> None:
    with agencies.fault(TRANSPORT, Misbehaviour.REFUSED_403):
        shown = run(gateway, TRANSPORT)

    assert shown.exit_code == 1, shown.output
    assert "TOKEN_REFUSED at " in shown.stdout
    assert "由我方（网关运维）处理" in shown.stdout
    assert "For us, who run the gateway: " in shown.stdout
    assert f"$ grep -n bearer_token {gateway.folder}" in shown.stdout
    assert "NOT WELL transport" in shown.stdout


def test_the_command_writes_json_and_exits_zero_where_all_is_well(
    gateway: Gateway, agencies: Agencies
) -> None:
    assert agencies.urls
    shown = run(gateway, TRANSPORT, "--json")

    assert shown.exit_code == 0, shown.output
    said = json.loads(shown.stdout)
    assert (said["agency"], said["well"]) == (TRANSPORT, True)
    assert [one["step"] for one in said["steps"]] == list(Step)


def test_an_agency_without_a_manifest_is_refused_with_those_there_are(
    gateway: Gateway,
) -> None:
    shown = run(gateway, "nobody")

    assert isinstance(shown.exception, StartError)
    assert "emergency-management, fire-rescue, transport" in str(shown.exception)


def test_where_no_manifest_can_be_used_the_command_says_why(tmp_path: Path) -> None:
    config, manifests = tmp_path / "gateway.toml", tmp_path / "manifests"
    config.write_text(
        'manifests = "manifests"\ntrust_bundle = "t"\ntokens = []\n'
        'certificate_id_key_file = "c"\npseudonym_key_file = "p"\n'
    )
    command = ["doctor", "nobody", "--config", str(config)]
    said = (
        "no manifest of 'nobody'; there are: none. Of an agency that registered "
        "itself, state its manifest: --manifest FILE"
    )

    none = CliRunner().invoke(app, command)
    manifests.mkdir()
    (manifests / "broken.toml").write_text("id = ")
    broken = CliRunner().invoke(app, command)

    assert str(none.exception) == said
    assert str(broken.exception).startswith(f"{said}; {manifests}/broken.toml: ")


def test_who_only_sends_is_not_asked(gateway: Gateway, tmp_path: Path) -> None:
    text = (gateway.folder / "manifests" / "transport.toml").read_text("utf-8")
    start = text.index("[endpoint]")
    end = text.index("\n[request]")
    own = text[:start] + '[endpoint]\nprotocol = "collected"\n' + text[end:]
    file = tmp_path / "sends.toml"
    file.write_text(own, "utf-8")
    assert read_manifest(own).id == TRANSPORT

    shown = run(gateway, TRANSPORT, "--manifest", str(file), "--json")

    steps = {one["step"]: one for one in json.loads(shown.stdout)["steps"]}
    assert steps["CONNECTION"]["taken"] is False
    assert shown.exit_code == 0


def test_a_secret_that_cannot_be_read_is_named_and_one_that_can_is_never_shown(
    gateway: Gateway,
    agencies: Agencies,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = (gateway.folder / "manifests" / "transport.toml").read_text("utf-8")
    file = tmp_path / "named.toml"
    file.write_text(text.replace(TOKEN, f'{TOKEN}\nbearer_token = "secret:theirs"'))
    config = tmp_path / "gateway.toml"
    settings = (gateway.folder / "gateway.toml").read_text("utf-8")
    table = '[secrets.theirs]\nvariable = "THEIRS"\nconnectors = ["transport"]\n'
    settings = settings.replace('"manifests"', f'"{gateway.folder / "manifests"}"')
    config.write_text(f"{settings}\n{table}", "utf-8")
    command = ["doctor", TRANSPORT, "--manifest", str(file), "--json"]
    command += ["--config", str(config)]

    missing = json.loads(CliRunner().invoke(app, command).stdout)
    monkeypatch.setenv("THEIRS", "never-to-be-shown")
    with agencies.fault(TRANSPORT, Misbehaviour.REFUSED_403):
        shown = CliRunner().invoke(app, command).stdout

    (secret,) = missing["steps"][0]["found"]
    assert (secret["code"], secret["who"]) == ("SECRET_MISSING", "US")
    assert "the variable THEIRS is not set" in secret["detail"]
    assert "TOKEN_REFUSED" in shown
    assert "never-to-be-shown" not in shown


def test_another_agencys_manifest_that_cannot_be_used_hides_nothing(
    gateway: Gateway, tmp_path: Path
) -> None:
    manifests = tmp_path / "manifests"
    shutil.copytree(gateway.folder / "manifests", manifests)
    (manifests / "broken.toml").write_text("id = ")
    settings = (gateway.folder / "gateway.toml").read_text("utf-8")
    config = tmp_path / "gateway.toml"
    config.write_text(settings, "utf-8")

    known = CliRunner().invoke(app, ["doctor", TRANSPORT, "--config", str(config)])
    broken = CliRunner().invoke(app, ["doctor", "broken", "--config", str(config)])

    assert known.exit_code == 0, known.output
    assert "broken.toml" in str(broken.exception)
