"""The towns, each opened once for all faults, when the first of them asks for it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from tests.faults.asking import HOLDER, PATIENT_SECONDS, ask
from tests.faults.load import PEOPLE
from tests.faults.model import ANSWERED, Shown
from tests.faults.town import Kind, Town, open_town

Towns = Callable[[Kind], tuple[Town, dict[str, Shown]]]


@pytest.fixture(scope="package", name="towns")
def _towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Towns]:
    """Give a town by its database, and what is shown there while nothing is sick."""
    with ExitStack() as stack:

        @cache
        def town_of(kind: Kind) -> tuple[Town, dict[str, Shown]]:
            folder = tmp_path_factory.mktemp("town")
            town = stack.enter_context(open_town(folder, kind))
            return town, truth_of(town)

        yield town_of


def truth_of(town: Town) -> dict[str, Shown]:
    """Return what is shown of each person while nothing is sick."""
    shown = {}
    for person, (item, level) in PEOPLE.items():
        number = town.agencies.person(person)["idNumber"]
        told = ask(
            town.gateways[1], PATIENT_SECONDS, HOLDER, n=number, item=item, level=level
        )
        assert told.kind == ANSWERED, told
        shown[person] = told.data["holder"]
    return shown
