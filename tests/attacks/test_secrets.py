"""No secret and no place of ours leaves: not in an answer, a log line or a metric.

One gateway with secrets that are known here goes through every fault an agency has,
bad logins and bad questions; then everything it has ever said is searched.
"""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.errors import StartError
from gateway.settings.settings import load_settings, read_certificate_id_key
from sandbox.faults import Fault
from tests.attacks.raw import PLACES, Raw, request, send
from tests.federation.queries import EMERGENCY, FIRE, HOLDER_CHECK, SOURCES, TRANSPORT
from tests.running import TOKEN, Agencies, Gateway, running_gateway

AGENCY_TOKEN = "agency-bearer-token-5f3a"
READER = "reader-token-77c1"
WRONG_TOKENS = (TOKEN + "x", "wrong-token-9d41", TOKEN[:-1] + "\xe9")
CALLER = f"""
[[tokens]]
caller = "reader"
sha256 = "{hashlib.sha256(READER.encode()).hexdigest()}"
scopes = ["certificates:read", "schema:read"]
purpose = "SUBSIDY_CLAIM"
case_number = "17-2026-1"
"""


@dataclass
class Said:
    """Everything a gateway said, by how it was said."""

    secrets: dict[str, str]
    answers: list[str] = field(default_factory=list)
    log: str = ""
    metrics: str = ""
    identity_numbers: list[str] = field(default_factory=list)

    @property
    def everything(self) -> str:
        return "\n".join((*self.answers, self.log, self.metrics))


@pytest.fixture(scope="module", name="said")
def _said(running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory) -> Said:
    running_agencies.reset()
    folder = tmp_path_factory.mktemp("secrets")
    token = (
        "timeout_seconds = 1.8",
        f'timeout_seconds = 0.5\nbearer_token = "{AGENCY_TOKEN}"',
    )
    with running_gateway(
        folder, running_agencies, manifest={"*": token}, tables=CALLER
    ) as gateway:
        said = Said(_secrets(gateway))
        _ask_through_faults(gateway, running_agencies, said)
        _log_in_badly(gateway, said)
        _ask_badly(gateway, said)
        for path in ("/health/ready", "/health/live", "/", "/no/such/path"):
            said.answers.append(
                _of(send(gateway.url, request(method="GET", path=path)))
            )
        said.metrics = gateway.get("/metrics")[1]
        said.log = gateway.log
    return said


def _secrets(gateway: Gateway) -> dict[str, str]:
    """Return every secret that the gateway holds or was shown, by name."""
    folder = gateway.folder
    keys = {path.name: path.read_text("ascii").strip() for path in folder.glob("*.key")}
    raw = {f"{name}, as bytes": repr(bytes.fromhex(key)) for name, key in keys.items()}
    coded = {
        f"{name}, in base64": base64.b64encode(bytes.fromhex(key)).decode().rstrip("=")
        for name, key in keys.items()
    }
    assert len(keys) >= 2
    return {
        "the caller's token": TOKEN,
        "the reader's token": READER,
        "the hash of the caller's token": hashlib.sha256(TOKEN.encode()).hexdigest(),
        "the agency's token": AGENCY_TOKEN,
        **{f"wrong token {number}": t for number, t in enumerate(WRONG_TOKENS)},
        "half of a wrong token": WRONG_TOKENS[1][:10],
        **keys,
        **raw,
        **coded,
    }


def _of(answer: Raw) -> str:
    return answer.text.decode("utf-8", "replace")


def _ask_through_faults(gateway: Gateway, agencies: Agencies, said: Said) -> None:
    people = iter([p for p in agencies.people if p.get("idType") == "RESIDENT_ID"])
    for fault in Fault:
        for agency in (EMERGENCY, TRANSPORT, FIRE):
            person = next(people, agencies.person("all-three"))
            said.identity_numbers.append(person["idNumber"])
            with agencies.fault(agency, fault.value):
                said.answers.append(_asked(gateway, SOURCES, person["idNumber"]))
    said.answers.append(
        _asked(gateway, HOLDER_CHECK, agencies.person("all-three")["idNumber"])
    )


def _asked(gateway: Gateway, query: str, id_number: str) -> str:
    body = json.dumps({"query": query, "variables": {"idNumber": id_number}}).encode()
    json_type = "Content-Type: application/json"
    return _of(send(gateway.url, request(json_type, body=body, token=READER)))


