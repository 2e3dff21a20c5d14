"""A gateway that knows no transport agency, and people who ask it by commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.gateway.privacy.callers import entry
from tests.gateway.registration.desk import OTHER, Desk
from tests.gateway.registration.joining import TABLES, joining_gateway
from tests.running import Agencies

PEOPLE = f"{entry(OTHER, 'connectors:register', purpose=False)}\n{TABLES}"


@contextmanager
def open_desk(folder: Path, agencies: Agencies) -> Iterator[Desk]:
    """Run a gateway, and set up a desk elsewhere."""
    url = f"sqlite:///{folder}/gateway/gateway.db"
    with joining_gateway(folder / "gateway", agencies, url, tables=PEOPLE) as steps:
        yield Desk(agencies, folder / "desk", steps.gateway.url)


@pytest.fixture(name="desk")
def _desk(agencies: Agencies, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path, agencies) as desk:
        yield desk


@pytest.fixture(scope="package", name="drafted")
def _drafted(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """A desk for tests that change nothing; the agency's draft is there."""
    with open_desk(tmp_path_factory.mktemp("drafted"), running_agencies) as desk:
        desk.draft()
        yield desk
