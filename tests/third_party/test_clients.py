"""The clients we hand out do their three jobs, and are what is generated now.

``clients/python`` and ``clients/typescript`` are made anew from the schema and the
documents of ``clients/operations``, type-checked, and run against a gateway in
production that trusts those documents and no others.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from store.store import open_store
from tests.architecture.documents import ROOT
from tests.gateway.callers.known import READER, sha256
from tests.gateway.subscriptions.following import change, write
from tests.node import install
from tests.running import Agencies, Gateway, eventually, running_gateway
from tests.third_party.clients.odd_gateway import LINE, odd_gateway
from tests.third_party.environment import make_environment

# Their packages are installed: three hundred of npm's.
pytestmark = pytest.mark.long

HERE = Path(__file__).parent / "clients"
GENERATED = {
    "python": "certificate_gateway_client/generated",
    "typescript": "src/generated",
}
LANGUAGES = tuple(GENERATED)
SECONDS = 120
TABLES = f"""
[[tokens]]
caller = "pudong-hr"
sha256 = "{sha256(READER.encode())}"
scopes = ["certificates:read", "identity:read"]
purpose = "SUBSIDY_CLAIM"
case_number = "17-2026-1"
"""


@dataclass(frozen=True, slots=True)
class Programs:
    """Where both clients are, and what runs them."""

    clients: Path
    python: Path

    def command(self, language: str, job: str) -> list[str]:
        """Return how an example is started."""
        if language == "python":
            folder = self.clients / "python" / "examples"
            return [str(self.python), str(folder / f"{job.replace('-', '_')}.py")]
        folder = self.clients / "typescript" / "dist" / "examples"
        return ["node", str(folder / f"{job}.js")]

    def environment(self, url: str, token: str = READER) -> Mapping[str, str]:
        """Return what tells an example where and as whom to ask."""
        return {
            **os.environ,
            "GATEWAY_URL": f"{url}/graphql",
            "GATEWAY_TOKEN": token,
            "PYTHONPATH": str(self.clients / "python"),
        }


def run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module", name="programs")
def _programs(tmp_path_factory: pytest.TempPathFactory) -> Programs:
    """Both clients, generated anew in a folder of their own."""
    folder = tmp_path_factory.mktemp("clients")
    ignored = shutil.ignore_patterns("node_modules", "dist", "__pycache__", ".mypy*")
    clients = folder / "clients"
    shutil.copytree(ROOT / "clients", clients, ignore=ignored)
    shutil.copy(ROOT / "schema.graphql", folder)
    for language, place in GENERATED.items():
        shutil.rmtree(clients / language / place)
    python = make_environment(HERE / "requirements.lock", folder / "environment")
    run([str(python.parent / "ariadne-codegen")], clients / "python")
    script = clients / "typescript" / "codegen.mjs"
    install(ROOT / "clients" / "typescript", script.name, script.parent)
    run(["npm", "run", "generate"], script.parent)
    run(["npm", "run", "build"], script.parent)
    return Programs(clients, python)


@pytest.fixture(scope="module", name="gateway")
def _gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway in production that trusts the clients' documents, and no others."""
    folder = tmp_path_factory.mktemp("gateway-of-clients")
    manifest = folder / "trusted.json"
    documents = [str(path) for path in (ROOT / "clients" / "operations").iterdir()]
    command = ["documents", "extract", *documents, "--out", str(manifest)]
    extracted = CliRunner().invoke(app, command)
    assert extracted.exit_code == 0, extracted.output
    with running_gateway(
        folder,
        running_agencies,
        settings=f"trusted_documents = {json.dumps(str(manifest))}\n",
        tables=TABLES,
        mode="production",
    ) as gateway:
        yield gateway


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_committed_is_what_is_generated(
    programs: Programs, language: str
) -> None:
    place = Path(language, GENERATED[language])
    made, folder = programs.clients / place, ROOT / "clients" / place

    files = {path.name: path.read_bytes() for path in made.glob("*.*")}

    kept = {path.name: path.read_bytes() for path in folder.glob("*.*")}
    assert files == kept


