"""``gateway doctor`` names each fault by its code, who mends it, and what to type."""

import asyncio
import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from connectors.conformance.codes import FindingCode, Severity
from connectors.manifest_signature import StatusList
from gateway.doctor.advice import ADVICE
from gateway.doctor.codes import Diagnosis, Fault, Found, Looked, Step, Who
from gateway.doctor.diagnose import diagnose
from sandbox.faults import Fault as Misbehaviour
from signing.trust import TrustBundle
from tests.attacks.certificates import DAY, Authority, authority_in
from tests.connectors.conformance.registry import Habit, Registry, serving
from tests.connectors.status.listing import now as second
from tests.connectors.status.listing import status_list
from tests.gateway.doctor.patients import (
    TOKEN,
    TRANSPORT,
    Page,
    another_key,
    answering,
    bundle_of,
    expired,
    manifest_with,
    patient,
    without_it,
)
from tests.ports import free_port
from tests.running import Agencies, Gateway
from tests.serving import serving as sockets_serving

LONG = timedelta(days=90)
Change = tuple[str, str]
URL = "/graphql"


def codes(diagnosis: Diagnosis) -> list[str]:
    return [str(found.code) for found in diagnosis.found]


def failures(diagnosis: Diagnosis) -> list[Found]:
    """Return what was found but for warnings, such as of a probe that failed, too."""
    return [one for one in diagnosis.found if one.advice.severity is Severity.FAILURE]


def step_of(diagnosis: Diagnosis, step: Step) -> Looked:
    return next(one for one in diagnosis.steps if one.step is step)


async def test_nothing_is_wrong_with_an_honest_agency_in_force(
    gateway: Gateway, agencies: Agencies
) -> None:
    whole = patient(manifest_with(agencies), bundle_of(agencies), gateway=gateway.url)

    diagnosis = await diagnose(whole)

    assert (codes(diagnosis), diagnosis.is_well) == ([], True)
    assert [one.step for one in diagnosis.steps] == list(Step)
    circuit = step_of(diagnosis, Step.CIRCUIT)
    assert circuit.is_taken
    assert circuit.note is not None


async def test_a_gateway_that_cannot_be_asked_is_said_and_no_fault_of_the_agency(
    agencies: Agencies,
) -> None:
    diagnosis = await diagnose(patient(manifest_with(agencies), bundle_of(agencies)))

    circuit = step_of(diagnosis, Step.CIRCUIT)
    assert (diagnosis.is_well, circuit.is_taken) == (True, False)
    assert circuit.note is not None
    assert "no running gateway was asked" in circuit.note.en


async def test_a_connector_that_the_running_gateway_lacks_is_told(
    gateway: Gateway, agencies: Agencies
) -> None:
    rules = manifest_with(agencies, ('id = "transport"', 'id = "not-loaded"'))

    diagnosis = await diagnose(patient(rules, bundle_of(agencies), gateway=gateway.url))

    assert codes(diagnosis) == ["NOT_IN_FORCE"]


@pytest.mark.parametrize(
    ("fault", "code", "who"),
    [
        pytest.param(Misbehaviour.SILENT, "NO_ANSWER", "AGENCY", id="hangs"),
        pytest.param(Misbehaviour.ERROR_500, "SERVER_ERROR", "AGENCY", id="500"),
        pytest.param(Misbehaviour.REFUSED_403, "TOKEN_REFUSED", "US", id="403"),
        pytest.param(Misbehaviour.CUT_BODY, "BODY_CUT", "AGENCY", id="cut"),
        pytest.param(Misbehaviour.OVERSIZE, "BODY_TOO_LARGE", "AGENCY", id="large"),
        pytest.param(Misbehaviour.TAMPERED, "BAD_SIGNATURE", "AGENCY", id="altered"),
        pytest.param(Misbehaviour.WRONG_KEY, "UNKNOWN_KEY", "US", id="key unknown"),
        pytest.param(Misbehaviour.CLOCK_OFF, "CLOCK_AHEAD", "AGENCY", id="clock"),
        pytest.param(Misbehaviour.REPLAYED, "STALE_SIGNATURE", "AGENCY", id="old"),
        pytest.param(
            Misbehaviour.UNSIGNED_ABSENCE, "UNSIGNED_ABSENCE", "AGENCY", id="unsigned"
        ),
    ],
)
async def test_a_fault_of_the_agency_is_named(
    agencies: Agencies, fault: Misbehaviour, code: str, who: str
) -> None:
    rules = manifest_with(agencies, (TOKEN, "timeout_seconds = 0.5"))
    with agencies.fault(TRANSPORT, fault):
        diagnosis = await diagnose(patient(rules, bundle_of(agencies)))

    assert [(one.code, one.advice.who) for one in failures(diagnosis)] == [(code, who)]
    assert not diagnosis.is_well


def _port_closed(agencies: Agencies) -> Change:
    return agencies.urls[TRANSPORT], f"http://127.0.0.1:{free_port('127.0.0.1')}"


def _no_such_name(agencies: Agencies) -> Change:
    return agencies.urls[TRANSPORT], "https://registry.invalid"


