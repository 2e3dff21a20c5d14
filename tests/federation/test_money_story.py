"""The story of one claim's money, on two gateways with one database, to the cent.

A claim is tried, approved, published, paid, comes back from the bank and is paid again.
Its certificate's connector is replaced; the certificate is revoked, which shows in live
answers alone, and nobody asks: the recheck finds it. Some of the money is paid back,
and two people correct what was paid, and where. Then all that is told of it agrees.
"""

import asyncio
import csv
import io
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from policy.certificate import CertificateState
from policy.identity import Identity
from tests import nursery
from tests.contracts.people import nobodies
from tests.federation.living_registry import LivingRegistry, open_desks
from tests.federation.offices import (
    ANOTHER_PLATFORM,
    BUREAU,
    PLATFORM,
    PREVIEW,
    PUDONG,
    XUHUI,
    Offices,
    stated,
)
from tests.federation.test_ledger_events import DECIDED, RECOVERED
from tests.federation.test_replaced import replaced
from tests.gateway.registration.joining import (
    JOINING,
    Joining,
    Steps,
    seconds_until,
)
from tests.gateway.status.sending import compact, today
from tests.gateway.subscriptions.following import Socket, connected
from tests.running import Agencies

T = TypeVar("T")
CLAIM, OFFICER, SECOND = "沪浦补〔2026〕88号", "浦0017", "浦0018"
PUDONG_CODE, XUHUI_CODE = "310115", "310104"
PAID, REPAID, RIGHT = 1600, 600, 1500
AFTER = "transport-2"
TOTALS = """query($day: Date!) { totals(from: $day, to: $day, by: [DISTRICT]) {
  district approved paid paidYuan returned returnedYuan corrected correctedYuan
  recoveriesOpened recoveriesOpenedYuan recoveredYuan } }"""
MEASURES = ("paid", "paidYuan", "returnedYuan", "correctedYuan")
OWED = ("recoveriesOpened", "recoveriesOpenedYuan", "recoveredYuan")
DECISION = """query($claim: String!) { decision(claim: $claim) { id outcome amountYuan
  district payment { state version history { step amountYuan officer } } } }"""
DECISIONS = """query($claim: String!) { decisions(filter: {claim: $claim}) {
  nodes { id } } }"""
RECOVERY = """query($claim: String!) { recoveries(filter: {claim: $claim}) {
  totals { amountYuan recoveredYuan } nodes { id version state cause source district
  holderDiffers amountYuan recoveredYuan history { step amountYuan owedYuan actor } } }
  }"""
LOG = """query($n: String!) { auditRecords(filter: {idNumber: $n}, first: 100) {
  nodes { caller operation } } }"""
CURSORS = "{ eventCursors { decisions recoveries } }"
RULED = [{"clauses": ["17-amount"], "reason": "少缴部分核减", "officer": OFFICER}]


def run(work: Callable[..., T], *arguments: object, **more: object) -> Awaitable[T]:
    return asyncio.to_thread(work, *arguments, **more)


@pytest.fixture(name="registry")
def _registry(running_agencies: Agencies) -> LivingRegistry:
    return LivingRegistry(running_agencies)


@pytest.fixture(name="holder")
def _holder(registry: LivingRegistry) -> Iterator[Identity]:
    """Somebody who was certified two months ago."""
    (holder,) = nobodies(1)
    day = today() - timedelta(days=60)
    registry.issue(holder, f"{compact(day)[2:4]}09000000477777", day)
    yield holder
    registry.forget(holder)


@pytest.fixture(name="desks")
def _desks(
    agencies: Agencies, tmp_path: Path, empty_database_url: str
) -> Iterator[Offices]:
    with open_desks(tmp_path, agencies, empty_database_url) as desks:
        yield desks


@asynccontextmanager
async def following(
    desks: Offices, place: int, token: str, query: str, after: str
) -> AsyncIterator[Socket]:
    async with connected(desks.gateways[place]) as socket:
        await socket.init(token)
        await socket.subscribe(query, after=after)
        yield socket


def decision_of(desks: Offices, place: int, token: str = BUREAU) -> Any:
    return desks.ask(place, token, DECISION, claim=CLAIM)["decision"]


def recovery_of(desks: Offices, place: int, token: str = BUREAU) -> Any:
    return desks.ask(place, token, RECOVERY, claim=CLAIM)["recoveries"]


def sums(desks: Offices, place: int) -> Mapping[str, Mapping[str, int]]:
    rows = desks.ask(place, BUREAU, TOTALS, day=today().isoformat())["totals"]
    return {row["district"]: row for row in rows}


def recheck(desks: Offices) -> str:
    config = desks.gateways[0].folder / "gateway.toml"
    command = [sys.executable, "-m", "gateway", "recheck", "--config", str(config)]
    ended = nursery.run(command, timeout=120, cwd=config.parent)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout + ended.stderr