def test_the_python_client_is_typed_strictly(programs: Programs) -> None:
    run([str(programs.python.parent / "mypy")], programs.clients / "python")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_persons_holding_and_eligibility_are_told(
    programs: Programs, gateway: Gateway, agencies: Agencies, language: str
) -> None:
    number = agencies.person("all-three")["idNumber"]

    done = subprocess.run(
        [*programs.command(language, "check-holder"), number, "1.2", "UNGRADED"],
        env=programs.environment(gateway.url),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert done.stdout.count("VALID, signed VERIFIED") == 3, done.stderr
    assert "ELIGIBLE 1000" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_malformed_number_is_told_to_be_one(
    programs: Programs, gateway: Gateway, language: str
) -> None:
    done = subprocess.run(
        [*programs.command(language, "check-holder"), "310101", "1.2", "UNGRADED"],
        env=programs.environment(gateway.url),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert done.stdout.startswith("BAD_LENGTH: "), done.stderr
    assert done.returncode == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stranger_is_refused_by_name(
    programs: Programs, gateway: Gateway, language: str
) -> None:
    done = subprocess.run(
        [*programs.command(language, "check-holder"), "310101", "1.2", "UNGRADED"],
        env=programs.environment(gateway.url, "nobody's"),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert "RefusedError: UNAUTHENTICATED: " in done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_stated_certificate_is_right_or_wrong(
    programs: Programs, gateway: Gateway, agencies: Agencies, language: str
) -> None:
    number = agencies.person("all-three")["idNumber"]
    right = {"idNumber": number, "item": "1.2", "level": "UNGRADED"}
    claims = [
        right,
        {**right, "issuedOn": "2001-01-01"},
        {**right, "item": "1.3"},
        {**right, "idNumber": "310101"},
    ]
    text = json.dumps(claims)
    if language == "python":
        lines = [",".join((*right, "issuedOn"))]
        lines += [",".join((*one.values(), "")[:4]) for one in claims]
        text = "\n".join(lines)

    done = subprocess.run(
        programs.command(language, "verify-claims"),
        env=programs.environment(gateway.url),
        input=text,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert done.stdout.split() == [
        *("MATCH,VALID,", "MISMATCH,,ISSUED_ON", "NOT_FOUND,,", "BAD_ID_NUMBER,,")
    ], done.stderr


OUTCOMES = {
    "/ask/redirected": "UnreachableError",
    "/ask/no-errors": "UnreachableError",
    "/ask/nothing": "UnreachableError",
    "/ask/no-json": "UnreachableError",
    "/ask/in-drops": "UnreachableError",
    "/ask/refused": "RefusedError",
    "/follow/refused": "RefusedError",
    "/follow/silent": "CutError",
    "/follow/cut": "CutError",
    "/follow/whole": f"['{LINE}']",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_answers_oddly_is_neither_taken_for_an_answer_nor_waited_for(
    programs: Programs, language: str
) -> None:
    script = HERE / {"python": "outcomes.py", "typescript": "outcomes.mjs"}[language]
    place = Path(shutil.copy(script, programs.clients / language))
    program = str(programs.python) if language == "python" else "node"
    with odd_gateway() as odd:
        done = subprocess.run(
            [program, str(place), *(f"{odd.url}{path}" for path in OUTCOMES)],
            env={**programs.environment(odd.url), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

        # U+2028 ends no line here.
        found = [line.replace("\\u2028", "\u2028") for line in done.stdout.split("\n")]
        assert dict(zip(OUTCOMES, found, strict=False)) == OUTCOMES, done.stderr
        # No token was taken elsewhere.
        assert odd.asked == [*OUTCOMES]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_refused_does_not_try_for_ever(
    programs: Programs, gateway: Gateway, tmp_path: Path, language: str
) -> None:
    cursor = tmp_path / "cursor"
    cursor.write_text("c")

    done = subprocess.run(
        [*programs.command(language, "follow-changes"), str(cursor)],
        env=programs.environment(gateway.url, "nobody's"),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert "RefusedError: UNAUTHENTICATED: " in done.stderr
    assert done.returncode == 1


@contextmanager
def following(
    programs: Programs, url: str, language: str, cursor: Path
) -> Iterator[IO[str]]:
    """Run the third example; yield what it prints from when it follows on."""
    command = [*programs.command(language, "follow-changes"), str(cursor)]
    with subprocess.Popen(
        command, env=programs.environment(url), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "following\n"
        yield process.stdout
        process.terminate()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_changes_are_followed_over_a_restart_and_none_is_missed(
    programs: Programs, gateway: Gateway, tmp_path: Path, language: str
) -> None:
    first = 821 + 10 * LANGUAGES.index(language)
    cursor = tmp_path / "cursor"
    async with open_store(f"sqlite:///{gateway.folder}/gateway.db") as store:
        with following(programs, gateway.url, language, cursor) as told:
            begun = cursor.read_text()
            await write(store, change(first))
            assert told.readline() == f"sealed-{first} REVOKED 2026-11-20\n"
            # Kept once it is printed; who is stopped before sees it again.
            eventually(lambda: cursor.read_text() != begun)
        # While nobody follows.
        await write(store, change(first + 1))
        with following(programs, gateway.url, language, cursor) as told:
            await write(store, change(first + 2))

            lines = [told.readline(), told.readline()]

    assert lines == [
        f"sealed-{number} REVOKED 2026-11-20\n" for number in (first + 1, first + 2)
    ]
