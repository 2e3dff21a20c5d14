"""The database's connections are cut again and again, and all work goes on afterwards.

A cut comes at any moment: in the middle of a statement, of a commit, of opening
another connection. None of the errors that a driver makes of it ends anything for good.
"""

import asyncio
import json
import random
import time
from http import HTTPStatus
from pathlib import Path

from tests.contracts.people import nobodies
from tests.federation.queries import SOURCES
from tests.gateway.collection.sending import collecting_gateway
from tests.postgresql import PostgreSQL
from tests.running import Agencies, Gateway, eventually

CUTS = 40
LONGEST_SECONDS = 0.1


def tasks(gateway: Gateway) -> dict[str, str]:
    """Return the state of each piece of work beside the requests."""
    ready = json.loads(gateway.get("/health/ready")[1])
    return {task["name"]: task["state"] for task in ready["tasks"]}


def is_answered(gateway: Gateway) -> bool:
    """Say whether a look-up is put on the audit log, and answered."""
    (person,) = nobodies(1)
    question = {"query": SOURCES, "variables": {"idNumber": person.number}}
    status, body, _ = gateway.post(question)
    return status == HTTPStatus.OK and body["data"]["holder"] is not None


def test_after_many_cuts_every_task_lives_and_people_are_answered(
    postgresql: PostgreSQL, agencies: Agencies, tmp_path: Path
) -> None:
    moments = random.Random(7)  # noqa: S311 - no secret
    name = asyncio.run(postgresql.make_newest())
    with collecting_gateway(tmp_path, agencies, postgresql.url(name)) as gateway:
        before = tasks(gateway)
        for _ in range(CUTS):
            asyncio.run(postgresql.cut_off(name))
            time.sleep(moments.uniform(0, LONGEST_SECONDS))

        eventually(lambda: set(tasks(gateway).values()) == {"running"}, 60)
        eventually(lambda: is_answered(gateway), 30)
        after = tasks(gateway)
        status, _ = gateway.get("/health/ready")

    assert "changes" in before
    assert after.keys() == before.keys()
    assert status == 200