async def joined(desks: Offices, agencies: Agencies, holder: Identity) -> str:
    """Let the agency join at one gateway; return the certificate's id at the other."""
    joining = Joining(agencies)
    one, two = (Steps(gateway) for gateway in desks.gateways)
    await run(one.join, joining.submission(), joining.key)
    number = holder.number
    await run(seconds_until, lambda: two.outcome(number) == "ANSWERED", 30)
    (certificate,) = await run(desks.certificates, 1, holder)
    assert certificate["eligibility"]["outcome"] == "ELIGIBLE"
    id_: str = certificate["id"]
    return id_


async def paid_twice(desks: Offices, certificate: str) -> None:
    """Try, approve, publish, pay; it comes back, and is paid again."""
    decision = stated(certificate=certificate, claim=CLAIM, outcome="APPROVED")
    preview = await run(desks.ask, 0, PLATFORM, PREVIEW, decision=decision)
    assert preview["previewDecision"]["objections"] == []
    assert preview["previewDecision"]["judgement"]["computedYuan"] == PAID
    assert await run(decision_of, desks, 0) is None

    cursors = (await run(desks.ask, 0, BUREAU, CURSORS))["eventCursors"]
    async with following(desks, 0, PUDONG, DECIDED, cursors["decisions"]) as told:
        approved = await run(
            desks.decide, 1, certificate, CLAIM, key="k-1", outcome="APPROVED"
        )
        assert approved["amountYuan"] == PAID
        assert (await told.next())["decision"]["outcome"] == "APPROVED"
        for place, version, action in (
            *((0, 1, "PUBLISH"), (1, 2, "PAY"), (0, 3, "RETURN"), (1, 4, "PAY")),
        ):
            step = {"claim": CLAIM, "version": version, "action": action}
            taken = await run(desks.pay_step, place, **step)
            assert taken["version"] == version + 1, taken
            # The other gateway knows of it, and takes no step on what it was before.
            late = await run(desks.pay_step, 1 - place, **step)
            assert late["code"] == "CHANGED_MEANWHILE"
        paid = await told.next()
    assert (paid["decision"]["outcome"], paid["decision"]["district"]) == (
        *("PAID", PUDONG_CODE),
    )


async def claimed_back(
    desks: Offices, registry: LivingRegistry, holder: Identity
) -> None:
    """Revoke it where live answers alone show it; some of the money is paid back."""
    registry.put(holder, CertificateState.REVOKED)
    cursors = (await run(desks.ask, 1, BUREAU, CURSORS))["eventCursors"]
    async with following(desks, 1, BUREAU, RECOVERED, cursors["recoveries"]) as told:
        said = await run(recheck, desks)
        assert f"{JOINING}: 1 asked, 1 recoveries opened, 0 unanswered, done" in said
        opened = await told.next()
        (recovery,) = (await run(recovery_of, desks, 1))["nodes"]
        seen = {"id": recovery["id"], "version": recovery["version"]}
        taken = await run(desks.step, **seen, action="REPAY", amountYuan=REPAID)
        repaid = await told.next()
    assert (recovery["cause"], recovery["source"], recovery["holderDiffers"]) == (
        *("REVOKED", "LIVE_ANSWER", False),
    )
    assert taken["state"] == "PARTLY_RECOVERED"
    assert [(one["step"], one["amountYuan"]) for one in (opened, repaid)] == [
        *(("OPEN", None), ("REPAY", REPAID)),
    ]
    # Found once, however often it is looked for.
    assert "0 recoveries opened" in await run(recheck, desks)


async def corrected(desks: Offices, certificate: str) -> None:
    """Two people put right how much was paid, and by which district."""
    wrong = (await run(decision_of, desks, 0))["id"]
    right = stated(
        certificate=certificate,
        claim=CLAIM,
        district=XUHUI_CODE,
        amountYuan=RIGHT,
        rulings=RULED,
    )
    proposed = await run(desks.propose, wrong, replacement=right)
    own = await run(desks.answer, proposed["id"], PLATFORM)
    assert own["code"] == "SAME_PERSON"
    done = await run(desks.answer, proposed["id"], officer=SECOND)
    assert done["answered"]["actor"] == ANOTHER_PLATFORM