@pytest.mark.parametrize(
    ("change", "code", "who", "step"),
    [
        pytest.param(_no_such_name, "NAME_UNKNOWN", Who.NETWORK, Step.NAME, id="name"),
        pytest.param(
            _port_closed, "PORT_CLOSED", Who.AGENCY, Step.CONNECTION, id="port"
        ),
        pytest.param(
            lambda _: (URL, "/v2/nothing"),
            "WRONG_PATH",
            Who.US,
            Step.ANSWERS,
            id="path",
        ),
        pytest.param(
            lambda _: (TOKEN, f'{TOKEN}\nbearer_token = "secret:theirs"'),
            *("SECRET_MISSING", Who.US, Step.SECRET),
            id="secret",
        ),
    ],
)
async def test_what_is_wrong_in_the_manifest_or_on_the_way_is_named(
    agencies: Agencies,
    change: Callable[[Agencies], Change],
    code: str,
    who: Who,
    step: Step,
) -> None:
    rules = manifest_with(agencies, change(agencies))

    diagnosis = await diagnose(patient(rules, bundle_of(agencies)))

    (found,) = failures(diagnosis)
    assert (found.code, found.advice.who, found.step) == (code, who, step)
    assert "{" not in found.command


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(another_key, ["BAD_SIGNATURE"], id="another key"),
        pytest.param(expired, ["KEY_EXPIRED", "KEY_NOT_IN_FORCE"], id="expired"),
        pytest.param(without_it, ["NO_KEY", "UNKNOWN_KEY"], id="none"),
    ],
)
async def test_what_is_wrong_in_the_trust_bundle_is_named(
    agencies: Agencies,
    change: Callable[[TrustBundle], TrustBundle],
    expected: list[str],
) -> None:
    bundle = change(bundle_of(agencies))

    diagnosis = await diagnose(patient(manifest_with(agencies), bundle))

    assert codes(diagnosis) == expected


@pytest.mark.parametrize(
    ("server", "code"),
    [
        pytest.param(
            lambda a: a.server("127.0.0.2", ends_in=LONG), "TLS_WRONG_HOST", id="host"
        ),
        pytest.param(lambda a: a.server(ends_in=-DAY), "TLS_EXPIRED", id="expired"),
        pytest.param(
            lambda a: authority_in(a.folder / "other").server(ends_in=LONG),
            "TLS_UNTRUSTED",
            id="another authority",
        ),
        pytest.param(
            lambda a: a.server(ends_in=9 * DAY), "TLS_EXPIRES_SOON", id="soon"
        ),
    ],
)
async def test_what_is_wrong_with_a_certificate_is_named(
    tmp_path: Path, server: Callable[[Authority], ssl.SSLContext], code: str
) -> None:
    authority = authority_in(tmp_path / "authority")
    trusting = ssl.create_default_context(cafile=authority.file)
    async with serving(Registry(), server(authority)) as registry:
        diagnosis = await diagnose(
            patient(registry.manifest, registry.bundle(), tls=trusting)
        )

    assert codes(diagnosis) == [code]
    assert "openssl s_client -connect 127.0.0.1:" in diagnosis.found[0].command
    assert diagnosis.is_well is (code == "TLS_EXPIRES_SOON")


async def test_a_servers_clock_that_is_off_is_named() -> None:
    async with serving(Registry(habit=Habit.DATE_OFF)) as registry:
        diagnosis = await diagnose(patient(registry.manifest, registry.bundle()))

    assert codes(diagnosis) == ["CLOCK_OFF"]
    assert diagnosis.found[0].command == "chronyc tracking"


@pytest.mark.parametrize(
    ("status", "headers", "code"),
    [
        pytest.param(200, {}, "WRONG_MEDIA_TYPE", id="a page"),
        pytest.param(302, {"Location": "/login"}, "REDIRECTED", id="a log-in page"),
        pytest.param(401, {}, "TOKEN_REFUSED", id="a wrong token"),
    ],
)
async def test_an_answer_that_is_none_is_named(
    status: int, headers: dict[str, str], code: str
) -> None:
    registry = Registry()
    async with answering(Page(status, headers=headers)) as page:
        registry.url = page.url
        diagnosis = await diagnose(patient(registry.manifest, registry.bundle()))

    assert code in codes(diagnosis)
    assert set(codes(diagnosis)) <= {code, "PROBE_FAILED"}


@pytest.mark.parametrize(
    ("status", "age", "key", "expected"),
    [
        pytest.param(200, 0, "own", [], id="in time"),
        pytest.param(200, 900, "own", ["LIST_STALE"], id="run out"),
        pytest.param(200, 0, "other", ["LIST_REFUSED"], id="another key"),
        pytest.param(404, 0, "own", ["LIST_SILENT"], id="none"),
    ],
)
async def test_what_is_wrong_with_a_status_list_is_named(
    status: int, age: int, key: str, expected: list[str]
) -> None:
    page = Page(status, media_type="application/statuslist+jwt")
    async with serving(Registry()) as registry, answering(page):
        by = registry.key if key == "own" else registry.stranger
        issued_at = second() - timedelta(seconds=age)
        signed = status_list([0, 1], issued_at, key=by, url=page.url)
        page.text = signed.signature.decode()
        rules = replace(registry.manifest, status_list=StatusList(url=page.url))
        diagnosis = await diagnose(patient(rules, registry.bundle()))

    assert codes(diagnosis) == expected
    listed = step_of(diagnosis, Step.STATUS_LIST)
    assert listed.is_taken


def test_every_code_has_who_mends_it_words_and_a_command() -> None:
    assert set(ADVICE) == {*Fault, *FindingCode}
    for code, advice in ADVICE.items():
        for text in (advice.meaning, advice.remedy):
            assert text.zh, code
            assert text.en, code
        assert advice.command, code


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"", id="hangs up"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", id="speaks another protocol"),
    ],
)
async def test_who_speaks_no_http_is_named(said: bytes) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)

    registry = Registry()
    async with sockets_serving(answer) as port:
        registry.url = f"http://127.0.0.1:{port}/records"
        diagnosis = await diagnose(patient(registry.manifest, registry.bundle()))

    assert [found.code for found in failures(diagnosis)] == ["NO_CONNECTION"]
