"""An office on a database of its own, and agencies that come to it: real keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.conformance.codes import Check, FindingCode
from connectors.conformance.plan import Plan
from connectors.conformance.report import Finding, Report, Result
from connectors.manifest import Manifest
from connectors.network.networks import read_networks
from connectors.registration.challenge import Challenge
from connectors.registration.connector import Connector
from connectors.registration.key_steps import KeyRegistrar
from connectors.registration.keys import StatedKey
from connectors.registration.office import RegistrationOffice
from connectors.registration.registrar import Registrar
from connectors.registration.rules import Actor, Configured, StepRequest
from connectors.registration.sanction_steps import Sanctioner
from connectors.registration.submission import Contact, Submission
from policy.catalogue import load_catalogue
from signing.algorithms import Algorithm
from signing.envelope import PayloadType
from signing.sign import SigningKey, sign
from signing.trust import TrustBundle
from store.registration.registrations import StoredRegistrations

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
AGENCY = Actor("transport-office")
STRANGER = Actor("fire-office")
OPERATOR = Actor("operator-1", is_approver=True)
SECOND = Actor("operator-2", is_approver=True)
ITEM = "4-02-01-01"
"""The row of the transport authority."""
ELECTRICIAN = "1.1"
"""A row of another body."""
URL = "https://transport.example.cn/graphql"
MANIFEST = (
    Path("sandbox/agencies/transport.toml")
    .read_text("utf-8")
    .replace("http://127.0.0.1:9102/graphql", URL)
)
PLAN = """
[[holder]]
id_number = "310101199001010012"
items = ["4-02-01-01"]
[[holder]]
id_number = "310101199001010039"
"""


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def submission(**changes: Any) -> Submission:
    """Return what the transport agency submits."""
    stated = {
        "credit_code": "12310000425006133Y",
        "items": (ITEM,),
        "contacts": (Contact(name="信息中心", phone="021-0000000"),),
        "manifest": MANIFEST,
        "plan": PLAN,
    }
    return Submission(**{**stated, **changes})


def named(id_: str) -> str:
    """Return the manifest under another id."""
    return MANIFEST.replace('id = "transport"', f'id = "{id_}"')


def make_key(kid: str) -> SigningKey:
    """Return a new key."""
    return SigningKey(kid, Algorithm.ED25519, Ed25519PrivateKey.generate())


def stated(key: SigningKey, **changes: Any) -> StatedKey:
    """Return what is stated of a key."""
    values = {
        "kid": key.kid,
        "algorithm": key.algorithm,
        "public_key": key.public_pem(),
        "not_before": NOON - timedelta(days=1),
        "not_after": NOON + timedelta(days=365),
    }
    return StatedKey(**{**values, **changes})


def proof_of(challenge: Challenge, key: SigningKey, at: datetime) -> str:
    """Return the challenge's text, signed by ``key``."""
    kind = PayloadType.KEY_PROOF
    return sign(
        challenge.text.encode(), key, type=kind, signed_at=at
    ).signature.decode()


@dataclass
class Office:
    """An office, with what tests turn at it."""

    office: RegistrationOffice
    store: StoredRegistrations
    clock: Clock
    findings: list[Finding] = field(default_factory=list)
    """What the next run of the kit finds."""

    def step(self, connector: Connector, actor: Actor = AGENCY) -> StepRequest:
        """Return a request for a step on the version as it is."""
        return StepRequest(actor, connector.id, connector.version, "as agreed")

    async def prove(
        self, connector: Connector, key: SigningKey, actor: Actor = AGENCY
    ) -> Connector:
        """Register a key."""
        challenge = await self.office.keys.challenge(actor, connector.id, stated(key))
        proof = proof_of(challenge, key, self.clock.now)
        return await self.office.keys.prove(actor, challenge.id, proof)

    async def drafted(self, **changes: Any) -> Connector:
        """Return a draft."""
        steps = self.office.connectors
        return await steps.draft(AGENCY, submission(**changes), "we join")

    async def submitted(self, key: SigningKey | None = None, **more: Any) -> Connector:
        """Return what was submitted, with a key that was proved."""
        draft = await self.drafted(**more)
        proved = await self.prove(draft, key or make_key(f"{draft.id}-1"))
        return await self.office.connectors.submit(self.step(proved))

    async def checked(self, key: SigningKey | None = None, **more: Any) -> Connector:
        """Return what was checked."""
        found = await self.submitted(key, **more)
        return await self.office.connectors.check(self.step(found, OPERATOR))

    async def approved(self, key: SigningKey | None = None, **more: Any) -> Connector:
        """Return what was approved."""
        found = await self.checked(key, **more)
        return await self.office.connectors.approve(self.step(found, SECOND))

    async def active(self, key: SigningKey | None = None, **more: Any) -> Connector:
        """Return what is in force."""
        found = await self.approved(key, **more)
        return await self.office.connectors.activate(self.step(found, SECOND))


def failing() -> Finding:
    """Return a finding that keeps answers from being believed."""
    return Finding(FindingCode.BAD_SIGNATURE, "plan.holder[0]")


def open_office(
    engine: AsyncEngine,
    *,
    configured: Configured | None = None,
    changed: Callable[[], None] = lambda: None,
) -> Office:
    """Return an office on ``engine``; its kit finds what the test says."""
    clock, findings = Clock(), list[Finding]()

    async def run_check(
        manifest: Manifest, bundle: TrustBundle, plan: Plan, rows: frozenset[str]
    ) -> Report:
        assert bundle.keys
        assert rows == {ITEM}
        assert plan.people
        return _report(manifest.id, clock.now, findings)

    store = StoredRegistrations(engine, changed)
    configured = configured or Configured((), TrustBundle({}))
    catalogue = load_catalogue()
    # Others may have worked on this database, and been killed.
    life = uuid4()
    names = iter(f"challenge-{n}" for n in range(100_000))
    return Office(
        RegistrationOffice(
            connectors=Registrar(
                store=store,
                catalogue=catalogue,
                configured=configured,
                networks=read_networks(["127.0.0.0/8"]),
                clock=clock,
                run_check=run_check,
            ),
            keys=KeyRegistrar(
                store=store,
                configured=configured,
                clock=clock,
                new_id=lambda: f"{life}-{next(names)}",
            ),
            sanctions=Sanctioner(store=store, catalogue=catalogue, clock=clock),
            store=store,
        ),
        store,
        clock,
        findings,
    )


def _report(agency: str, at: datetime, findings: Sequence[Finding]) -> Report:
    return Report(agency, at, (Result(Check.SIGNATURES, tuple(findings)),), None)
