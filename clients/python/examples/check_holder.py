"""Job 1: which certificates does a person hold, and is a subsidy due for one of them?

    python examples/check_holder.py 310199199304120011 1.2 UNGRADED

An exit of 0 says ELIGIBLE, 1 INELIGIBLE, 3 that it is not known: ask again later, or
have it looked at. GATEWAY_URL and GATEWAY_TOKEN say where and as whom to ask.
"""

import asyncio
import os
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from certificate_gateway_client import GatewayClient
from certificate_gateway_client.generated import (
    Acquisition,
    CheckHolderHolderHolder,
    CheckHolderHolderInvalidIdentity,
    ClaimantCategory,
    ClaimInput,
    EligibilityOutcome,
    Hukou,
    Language,
    Level,
)

EXITS = {EligibilityOutcome.ELIGIBLE: 0, EligibilityOutcome.INELIGIBLE: 1}
NOT_KNOWN = 3
KNOWN = {"ANSWERED", "NONE"}
"""Outcomes after which nothing of an agency is missing."""
CLAIM = ClaimInput(
    claimedOn=datetime.now(ZoneInfo("Asia/Shanghai")).date(),
    category=ClaimantCategory.UNEMPLOYED,
    hukou=Hukou.SHANGHAI,
    isCivilServant=False,
    acquisition=Acquisition.EXAMINATION,
)


async def check(number: str, item: str, level: str) -> int:
    """Print what is known of a person; return the exit."""
    async with GatewayClient(
        os.environ["GATEWAY_URL"], os.environ["GATEWAY_TOKEN"]
    ) as gateway:
        answer = await gateway.check_holder(
            number, item, Level(level), CLAIM, language=Language.EN
        )
    holder = answer.holder
    if isinstance(holder, CheckHolderHolderHolder):
        return show(holder)
    if isinstance(holder, CheckHolderHolderInvalidIdentity):
        print(f"{holder.problem.value}: {holder.message}")
    return NOT_KNOWN


def show(holder: CheckHolderHolderHolder) -> int:
    """Print certificates, silent agencies and the verdict; return the exit."""
    for one in holder.certificates.nodes if holder.certificates else ():
        state = one.state.value if one.state else "state not known"
        print(f"{one.title}: {state}, signed {one.provenance.verdict.value}")
    for source in holder.sources:
        if source.outcome.value not in KNOWN:
            print(f"{source.agency}: {source.outcome.value} {source.reason or ''}")
    verdict = holder.claim_eligibility
    if verdict is None or verdict.typename__ == "ClaimInFuture":
        return NOT_KNOWN
    print(verdict.outcome.value, verdict.amount_yuan or "")
    for finding in verdict.findings:
        if finding.next_step is not None:
            step = finding.next_step
            print(f"{finding.clause}: {finding.reason}")
            print(f"  {step.actor.value}: {step.words}")
    return EXITS.get(verdict.outcome, NOT_KNOWN)


if __name__ == "__main__":
    sys.exit(asyncio.run(check(*sys.argv[1:])))
