"""Signed records are kept, within a bound, and signed anew before they are stale."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.agency import AgencyId
from sandbox.emergency_management import EmergencyManagement
from sandbox.keys import load_keyring, prepare_keys
from sandbox.registry import Registry, open_registry
from sandbox.sealing import Sealer
from tests.sandbox.people import HOLDS_ALL_THREE
from tests.sandbox.process import question

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ASKED = question(AgencyId.EMERGENCY_MANAGEMENT, (HOLDS_ALL_THREE,))


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """Return what was set."""
        return self.now


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """A registry with the story persons only."""
    agency = AgencyId.EMERGENCY_MANAGEMENT
    made = open_registry(tmp_path, agency, holders=0, today=date(2026, 11, 23))
    with closing(made) as registry:
        yield registry


@pytest.mark.parametrize(
    ("later", "is_same"),
    [
        pytest.param(timedelta(hours=5, minutes=59), True, id="before six hours"),
        pytest.param(timedelta(hours=6, minutes=1), False, id="after six hours"),
    ],
)
async def test_a_record_is_signed_anew_after_six_hours(
    tmp_path: Path, registry: Registry, later: timedelta, is_same: bool
) -> None:
    prepare_keys(tmp_path, START)
    keyring = load_keyring(tmp_path, AgencyId.EMERGENCY_MANAGEMENT)
    clock = Clock()
    agency = EmergencyManagement(registry, Sealer(keyring, clock))
    first = await agency.answer(ASKED, None)
    clock.now = START + later

    again = await agency.answer(ASKED, None)

    assert (again.body == first.body) is is_same
