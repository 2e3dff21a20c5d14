"""The whole story on two gateways with one database, over sockets, as it is lived.

An agency sends a certificate; it is eligible and paid for; the agency revokes it. From
then on both gateways say so, the payment is claimed back, whoever follows was told, and
the sums agree with all of it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest

from gateway.demo import HOST
from gateway.ports import free_port
from policy.identity import Identity
from tests.contracts.people import nobodies
from tests.gateway.collection.sending import (
    ONLY_SENDS,
    Sender,
    key_of,
    line,
    payload,
    record,
    write_collecting,
)
from tests.gateway.privacy.callers import entry
from tests.gateway.states.sending import StateSender, compact, today
from tests.gateway.subscriptions.following import Socket, connected
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
RECOVERIES = """{ recoveries { nodes { id version state cause certificate claim
  amountYuan recoveredYuan authority { id } history { step } } } }"""
REPAY = """mutation($step: RecoveryStepInput!) { takeRecoveryStep(step: $step) {
  __typename ... on Recovery { state } ... on RecoveryRefused { code } } }"""
TOTALS = """query($day: Date!, $by: [TotalsBy!]!) {
  totals(from: $day, to: $day, by: $by) {
  district itemCode level certificatesCollected stateChanges revocations paid paidYuan
  recoveriesOpened recoveriesOpenedYuan recoveredYuan } }"""
FOLLOW = """subscription($after: String) { certificateStateChanged(after: $after) {
  cursor certificateId state effectiveOn } }"""
DISTRICT, ITEM, LEVEL = "310115", "4-02-01-01", "LEVEL_4"
STATED_LEVEL, PAID_YUAN = "4", 1600
NUMBERS = count(1)
T = TypeVar("T")


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


@pytest.fixture(scope="module", name="offices", params=["sqlite", "postgresql"])
def _offices(
    request: pytest.FixtureRequest,
    running_agencies: Agencies,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Offices]:
    folder = tmp_path_factory.mktemp("story")
    if request.param == "sqlite":
        with _open(folder, running_agencies, f"sqlite:///{folder}/shared.db") as found:
            yield found
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = asyncio.run(server.make_database())
    with _open(folder, running_agencies, server.url(name)) as found:
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


@asynccontextmanager
async def _following(gateway: Gateway) -> AsyncIterator[Socket]:
    """Follow changes of certificates' states from now on."""
    async with connected(gateway) as socket:
        await socket.init(FOLLOWER)
        await socket.subscribe(FOLLOW)
        yield socket


def _sent(holder: Identity, number: str) -> dict[str, object]:
    """Return a certificate in its agency's words."""
    issued = compact(today() - timedelta(days=60))
    return payload(holder, number, issued, skillLevel=STATED_LEVEL)


def _clauses(certificate: dict[str, Any]) -> dict[str, str]:
    findings = certificate["eligibility"]["findings"]
    return {finding["clause"]: finding["outcome"] for finding in findings}


async def test_from_the_first_record_to_the_last_sum(offices: Offices) -> None:
    (holder,) = nobodies(1)
    number, claim = f"2409000000400{next(NUMBERS):03}", f"claim-{holder.number[-4:]}"
    key = key_of(offices.agencies)
    one, two = offices.gateways

    def run(work: Callable[..., T], *arguments: object, **more: object) -> Awaitable[T]:
        return asyncio.to_thread(work, *arguments, **more)

    # Collected at one gateway, in force at the other.
    said = _sent(holder, number)
    sender = Sender(one, ONLY_SENDS, key)
    told = await run(sender.send, [line(1, record(key, said))])
    assert told.outcomes == ["ACCEPTED"]
    (certificate,) = await run(offices.certificates, 1, holder)
    assert certificate["provenance"]["verdict"] == "VERIFIED"
    assert certificate["provenance"]["sequence"] == 1

    # Eligible: nothing was ever paid, which the ledger knows.
    assert (certificate["standing"], certificate["eligibility"]["outcome"]) == (
        *("VALID", "ELIGIBLE"),
    )
    assert certificate["eligibility"]["amountYuan"] == PAID_YUAN

    # Paid, once, whichever gateway is asked.
    paid = {"claim": claim, "certificate": certificate["id"], "amountYuan": PAID_YUAN}
    decided = await asyncio.gather(
        run(offices.decide, 0, "pudong-1", **paid),
        run(offices.decide, 1, "xuhui-1", **{**paid, "district": "310104"}),
    )
    assert sorted(one["__typename"] for one in decided) == [
        *("AlreadyPaid", "DecisionRecorded"),
    ]
    district = DISTRICT if "id" in decided[0] else "310104"
    for place in (0, 1):
        (again,) = await run(offices.certificates, place, holder)
        assert _clauses(again)["17-once"] == "UNMET"
        assert again["eligibility"]["outcome"] == "INELIGIBLE"

    # Revoked at one gateway while somebody follows at the other.
    async with _following(two) as followed:
        revoking = StateSender(one, ONLY_SENDS, key)
        revoked = {**said, "status": "撤销"}
        told = await run(revoking.send_one, 1, revoked)
        assert told.outcomes == ["ACCEPTED"]
        event = await followed.next()
    assert (event["certificateId"], event["state"], event["effectiveOn"]) == (
        *(certificate["id"], "REVOKED", today().isoformat()),
    )

    # Whoever was told of it finds it so, everywhere.
    for place in (0, 1):
        (now,) = await run(offices.certificates, place, holder)
        assert (now["state"], now["standing"]) == ("REVOKED", "REVOKED")
        assert _clauses(now)["219-3b"] == "UNMET"
    late = {**paid, "claim": f"{claim}-late"}
    refused = await run(offices.decide, 1, "late-1", **late)
    assert refused == {"__typename": "DecisionRefused", "code": "NOT_IN_FORCE"}

    # Claimed back from the one payment, and paid back in part.
    found = (await run(offices.ask, 1, BUREAU, RECOVERIES))["recoveries"]["nodes"]
    (recovery,) = [one for one in found if one["claim"] == claim]
    assert recovery["authority"] == {"id": "transport"}
    assert (recovery["state"], recovery["cause"], recovery["amountYuan"]) == (
        *("OPEN", "REVOKED", PAID_YUAN),
    )
    step = {
        "id": recovery["id"],
        "version": recovery["version"],
        "action": "REPAY",
        "amountYuan": 600,
        "reason": "已退回",
    }
    taken = await run(offices.ask, 0, BUREAU, REPAY, step=step)
    assert taken["takeRecoveryStep"]["state"] == "PARTLY_RECOVERED"

    # The sums agree with all of it, at both.
    sums = [await run(offices.totals, place) for place in (0, 1)]
    assert sums[0] == sums[1]
    summed = {row["district"]: row for row in sums[0]}
    assert summed[district]["paid"] == 1
    assert summed[district]["paidYuan"] == PAID_YUAN
    assert summed[district]["recoveriesOpenedYuan"] == PAID_YUAN
    assert summed[district]["recoveredYuan"] == 600
    assert summed[None]["certificatesCollected"] == 1
    assert (summed[None]["stateChanges"], summed[None]["revocations"]) == (1, 1)
