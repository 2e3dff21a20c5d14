"""Two gateways on one database, and the offices that ask them: over real sockets."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.demo import HOST
from gateway.ports import free_port
from policy.identity import Identity
from tests.gateway.collection.sending import ONLY_SENDS, write_collecting
from tests.gateway.privacy.callers import entry
from tests.gateway.states.sending import today
from tests.postgresql import PostgreSQL
from tests.running import Agencies, Gateway, gateway_by

PLATFORM, BUREAU, FOLLOWER = "story-platform", "story-bureau", "story-follower"
"""Bearer tokens, named like their callers."""
TABLES = "\n".join(
    (
        entry(PLATFORM, "certificates:read", "identity:read", "payments:write"),
        entry(BUREAU, "recoveries:write", "audit:read", "certificates:read"),
        entry(FOLLOWER, "certificates:read"),
    )
)
CLAIM = {
    "category": "EMPLOYED",
    "hukou": "SHANGHAI",
    "isCivilServant": False,
    "acquisition": "EXAMINATION",
}
HOLDER = """query($n: String!, $claim: ClaimInput!) { holder(idNumber: $n) {
  certificates { nodes { id state standing provenance { verdict collectedAt sequence }
    eligibility(claim: $claim) { outcome amountYuan sharePercent
      findings { clause outcome } } } } } }"""
DECIDE = """mutation($key: String!, $decision: DecisionInput!) {
  recordDecision(key: $key, decision: $decision) { __typename
    ... on DecisionRecorded { id evidence } ... on AlreadyPaid { clause }
    ... on DecisionRefused { code } ... on CertificateNotVerified { source } } }"""
TOTALS = """query($day: Date!, $by: [TotalsBy!]!) {
  totals(from: $day, to: $day, by: $by) {
  district itemCode level certificatesCollected stateChanges revocations paid paidYuan
  recoveriesOpened recoveriesOpenedYuan recoveredYuan } }"""
DISTRICT, ITEM, LEVEL = "310115", "4-02-01-01", "LEVEL_4"


@dataclass(frozen=True, slots=True)
class Offices:
    """Two gateways on one database, and who asks them."""

    gateways: tuple[Gateway, Gateway]
    agencies: Agencies

    def ask(self, place: int, token: str, query: str, **variables: object) -> Any:
        """Return the data of an answer without errors."""
        body = {"query": query, "variables": variables}
        status, answer, _ = self.gateways[place].post(body, token)
        assert (status, answer.get("errors")) == (200, None), answer
        return answer["data"]

    def certificates(self, place: int, holder: Identity) -> list[dict[str, Any]]:
        """Return somebody's certificates, judged for a claim of today."""
        claim = {**CLAIM, "claimedOn": today().isoformat()}
        found = self.ask(place, PLATFORM, HOLDER, n=holder.number, claim=claim)
        nodes: list[dict[str, Any]] = found["holder"]["certificates"]["nodes"]
        return nodes

    def decide(self, place: int, key: str, **decision: object) -> dict[str, Any]:
        """Record that a claim was paid."""
        stated = {"outcome": "PAID", "district": DISTRICT, "category": "EMPLOYED"}
        answer: dict[str, Any] = self.ask(
            *(place, PLATFORM, DECIDE), key=key, decision={**stated, **decision}
        )["recordDecision"]
        return answer

    def totals(self, place: int) -> list[dict[str, Any]]:
        """Return today's sums of what this story is about."""
        by = ["DISTRICT", "ITEM", "LEVEL"]
        rows = self.ask(place, BUREAU, TOTALS, day=today().isoformat(), by=by)["totals"]
        return [row for row in rows if (row["itemCode"], row["level"]) == (ITEM, LEVEL)]


@contextmanager
def offices_on(
    request: pytest.FixtureRequest, folder: Path, agencies: Agencies
) -> Iterator[Offices]:
    """Run them on the kind of database that a fixture is for."""
    if request.param == "sqlite":
        with _open(folder, agencies, f"sqlite:///{folder}/shared.db") as found:
            yield found
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = asyncio.run(server.make_database())
    with _open(folder, agencies, server.url(name)) as found:
        yield found
    asyncio.run(server.give_back(name))


@contextmanager
def _open(folder: Path, agencies: Agencies, database_url: str) -> Iterator[Offices]:
    """Run two gateways before one agency that sends and two that are asked."""
    first, second = folder / "0", folder / "1"
    ports = free_port(HOST), free_port(HOST)
    config = write_collecting(first, agencies, database_url, ports[0], TABLES)
    for path in (first / "manifests").glob("*.toml"):
        # Of the transport agency's connectors the one that only sends is enough.
        if path.stem not in (ONLY_SENDS, "emergency-management", "fire-rescue"):
            path.unlink()
    second.mkdir()
    for name in ("certificate-id.key", "pseudonym.key", "manifests"):
        (second / name).symlink_to(first / name)
    text = config.read_text("utf-8")
    other = second / config.name
    other.write_text(text.replace(f"port = {ports[0]}", f"port = {ports[1]}"), "utf-8")
    with ExitStack() as stack:
        one = stack.enter_context(gateway_by(config, ports[0]))
        two = stack.enter_context(gateway_by(other, ports[1]))
        yield Offices((one, two), agencies)
