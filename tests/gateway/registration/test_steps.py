"""Every step as a command: by whose token it is, refused with exit code 1."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bureau.scopes import STEPS
from gateway.cli import app
from policy.calendar import SHANGHAI
from signing.algorithms import Algorithm
from signing.sign import SigningKey
from signing.sm2.keys import SignatureForm
from signing.sm2.sign import Sm2PrivateKey
from tests.gateway.registration.desk import OTHER, Desk
from tests.gateway.registration.joining import (
    AGENCY,
    JOINING,
    NOBODY,
    OPERATOR,
    SANCTIONER,
    SECOND,
    SECOND_SANCTIONER,
    joining_gateway,
)
from tests.running import Agencies

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
    "issue_warning": "sanction warn",
    "order_rectification": "sanction rectify",
    "propose_sanction": "sanction propose",
    "freeze_urgently": "sanction freeze-urgently",
    "confirm_sanction": "sanction confirm",
    "reject_sanction": "sanction reject",
    "impose_sanction": "sanction impose",
    "lift_sanction": "sanction lift",
    "decide_sanction_proposal": "sanction decide",
}
"""The command of each mutation."""


def test_an_agency_joins_from_another_machine_by_commands_alone(
    agencies: Agencies, tmp_path: Path, database_url: str
) -> None:
    with joining_gateway(
        tmp_path / "gateway", agencies, database_url, mode="production"
    ) as steps:
        desk = Desk(agencies, tmp_path / "another-machine", steps.gateway.url)
        drafted = desk.process("connector", "draft", "submission.toml", by=AGENCY)
        asked = desk.process(*desk.challenge(), by=AGENCY, reason=None)
        proof = desk.signed(asked.output)
        proved = desk.process(
            *("connector", "prove", asked.error.split()[1], proof),
            by=AGENCY,
            reason=None,
        )
        wrote = [
            desk.process("connector", step, JOINING, by=by)
            for step, by in (
                ("submit", AGENCY),
                ("check-submitted", OPERATOR),
                ("approve", SECOND),
                ("activate", SECOND),
                ("suspend", SECOND),
                ("resume", SECOND),
            )
        ]
        shown = desk.process("connector", "show", JOINING, by=AGENCY, reason=None)
        listed = desk.process("connector", "list", by=OPERATOR, reason=None)

    assert drafted.output == "transport DRAFT version 1\n"
    assert proved.output.endswith("version 2\n  key transport-1 PROVED\n")
    assert [one.error for one in wrote] == [""] * 6
    assert wrote[-1].output.startswith(
        "transport ACTIVE version 8\n  key transport-1 ACTIVE"
    )
    assert "operator-2" in shown.output
    assert "ACTIVE" in listed.output


def test_keys_are_added_rotated_and_given_up_by_commands(desk: Desk) -> None:
    join(desk)
    key = desk.key.kid

    same = desk.run(
        *("connector", "rotate-key", JOINING, "--old", key, "--new", key),
        *("--overlap-days", "7"),
        by=AGENCY,
    )
    endless = desk.run(
        *("connector", "rotate-key", JOINING, "--old", key, "--new", key),
        *("--overlap-days", "2147483647"),
        by=AGENCY,
    )
    unknown = desk.run("connector", "approve-key", JOINING, "--key", "x", by=SECOND)
    stolen = desk.run(
        *("connector", "declare-key-compromised", JOINING, "--key", key),
        *("--since", "2026-01-02T03:04:05Z", "--json"),
        by=AGENCY,
    )
    again = desk.run("connector", "retire-key", JOINING, "--key", key, by=AGENCY)

    assert (same.code, same.error.partition(":")[0]) == (1, "KEY_STATE")
    assert (endless.code, endless.error.partition(":")[0]) == (1, "MOMENT_UNUSABLE")
    assert (unknown.code, unknown.error.partition(":")[0]) == (1, "UNKNOWN_KEY")
    (told,) = stolen.json["declareKeyCompromised"]["keys"]
    assert (stolen.code, told["state"]) == (0, "COMPROMISED")
    assert told["stateSince"] == "2026-01-02T03:04:05+00:00"
    assert (again.code, again.error.partition(":")[0]) == (1, "KEY_STATE")


@pytest.mark.parametrize(
    ("stated", "signs", "shown"),
    [
        ((), ("1234567812345678", SignatureForm.RAW), ("1234567812345678", "RAW")),
        (
            ("--sm2-signer-id", "", "--sm2-signature", "der"),
            ("", SignatureForm.DER),
            ("", "DER"),
        ),
        (
            ("--sm2-signer-id", "消防", "--sm2-signature", "signed-data"),
            ("消防", SignatureForm.SIGNED_DATA),
            ("消防", "SIGNED_DATA"),
        ),
    ],
)
def test_who_approves_a_key_of_sm2_sees_its_signer_id_and_form(
    desk: Desk,
    stated: tuple[str, ...],
    signs: tuple[str, SignatureForm],
    shown: tuple[str, str],
) -> None:
    private = Sm2PrivateKey.generate()
    private = private.used_as(private.public.used_as(*signs))
    desk.key = SigningKey("transport-sm2", Algorithm.SM2, private)
    (desk.folder / "key.pem").write_text(desk.key.public_pem(), "utf-8")
    desk.draft()

    asked = desk.ask(*desk.challenge(*stated), by=AGENCY)
    proof = desk.signed(asked.output)
    challenge = asked.error.split()[1]
    desk.taken("connector", "prove", challenge, proof, by=AGENCY, reason=None)
    found = desk.ask("connector", "keys", JOINING, "--json", by=OPERATOR)
    told = desk.ask("connector", "keys", JOINING, by=OPERATOR)

    (key,) = found.json["connector"]["keys"]
    assert (key["sm2SignerId"], key["sm2Signature"]) == shown
    assert f"  signer id {shown[0]!r}, {shown[1]}\n" in told.output
    other = desk.ask("connector", "keys", "nobodys", by=OPERATOR)
    assert (other.code, other.error.partition(":")[0]) == (1, "UNKNOWN_CONNECTOR")


def test_a_draft_is_written_anew_and_withdrawn(desk: Desk) -> None:
    desk.draft()
    desk.submission.write_text(
        desk.submission.read_text("utf-8").replace("信息中心", "数据处"), "utf-8"
    )

    again = desk.taken("connector", "redraft", JOINING, str(desk.submission), by=AGENCY)
    shown = desk.ask("connector", "show", JOINING, "--json", by=AGENCY)
    ended = desk.taken("connector", "retire", JOINING, by=AGENCY)

    assert again == "transport DRAFT version 2\n"
    assert shown.json["connector"]["contacts"][0]["name"] == "数据处"
    assert ended == "transport RETIRED version 3\n"


def join(desk: Desk) -> None:
    """Go the whole way from nothing to active."""
    desk.draft()
    desk.prove()
    for step, by in (
        ("submit", AGENCY),
        ("check-submitted", OPERATOR),
        ("approve", SECOND),
        ("activate", SECOND),
    ):
        desk.taken("connector", step, JOINING, by=by)


def test_a_refused_step_says_why_in_both_languages(drafted: Desk) -> None:
    refused = drafted.run("connector", "approve", JOINING, by=SECOND)
    assert (refused.code, refused.output) == (1, "")
    assert "WRONG_STATE: APPROVE: DRAFT, not CHECKED" in refused.error
    assert "当前状态不允许此步骤" in refused.error
    assert "does not have this step" in refused.error


def test_a_warning_is_shown_in_both_languages(desk: Desk) -> None:
    text = desk.submission.read_text("utf-8").replace("133Y", "133A")
    desk.submission.write_text(text, "utf-8")

    wrote = desk.taken("connector", "draft", str(desk.submission), by=AGENCY)

    (line,) = [one for one in wrote.splitlines() if "warning" in one]
    english, _, chinese = line.partition(" / ")
    assert english.isascii()
    assert "代码" in chinese


def test_a_check_that_fails_shows_what_was_found(
    desk: Desk, agencies: Agencies
) -> None:
    desk.draft()
    desk.prove()
    desk.taken("connector", "submit", JOINING, by=AGENCY)

    with agencies.fault("transport", "tampered"):
        refused = desk.run("connector", "check-submitted", JOINING, by=AGENCY)

    assert (refused.code, refused.error.split()[0]) == (1, "NOT_CONFORMING:")
    assert "FAILURE BAD_SIGNATURE" in refused.error


def test_a_step_is_taken_on_the_newest_version_or_on_the_one_that_was_seen(
    desk: Desk,
) -> None:
    desk.draft()
    desk.prove()

    stale = desk.run("connector", "submit", JOINING, "--version", "1", by=AGENCY)
    seen = desk.run("connector", "submit", JOINING, "--version", "2", by=AGENCY)
    newest = desk.run("connector", "return", JOINING, by=AGENCY)

    assert (
        stale.code,
        "CHANGED_MEANWHILE: version 1 was seen, 2 is kept" in stale.error,
    ) == (
        1,
        True,
    )
    assert (seen.code, newest.code) == (0, 0)
    assert newest.output.startswith("transport DRAFT version 4")


def test_what_is_not_there_and_what_is_not_yours_is_refused_as_such(
    desk: Desk,
) -> None:
    unknown = desk.run("connector", "retire", JOINING, by=AGENCY)
    desk.draft()
    others = desk.run("connector", "retire", JOINING, by=OTHER)
    shown = desk.ask("connector", "show", JOINING, by=OTHER)
    listed = desk.ask("connector", "list", "--json", by=OTHER)

    assert (unknown.code, unknown.error.split()[0]) == (1, "UNKNOWN_CONNECTOR:")
    assert (others.code, others.error.split()[0]) == (1, "NOT_YOURS:")
    assert (shown.code, shown.error.split()[0]) == (1, "UNKNOWN_CONNECTOR:")
    assert listed.json == {"connectors": []}


@pytest.mark.parametrize(
    ("by", "says"),
    [
        pytest.param(NOBODY, "FORBIDDEN", id="without scope"),
        pytest.param(AGENCY, "connectors:approve", id="another scope"),
        pytest.param("unknown", "UNAUTHENTICATED", id="nobody's token"),
        pytest.param("missing", "--token-file", id="no token"),
    ],
)
def test_whose_token_may_not_takes_no_step(drafted: Desk, by: str, says: str) -> None:
    refused = drafted.run("connector", "approve", JOINING, "--version", "1", by=by)

    assert (refused.code, refused.output) == (2, "")
    assert says in refused.error
    assert "version 1" in drafted.ask("connector", "show", JOINING, by=AGENCY).output


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("x" * 10_000_000, "SUBMISSION_TOO_LARGE", id="ten megabytes"),
        pytest.param("secret = 1", "unknown key 'secret'", id="an unknown key"),
        pytest.param("items = 1", "SUBMISSION_UNUSABLE", id="a wrong type"),
    ],
)
def test_a_submission_that_cannot_be_used_is_refused(
    drafted: Desk, tmp_path: Path, text: str, says: str
) -> None:
    submission = tmp_path / "submission.toml"
    submission.write_text(text, "utf-8")

    refused = drafted.run("connector", "draft", str(submission), by=AGENCY)
    told = drafted.run("connector", "draft", str(submission), "--json", by=AGENCY)

    assert (refused.code, told.code) == (1, 1)
    assert says in refused.error
    assert told.json["draftConnector"]["__typename"] == "RegistrationRefused"


def test_a_freeze_is_proposed_confirmed_by_another_and_lifted(desk: Desk) -> None:
    propose = ("sanction", "propose", "transport", "--kind", "FREEZE")
    made = desk.taken(*propose, by=SANCTIONER)
    again = desk.run(*propose, by=SANCTIONER)
    alone = desk.run("sanction", "confirm", "1", by=SANCTIONER)
    confirmed = desk.taken("sanction", "confirm", "1", by=SECOND_SANCTIONER)
    lifted = desk.taken("sanction", "lift", "1", by=SANCTIONER)
    gone = desk.run("sanction", "lift", "1", "--json", by=SANCTIONER)
    listed = desk.ask("sanction", "list", by=OPERATOR)
    told = desk.ask("sanction", "list", "--json", by=OPERATOR)

    assert made == "sanction 1: transport FREEZE PROPOSED\n"
    assert (again.code, "ALREADY_SANCTIONED" in again.error) == (1, True)
    assert (alone.code, "SAME_OFFICER" in alone.error) == (1, True)
    assert confirmed == "sanction 1: transport FREEZE IN_FORCE\n"
    assert lifted == "lifted 1: transport FREEZE\n"
    assert gone.json["liftSanction"]["code"] == "UNKNOWN_SANCTION"
    assert "transport" in listed.output
    (shown,) = told.json["sanctions"]
    assert (shown["liftedBy"], shown["confirmedBy"]) == (SANCTIONER, SECOND_SANCTIONER)
    assert [(e["step"], e["actor"]) for e in shown["history"]] == [
        ("PROPOSE", SANCTIONER),
        ("CONFIRM", SECOND_SANCTIONER),
        ("LIFT", SANCTIONER),
    ]
    assert told.json["sanctionProposals"] == []


def test_a_warning_a_rectification_and_an_urgent_freeze_take_one(desk: Desk) -> None:
    warned = desk.taken("sanction", "warn", "transport", by=SANCTIONER)
    rectify = ("sanction", "rectify", "transport", "--last-day")
    day = (datetime.now(SHANGHAI) + timedelta(days=9)).date().isoformat()
    ordered = desk.taken(*rectify, day, by=SANCTIONER)
    late = desk.run(*rectify, "2026-01-31", by=SANCTIONER)
    frozen = desk.taken("sanction", "freeze-urgently", "transport", by=SANCTIONER)
    proposed = desk.run(
        *("sanction", "propose", "transport", "--kind", "WARNING"), by=SANCTIONER
    )
    cancel = ("sanction", "impose", "transport", "--kind", "CANCEL_COLLECTION")
    former = desk.taken(*cancel, by=SANCTIONER)
    rejected = desk.taken("sanction", "reject", "4", by=SANCTIONER)

    assert warned == "sanction 1: transport WARNING IN_FORCE\n"
    assert ordered == f"sanction 2: transport RECTIFICATION IN_FORCE until {day}\n"
    assert (late.code, "LAST_DAY_UNUSABLE" in late.error) == (1, True)
    assert frozen.startswith("sanction 3: transport FREEZE UNCONFIRMED until 20")
    assert (proposed.code, "KIND_NOT_PROPOSED" in proposed.error) == (1, True)
    assert former == "sanction 4: transport CANCEL_COLLECTION\n"
    assert rejected.startswith("sanction 4: transport CANCEL_COLLECTION REJECTED")


def test_who_is_no_overseer_sees_no_sanctions(drafted: Desk) -> None:
    refused = drafted.ask("sanction", "list", by=AGENCY)

    assert (refused.code, "FORBIDDEN" in refused.error) == (2, True)


def test_every_mutation_has_a_command() -> None:
    assert set(COMMANDS) == set(STEPS)
    helps = [
        CliRunner().invoke(app, [*command.split(), "--help"])
        for command in COMMANDS.values()
    ]
    assert [done.exit_code for done in helps] == [0] * len(helps)
