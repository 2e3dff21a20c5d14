"""What a command says if a gateway refuses, is away, is none, or answers strangely."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from tests.gateway.batch.test_asking import answer, error, scripted
from tests.gateway.registration.desk import Desk, Ended, ended
from tests.gateway.registration.joining import AGENCY, JOINING, OPERATOR
from tests.ports import free_port

TAKEN = {
    "__typename": "Connector",
    "id": "transport",
    "version": 3,
    "state": "SUBMITTED",
    "keys": [],
    "report": None,
    "warningsZh": [],
    "warningsEn": [],
}
SUBMIT = ("connector", "submit", JOINING, "--reason", "as agreed")


def run(folder: Path, url: str, *words: str) -> Ended:
    """Run a command against ``url`` with some token."""
    token = folder / "token"
    token.write_text("secret", "utf-8")
    more = ["--url", url, "--token-file", str(token)]
    return ended(CliRunner().invoke(app, [*words, *more]))


async def said(folder: Path, *script: bytes, words: tuple[str, ...] = SUBMIT) -> Ended:
    """Run a command against a server that gives these answers."""
    async with scripted(*script) as server:
        url = f"http://127.0.0.1:{server.port}"
        return await asyncio.to_thread(run, folder, url, *words)


def data(**fields: object) -> bytes:
    return answer(200, {"data": fields})


SEEN = data(connector={"version": 2})


async def test_a_step_names_the_version_that_was_asked_for(tmp_path: Path) -> None:
    async with scripted(SEEN, data(submitConnector=TAKEN)) as server:
        url = f"http://127.0.0.1:{server.port}/graphql"
        done = await asyncio.to_thread(run, tmp_path, url, *SUBMIT)

    assert (done.code, done.output) == (0, "transport SUBMITTED version 3\n")
    question = json.loads(server.asked[1].partition(b"\r\n\r\n")[2])
    assert question["variables"] == {
        "step": {"id": "transport", "version": 2, "reason": "as agreed"}
    }
    assert b"Bearer secret" in server.asked[1]


async def test_what_is_taken_is_told_to_programs_as_it_came(tmp_path: Path) -> None:
    submit = (*SUBMIT, "--json", "--version", "2")
    taken = await said(tmp_path, data(submitConnector=TAKEN), words=submit)
    newer = data(submitConnector={**TAKEN, "state": "PARKED", "more": 1})
    strange = await said(tmp_path, newer, words=submit)

    assert (taken.code, taken.json) == (0, {"submitConnector": TAKEN})
    assert (strange.code, strange.json["submitConnector"]["state"]) == (0, "PARKED")


@pytest.mark.parametrize(
    ("refusal", "code", "says"),
    [
        pytest.param(error(401, "UNAUTHENTICATED"), "UNAUTHENTICATED", "so", id="401"),
        pytest.param(error(403, "FORBIDDEN"), "FORBIDDEN", "so", id="403"),
        pytest.param(
            *(error(400, "UNKNOWN_DOCUMENT"), "UNKNOWN_DOCUMENT", "another version"),
            id="an older gateway",
        ),
        pytest.param(
            *(answer(200, b"<html>Welcome"), "NO_GATEWAY", "is no gateway"),
            id="a page",
        ),
        pytest.param(answer(404, b"<html>"), "NO_GATEWAY", "404", id="no such page"),
        pytest.param(answer(200, b"[]"), "NO_GATEWAY", "is no gateway", id="a list"),
        pytest.param(
            answer(200, {"data": None}), "NO_GATEWAY", "is no gateway", id="nothing"
        ),
        pytest.param(
            *(answer(302, b"", "Location: http://127.0.0.1:9/"), "NO_GATEWAY", "302"),
            id="elsewhere",
        ),
    ],
)
async def test_what_was_not_tried_exits_with_2_and_says_why(
    tmp_path: Path, refusal: bytes, code: str, says: str
) -> None:
    told = await said(tmp_path, refusal)
    listed = await said(tmp_path, refusal, words=("connector", "list", "--json"))

    assert (told.code, told.output, says in told.error) == (2, "", True)
    assert (listed.code, says in listed.error) == (2, True)
    (only,) = listed.json["errors"]
    assert only["extensions"]["code"] == code
    assert only["message"] in listed.error
    assert "gateway connector show" not in told.error


@pytest.mark.parametrize(
    "lost",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", id="cut"),
        pytest.param(error(504, "TIMED_OUT"), id="504"),
        pytest.param(answer(502, b"<html>"), id="a proxy's page"),
        pytest.param(error(500, "INTERNAL_SERVER_ERROR"), id="500"),
        pytest.param(
            answer(200, {"data": {"submitConnector": {"id": "x"}}}), id="another shape"
        ),
    ],
)
async def test_a_step_that_may_have_been_taken_is_said_to_be_so(
    tmp_path: Path, lost: bytes
) -> None:
    told = await said(tmp_path, lost, words=(*SUBMIT, "--version", "2"))
    asked = await said(tmp_path, lost, words=("connector", "show", "transport"))

    assert (told.code, told.output) == (2, "")
    assert "may have been taken; look with gateway connector show" in told.error
    assert (asked.code, "may have been taken" in asked.error) == (2, False)


async def test_a_step_for_which_there_was_no_time_was_not_taken(tmp_path: Path) -> None:
    shed = error(503, "OVERLOADED")

    told = await said(tmp_path, shed, words=(*SUBMIT, "--version", "2"))

    assert (told.code, "OVERLOADED" in told.error) == (2, True)
    assert "may have been taken" not in told.error


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("--reason", "half a \udcff"), id="bytes that are no text"),
        pytest.param(("--reason", "so", "--version", "9" * 30), id="a number too long"),
    ],
)
async def test_what_cannot_be_written_is_not_sent(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    submit = ("connector", "submit", JOINING, *words)
    done = await said(tmp_path, SEEN, words=submit)

    assert (done.code, "cannot be sent" in done.error) == (2, True)


async def test_a_gateway_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port('127.0.0.1')}"

    gone = await asyncio.to_thread(run, tmp_path, url, *SUBMIT, "--version", "2")
    told = await asyncio.to_thread(run, tmp_path, url, *SUBMIT, "--json")

    assert (gone.code, f"{url} does not answer" in gone.error) == (2, True)
    assert "may have been taken" not in gone.error
    assert told.json["errors"][0]["extensions"]["code"] == "NO_ANSWER"


async def test_an_answer_with_errors_beside_its_data_is_none(tmp_path: Path) -> None:
    half = {
        "data": {"connector": None},
        "errors": [{"message": "away", "extensions": {"code": "STORE_UNAVAILABLE"}}],
    }

    told = await said(
        tmp_path, answer(200, half), words=("connector", "show", "transport")
    )

    assert (told.code, "STORE_UNAVAILABLE: away" in told.error) == (2, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param((), "state --url", id="no address"),
        pytest.param(
            ("--url", "http://gateway.example"), "--unsafe-plain-http", id="open"
        ),
        pytest.param(("--url", "gateway.example"), "is no address", id="no scheme"),
    ],
)
def test_what_is_no_address_is_not_asked(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    token = tmp_path / "token"
    token.write_text("secret", "utf-8")

    done = ended(
        CliRunner().invoke(
            app, ["connector", "list", *words, "--token-file", str(token)]
        )
    )

    assert done.code == 2
    assert says in done.error


def configured(folder: Path, *lines: str) -> str:
    """Write a configuration with these lines; return its file."""
    config = folder / "gateway.toml"
    needed = ("manifests", "trust_bundle", "certificate_id_key_file")
    text = [
        *(f'{name} = "x"' for name in (*needed, "pseudonym_key_file")),
        "tokens = []",
        *lines,
    ]
    config.write_text("\n".join(text), "utf-8")
    return str(config)


ASK = ("connector", "list")


def by_configuration(folder: Path, config: str, *more: str) -> Ended:
    """Run a command by a configuration alone, as it was done before."""
    token = folder / f"{AGENCY}.token"
    words = [*ASK, "--config", config, "--token-file", str(token), *more]
    return ended(CliRunner().invoke(app, words))


def test_a_configuration_still_says_where_the_gateway_is_and_is_warned_of(
    drafted: Desk, tmp_path: Path
) -> None:
    port = drafted.url.rpartition(":")[2]
    places: list[tuple[str, ...]] = [
        (f"port = {port}",),
        ('host = "0.0.0.0"', f"port = {port}"),
        ("port = 1", "[collection]", f'origin = "{drafted.url}"'),
    ]
    for lines in places:
        done = by_configuration(drafted.folder, configured(tmp_path, *lines), "--json")

        assert (done.code, len(done.json["connectors"])) == (0, 1)
        assert "--config is deprecated" in done.error
        assert f"--url {drafted.url}" in done.error


def test_an_address_wins_over_a_configuration(drafted: Desk, tmp_path: Path) -> None:
    config = configured(tmp_path, "port = 1")

    done = by_configuration(drafted.folder, config, "--url", drafted.url)

    assert (done.code, "--config is deprecated" in done.error) == (0, True)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        pytest.param(("port = 0",), "port 0; state --url", id="any port"),
        pytest.param(('host = "10.1.2.3"',), "--unsafe-plain-http", id="in the open"),
        pytest.param(("nothing = 1",), "unknown key", id="no configuration"),
    ],
)
def test_a_configuration_that_gives_no_address_is_refused(
    tmp_path: Path, lines: tuple[str, ...], says: str
) -> None:
    (tmp_path / f"{AGENCY}.token").write_text("secret", "utf-8")

    done = by_configuration(tmp_path, configured(tmp_path, *lines))

    assert (done.code, says in done.error) == (2, True)


@pytest.mark.parametrize(
    ("by", "words", "code", "output"),
    [
        pytest.param(AGENCY, ASK, 0, "collection", id="taken"),
        pytest.param(
            *(AGENCY, ("connector", "manifest", JOINING), 0, "record.number"),
            id="the manifest",
        ),
        pytest.param(
            *(AGENCY, ("connector", "show", "gone", "--json"), 1, '"connector": null'),
            id="refused",
        ),
        pytest.param(
            *("unknown", (*ASK, "--json"), 2, '"code": "UNAUTHENTICATED"'),
            id="not known",
        ),
    ],
)
def test_a_process_exits_as_it_is_said(
    drafted: Desk, by: str, words: tuple[str, ...], code: int, output: str
) -> None:
    done = drafted.process(*words, by=by, reason=None)

    assert (done.code, output in done.output) == (code, True)
    assert "Traceback" not in done.error


def test_a_challenge_is_told_to_programs_too(desk: Desk) -> None:
    desk.draft()

    asked = desk.ask(*desk.challenge("--json"), by=AGENCY)
    made = asked.json["requestKeyChallenge"]
    proof = desk.signed(made["text"])
    proved = desk.ask("connector", "prove", made["id"], proof, "--json", by=AGENCY)
    again = desk.ask("connector", "prove", made["id"], proof, "--json", by=AGENCY)

    assert (asked.code, asked.error) == (0, "")
    assert proved.json["proveKey"]["keys"][0]["state"] == "PROVED"
    assert again.code == 1
    assert again.json["proveKey"]["code"] == "CHALLENGE_USED"
    assert again.json["proveKey"]["messageZh"] == "质询已用过，请重新申请"


def test_programs_are_told_of_a_refusal_what_people_are(drafted: Desk) -> None:
    told = drafted.run("connector", "activate", JOINING, "--json", by=OPERATOR)
    refused = told.json["activateConnector"]

    assert (told.code, told.error) == (1, "")
    assert (refused["__typename"], refused["code"]) == (
        *("RegistrationRefused", "WRONG_STATE"),
    )
    assert refused["asItIs"]["version"] == 1
