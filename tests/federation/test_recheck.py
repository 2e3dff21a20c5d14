"""``gateway recheck`` finds what nobody sent or asked about, and loses nothing."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from store.audit.log import WAIT_SECONDS
from tests import nursery
from tests.contracts.people import nobodies
from tests.federation.case_registry import serving_cases
from tests.federation.conftest import NO_CACHE
from tests.federation.offices import BUREAU, PAYS, PLATFORM
from tests.federation.queries import EMERGENCY
from tests.federation.test_read_revocations import REVOKED, Desk
from tests.gateway.privacy.callers import entry
from tests.running import Agencies, running_gateway

MANY = 130
"""More than one step of a recheck has."""
RECOVERIES = """{ recoveries(first: 1000) { nodes { certificate source
  history { step } } } }"""


@pytest.fixture(name="desk")
def _desk(running_agencies: Agencies, tmp_path: Path) -> Iterator[Desk]:
    with serving_cases(running_agencies.folder) as cases:
        agencies = replace(
            running_agencies, urls={**running_agencies.urls, EMERGENCY: cases.url}
        )
        tables = "\n".join(
            (entry(PLATFORM, *PAYS), entry(BUREAU, "recoveries:write", "audit:read"))
        )
        with running_gateway(
            tmp_path / "desk", agencies, manifest=NO_CACHE, tables=tables
        ) as gateway:
            yield Desk(gateway, cases)


def paid(desk: Desk, how_many: int) -> dict[str, str]:
    """Pay for somebody's certificate each; return the ids by person."""
    numbers = [person.number for person in nobodies(how_many)]

    def pay(number: str) -> str:
        desk.say(number)
        id_ = desk.held(number)
        desk.pay(id_, f"recheck-{number[-6:]}")
        return id_

    with ThreadPoolExecutor(8) as payers:
        return dict(zip(numbers, payers.map(pay, numbers), strict=True))


def start(desk: Desk, *words: str) -> subprocess.Popen[str]:
    config = desk.gateway.folder / "gateway.toml"
    return nursery.Popen(
        [sys.executable, "-m", "gateway", "recheck", "--config", str(config), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=desk.gateway.folder,
    )


def run(desk: Desk, *words: str) -> tuple[int, str]:
    with start(desk, *words) as process:
        out, err = process.communicate()
    return process.returncode, out + err


def opened(desk: Desk) -> dict[str, tuple[str, list[str]]]:
    """Return by certificate what opened its recovery, and its steps."""
    _, answer, _ = desk.gateway.post({"query": RECOVERIES}, BUREAU)
    nodes = answer["data"]["recoveries"]["nodes"]
    assert len({node["certificate"] for node in nodes}) == len(nodes)
    return {
        node["certificate"]: (
            node["source"],
            [event["step"] for event in node["history"]],
        )
        for node in nodes
    }


ONCE = ("LIVE_ANSWER", ["OPEN"])


def test_what_is_revoked_in_a_live_answer_alone_is_found(
    desk: Desk, tmp_path: Path
) -> None:
    ids = paid(desk, 3)
    number, *others = ids
    desk.say(number, zt=REVOKED)
    desk.say(others[0], zt="04")

    file = tmp_path / "recheck.prom"
    code, said = run(desk, "--months", "1", "--metrics", str(file))
    again = run(desk, "--json")

    assert code == 0, said
    told = json.loads(again[1])
    assert told["ended"] is True
    assert told["connectors"][0].keys() == {
        *("connector", "asked", "opened", "unanswered", "done")
    }
    assert f"{EMERGENCY}: 3 asked, 1 recoveries opened, 0 unanswered, done" in said
    assert opened(desk) == {ids[number]: ONCE}
    assert f'gateway_recheck_asked{{connector="{EMERGENCY}"}} 3.0' in file.read_text()
    assert "gateway_recheck_is_ended 1.0" in file.read_text()
    assert again[0] == 0
    assert opened(desk) == {ids[number]: ONCE}


def test_the_log_has_the_five_elements_of_a_recheck(desk: Desk) -> None:
    paid(desk, 1)
    query = """{ auditRecords(filter: {matterCode: "recheck"}) { nodes {
      caller organisation officer matterName businessNumber } } }"""

    assert run(desk)[0] == 0

    _, answer, _ = desk.gateway.post({"query": query}, BUREAU)
    (record,) = answer["data"]["auditRecords"]["nodes"]
    assert record["caller"] == "gateway:recheck"
    assert all(record.values())


def test_nothing_is_asked_about_what_was_paid_before(desk: Desk) -> None:
    paid(desk, 1)

    code, said = run(desk, "--since", "2099-01-01")

    assert code == 0, said
    assert "asked" not in said


def test_an_agency_that_is_down_is_asked_the_next_time(desk: Desk) -> None:
    ids = paid(desk, 2)
    number, _ = ids
    desk.say(number, zt=REVOKED)
    desk.cases.is_down = True
    down, said = run(desk)
    before = opened(desk)
    desk.cases.is_down = False
    up, _ = run(desk)

    assert (down, before) == (1, {}), said
    assert (up, opened(desk)) == (0, {ids[number]: ONCE})


def test_a_database_that_is_away_for_a_moment_is_waited_for(desk: Desk) -> None:
    paid(desk, 3)
    file = desk.gateway.folder / "gateway.db"

    with (
        start(desk) as process,
        closing(sqlite3.connect(file, isolation_level=None)) as database,
    ):
        while not database.execute("SELECT id FROM rechecks").fetchall():
            assert process.poll() is None
        # Longer than a look-up waits to be on the audit log.
        database.execute("BEGIN IMMEDIATE")
        time.sleep(WAIT_SECONDS + 1)
        database.execute("ROLLBACK")
        said, errors = process.communicate()

    assert process.returncode == 0, errors
    assert f"{EMERGENCY}: 3 asked" in said


def test_whoever_got_no_answer_to_be_believed_is_asked_again(desk: Desk) -> None:
    ids = paid(desk, 2)
    number, _ = ids
    desk.say(number, zt=REVOKED, zjhm="310199199999999999")
    first, said = run(desk)
    desk.say(number, zt=REVOKED)
    second, _ = run(desk)

    assert first == 1
    assert "1 unanswered" in said
    assert (second, opened(desk)) == (0, {ids[number]: ONCE})


def test_out_of_its_hours_it_asks_nobody(desk: Desk) -> None:
    paid(desk, 1)

    now = time.time() + 8 * 3600
    first, end = (time.strftime("%H:%M", time.gmtime(now + h * 3600)) for h in (2, 3))
    code, said = run(desk, "--hours", f"{first}-{end}")
    wrong, _ = run(desk, "--hours", "at night")

    assert code == 1
    assert f"{EMERGENCY}: 0 asked" in said
    assert wrong == 2


def test_killed_anywhere_it_goes_on_and_opens_nothing_twice(desk: Desk) -> None:
    ids = paid(desk, MANY)
    for number in ids:
        desk.say(number, zt=REVOKED)

    # The first hundred at once, the others some seconds later.
    with start(desk, "--rate", "20") as process:
        while len(opened(desk)) == 0:
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    between = len(opened(desk))
    code, said = run(desk)

    assert between == 100
    assert code == 0, said
    assert f"{EMERGENCY}: {MANY} asked, {MANY} recoveries opened" in said
    assert opened(desk) == dict.fromkeys(ids.values(), ONCE)
