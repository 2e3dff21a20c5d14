"""No answer is given whose record could still be lost."""

import asyncio
import os
import signal
import sqlite3
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from subprocess import DEVNULL

from sqlalchemy import text

from bureau.look_ups.audit import AuditEvent
from gateway.demo.demo import HOST, write_configuration
from gateway.demo.processes import await_answer
from store.audit.log import open_audit_log
from store.store import open_store
from tests.gateway.privacy.callers import TABLES
from tests.gateway.privacy.questions import HOLDER, error_of, number_of, question
from tests.nursery import Popen
from tests.ports import free_port
from tests.running import HEARD, TOKEN, Agencies, Gateway, running_gateway

ANSWERED = {AuditEvent.LOOKED_UP, AuditEvent.UNCONFIRMED}


async def kept_in(database_url: str) -> list[str | None]:
    """Return the requests that the log says may have been answered, minutes later."""
    async with (
        open_store(database_url) as store,
        open_audit_log(store) as log,
    ):
        async with store.engine.begin() as connection:
            await connection.execute(
                text("UPDATE audit_intents SET began = began - 1000")
            )
        await log.settle()
        records = log.export(None, None)
        return [r.request_id async for r in records if r.event in ANSWERED]


def test_every_answer_before_a_sigkill_is_on_the_log(
    agencies: Agencies, tmp_path: Path, database_url: str
) -> None:
    port = free_port(HOST)
    config = write_configuration(
        tmp_path,
        trust_folder=agencies.folder,
        port=port,
        agencies=agencies.urls,
        token=TOKEN,
        id_number="",
    )
    log = tmp_path / "gateway.log"
    with log.open("wb") as errors:
        process = Popen(
            [sys.executable, "-m", HEARD, str(config)],
            stderr=errors,
            stdout=DEVNULL,
            env={**os.environ, "GATEWAY_DATABASE_URL": database_url},
            text=True,
            start_new_session=True,
        )
    await_answer(f"http://{HOST}:{port}/health/live", process, log)
    gateway = Gateway(f"http://{HOST}:{port}", tmp_path)
    answered: list[str] = []

    def ask(client: int) -> None:
        body = question(HOLDER, n=number_of(agencies))
        for n in range(10_000):
            name = f"{client}-{n}"
            with suppress(OSError):
                status, answer, _ = gateway.post(body, headers={"X-Request-Id": name})
                if status == 200 and "errors" not in answer:
                    answered.append(name)
                    continue
            return

    clients = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for client in clients:
        client.start()
    while len(answered) < 100:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    for client in clients:
        client.join()
    process.wait()

    kept = asyncio.run(kept_in(database_url))
    assert len(answered) >= 100
    assert set(answered) - set(kept) == set()
    assert len(kept) == len(set(kept))


def test_while_the_log_cannot_be_written_nobody_is_looked_up(
    agencies: Agencies, tmp_path: Path
) -> None:
    body = question(HOLDER, n=number_of(agencies))
    with running_gateway(tmp_path, agencies, tables=TABLES) as gateway:
        with closing(sqlite3.connect(tmp_path / "gateway.db")) as database:
            database.execute("ALTER TABLE audit_records RENAME TO elsewhere")
            database.commit()
            refused = [error_of(gateway.post(body)[1]) for _ in range(3)]
            metrics = gateway.get("/metrics")[1]
            database.execute("ALTER TABLE elsewhere RENAME TO audit_records")
            database.commit()
        agencies.reset()
        until = time.monotonic() + 10
        while "errors" in gateway.post(body)[1]:
            assert time.monotonic() < until
            time.sleep(0.05)

    assert {error["extensions"]["code"] for error in refused} == {"AUDIT_UNAVAILABLE"}
    assert 'gateway_audit_records_total{result="failed"}' in metrics
    assert 'gateway_look_ups_refused_total{code="AUDIT_UNAVAILABLE"} 3.0' in metrics


def test_a_stop_keeps_what_was_answered(agencies: Agencies, tmp_path: Path) -> None:
    body = question(HOLDER, n=number_of(agencies))
    with running_gateway(tmp_path, agencies, tables=TABLES) as gateway:
        gateway.post(body, headers={"X-Request-Id": "last"})

    with closing(sqlite3.connect(tmp_path / "gateway.db")) as database:
        found = database.execute(
            "SELECT count(*) FROM audit_records WHERE request_id = 'last'"
        ).fetchone()
    assert found == (1,)


def test_retention_is_applied_at_the_start_and_is_on_the_log(
    agencies: Agencies, tmp_path: Path
) -> None:
    with running_gateway(tmp_path, agencies, tables=TABLES):
        pass

    with closing(sqlite3.connect(tmp_path / "gateway.db")) as database:
        found = database.execute(
            "SELECT event, caller, removed FROM audit_records"
        ).fetchall()
    assert found == [("RETENTION_APPLIED", "gateway", 0)]
