"""Gateways whose files have no transport agency, and that agency's way in."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.demo.demo import HOST, write_configuration
from sandbox.agency import AgencyId
from sandbox.keys import load_keyring
from signing.envelope import PayloadType
from signing.sign import SigningKey, sign
from tests.connectors.conformance.kit import items_at, manifest_text
from tests.gateway.privacy.callers import entry
from tests.personal_data import LISTENER
from tests.ports import free_port
from tests.running import TOKEN, Agencies, Gateway, gateway_by

JOINING = "transport"
ITEM = "4-02-01-01"
AGENCY, OPERATOR, SECOND, SANCTIONER, NOBODY = (
    *("the-agency", "operator-1", "operator-2", "sanctioner", "no-scopes"),
)
SECOND_SANCTIONER = "sanctioner-2"
"""Bearer tokens, named like their callers."""
TABLES = "\n".join(
    (
        entry(AGENCY, "connectors:register", purpose=False),
        entry(OPERATOR, "connectors:approve", purpose=False),
        entry(SECOND, "connectors:approve", purpose=False),
        entry(SANCTIONER, "sanctions:write", purpose=False),
        entry(SECOND_SANCTIONER, "sanctions:write", purpose=False),
        entry(NOBODY, "schema:read", purpose=False),
        '[registration]\nallowed_networks = ["127.0.0.0/8"]',
    )
)
CONNECTOR = "id version state keys { keyId state } report { isConforming findings }"
REFUSED = "code detail message(language: EN)"
ANSWER = (
    f"{{ __typename ... on Connector {{ {CONNECTOR} }} "
    f"... on RegistrationRefused {{ {REFUSED} }} }}"
)


@dataclass(frozen=True, slots=True)
class Steps:
    """Takes steps over HTTP, each as whoever has the token."""

    gateway: Gateway

    def send(self, document: str, token: str, **variables: object) -> Any:
        """Return the answer of the one field of ``document``."""
        body = {"query": document, "variables": variables}
        status, answer, _ = self.gateway.post(body, token)
        assert status == 200, answer
        assert "errors" not in answer, answer
        (taken,) = answer["data"].values()
        return taken

    def step(
        self, name: str, token: str, seen: dict[str, Any], reason: str = "as agreed"
    ) -> Any:
        """Take a step on the version that was seen."""
        document = (
            f"mutation($step: ConnectorStepInput!) {{ {name}(step: $step) {ANSWER} }}"
        )
        step = {"id": seen["id"], "version": seen["version"], "reason": reason}
        return self.send(document, token, step=step)

    def draft(self, **submission: object) -> Any:
        """Begin a connector, as the agency."""
        document = (
            "mutation($it: ConnectorSubmission!) "
            f'{{ draftConnector(submission: $it, reason: "we join") {ANSWER} }}'
        )
        return self.send(document, AGENCY, it=submission)

    def challenge(
        self, id_: str, key: SigningKey, token: str = AGENCY, days: float = 400
    ) -> Any:
        """Ask for a challenge of a key that ends in so many days."""
        document = (
            "mutation($id: ID!, $key: KeyInput!) "
            "{ requestKeyChallenge(connector: $id, key: $key) { __typename "
            "... on KeyChallenge { id text } "
            f"... on RegistrationRefused {{ {REFUSED} }} }} }}"
        )
        return self.send(document, token, id=id_, key=stated(key, days))

    def prove(self, challenge: dict[str, str], proof: str, token: str = AGENCY) -> Any:
        """Hand a proof in."""
        document = (
            "mutation($id: ID!, $proof: String!) "
            f"{{ proveKey(challenge: $id, proof: $proof) {ANSWER} }}"
        )
        return self.send(document, token, id=challenge["id"], proof=proof)

    def register_key(
        self, id_: str, key: SigningKey, token: str = AGENCY, days: float = 400
    ) -> Any:
        """Prove a key."""
        challenge = self.challenge(id_, key, token, days)
        return self.prove(challenge, proof_of(challenge["text"], key), token)

    def join(
        self, submission: dict[str, object], key: SigningKey, days: float = 400
    ) -> Any:
        """Go the whole way from nothing to active."""
        seen = self.draft(**submission)
        seen = self.register_key(seen["id"], key, days=days)
        for name, token in WAY:
            seen = self.step(name, token, seen)
            assert seen["__typename"] == "Connector", seen
        return seen

    def outcome(self, id_number: str, agency: str = JOINING) -> str | None:
        """Return how asking one agency about a person ended; ``None`` if unknown.

        Of a question that is refused, since its database was cut off, the code.
        """
        query = (
            "query($n: String!) { holder(idNumber: $n) { sources { agency outcome } } }"
        )
        body = {"query": query, "variables": {"n": id_number}}
        _, found, _ = self.gateway.post(body)
        if errors := found.get("errors"):
            return str(errors[0]["extensions"]["code"])
        rows = found["data"]["holder"]["sources"]
        return next((r["outcome"] for r in rows if r["agency"] == agency), None)


WAY = (
    ("submitConnector", AGENCY),
    ("checkConnector", OPERATOR),
    ("approveConnector", SECOND),
    ("activateConnector", SECOND),
)


@dataclass(frozen=True, slots=True)
class Joining:
    """What the transport agency brings."""

    agencies: Agencies
    key: SigningKey = field(init=False)

    def __post_init__(self) -> None:
        keyring = load_keyring(self.agencies.folder, AgencyId.TRANSPORT)
        object.__setattr__(self, "key", keyring.own)

    def submission(self, **changes: object) -> dict[str, object]:
        """Return its submission, as variables."""
        return {
            "creditCode": "12310000425006133Y",
            "items": [ITEM],
            "contacts": [{"name": "信息中心", "phone": "021-0000000"}],
            "manifest": manifest_text(self.agencies, JOINING),
            "plan": self.plan(),
            **changes,
        }

    def plan(self) -> str:
        """Return whom the kit asks about."""
        people = map(self.agencies.person, ("whole-annex", "all-three", "none"))
        return "".join(
            f'[[holder]]\nid_number = "{person["idNumber"]}"\n'
            f"items = {json.dumps(items_at(person['certificates'], JOINING))}\n"
            for person in people
        )


def stated(key: SigningKey, days: float) -> dict[str, str]:
    """Return a key as a variable."""
    now = datetime.now(UTC)
    return {
        "keyId": key.kid,
        "algorithm": key.algorithm.name,
        "publicKey": key.public_pem(),
        "notBefore": (now - timedelta(days=400)).isoformat(),
        "notAfter": (now + timedelta(days=days)).isoformat(),
    }


def proof_of(text: str, key: SigningKey) -> str:
    """Sign a challenge."""
    kind, now = PayloadType.KEY_PROOF, datetime.now(UTC)
    return sign(text.encode(), key, type=kind, signed_at=now).signature.decode()


def configuration(  # noqa: PLR0913 - what a configuration is made of
    folder: Path,
    agencies: Agencies,
    port: int,
    database_url: str,
    *,
    settings: str = "",
    tables: str = TABLES,
    mode: str = "demo",
) -> Path:
    """Write a configuration without the transport agency; return its file."""
    trust = folder / "trust"
    trust.mkdir(parents=True, exist_ok=True)
    keys = (agencies.folder / "trust.toml").read_text("utf-8").split("[[key]]")
    known = [key for key in keys[1:] if f'kid = "{JOINING}-' not in key]
    assert len(known) == len(keys) - 2
    (trust / "trust.toml").write_text("".join(f"[[key]]{k}" for k in known), "utf-8")
    config = write_configuration(
        folder,
        trust_folder=trust,
        port=port,
        agencies=agencies.urls,
        token=TOKEN,
        id_number="",
    )
    (folder / "manifests" / f"{JOINING}.toml").unlink()
    text = config.read_text("utf-8").replace("sqlite:///gateway.db", database_url)
    if mode == "production":
        text = text.replace('mode = "demo"\ngraphiql = true\n', "")
    config.write_text(f"{settings}{text}\n{tables}", "utf-8")
    return config


@contextmanager
def joining_gateway(
    folder: Path, agencies: Agencies, database_url: str, **more: str
) -> Iterator[Steps]:
    """Run a gateway that knows no transport agency."""
    port = free_port(HOST)
    config = configuration(folder, agencies, port, database_url, **more)
    LISTENER.meet(agencies.people)
    with gateway_by(config, port) as gateway:
        yield Steps(gateway)


def seconds_until(holds: Any, most: float = 10.0) -> float:
    """Wait until ``holds()``; return how long it took."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < most, "it did not come true in time"
        time.sleep(0.01)
    return time.monotonic() - started
