"""The files to deploy by say what the program takes, and keep rules of their own.

Nothing here builds an image or has a cluster: what can be tried without is tried.
``tests/third_party/test_linters.py`` has others' linters read them.
"""

import os
import re
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from packaging.requirements import Requirement

from connectors.registry import load_manifests
from gateway.settings.settings import Settings, load_settings
from gateway.trust import load_trust_bundle
from policy.catalogue import load_catalogue
from sandbox.cli import _parser
from tests.architecture.documents import ROOT
from tests.architecture.test_examples import COMMANDS

FOLDER = ROOT / "docs" / "deploy"
CONTAINERFILE = (FOLDER / "Containerfile").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
UNIT = (FOLDER / "certificate-gateway.service").read_text("utf-8")
KUBERNETES: dict[str, Any] = {
    one["kind"]: one
    for one in yaml.safe_load_all((FOLDER / "kubernetes.yaml").read_text("utf-8"))
}
POD = KUBERNETES["Deployment"]["spec"]["template"]["spec"]
[CONTAINER] = POD["containers"]
LABELS = KUBERNETES["Deployment"]["spec"]["template"]["metadata"]["labels"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
IMAGE = f"{PROJECT['project']['name']}:{PROJECT['project']['version']}"
OURS = {name: one for name, one in COMPOSE["services"].items() if one["image"] == IMAGE}
CONFIG = "/etc/certificate-gateway/gateway.toml"
USER = 10001
MOST_EXPOSED = 2.0
"""Of systemd's own scale, where 10 is a service without any fence."""

ENVIRONMENTS: Mapping[str, dict[str, str]] = {
    "Containerfile": dict(re.findall(r"^ENV (\w+)=(.*)$", CONTAINERFILE, re.MULTILINE)),
    "compose.yaml": COMPOSE["services"]["gateway"]["environment"],
    "certificate-gateway.service": dict(
        re.findall(r"^Environment=(\w+)=(.*)$", UNIT, re.MULTILINE)
    ),
    "kubernetes.yaml": {
        one["name"]: one["value"] for one in CONTAINER["env"] if "value" in one
    },
}


@pytest.fixture(scope="module", name="prepared")
def _prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What compose.yaml's first service makes: the script itself, run here."""
    folder = tmp_path_factory.mktemp("compose")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    script = ("sh", str(FOLDER / "prepare.sh"), str(folder))
    for _ in range(2):
        done = subprocess.run(
            script,
            env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        if (folder / "printed").exists():
            assert done.stdout == "", "it is prepared once"
        else:
            (folder / "printed").write_text(done.stdout, "utf-8")
    return folder


@pytest.mark.parametrize("file", ENVIRONMENTS)
def test_every_variable_is_an_option_that_takes_its_value(
    file: str, prepared: Path
) -> None:
    stated = {
        name: value
        for name, value in ENVIRONMENTS[file].items()
        if name.startswith("GATEWAY_")
    }

    assert stated
    settings = load_settings(prepared / "gateway" / "gateway.toml", stated)
    assert isinstance(settings, Settings)


def commands() -> Iterator[list[str]]:
    """Give every command line of the program's in the files."""
    command = re.search(r"^CMD \[(.*)\]$", CONTAINERFILE, re.MULTILINE)
    assert command is not None
    yield ["gateway", *re.findall('"([^"]*)"', command[1])]
    yield ["gateway", *CONTAINER["args"]]
    yield ["gateway", *COMPOSE["services"]["gateway"]["command"]]
    for file in FOLDER.iterdir():
        for line in re.findall(
            r"\bgateway (?:init|serve)\b.*", file.read_text("utf-8")
        ):
            yield line.split()


def test_every_command_and_option_is_one_of_the_programs() -> None:
    found = list(commands())

    assert {words[1] for words in found} == {"init", "serve"}
    for _, name, *rest in found:
        options = {flag for one in COMMANDS[name].params for flag in one.opts}
        assert {word for word in rest if word.startswith("--")} <= options


def test_the_sandboxs_command_lines_are_read_by_the_sandbox() -> None:
    sandbox = [one for one in OURS.values() if "sandbox" in one.get("entrypoint", ())]

    chosen = [_parser().parse_args(one["command"]) for one in sandbox]
    assert len(chosen) == 3
    assert {str(one.dir) for one in chosen} == {"/data/sandbox"}


def test_what_compose_prepares_is_a_gateway_of_its_agencies(prepared: Path) -> None:
    settings = load_settings(prepared / "gateway" / "gateway.toml", {})
    load_trust_bundle(Path(settings.trust_bundle), load_catalogue())
    asked = {
        urlsplit(one.endpoint.url) for one in load_manifests(Path(settings.manifests))
    }

    served = {
        (one["command"][1], int(one["command"][-1]))
        for one in OURS.values()
        if "--port" in one["command"]
    }
    assert {(one.hostname, one.port) for one in asked} == served
    assert {host for host, _ in served} < COMPOSE["services"].keys()
    assert (prepared / "printed").read_text("utf-8").startswith("operator cgw_")


def test_the_image_is_nobodys_and_looks_after_its_health() -> None:
    last = CONTAINERFILE.rpartition("\nFROM ")[2]
    [user] = re.findall(r"^USER (\d+):\1$", last, re.MULTILINE)

    assert int(user) == USER == POD["securityContext"]["runAsUser"]
    assert "\nHEALTHCHECK " in last
    assert "http://127.0.0.1:8000/health/live" in last
    assert all(
        re.search(r":\d[\w.-]+$", base)
        for base in re.findall(r"^FROM (\S+)", CONTAINERFILE, re.MULTILINE)
    )
    assert CONFIG in last


def test_the_image_has_every_package_and_no_other_folder() -> None:
    copied = re.findall(r"^COPY (\w+) \1$", CONTAINERFILE, re.MULTILINE)
    packages = PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]

    assert [f"{name}*" for name in copied] == packages


def test_the_image_takes_the_versions_of_the_lock() -> None:
    line = re.search(r"^RUN (sed .*) > versions.txt", CONTAINERFILE, re.MULTILINE)
    assert line is not None
    done = subprocess.run(
        ("sh", "-c", line[1]), cwd=ROOT, capture_output=True, text=True, check=True
    )
    pinned = {Requirement(one).name.lower() for one in done.stdout.splitlines()}
    needed = {
        Requirement(one).name.lower() for one in PROJECT["project"]["dependencies"]
    }

    assert needed <= pinned
    assert all(
        [one.operator for one in Requirement(line).specifier] == ["=="]
        and not Requirement(line).extras
        for line in done.stdout.splitlines()
    )


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_compose_can_write_to_its_volume_alone(name: str) -> None:
    service = OURS[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("user") is None or name == "own"
    assert service.get("depends_on", {}).keys() <= COMPOSE["services"].keys()
    volumes = {one.partition(":")[0] for one in service["volumes"]}
    assert {one for one in volumes if "/" not in one} <= COMPOSE["volumes"].keys()


def test_the_pod_can_write_to_a_folder_for_bodies_alone() -> None:
    mounts = {one["name"]: one for one in CONTAINER["volumeMounts"]}

    assert CONTAINER["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert POD["securityContext"]["runAsNonRoot"] is True
    assert POD["automountServiceAccountToken"] is False
    assert {name for name, one in mounts.items() if not one.get("readOnly")} == {"tmp"}
    assert mounts.keys() == {one["name"] for one in POD["volumes"]}
    assert POD["volumes"][0]["secret"]["defaultMode"] & stat.S_IRWXO == 0
    assert CONTAINER["resources"].keys() == {"requests", "limits"}


def test_the_pods_folders_are_those_the_gateway_reads() -> None:
    places = {one["mountPath"] for one in CONTAINER["volumeMounts"]}
    variables = ENVIRONMENTS["kubernetes.yaml"]

    assert str(Path(CONTAINER["args"][-1]).parent) in places
    assert variables["GATEWAY_MANIFESTS"] in places
    assert CONTAINER["args"][-1] == CONFIG


def test_probes_ask_what_the_gateway_answers() -> None:
    app = (ROOT / "gateway" / "app.py").read_text("utf-8")
    probes = {name: one for name, one in CONTAINER.items() if name.endswith("Probe")}

    assert probes.keys() == {"startupProbe", "livenessProbe", "readinessProbe"}
    for name, probe in probes.items():
        kind = "ready" if name == "readinessProbe" else "live"
        assert probe["httpGet"] == {"path": f"/health/{kind}", "port": "http"}
        assert f'Route("{probe["httpGet"]["path"]}"' in app


def test_all_that_is_about_the_pods_is_about_these() -> None:
    policy = KUBERNETES["NetworkPolicy"]["spec"]
    scaled = KUBERNETES["HorizontalPodAutoscaler"]["spec"]
    kept = KUBERNETES["PodDisruptionBudget"]["spec"]

    assert KUBERNETES["Deployment"]["spec"]["selector"]["matchLabels"] == LABELS
    assert KUBERNETES["Service"]["spec"]["selector"] == LABELS
    assert kept["selector"]["matchLabels"] == LABELS
    assert policy["podSelector"]["matchLabels"] == LABELS
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert policy["ingress"][0]["from"]
    assert (
        scaled["scaleTargetRef"]["name"] == KUBERNETES["Deployment"]["metadata"]["name"]
    )
    assert kept["minAvailable"] < scaled["minReplicas"] < scaled["maxReplicas"]
    assert CONTAINER["image"] == IMAGE
    names = {one["metadata"]["name"] for one in KUBERNETES.values()}
    assert names == {POD["serviceAccountName"]}


def test_what_stops_a_gateway_waits_until_its_questions_are_answered() -> None:
    request_seconds = 10
    longest = 2 + request_seconds + 5

    assert POD["terminationGracePeriodSeconds"] > longest
    assert COMPOSE["services"]["gateway"]["stop_grace_period"] == "30s"
    assert "\nTimeoutStopSec=30\n" in UNIT


def test_systemd_takes_the_unit_and_finds_it_fenced(tmp_path: Path) -> None:
    unit = tmp_path / "certificate-gateway.service"
    unit.write_text(
        UNIT.replace("/opt/certificate-gateway/bin/gateway", "/bin/true"), "utf-8"
    )

    verified = run_plain("verify", str(unit))
    weighed = run_plain("security", "--offline=true", str(unit))

    assert (verified.returncode, verified.stderr) == (0, "")
    exposure = re.search(r"exposure level for \S+: ([\d.]+)", weighed.stdout)
    assert exposure is not None
    assert float(exposure[1]) <= MOST_EXPOSED


def run_plain(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ("systemd-analyze", *words), capture_output=True, text=True, check=False
    )
