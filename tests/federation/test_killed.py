"""Killed with SIGKILL at any moment: nothing told is lost, nothing is there twice.

The moments are drawn, a few by default, from a seed that is always the same.
"""

import json
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from random import Random
from typing import Any

import pytest

from gateway.demo.demo import HOST
from tests.federation.offices import (
    BUREAU,
    PLATFORM,
    TABLES,
    Offices,
)
from tests.federation.test_read_revocations import REVOKED, Desk
from tests.federation.test_recheck import ONCE, opened, paid, run, start
from tests.federation.test_recheck import _desk as _desk  # noqa: PLC0414 - a fixture
from tests.gateway.collection.sending import ONLY_SENDS, write_collecting
from tests.gateway.collection.test_killed import mortal
from tests.gateway.status.sending import today
from tests.nursery import Popen
from tests.ports import free_port
from tests.running import Agencies

CHANCE = Random(2219)  # noqa: S311 - moments, not secrets
STRIKES, CLAIMS = 2, 6
WAY = ("PUBLISH", "PAY", "RETURN", "PAY")
KEPT = """query($claim: String!) { decisions(filter: {claim: $claim}) { nodes { id
  outcome payment { version history { step } } } } }"""
TOTALS = """query($day: Date!) { totals(from: $day, to: $day, by: []) {
  approved paid paidYuan returned } }"""


def kept(offices: Offices, claim: str) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]]
    nodes = offices.ask(0, BUREAU, KEPT, claim=claim)["decisions"]["nodes"]
    return nodes


def go_on(offices: Offices, claim: str, certificate: str) -> list[int]:
    """Go as far as the gateway lives; return the versions that were told of."""
    told: list[int] = []
    with suppress(OSError, HTTPException):
        offices.decide(0, certificate, claim, outcome="APPROVED")
        told.append(1)
        version = kept(offices, claim)[0]["payment"]["version"]
        for action in WAY[version - 1 :]:
            step = {"claim": claim, "version": version, "action": action}
            taken = offices.pay_step(0, **step)
            assert taken["version"] == version + 1, taken
            told.append(version := taken["version"])
    return told


def test_a_gateway_that_is_killed_has_all_that_it_told(
    running_agencies: Agencies, tmp_path: Path, database_url: str
) -> None:
    port = free_port(HOST)
    config = write_collecting(
        *(tmp_path / "gateway", running_agencies, database_url, port, TABLES)
    )
    for path in (config.parent / "manifests").glob("*.toml"):
        if path.stem not in (ONLY_SENDS, "emergency-management", "fire-rescue"):
            path.unlink()
    with mortal(config, port) as gateway:
        offices = Offices((gateway, gateway), running_agencies)
        claims = {f"killed-{n}": offices.certified()[2] for n in range(CLAIMS)}

    told: dict[str, list[int]] = {claim: [] for claim in claims}
    with ThreadPoolExecutor(CLAIMS) as clerks:
        for _ in range(STRIKES):
            with mortal(config, port):
                at_work = {
                    claim: clerks.submit(go_on, offices, claim, certificate)
                    for claim, certificate in claims.items()
                }
                time.sleep(CHANCE.uniform(0.05, 0.6))
            for claim, work in at_work.items():
                told[claim] += work.result(30)

    with mortal(config, port):
        for claim, versions in told.items():
            found = kept(offices, claim)
            # What was told is there; a step of which nothing was told may be, once.
            version = found[0]["payment"]["version"] if found else 0
            assert version >= max(versions, default=0)
            go_on(offices, claim, claims[claim])
            paid_, approved = kept(offices, claim)
            assert (paid_["outcome"], approved["outcome"]) == ("PAID", "APPROVED")
            steps = [one["step"] for one in paid_["payment"]["history"]]
            assert steps == ["APPROVE", *WAY]
        (sums,) = offices.ask(0, BUREAU, TOTALS, day=today().isoformat())["totals"]
    assert sums == {
        "approved": CLAIMS,
        "paid": CLAIMS,
        "paidYuan": CLAIMS * 1600,
        "returned": CLAIMS,
    }


def test_a_recheck_that_is_killed_again_and_again_opens_each_once(desk: Desk) -> None:
    ids = paid(desk, 5)
    for number in ids:
        desk.say(number, zt=REVOKED)

    for _ in range(STRIKES):
        with start(desk) as process:
            time.sleep(CHANCE.uniform(0.1, 1.5))
            process.send_signal(signal.SIGKILL)
            process.communicate()
    code, said = run(desk)

    assert code == 0, said
    assert opened(desk) == dict.fromkeys(ids.values(), ONCE)


@pytest.mark.parametrize("seconds", [CHANCE.uniform(0.1, 1.0)])
def test_a_reconciliation_that_is_killed_is_done_anew(
    offices: Offices, tmp_path: Path, seconds: float
) -> None:
    _, _, certificate = offices.certified()
    offices.decide(0, certificate, "listed-and-killed")
    listed, out = tmp_path / "list.csv", tmp_path / "out.csv"
    rows = "".join(f"listed-{n},1600\n" for n in range(2_000))
    listed.write_text(f"claim,amount_yuan\nlisted-and-killed,1601\n{rows}", "utf-8")
    day = today().isoformat()
    command = [
        *(sys.executable, "-m", "gateway", "reconcile", str(listed)),
        *("--out", str(out), "--url", offices.gateways[1].url),
        *("--from", day, "--to", day, "--state", "RETURNED", "--case", "2026-88"),
        *("--purpose", "SUPERVISION_AND_AUDIT"),
    ]
    environment = {**os.environ, "RECONCILE_TOKEN": PLATFORM}

    with Popen(command, env=environment, stdout=-1, stderr=-1) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    with Popen(command, env=environment, stdout=-1, stderr=-1) as process:
        _, said = process.communicate(timeout=120)

    assert process.returncode == 1, said
    differences = out.read_text("utf-8-sig").splitlines()[1:]
    assert len([row for row in differences if "MISSING_HERE" in row]) == 2_000
    # Once, whatever else was decided that day and is not on the list.
    (other,) = [row for row in differences if "listed-and-killed" in row]
    assert json.dumps(1600) in other
