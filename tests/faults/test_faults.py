"""Whatever is sick, the rest goes on, nothing is lost, and nothing untrue is said."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.faults import SECONDS, UNKNOWN, Fault, tried
from tests.faults.load import PLACES, Load
from tests.faults.measured import Measured, write_down
from tests.faults.model import ANSWERED, Model, Shown
from tests.faults.town import DEADLINE_SECONDS, Kind, Town
from tests.running import eventually

AT_LEAST_SECONDS = max(SECONDS, 0.3)
NOTICED_SECONDS = 30.0
IN_TIME_SECONDS = DEADLINE_SECONDS + 0.5
"""What agencies are waited for, and what there is to do beside that."""
GO_ON = 3
"""So many full answers show that the rest goes on."""
CERTIFIED = 60 + round(20 * SECONDS)
CALLERS = 5


def is_at_work(load: Load) -> bool:
    """Say whether both gateways are answering."""
    return all(load.counted(place, [ANSWERED]) >= GO_ON for place in PLACES)


def last(fault: Fault, load: Load) -> None:
    """Let a fault last until it was noticed, and the rest seen to go on."""
    noticed = load.counted(0, fault.sees)
    gone_on = load.counted(1, [ANSWERED])

    def is_enough() -> bool:
        is_noticed = not fault.sees or load.counted(0, fault.sees) > noticed
        goes_on = load.counted(1, [ANSWERED]) >= gone_on + GO_ON
        return is_noticed and (goes_on or fault.stops_all)

    time.sleep(AT_LEAST_SECONDS)
    eventually(is_enough, NOTICED_SECONDS)


@pytest.mark.parametrize("fault", tried(), ids=str)
def test_the_rest_goes_on(
    towns: Callable[[Kind], tuple[Town, dict[str, Shown]]], fault: Fault
) -> None:
    town, truth = towns(fault.kind)
    model = Model(truth)
    load = Load(town, model, fault.patience_seconds, is_balanced=fault.is_balanced)
    load.waiting.extend(town.certify(CERTIFIED))

    with ThreadPoolExecutor(CALLERS) as pool:
        at_work = load.run(pool)
        try:
            eventually(lambda: is_at_work(load), NOTICED_SECONDS)
            with fault.strike(town):
                last(fault, load)
            healed = time.monotonic()
            eventually(load.is_whole, fault.whole_seconds)
            recovered = time.monotonic() - healed
            # The next fault's callers are to see nothing of this one.
            time.sleep(max(0.0, fault.unheard_seconds - recovered))
        finally:
            load.end()
        for one in at_work:
            one.result()
    load.settle()
    eventually(load.shows_revoked)
    model.compare(load.kept())

    write_down(Measured.of(fault, load, recovered))
    assert model.wrong == []
    assert model.paid
    for place, may in zip(PLACES, (fault.sees | fault.may, fault.others), strict=True):
        assert load.seen[place].keys() <= {ANSWERED, *UNKNOWN, *may}
    if not SECONDS:
        # How long answers take says nothing where other tests take the processors.
        return
    assert load.longest < fault.longest_seconds
    if fault.others_late is not None:
        assert len(load.late(1, IN_TIME_SECONDS)) <= fault.others_late
