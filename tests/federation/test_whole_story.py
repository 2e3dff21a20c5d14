"""The whole story on two gateways with one database, over sockets, as it is lived.

An agency sends a certificate; it is eligible and paid for; the agency revokes it. From
then on both gateways say so, the payment is claimed back, whoever follows was told, and
the sums agree with all of it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

import pytest

from policy.identity import Identity
from tests.contracts.people import nobodies
from tests.federation.offices import (
    BUREAU,
    DISTRICT,
    FOLLOWER,
    Offices,
    offices_on,
)
from tests.gateway.collection.sending import (
    ONLY_SENDS,
    Sender,
    key_of,
    line,
    payload,
    record,
)
from tests.gateway.states.sending import StateSender, compact, today
from tests.gateway.subscriptions.following import Socket, connected
from tests.running import Agencies, Gateway

RECOVERIES = """{ recoveries { nodes { id version state cause certificate claim
  amountYuan recoveredYuan authority { id } history { step } } } }"""
REPAY = """mutation($step: RecoveryStepInput!) { takeRecoveryStep(step: $step) {
  __typename ... on Recovery { state } ... on RecoveryRefused { code } } }"""
FOLLOW = """subscription($after: String) { certificateStateChanged(after: $after) {
  cursor certificateId state effectiveOn } }"""
STATED_LEVEL, PAID_YUAN = "4", 1600
NUMBERS = count(1)
T = TypeVar("T")


@pytest.fixture(scope="module", name="offices", params=["sqlite", "postgresql"])
def _offices(
    request: pytest.FixtureRequest,
    running_agencies: Agencies,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Offices]:
    folder = tmp_path_factory.mktemp("story")
    with offices_on(request, folder, running_agencies) as found:
        yield found


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
