"""``gateway token``: a token is shown once, and the configuration holds its hash."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from bureau.caller import Caller, LookUp, Purpose, Scope
from gateway.callers.issue import IssuedToken, Wish, hash_of, issue
from gateway.callers.roles import read_roles
from gateway.callers.static_tokens import StaticTokens, sha256_of
from gateway.errors import StartError
from gateway.settings.callers import Token
from tests import nursery

NOW = datetime(2026, 3, 1, 8, 0, 0, 123, tzinfo=UTC)
ROLES = read_roles({"officer": ["certificates:read"]})


def caller_of(issued: IssuedToken, moment: datetime = NOW) -> Caller | None:
    """Put the table into a configuration and show the token."""
    [table] = msgspec.toml.decode(issued.table)["tokens"]
    known = StaticTokens.of([msgspec.convert(table, Token)], ROLES)
    return known.caller_of(issued.token, moment.timestamp())


def test_an_issued_token_is_known_by_its_table() -> None:
    issued = issue(
        Wish(
            caller="pudong-hr",
            roles=("officer",),
            scopes=(Scope.READ_IDENTITY,),
            look_up=LookUp(Purpose.COMPLAINT, 'case "7"\\'),
            days=30,
        ),
        NOW,
    )

    assert caller_of(issued) == Caller(
        "pudong-hr",
        frozenset({Scope.READ_CERTIFICATES, Scope.READ_IDENTITY}),
        LookUp(Purpose.COMPLAINT, 'case "7"\\'),
    )


def test_a_plain_token_has_no_more_than_was_wished() -> None:
    assert caller_of(issue(Wish(caller="library"), NOW)) == Caller(
        "library", frozenset()
    )


def test_the_table_does_not_hold_the_token() -> None:
    issued = issue(Wish(caller="library"), NOW)

    assert issued.token not in issued.table
    assert sha256_of(issued.token) in issued.table


def test_no_two_tokens_are_alike_and_all_are_long() -> None:
    tokens = {issue(Wish(caller="library"), NOW).token for _ in range(100)}

    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {47}


def test_days_are_counted_from_now() -> None:
    issued = issue(Wish(caller="library", days=30), NOW)

    assert "expires_at = 2026-03-31T08:00:00Z" in issued.table


def test_a_case_that_would_break_the_table_is_refused() -> None:
    wish = Wish(caller="library", look_up=LookUp(Purpose.COMPLAINT, "7\n[[tokens]]"))

    with pytest.raises(StartError, match="cannot be printed"):
        issue(wish, NOW)


@pytest.mark.parametrize(
    ("token", "fits"),
    [
        pytest.param("x" * 22, True, id="128 bits of base64"),
        pytest.param("x" * 21, False, id="shorter"),
        pytest.param("", False, id="none"),
    ],
)
def test_a_token_that_could_be_guessed_from_its_hash_is_refused(
    token: str, fits: bool
) -> None:
    if fits:
        assert hash_of(token) == sha256_of(token)
    else:
        with pytest.raises(StartError, match="at least 22 needed"):
            hash_of(token)


def run(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
    """Run ``gateway token``."""
    done = nursery.run(
        [sys.executable, "-m", "gateway", "token", *arguments],
        input=stdin,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_command_prints_the_token_and_the_table_apart() -> None:
    code, out, _ = run(
        *("issue", "--caller", "pudong-hr", "--role", "officer", "--days", "30"),
        *("--purpose", "SUBSIDY_CLAIM", "--case", "2026-17"),
    )

    token, table = out.split("\n", maxsplit=1)
    entry = msgspec.toml.decode(table)["tokens"][0]
    assert (code, entry["sha256"]) == (0, sha256_of(token))
    assert (entry["purpose"], entry["case_number"]) == ("SUBSIDY_CLAIM", "2026-17")


def test_the_command_hashes_what_it_is_given_on_standard_input() -> None:
    token = "a-token-of-many-random-characters"

    assert run("hash", stdin=token + "\n")[:2] == (0, sha256_of(token) + "\n")
    assert run("hash", stdin="short\n")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            ["--purpose", "SUBSIDY_CLAIM"],
            "--purpose and --case go together",
            id="half a purpose",
        ),
        pytest.param(["--purpose", "FUN", "--case", "1"], "FUN", id="no purpose"),
        pytest.param(["--scope", "all"], "'all' is not one of", id="no scope"),
        pytest.param(["--days", "0"], "--days", id="no day"),
        pytest.param(
            ["--district", "310199"],
            "token of library: unknown district '310199'; the nearest known one is",
            id="no district",
        ),
    ],
)
def test_the_command_refuses_what_the_configuration_would(
    arguments: list[str], said: str
) -> None:
    code, out, err = run("issue", "--caller", "library", *arguments)

    assert (code, out) == (2, "")
    assert said in " ".join(err.split())


def test_the_command_refuses_a_name_that_is_none() -> None:
    code, out, err = run("issue", "--caller", "Pudong HR")

    assert (code, out) == (2, "")
    assert "caller" in err


def test_a_role_is_looked_up_in_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text(
        'manifests = "m"\ntrust_bundle = "t"\ncertificate_id_key_file = "c"\n'
        'pseudonym_key_file = "p"\ntokens = []\n[roles]\nofficer = []\n'
    )
    options = ("issue", "--caller", "library", "--config", str(config), "--role")

    assert run(*options, "officer")[0] == 0
    code, out, err = run(*options, "offcier")
    assert (code, out) == (2, "")
    assert "unknown role 'offcier'; the nearest known one is 'officer'" in err
