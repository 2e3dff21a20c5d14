"""Take every step again and again until killed.

``python -m tests.store.registration.stepping URL``. Each step that was committed is
written to standard output, after its commit.
"""

import asyncio
import sys
from datetime import timedelta
from itertools import count

from connectors.registration.connector import Connector
from connectors.registration.sanctions import SanctionKind, SanctionState
from store.database import open_database
from tests.store.registration.office import (
    OPERATOR,
    SECOND,
    Office,
    make_key,
    named,
    open_office,
)


def done(connector: Connector) -> Connector:
    """Say which version is kept."""
    sys.stdout.write(f"{connector.id} {connector.version}\n")
    sys.stdout.flush()
    return connector


async def live(office: Office, id_: str) -> None:
    """Take all steps of one connector's life."""
    steps, keys = office.office.connectors, office.office.keys
    one = done(await office.drafted(manifest=named(id_)))
    one = done(await office.prove(one, make_key(f"{id_}-1")))
    one = done(await steps.submit(office.step(one)))
    one = done(await steps.check(office.step(one, OPERATOR)))
    one = done(await steps.send_back(office.step(one, OPERATOR)))
    one = done(await steps.submit(office.step(one)))
    one = done(await steps.check(office.step(one, OPERATOR)))
    one = done(await steps.approve(office.step(one, SECOND)))
    one = done(await steps.activate(office.step(one, SECOND)))
    one = done(await office.prove(one, make_key(f"{id_}-2")))
    one = done(await keys.approve(office.step(one, SECOND), f"{id_}-2"))
    rotated = keys.rotate(
        office.step(one), old=f"{id_}-1", new=f"{id_}-2", overlap=timedelta(days=1)
    )
    one = done(await rotated)
    one = done(await keys.retire(office.step(one), f"{id_}-1"))
    one = done(await steps.suspend(office.step(one, SECOND)))
    one = done(await steps.resume(office.step(one, SECOND)))
    since = office.clock.now
    one = done(await keys.compromise(office.step(one), f"{id_}-2", since))
    sanctions = office.office.sanctions
    freeze = SanctionKind.FREEZE
    made = await sanctions.propose(SECOND, "transport", freeze, "forged")
    await sanctions.confirm(OPERATOR, made.id or 0, "seen")
    await sanctions.lift(SECOND, made.id or 0, "put right")
    done(await steps.retire(office.step(one, SECOND)))


async def main(url: str) -> None:
    """Go on where somebody was killed, with connectors of other names."""
    async with open_database(url) as engine:
        office = open_office(engine)
        begun = await office.store.connectors()
        for old in begun:
            if old.state != "RETIRED":
                await office.office.connectors.retire(office.step(old, SECOND))
        for sanction in await office.store.sanctions(lifted=False):
            steps = office.office.sanctions
            if sanction.state is SanctionState.PROPOSED:
                await steps.reject(SECOND, sanction.id or 0, "left behind")
            else:
                await steps.lift(SECOND, sanction.id or 0, "left behind")
        for number in count(len(begun)):
            await live(office, f"agency-{number}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