def rows_of(text: str) -> list[tuple[str, int]]:
    """Return district and what was paid of each row of a table of decisions."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    return [(row["district"], int(row["paid_yuan"])) for row in rows]


def reconciled(desks: Offices, place: int, listed: str) -> list[dict[str, Any]]:
    day = today().isoformat()
    headers = {"Content-Type": "text/csv", "Authorization": f"Bearer {PLATFORM}"}
    address = f"/reconciliation?from={day}&to={day}&state=PAID"
    status, text = desks.gateways[place].send(address, listed.encode(), headers)
    assert status == 200, text
    return [json.loads(line) for line in text.splitlines()]


def reconcile_command(desks: Offices, folder: Path, listed: str) -> tuple[int, str]:
    """Run the command; return its code, and the differences that it wrote."""
    list_, out = folder / "list.csv", folder / "out.csv"
    list_.write_text(listed, "utf-8")
    day = today().isoformat()
    ended = nursery.run(
        [
            *(sys.executable, "-m", "gateway", "reconcile", str(list_)),
            *("--out", str(out), "--url", desks.gateways[0].url, "--from", day),
            *("--to", day, "--state", "PAID", "--case", "2026-88"),
            *("--purpose", "SUPERVISION_AND_AUDIT"),
        ],
        env={**os.environ, "RECONCILE_TOKEN": PLATFORM},
        timeout=120,
    )
    return ended.returncode, out.read_text("utf-8-sig")


async def test_every_cent_is_accounted_for(
    desks: Offices,
    agencies: Agencies,
    registry: LivingRegistry,
    holder: Identity,
    tmp_path: Path,
) -> None:
    certificate = await joined(desks, agencies, holder)
    await paid_twice(desks, certificate)
    # Another connector of the agency takes the place of the one it was paid by.
    one, two = (Steps(gateway) for gateway in desks.gateways)
    await run(replaced, one, Joining(agencies), JOINING, AFTER)
    answers = lambda: two.outcome(holder.number, AFTER) == "ANSWERED"  # noqa: E731
    await run(seconds_until, answers, 30)
    await claimed_back(desks, registry, holder)
    await corrected(desks, certificate)

    # The sums, at both gateways.
    for place in (0, 1):
        found = await run(sums, desks, place)
        pudong, xuhui = found[PUDONG_CODE], found[XUHUI_CODE]
        assert [pudong[name] for name in MEASURES] == [0, 0, PAID, -PAID]
        assert [xuhui[name] for name in MEASURES] == [1, RIGHT, 0, RIGHT]
        # What was paid back was paid back where it was claimed then.
        assert [pudong[name] for name in OWED] == [0, 0, REPAID]
        assert [xuhui[name] for name in OWED] == [1, RIGHT, 0]

    # The recovery follows the right payment, and each district sees its own.
    (recovery,) = (await run(recovery_of, desks, 0, XUHUI))["nodes"]
    assert (recovery["amountYuan"], recovery["recoveredYuan"]) == (RIGHT, REPAID)
    assert recovery["state"] == "PARTLY_RECOVERED"
    steps = recovery["history"]
    assert [one["step"] for one in steps] == ["OPEN", "REPAY", "REVERSE", "CORRECT"]
    assert sum(one["owedYuan"] or 0 for one in steps) == RIGHT
    assert (await run(recovery_of, desks, 0, PUDONG))["nodes"] == []
    assert (await run(decision_of, desks, 1, XUHUI))["amountYuan"] == RIGHT
    assert (await run(decision_of, desks, 1, PUDONG))["amountYuan"] == PAID

    # The payment's own steps, and the table of decisions.
    now = await run(decision_of, desks, 1)
    history = now["payment"]["history"]
    assert [one["step"] for one in history] == [
        *("APPROVE", "PUBLISH", "PAY", "RETURN", "PAY", "REVERSE", "CORRECT"),
    ]
    assert sum(one["amountYuan"] for one in history) == RIGHT
    query = f"/decisions.csv?from={today()}&to={today()}"
    for place, token, expected in (
        (0, BUREAU, [(PUDONG_CODE, 0), (PUDONG_CODE, 0), (XUHUI_CODE, RIGHT)]),
        (1, BUREAU, [(PUDONG_CODE, 0), (PUDONG_CODE, 0), (XUHUI_CODE, RIGHT)]),
        (0, XUHUI, [(XUHUI_CODE, RIGHT)]),
        (1, PUDONG, [(PUDONG_CODE, 0), (PUDONG_CODE, 0)]),
    ):
        status, text = await run(desks.gateways[place].get, query, token)
        assert (status, rows_of(text)) == (200, expected)

    # The platform's own list, before it knew of the correction, and after.
    day = today().isoformat()
    old, new = (
        f"申领编号,金额,区代码,证件号码,证书标识,日期,状态\n{CLAIM},{yuan},{district},"
        f"{holder.number},{certificate},{day},PAID\n"
        for yuan, district in ((PAID, PUDONG_CODE), (RIGHT, XUHUI_CODE))
    )
    differing, _ = await run(reconciled, desks, 0, old)
    assert differing["result"] == "DIFFERENT"
    assert differing["here"] == {"amountYuan": RIGHT, "district": XUHUI_CODE}
    matching, summary = await run(reconciled, desks, 1, new)
    assert matching["result"] == "MATCH"
    assert summary["summary"]["results"]["MISSING_THERE"] == 0
    code, differences = await run(reconcile_command, desks, tmp_path, new)
    assert (code, len(differences.splitlines())) == (0, 1)

    # Who was looked up, by whom: the log has each step that asked about the holder.
    log = (await run(desks.ask, 1, BUREAU, LOG, n=holder.number))["auditRecords"]
    asked = [one["caller"] for one in log["nodes"]]
    assert asked.count("gateway:recheck") == 2
    assert asked.count(PLATFORM) >= 3
    assert ANOTHER_PLATFORM not in asked
