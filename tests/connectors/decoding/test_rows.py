"""A connector answers for the rows it claims, and for no others of its body."""

import pytest

from connectors.agency import Agency
from connectors.answer import Answer, SourceOutcome
from policy.catalogue import load_catalogue
from policy.identity import parse_identity
from signing.trust import TrustBundle
from tests.connectors.agency import (
    COLLECTION_BODY,
    NOW,
    ZHANG,
    absence,
    manifest,
    trusted,
)
from tests.connectors.guard.slow_agency import Notes
from tests.connectors.test_agency import Sends

CATALOGUE = load_catalogue()
FIRE = "shanghai-fire-training-detachment"
ONE, OTHER = "4-07-05-04.1", "4-07-05-04.2"
HOLDER = parse_identity(ZHANG)


def agency_for(rows: frozenset[str] | None) -> Agency:
    """Return an agency of the fire body whose key may attest one of its two rows."""
    key = trusted(institution=FIRE, scope=frozenset({ONE}))
    return Agency(
        manifest((COLLECTION_BODY, FIRE)),
        Sends((absence(),)),
        bundle=TrustBundle.of([key]),
        catalogue=CATALOGUE,
        observer=Notes(),
        clock=lambda: NOW,
        rows=rows,
    )


async def asked(agency: Agency) -> Answer:
    (answer,) = await agency.ask([HOLDER], 5.0)
    return answer


def test_the_body_has_these_rows() -> None:
    assert agency_for(None).rows == {ONE, OTHER}


@pytest.mark.parametrize(
    ("rows", "outcome"),
    [
        pytest.param(frozenset({ONE}), SourceOutcome.NONE, id="the row it claims"),
        pytest.param(None, SourceOutcome.UNVERIFIED, id="all rows of its body"),
    ],
)
async def test_an_absence_speaks_for_the_claimed_rows(
    rows: frozenset[str] | None, outcome: SourceOutcome
) -> None:
    assert (await asked(agency_for(rows))).outcome is outcome
