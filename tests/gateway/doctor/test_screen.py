"""What a diagnosis says to people and to programs, and of what a gateway answers."""

import asyncio
import json
from http import HTTPStatus

import pytest

from connectors.conformance.codes import FindingCode, Severity
from connectors.manifest import read_manifest
from gateway.doctor.advice import ADVICE
from gateway.doctor.codes import Advice, Diagnosis, Fault, Found, Looked, Step, Who
from gateway.doctor.connecting import connect
from gateway.doctor.running import ask_gateway
from gateway.doctor.screen import show, show_json
from policy.text import Text
from tests.connectors.agency import MANIFEST
from tests.gateway.batch.test_asking import answer, scripted
from tests.gateway.doctor.patients import places_at


def found(severity: Severity, detail: str) -> Found:
    advice = Advice(
        severity, Who.NETWORK, Text("意思", "it [b]"), Text("做 [b]", "do [b]"), ""
    )
    place = "at [b]"
    return Found(Step.NAME, Fault.NO_ROUTE, place, detail, advice, "grep [b] x")


STEPS = (
    Looked(Step.NAME, note=Text("名", "a [b] name")),
    Looked(Step.CONNECTION, is_taken=False),
    Looked(Step.ANSWERS, (found(Severity.WARNING, ""),)),
    Looked(Step.CIRCUIT, (found(Severity.FAILURE, "of [b]"),)),
)


def test_a_diagnosis_is_shown_step_by_step_with_what_to_type(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show(Diagnosis("fire [b]", STEPS))
    printed = capsys.readouterr().out

    table, _, rest = printed.rpartition("┘\n")
    rows = [
        [cell.strip() for cell in line.strip("│").split("│")]
        for line in table.splitlines()
        if line.startswith("│")
    ]
    assert rows == [
        ["NAME", "GOOD", "a [b] name"],
        ["CONNECTION", "NOT LOOKED AT", ""],
        [Step.ANSWERS, "WARNING", ""],
        ["CIRCUIT", "FAULT", ""],
    ]
    assert all(word in table for word in ("step", "outcome", "note"))
    said = [
        "  意思。由网络运维（域名、路由、防火墙）处理：做 [b]",
        "  it [b]. For the network's operators: do [b]",
        "  $ grep [b] x",
    ]
    assert rest.splitlines() == [
        "NO_ROUTE at at [b]",
        *said,
        "NO_ROUTE at at [b] (of [b])",
        *said,
        "NOT WELL fire [b]",
    ]


def test_a_warning_keeps_nobody_from_being_well(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show(Diagnosis("fire", STEPS[:3]))

    assert capsys.readouterr().out.splitlines()[-1] == "WELL fire"


def test_a_diagnosis_is_one_object_to_programs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_json(Diagnosis("fire", (STEPS[0], STEPS[1], STEPS[3])))

    assert json.loads(capsys.readouterr().out) == {
        "agency": "fire",
        "well": False,
        "steps": [
            {
                "step": "NAME",
                "taken": True,
                "note": {"zh": "名", "en": "a [b] name"},
                "found": [],
            },
            {"step": "CONNECTION", "taken": False, "note": None, "found": []},
            {
                "step": "CIRCUIT",
                "taken": True,
                "note": None,
                "found": [
                    {
                        "code": "NO_ROUTE",
                        "severity": Severity.FAILURE,
                        "who": "NETWORK",
                        "place": "at [b]",
                        "detail": "of [b]",
                        "meaning": {"zh": "意思", "en": "it [b]"},
                        "remedy": {"zh": "做 [b]", "en": "do [b]"},
                        "command": "grep [b] x",
                    }
                ],
            },
        ],
    }


@pytest.mark.parametrize("code", [*Fault, *FindingCode])
def test_every_advice_has_something_to_type_with_nothing_left_open(
    code: Fault | FindingCode,
) -> None:
    typed = places_at("http://gateway").found(Step.NAME, code, "place").command

    assert typed
    assert "{" not in typed.replace("%{", "")
    assert ADVICE[code].meaning.en != ADVICE[code].remedy.en


async def asked(status: int, content: object) -> Looked:
    """Return what is found of a gateway that answers so."""
    async with scripted(answer(status, content)) as server:
        places = places_at(f"http://127.0.0.1:{server.port}")
        looked = await asyncio.to_thread(ask_gateway, places, "fire")
        assert server.asked[0].startswith(b"GET /health/ready ")
    return looked


def ready(**agency: object) -> dict[str, object]:
    return {"agencies": [{"id": "water"}, {"id": "fire", **agency}]}


@pytest.mark.parametrize("status", [HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE])
async def test_a_gateway_that_asks_the_agency_says_how_that_ended(status: int) -> None:
    looked = await asked(status, ready(state="up", last_outcome="OK"))

    assert looked == Looked(Step.CIRCUIT, note=Text("up, OK", "up, OK"))


@pytest.mark.parametrize(
    ("said", "code", "detail"),
    [
        pytest.param({"agencies": []}, Fault.NOT_IN_FORCE, "fire", id="not there"),
        pytest.param(ready(state="suspended"), Fault.SUSPENDED, "fire", id="suspended"),
        pytest.param(
            ready(state="down", circuit={"state": "open", "since": 3}),
            Fault.CIRCUIT_OPEN,
            "state open, since 3",
            id="open",
        ),
    ],
)
async def test_a_gateway_that_does_not_ask_the_agency_says_why(
    said: object, code: Fault, detail: str
) -> None:
    (one,) = (await asked(200, said)).found

    assert (one.step, one.code, one.detail) == (Step.CIRCUIT, code, detail)
    assert one.place.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("said", [["x"], {"agencies": 1}, {}])
async def test_what_is_no_gateway_was_not_asked(said: object) -> None:
    looked = await asked(200, said)

    assert looked.note is not None
    assert (looked.is_taken, looked.found) == (False, ())
    assert looked.note.en.startswith("no running gateway was asked: http://127.0.0.1:")
    assert looked.note.en.endswith(": TypeError")
    assert looked.note.zh.startswith("未能询问运行中的网关（http://127.0.0.1:")


def test_a_gateway_without_a_port_is_asked_where_one_says() -> None:
    looked = ask_gateway(places_at(""), "fire")

    assert looked.note == Text(
        "未能询问运行中的网关（port = 0: --url）",
        "no running gateway was asked: the port is 0; state --url",
    )
    assert not looked.is_taken


async def test_a_port_where_nobody_listens_is_told_from_a_name_that_leads_on() -> None:
    async with scripted(answer(200, {})) as server:
        port = server.port
        rules = MANIFEST.replace("127.0.0.1:1/", f"127.0.0.1:{port}/")
        places = places_at("", read_manifest(rules))
        name, connection = await connect(places)
    assert (name.found, connection.found) == ((), ())
    assert name.note == Text("127.0.0.1: 127.0.0.1", "127.0.0.1: 127.0.0.1")

    _, connection = await connect(places)

    (one,) = connection.found
    assert (one.step, one.code) == (Step.CONNECTION, Fault.PORT_CLOSED)
    assert one.detail == f"Connect call failed ('127.0.0.1', {port})"
    assert one.place == f"endpoint.url 127.0.0.1:{port}"
