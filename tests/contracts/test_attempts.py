"""A question that is asked again in a new session counts again, once it is asked."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from connectors.agency import Agency
from connectors.answer import Answer, SourceOutcome
from tests.contracts.licence_stores import ELEMENTS, PASSWORD, USUAL, Asking
from tests.running import Agencies
from tests.sandbox.process import address_of, started

ENOUGH = 10.0


@pytest.fixture(name="asking")
async def _asking(running_agencies: Agencies) -> AsyncIterator[Asking]:
    folder = running_agencies.folder
    with started(
        *("licence-store", "--dir", folder, "--password", PASSWORD, "--port", "0")
    ) as store:
        async with aiohttp.ClientSession(auto_decompress=False) as session:
            yield Asking(address_of(store), USUAL, session, running_agencies)


async def asked(asking: Asking, agency: Agency) -> Answer:
    person = asking.person()
    (answer,) = await agency.ask([person], ENOUGH, ELEMENTS, names=asking.names(person))
    return answer


async def test_a_new_session_counts_where_the_question_was_asked_in_it(
    asking: Asking,
) -> None:
    agency = asking.agency()

    first = await asked(asking, agency)
    await asking.turn(left=0)
    renewed = await asked(asking, agency)
    await asking.turn(left=0, trouble="refused-log-in")
    locked_out = await asked(asking, agency)
    await agency.close()

    assert [first.attempts, renewed.attempts] == [1, 2]
    assert (locked_out.outcome, locked_out.attempts) == (SourceOutcome.REFUSED, 1)
