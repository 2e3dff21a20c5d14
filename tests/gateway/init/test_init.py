"""``gateway init``: a gateway starts from what it makes, and nothing is lost by it."""

import json
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from gateway.demo.demo import HOST
from gateway.documents.trusted import BUILT_IN
from tests.nursery import run
from tests.ports import free_port
from tests.running import Gateway, gateway_by

HOLDER_CHECK = next(
    text
    for text in json.loads(BUILT_IN.read_text("utf-8")).values()
    if text.startswith("query HolderCheck(")
)
NOBODYS = "31010119900101001X"
WHY = {"X-Purpose": "SUBSIDY_CLAIM", "X-Case-Number": "17-2026-1"}
KEYS = {"certificate-id.key", "pseudonym.key", "evidence.key", "receipt-key.pem"}
ORIGIN = "gateway.example.cn/log"


def init(folder: Path, *options: str) -> CompletedProcess[str]:
    return run([sys.executable, "-m", "gateway", "init", str(folder), *options])


def files_in(folder: Path) -> set[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in files}


@dataclass(frozen=True, slots=True)
class Installation:
    """What the command made and printed."""

    folder: Path
    port: int
    tokens: dict[str, str]
    advice: str


@pytest.fixture(scope="package", name="installation")
def _installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("init") / "etc" / "gateway"
    port = free_port(HOST)
    made = init(folder, "--port", str(port), "--origin", ORIGIN)
    assert made.returncode == 0, made.stderr
    tokens = dict(line.split() for line in made.stdout.splitlines())
    return Installation(folder, port, tokens, made.stderr)


@pytest.fixture(scope="package", name="gateway")
def _gateway(installation: Installation) -> Iterator[Gateway]:
    """The gateway, by what was made as it is."""
    with gateway_by(installation.folder / "gateway.toml", installation.port) as found:
        yield found


def test_keys_and_configuration_are_for_their_owner_alone(
    installation: Installation,
) -> None:
    folder = installation.folder
    own = {
        name for name in files_in(folder) if not name.startswith(("var", "gateway."))
    }

    assert own - {"answers.jsonl"} == {
        *(*KEYS, "transparency.key"),
        *("trust.toml", "manifests/example.toml"),
    }
    for name in (*KEYS, "transparency.key", "gateway.toml"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    for place in (folder, folder / "manifests"):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_each_token_is_printed_once_and_kept_nowhere(
    installation: Installation,
) -> None:
    text = (installation.folder / "gateway.toml").read_text("utf-8")

    assert installation.tokens.keys() == {"operator", "hr-platform"}
    for token in installation.tokens.values():
        assert token.startswith("cgw_")
        assert token not in text + installation.advice
    assert f"--config {installation.folder / 'gateway.toml'}" in installation.advice


def test_the_gateway_starts_and_says_that_no_agency_answers(gateway: Gateway) -> None:
    status, body = gateway.get("/health/ready")

    assert status == 503
    ready = json.loads(body)
    assert [one["id"] for one in ready["agencies"]] == ["fire-rescue"]
    assert (ready["database"], ready["configuration"]) == ("answering", "in force")


def test_the_platform_asks_by_its_token_and_is_not_told_that_nobody_has_any(
    gateway: Gateway, installation: Installation
) -> None:
    question = {"query": HOLDER_CHECK, "variables": {"idNumber": NOBODYS}}
    token = installation.tokens["hr-platform"]

    status, body, _ = gateway.post(question, token, WHY)

    assert (status, body.get("errors")) == (200, None)
    outcomes = {
        one["authority"]["name"]: one["outcome"]
        for one in body["data"]["holder"]["sources"]
    }
    assert outcomes["上海市消防救援总队"] in {"UNREACHABLE", "TIMED_OUT", "SKIPPED"}
    assert "NONE" not in outcomes.values()


def test_the_operator_may_not_look_people_up(
    gateway: Gateway, installation: Installation
) -> None:
    question = {"query": HOLDER_CHECK, "variables": {"idNumber": NOBODYS}}

    _, body, _ = gateway.post(question, installation.tokens["operator"], WHY)
    [error] = body["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"

    assert gateway.post(question, "cgw_no-such-token", WHY)[0] == 401


def test_the_operator_sees_the_connectors(
    gateway: Gateway, installation: Installation, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text(installation.tokens["operator"], "utf-8")
    asked = ("connector", "list", "--url", gateway.url, "--token-file", str(token))

    listed = run([sys.executable, "-m", "gateway", *asked])

    assert (listed.returncode, listed.stderr) == (0, "")


def test_the_next_token_is_made_with_the_roles_that_are_there(
    installation: Installation,
) -> None:
    config = str(installation.folder / "gateway.toml")
    issue = (sys.executable, "-m", "gateway", "token", "issue", "--config", config)

    made = run([*issue, "--caller", "pudong-hr", "--role", "hr-platform"])
    refused = run([*issue, "--caller", "pudong-hr", "--role", "hr-platfrom"])

    assert made.returncode == 0, made.stderr
    assert refused.returncode == 2
    assert "hr-platform" in refused.stderr


@pytest.mark.parametrize("name", ["gateway.toml", "notes", "manifests/example.toml"])
def test_what_is_there_is_not_written_over(tmp_path: Path, name: str) -> None:
    there = tmp_path / "gateway" / name
    there.parent.mkdir(parents=True)
    there.write_text("mine", "utf-8")

    refused = init(tmp_path / "gateway")

    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"has {Path(name).parts[0]} in it; nothing is written over" in refused.stderr
    assert files_in(tmp_path) == {f"gateway/{name}"}
    assert there.read_text("utf-8") == "mine"


def test_a_file_in_the_place_of_the_folder_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "gateway").write_text("mine", "utf-8")

    refused = init(tmp_path / "gateway")

    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"gateway: {tmp_path / 'gateway'}: ")
    assert (tmp_path / "gateway").read_text("utf-8") == "mine"


@pytest.mark.parametrize("is_there", [True, False], ids=["in an empty folder", "anew"])
def test_what_does_not_do_leaves_nothing(tmp_path: Path, *, is_there: bool) -> None:
    folder = tmp_path / "a" / "gateway"
    if is_there:
        folder.mkdir(parents=True)
    before = set(tmp_path.rglob("*"))

    refused = init(folder, "--origin", "two words")

    assert (refused.returncode, refused.stdout) == (2, "")
    assert "transparency.origin" in refused.stderr
    assert set(tmp_path.rglob("*")) == before
    assert init(folder).returncode == 0
    assert files_in(folder) > KEYS
    assert "transparency.key" not in files_in(folder)
