"""A gateway with connectors to send to, and what an agency sends: over real sockets."""

import gzip
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import zstandard

from gateway.collection.sign import signed_headers
from gateway.demo.demo import HOST, write_configuration
from policy.catalogue import load_catalogue
from policy.identity import Identity
from sandbox.agency import AgencyId
from sandbox.keys import load_keyring
from signing.envelope import PayloadType
from signing.sign import SigningKey, sign
from tests.personal_data import LISTENER
from tests.ports import free_port
from tests.running import TOKEN, Agencies, Gateway, gateway_by

ITEM = "4-02-01-01"
CONNECTORS = 160
"""More than tests that need one of their own."""
LIVE = 'id = "transport"\n'
FROZEN = "frozen"
ONLY_SENDS, ANSWERS = "only-sends", "answers"
FALLS_BACK, HANGS = "falls-back", "hangs"
"""Connectors of the transport agency that answer from what was sent."""
SILENCE = "[collection]\nanswers_when_silent = true\n"


def key_of(agencies: Agencies, agency: AgencyId = AgencyId.TRANSPORT) -> SigningKey:
    return load_keyring(agencies.folder, agency).own


def payload(
    holder: Identity, number: str, issued_on: str = "20240301", **changes: object
) -> dict[str, object]:
    """Return a record in the words of the transport agency."""
    item = load_catalogue().items[ITEM]
    return {
        "certificateNumber": number,
        "holderName": "某某",
        "idType": holder.type,
        "idNumber": holder.number,
        "occupation": item.title.zh,
        "category": item.category.zh,
        "job": item.name.zh,
        "jobCode": item.code,
        "skillLevel": "4",
        "firstIssueDate": issued_on,
        "issueDate": issued_on,
        "validFrom": issued_on,
        "validTo": None,
        "status": "有效",
        "authority": item.authority.name.zh,
        "assessor": item.evaluation_body.name.zh,
        "collector": item.collection_body.name.zh,
        "certificatesHeld": 1,
        **changes,
    }


def record(
    key: SigningKey,
    said: Mapping[str, object],
    *,
    signed_at: datetime | None = None,
    type: PayloadType = PayloadType.RECORD,  # noqa: A002 - the header's own word
) -> str:
    """Sign a record."""
    at = signed_at or datetime.now(UTC) - timedelta(seconds=5)
    text = json.dumps(said, ensure_ascii=False).encode()
    return sign(text, key, type=type, signed_at=at).signature.decode()


def line(sequence: int, record: str) -> str:
    return json.dumps({"sequence": sequence, "record": record})


