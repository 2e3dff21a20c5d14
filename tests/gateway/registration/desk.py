"""People who take steps by commands: each has a token, and the gateway's address."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from gateway.cli import app
from gateway.errors import StartError
from tests import nursery
from tests.connectors.conformance.kit import manifest_text
from tests.gateway.registration.joining import (
    AGENCY,
    JOINING,
    NOBODY,
    OPERATOR,
    SANCTIONER,
    SECOND,
    SECOND_SANCTIONER,
    Joining,
    proof_of,
)
from tests.running import Agencies

WINDOW = (
    *("--not-before", "2025-01-01T00:00:00Z", "--not-after", "2036-01-01T00:00:00Z"),
)
OTHER = "another-agency"
"""The token of an agency that has nothing here."""
PEOPLE = (
    *(AGENCY, OPERATOR, SECOND, SANCTIONER, SECOND_SANCTIONER, NOBODY, OTHER),
    "unknown",
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, as ``gateway.cli.main`` ends it."""

    code: int
    output: str
    error: str

    @property
    def json(self) -> Any:
        """What it wrote for programs."""
        return json.loads(self.output)


def ended(result: Result) -> Ended:
    """Return how ``result`` ends."""
    if isinstance(result.exception, StartError):
        return Ended(2, result.stdout, f"{result.stderr}gateway: {result.exception}\n")
    if not isinstance(result.exception, SystemExit | None):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


class Desk:
    """A folder with tokens and what an agency brings, and no configuration."""

    def __init__(self, agencies: Agencies, folder: Path, url: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.url = url
        for name in PEOPLE:
            (folder / f"{name}.token").write_text(f"{name}\n", "utf-8")
        joining = Joining(agencies)
        self.key = joining.key
        (folder / "transport.toml").write_text(
            manifest_text(agencies, JOINING), "utf-8"
        )
        (folder / "plan.toml").write_text(joining.plan(), "utf-8")
        (folder / "key.pem").write_text(self.key.public_pem(), "utf-8")
        self.submission = folder / "submission.toml"
        self.submission.write_text(
            'credit_code = "12310000425006133Y"\nitems = ["4-02-01-01"]\n'
            'manifest = "transport.toml"\nplan = "plan.toml"\n'
            '[[contacts]]\nname = "信息中心"\n',
            "utf-8",
        )

    def words(self, *words: str, by: str, reason: str | None = None) -> list[str]:
        """Return the words of a command of somebody's."""
        more = [] if reason is None else ["--reason", reason]
        token = str(self.folder / f"{by}.token")
        return [*words, "--url", self.url, "--token-file", token, *more]

    def run(self, *words: str, by: str, reason: str | None = "as agreed") -> Ended:
        """Run a command as somebody."""
        return ended(CliRunner().invoke(app, self.words(*words, by=by, reason=reason)))

    def ask(self, *words: str, by: str) -> Ended:
        """Run a command that takes no reason."""
        return self.run(*words, by=by, reason=None)

    def taken(self, *words: str, by: str, reason: str | None = "as agreed") -> str:
        """Return what a command wrote that must succeed."""
        done = self.run(*words, by=by, reason=reason)
        assert done.code == 0, done
        return done.output

    def process(self, *words: str, by: str, reason: str | None = "as agreed") -> Ended:
        """Run a command as a process of somebody's, in the folder."""
        done = nursery.run(
            [
                *(sys.executable, "-m", "gateway"),
                *self.words(*words, by=by, reason=reason),
            ],
            cwd=self.folder,
            timeout=60,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def challenge(self, *more: str) -> list[str]:
        """Return the words that ask for the challenge of the agency's key."""
        return [
            *("connector", "challenge", JOINING, "--key", self.key.kid),
            *("--algorithm", self.key.algorithm),
            *("--public-key", str(self.folder / "key.pem"), *WINDOW, *more),
        ]

    def signed(self, text: str) -> str:
        """Sign a challenge; return the file of the proof."""
        proof = self.folder / "proof.jws"
        proof.write_text(proof_of(text, self.key), "utf-8")
        return str(proof)

    def prove(self) -> None:
        """Prove the agency's key."""
        asked = self.ask(*self.challenge(), by=AGENCY)
        assert asked.code == 0, asked
        challenge = asked.error.split()[1]
        proof = self.signed(asked.output)
        self.taken("connector", "prove", challenge, proof, by=AGENCY, reason=None)

    def draft(self) -> None:
        """Draft the agency's connector."""
        self.taken("connector", "draft", str(self.submission), by=AGENCY)
