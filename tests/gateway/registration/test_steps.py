"""Every step as a command: by whose token it is, refused with exit code 1."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bureau.scopes import STEPS
from gateway.cli import app
from gateway.errors import StartError
from tests.connectors.conformance.kit import manifest_text
from tests.gateway.registration.joining import (
    AGENCY,
    JOINING,
    NOBODY,
    OPERATOR,
    SANCTIONER,
    SECOND,
    Joining,
    configuration,
    proof_of,
)
from tests.running import Agencies

WINDOW = (
    *("--not-before", "2025-01-01T00:00:00Z", "--not-after", "2036-01-01T00:00:00Z"),
)
COMMANDS = {
    "draft_connector": "connector draft",
    "redraft_connector": "connector redraft",
    "request_key_challenge": "connector challenge",
    "prove_key": "connector prove",
    "submit_connector": "connector submit",
    "check_connector": "connector check-submitted",
    "return_connector": "connector return",
    "approve_connector": "connector approve",
    "activate_connector": "connector activate",
    "suspend_connector": "connector suspend",
    "resume_connector": "connector resume",
    "retire_connector": "connector retire",
    "approve_key": "connector approve-key",
    "rotate_key": "connector rotate-key",
    "retire_key": "connector retire-key",
    "declare_key_compromised": "connector declare-key-compromised",
    "impose_sanction": "sanction impose",
    "lift_sanction": "sanction lift",
    "decide_sanction_proposal": "sanction decide",
}
"""The command of each mutation."""


class Desk:
    """A folder with a configuration and the tokens of several people."""

    def __init__(self, agencies: Agencies, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.config = configuration(folder, agencies, 0, database_url)
        for name in (AGENCY, OPERATOR, SECOND, SANCTIONER, NOBODY, "unknown"):
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

    def run(self, *words: str, by: str, reason: str | None = "as agreed") -> Result:
        """Run a command as somebody."""
        more = [] if reason is None else ["--reason", reason]
        return CliRunner().invoke(
            app,
            [
                *words,
                *("--config", str(self.config)),
                *("--token-file", str(self.folder / f"{by}.token")),
                *more,
            ],
        )

    def taken(self, *words: str, by: str, reason: str | None = "as agreed") -> str:
        """Return what a command wrote that must succeed."""
        done = self.run(*words, by=by, reason=reason)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout

    def prove(self) -> None:
        """Prove the agency's key."""
        asked = self.run(
            *("connector", "challenge", JOINING, "--key", self.key.kid),
            *("--algorithm", self.key.algorithm),
            *("--public-key", str(self.folder / "key.pem"), *WINDOW),
            by=AGENCY,
            reason=None,
        )
        assert asked.exit_code == 0, (asked.output, asked.exception)
        challenge = asked.stderr.split()[1]
        proof = self.folder / "proof.jws"
        proof.write_text(proof_of(asked.stdout, self.key), "utf-8")
        self.taken(
            *("connector", "prove", challenge, str(proof)), by=AGENCY, reason=None
        )


@pytest.fixture(name="desk")
def _desk(agencies: Agencies, tmp_path: Path, database_url: str) -> Desk:
    return Desk(agencies, tmp_path, database_url)


def test_a_connector_is_registered_by_commands_alone(desk: Desk) -> None:
    desk.taken("connector", "draft", str(desk.submission), by=AGENCY)
    desk.prove()
    wrote = [
        desk.taken("connector", step, JOINING, by=by)
        for step, by in (
            ("submit", AGENCY),
            ("check-submitted", OPERATOR),
            ("approve", SECOND),
            ("activate", SECOND),
            ("suspend", SECOND),
            ("resume", SECOND),
        )
    ]

    shown = CliRunner().invoke(
        app, ["connector", "show", JOINING, "--config", str(desk.config)]
    )
    listed = CliRunner().invoke(
        app, ["connector", "list", "--config", str(desk.config)]
    )
    assert wrote[-1].startswith("transport ACTIVE version 8\n  key transport-1 ACTIVE")
    assert "operator-2" in shown.stdout
    assert "ACTIVE" in listed.stdout


def test_a_refused_step_says_why_in_both_languages(desk: Desk) -> None:
    desk.taken("connector", "draft", str(desk.submission), by=AGENCY)

    refused = desk.run("connector", "approve", JOINING, by=SECOND)
    assert refused.exit_code == 1
    assert "WRONG_STATE: APPROVE: DRAFT, not CHECKED" in refused.stderr
    assert "当前状态不允许此步骤" in refused.stderr
    assert "does not have this step" in refused.stderr


@pytest.mark.parametrize(
    ("by", "says"),
    [
        pytest.param(NOBODY, "may not: approve_connector needs", id="without scope"),
        pytest.param(AGENCY, "may not: approve_connector needs", id="another scope"),
        pytest.param("unknown", "is not of the configuration", id="nobody's token"),
        pytest.param("missing", "cannot be read", id="no token"),
    ],
)
def test_whose_token_may_not_takes_no_step(desk: Desk, by: str, says: str) -> None:
    refused = desk.run("connector", "approve", JOINING, by=by)

    assert isinstance(refused.exception, StartError)
    assert says in str(refused.exception)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("x" * 10_000_000, "SUBMISSION_TOO_LARGE", id="ten megabytes"),
        pytest.param("secret = 1", "unknown key 'secret'", id="an unknown key"),
        pytest.param("items = 1", "SUBMISSION_UNUSABLE", id="a wrong type"),
    ],
)
def test_a_submission_that_cannot_be_used_is_refused(
    desk: Desk, text: str, says: str
) -> None:
    desk.submission.write_text(text, "utf-8")

    refused = desk.run("connector", "draft", str(desk.submission), by=AGENCY)
    assert refused.exit_code == 1
    assert says in refused.stderr


def test_a_body_is_sanctioned_and_the_sanction_lifted(desk: Desk) -> None:
    made = desk.taken(
        *("sanction", "impose", "transport", "--kind", "FREEZE"), by=SANCTIONER
    )
    again = desk.run(
        *("sanction", "impose", "transport", "--kind", "FREEZE"), by=SANCTIONER
    )
    lifted = desk.taken("sanction", "lift", "1", by=SANCTIONER)
    listed = CliRunner().invoke(app, ["sanction", "list", "--config", str(desk.config)])

    assert made == "sanction 1: transport FREEZE\n"
    assert (again.exit_code, "ALREADY_SANCTIONED" in again.stderr) == (1, True)
    assert lifted == "lifted 1: transport FREEZE\n"
    assert "transport" in listed.stdout


def test_every_mutation_has_a_command() -> None:
    assert set(COMMANDS) == set(STEPS)
    helps = [
        CliRunner().invoke(app, [*command.split(), "--help"])
        for command in COMMANDS.values()
    ]
    assert [done.exit_code for done in helps] == [0] * len(helps)
