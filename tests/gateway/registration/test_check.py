"""``gateway connector check``: what it writes, and how it exits."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from connectors.conformance.codes import Check
from gateway.cli import app
from gateway.errors import StartError
from tests.connectors.conformance.kit import items_at, manifest_text
from tests.running import Agencies

AGENCY = "transport"


@pytest.fixture(name="options")
def _options(agencies: Agencies, tmp_path: Path) -> list[str]:
    """Everything that checks an honest agency of this machine."""
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(manifest_text(agencies, AGENCY), "utf-8")
    many, none = agencies.person("whole-annex"), agencies.person("none")
    plan = tmp_path / "plan.toml"
    items = json.dumps(items_at(many["certificates"], AGENCY))
    plan.write_text(
        f'[[holder]]\nid_number = "{many["idNumber"]}"\nitems = {items}\n'
        f'[[holder]]\nid_number = "{none["idNumber"]}"\n',
        "utf-8",
    )
    trust = str(agencies.folder / "trust.toml")
    return [
        *(str(manifest), "--trust", trust, "--plan", str(plan)),
        *("--allow-network", "127.0.0.0/8", "--requests", "3"),
    ]


def run(options: list[str], *more: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["connector", "check", *options, *more])


def without(options: list[str], name: str) -> list[str]:
    """Leave an option and its value out."""
    place = options.index(name)
    return options[:place] + options[place + 2 :]


def test_an_honest_agency_conforms(options: list[str]) -> None:
    shown = run(options)

    assert shown.exit_code == 0, shown.output
    assert "CONFORMING transport" in shown.stdout
    assert "0 failures, 0 warnings" in shown.stdout
    assert [check for check in Check if check not in shown.stdout] == []


def test_a_secret_comes_from_the_environment_and_is_never_shown(
    options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = Path(options[0])
    named = '[endpoint]\nbearer_token = "secret:way-in"'
    text = manifest.read_text("utf-8").replace("[endpoint]", named)
    manifest.write_text(text, "utf-8")
    without_it = run(options)
    monkeypatch.setenv("AGENCY_SECRET_WAY_IN", "abc.def")
    shown = run(options, "--json")

    assert shown.exit_code == 0, shown.output
    assert shown.stdout.startswith("{")
    assert "abc.def" not in shown.output
    assert isinstance(without_it.exception, StartError)
    assert "AGENCY_SECRET_WAY_IN is not set" in str(without_it.exception)


def test_what_is_wrong_is_shown_in_both_languages(
    agencies: Agencies, options: list[str]
) -> None:
    with agencies.fault(AGENCY, "tampered"):
        shown = run(options)

    assert shown.exit_code == 1
    assert "NOT CONFORMING transport" in shown.stdout
    words = "".join(shown.stdout.split())
    assert "BAD_SIGNATURE" in words
    assert "签名与内容不符" in words
    assert "plan.holder[0].records[0]" in words


def test_a_report_for_programs_is_json_and_nothing_else(
    agencies: Agencies, options: list[str]
) -> None:
    with agencies.fault(AGENCY, "unsigned-absence"):
        shown = run(options, "--format", "json")

    report = json.loads(shown.stdout)
    found = {check["check"]: check for check in report["checks"]}
    (finding,) = found["ABSENCE"]["findings"]
    assert (shown.exit_code, report["conforming"], list(found)) == (
        1,
        False,
        list(Check),
    )
    assert (finding["code"], finding["severity"], finding["place"]) == (
        "UNSIGNED_ABSENCE",
        "FAILURE",
        "plan.holder[1]",
    )
    assert finding["remedy"] == {"zh": "对无证声明也要签名", "en": "sign absences too"}
    assert report["latencySeconds"]["requests"] == 3


def test_a_report_for_ci_is_junit(agencies: Agencies, options: list[str]) -> None:
    with agencies.fault(AGENCY, "wrong-key"):
        shown = run(options, "--format", "junit")

    suite = ET.fromstring(shown.stdout)  # noqa: S314 - written by us a moment ago
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    skipped = [case.get("name") for case in suite if case.find("skipped") is not None]
    assert (shown.exit_code, failed) == (1, ["SIGNATURES"])
    assert (suite.get("tests"), suite.get("failures")) == (str(len(Check)), "1")
    assert skipped == ["TLS", "ROTATION"]
    assert suite.get("skipped") == "2"


def test_people_can_be_named_by_options(agencies: Agencies, options: list[str]) -> None:
    held = agencies.person("all-three")["idNumber"]
    none = agencies.person("none")["idNumber"]

    shown = run(
        without(options, "--plan"),
        *("--holder", f"{held}:4-02-01-01", "--absent", none, "--format", "json"),
    )

    assert shown.exit_code == 0, shown.output
    assert held not in shown.output


def test_an_agency_inside_is_not_asked_without_leave(options: list[str]) -> None:
    shown = run(without(options, "--allow-network"), "--format", "json")

    (finding,) = json.loads(shown.stdout)["checks"][0]["findings"]
    assert (shown.exit_code, finding["code"], finding["detail"]) == (
        1,
        "ADDRESS_REFUSED",
        "INSIDE",
    )


def test_the_configurations_networks_are_leave_enough(
    options: list[str], tmp_path: Path
) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text(
        'manifests = "m"\ntrust_bundle = "t"\ncertificate_id_key_file = "c"\n'
        'pseudonym_key_file = "p"\ntokens = []\n'
        '[registration]\nallowed_networks = ["127.0.0.0/8"]\n',
        "utf-8",
    )

    shown = run(without(options, "--allow-network"), "--config", str(config))

    assert shown.exit_code == 0, shown.output


@pytest.mark.parametrize(
    ("left_out", "more", "says"),
    [
        pytest.param("--plan", [], "nobody who holds a certificate", id="no plan"),
        pytest.param("--plan", ["--holder", "x"], "NUMBER:ITEM", id="a holder"),
        pytest.param("--plan", ["--plan", "gone.toml"], "gone.toml", id="plan gone"),
        pytest.param("--trust", ["--trust", "gone.toml"], "gone.toml", id="trust gone"),
        pytest.param(
            "--allow-network", ["--allow-network", "x"], "no network", id="a network"
        ),
    ],
)
def test_what_cannot_be_used_stops_the_check(
    options: list[str], left_out: str, more: list[str], says: str
) -> None:
    stopped = run(without(options, left_out), *more).exception

    # ``gateway.cli.main`` makes exit code 2 and one sentence of it.
    assert isinstance(stopped, StartError)
    assert says in str(stopped)


def test_a_manifest_that_is_none_stops_the_check(
    options: list[str], tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("id = 1", "utf-8")

    stopped = run([str(wrong), *options[1:]]).exception

    assert isinstance(stopped, StartError)
    assert "wrong.toml" in str(stopped)