def body_of(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


@dataclass(frozen=True, slots=True)
class Told:
    """What a transfer was answered."""

    status: int
    lines: list[dict[str, Any]]
    """Results and the summary, or the one problem."""
    headers: Mapping[str, str]

    @property
    def results(self) -> list[dict[str, Any]]:
        return [one for one in self.lines if "outcome" in one]

    @property
    def outcomes(self) -> list[str]:
        return [one["outcome"] for one in self.results]

    @property
    def codes(self) -> list[str | None]:
        return [one.get("code") for one in self.results]

    @property
    def summary(self) -> dict[str, Any]:
        found: dict[str, Any] = self.lines[-1]["summary"]
        return found

    @property
    def problem(self) -> str:
        found: str = self.lines[0]["code"]
        return found


@dataclass(frozen=True, slots=True)
class Sender:
    """One connector's agency."""

    gateway: Gateway
    connector: str
    key: SigningKey

    @property
    def url(self) -> str:
        return f"{self.gateway.url}/collect/{self.connector}"

    def send(self, lines: list[str], encoding: str | None = None) -> Told:
        """Send lines in one transfer."""
        body = body_of(lines)
        if encoding == "gzip":
            body = gzip.compress(body)
        elif encoding == "zstd":
            body = zstandard.compress(body)
        return self.post(body, encoding=encoding)

    def post(
        self,
        body: bytes,
        *,
        encoding: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Told:
        """Send a body, signed unless other ``headers`` are given."""
        if headers is None:
            headers = self.signed(body, encoding=encoding)
        return told(urllib.request.Request(self.url, body, dict(headers)))

    def signed(
        self, body: bytes, *, encoding: str | None = None, **more: Any
    ) -> Mapping[str, str]:
        """Return the headers of a transfer of ``body``."""
        options = {"at": datetime.now(UTC), "encoding": encoding, **more}
        return signed_headers("POST", self.url, self.key, body=body, **options)

    def question(self, query: str, *, is_signed: bool = True) -> Told:
        """Ask for what is there."""
        url = f"{self.url}?{quote(query, safe='=&')}"
        headers: Mapping[str, str] = {}
        if is_signed:
            headers = signed_headers("GET", url, self.key, at=datetime.now(UTC))
        return told(urllib.request.Request(url, headers=dict(headers)))

    def status(self) -> dict[str, Any]:
        """Return how far each stream has come."""
        headers = signed_headers("GET", self.url, self.key, at=datetime.now(UTC))
        answer = told(urllib.request.Request(self.url, headers=dict(headers)))
        assert answer.status == 200, answer
        streams: dict[str, Any] = answer.lines[0]["streams"]
        return streams


def told(request: urllib.request.Request) -> Told:
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            status, text, said = response.status, response.read(), response.headers
    except urllib.error.HTTPError as error:
        with error:
            status, text, said = error.code, error.read(), error.headers
    lines = [json.loads(one) for one in text.decode().splitlines()]
    return Told(status, lines, {name.lower(): value for name, value in said.items()})


def write_collecting(
    folder: Path, agencies: Agencies, database_url: str, port: int, tables: str = ""
) -> Path:
    """Write a configuration with a connector of the transport agency a test."""
    folder.mkdir(parents=True, exist_ok=True)
    config = write_configuration(
        folder,
        trust_folder=agencies.folder,
        port=port,
        agencies=agencies.urls,
        token=TOKEN,
        id_number="",
    )
    manifests = folder / "manifests"
    text = (manifests / "transport.toml").read_text("utf-8")
    assert LIVE in text
    for number in range(CONNECTORS):
        name = f"sender-{number}"
        own = text.replace(LIVE, f'id = "{name}"\n')
        (manifests / f"{name}.toml").write_text(own, "utf-8")
    frozen = text.replace(LIVE, f'id = "{FROZEN}"\naccount = "FROZEN"\n')
    (manifests / f"{FROZEN}.toml").write_text(frozen, "utf-8")
    for name, endpoint, more in (
        (ONLY_SENDS, 'protocol = "collected"\n', ""),
        (FALLS_BACK, 'protocol = "rest"\nurl = "http://127.0.0.1:1/"\n', SILENCE),
        (ANSWERS, _asking(text), SILENCE),
        (HANGS, f"{_asking(text)}timeout_seconds = 0.3\n", SILENCE),
    ):
        own = text.replace(LIVE, f'id = "{name}"\n')
        own = own.replace(_whole_endpoint(text), f"[endpoint]\n{endpoint}{more}")
        # Whose records state a licence's id, if they have one.
        own = own.replace("[record]\n", '[record]\nlicence_id = "licenceId"\n')
        (manifests / f"{name}.toml").write_text(own, "utf-8")
    settings = config.read_text("utf-8").replace("sqlite:///gateway.db", database_url)
    config.write_text(f"{settings}\n{tables}", "utf-8")
    return config


def _whole_endpoint(manifest: str) -> str:
    start = manifest.index("[endpoint]")
    return manifest[start : manifest.index("\n[request]")]


def _asking(manifest: str) -> str:
    kept = ("protocol", "url")
    lines = _whole_endpoint(manifest).splitlines(keepends=True)
    return "".join(line for line in lines if line.startswith(kept))


@contextmanager
def collecting_gateway(
    folder: Path, agencies: Agencies, database_url: str, tables: str = ""
) -> Iterator[Gateway]:
    """Run a gateway with connectors to send to."""
    port = free_port(HOST)
    config = write_collecting(folder, agencies, database_url, port, tables)
    LISTENER.meet(agencies.people)
    with gateway_by(config, port) as gateway:
        yield gateway