def _log_in_badly(gateway: Gateway, said: Said) -> None:
    body = b'{"query":"{__typename}"}'
    basic = base64.b64encode(f"demo:{TOKEN}".encode()).decode()
    headers = [
        *(f"Authorization: Bearer {token}" for token in WRONG_TOKENS),
        f"Authorization: Basic {basic}",
        f"Authorization: {TOKEN}",
        f"Authorization: Bearer {TOKEN} {TOKEN}",
        f"Authorization: Bearer {TOKEN}\r\nAuthorization: Bearer {WRONG_TOKENS[1]}",
        f"Cookie: token={TOKEN}",
    ]
    for header in headers:
        asked = request("Content-Type: application/json", header, body=body)
        said.answers.append(_of(send(gateway.url, asked)))
    path = f"/graphql?query=%7B__typename%7D&access_token={TOKEN}"
    said.answers.append(_of(send(gateway.url, request(method="GET", path=path))))
    path = f"/{TOKEN}"
    said.answers.append(_of(send(gateway.url, request(method="GET", path=path))))


def _ask_badly(gateway: Gateway, said: Said) -> None:
    number = said.identity_numbers[0]
    bodies = [
        b"",
        b"\xff",
        b"[" * 5000,
        b'{"query": 1}',
        json.dumps({"query": "{"}).encode(),
        json.dumps({"query": "{ nothing }"}).encode(),
        json.dumps({"query": f'{{ holder(idNumber: "{number}") {{ x }} }}'}).encode(),
        json.dumps({"query": SOURCES, "variables": {"idNumber": [number]}}).encode(),
        json.dumps(
            {"query": SOURCES, "variables": {"idNumber": number + "9"}}
        ).encode(),
        json.dumps({"query": SOURCES, "variables": {number: number}}).encode(),
        json.dumps({"query": SOURCES, "operationName": number}).encode(),
    ]
    for body in bodies:
        asked = request("Content-Type: application/json", body=body, token=READER)
        said.answers.append(_of(send(gateway.url, asked)))


def test_the_run_met_what_it_was_for(said: Said) -> None:
    """A search proves nothing if nothing was said."""
    answers = "\n".join(said.answers)

    for outcome in ("TIMED_OUT", "UNREACHABLE", "REFUSED", "UNVERIFIED", "ANSWERED"):
        assert f'"{outcome}"' in answers
    for code in ("UNAUTHENTICATED", "BAD_REQUEST", "BAD_SIGNATURE", "BAD_USER_INPUT"):
        assert code in answers
    assert "gateway_source_answers_total" in said.metrics
    assert said.log.count('"event":"request"') > 50


def test_no_secret_is_in_an_answer_a_log_line_or_a_metric(said: Said) -> None:
    found = [name for name, secret in said.secrets.items() if secret in said.everything]

    assert found == []


def test_no_answer_tells_where_we_are_or_what_we_are_made_of(said: Said) -> None:
    found = {match[0] for text in said.answers for match in PLACES.finditer(text)}

    assert found == set()


def test_no_answer_is_a_bug_of_ours(said: Said) -> None:
    statuses = {text.split(" ", 2)[1] for text in said.answers}

    assert not {status for status in statuses if status.startswith("5")}
    assert "INTERNAL_SERVER_ERROR" not in said.everything
    assert "Traceback" not in said.log


def test_no_log_line_and_no_metric_has_an_identity_number(said: Said) -> None:
    assert said.identity_numbers
    for number in said.identity_numbers:
        assert number not in said.log + said.metrics


def test_no_answer_has_the_number_of_somebody_but_the_person_asked_about(
    said: Said,
) -> None:
    """The reader has no identity:read, so it is shown nobody's number."""
    for number in said.identity_numbers:
        assert number not in "\n".join(said.answers)


def test_a_start_that_fails_repeats_no_secret(tmp_path: Path) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text(
        'manifests = "m"\ntrust_bundle = "t"\ncertificate_id_key_file = "k"\n'
        'pseudonym_key_file = "p"\n'
        f'[[tokens]]\ncaller = "pasted"\nsha256 = "{TOKEN}"\n',
        "utf-8",
    )

    with pytest.raises(StartError, match="sha256") as refused:
        load_settings(config, {})

    assert TOKEN not in str(refused.value)


def test_a_key_file_that_does_not_do_is_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "certificate-id.key"
    path.write_text("0123456789abcdef-and-no-more", "ascii")

    with pytest.raises(StartError, match="holds no key") as refused:
        read_certificate_id_key(path)

    assert "0123456789abcdef" not in str(refused.value)
