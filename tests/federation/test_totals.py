"""Sums over sockets: the graph and the CSV file say the same, to who may know."""

import csv
import io

import pytest

from tests.federation.offices import BUREAU, READER, Offices
from tests.gateway.status.sending import today

DIMENSIONS = ["MONTH", "AUTHORITY", "DISTRICT", "ITEM", "LEVEL"]
TOTALS = """query($day: Date!, $by: [TotalsBy!]!) {
  totals(from: $day, to: $day, by: $by) { month authority { id } district itemCode level
    certificatesCollected stateChanges paid paidYuan recoveriesOpened
    recoveredYuan } }"""


def file(offices: Offices, query: str, token: str | None = BUREAU) -> tuple[int, str]:
    """Return status and text of the CSV file."""
    return offices.gateways[1].get(f"/totals.csv?{query}", token)


def test_the_file_says_what_the_graph_says(offices: Offices) -> None:
    _, said, certificate = offices.certified()
    offices.decide(0, certificate, "summed")
    offices.change(said, "撤销")
    day = today().isoformat()

    rows = offices.ask(0, BUREAU, TOTALS, day=day, by=DIMENSIONS)["totals"]
    status, text = file(offices, f"from={day}&to={day}&by={','.join(DIMENSIONS)}")

    assert (status, text[0]) == (200, "\ufeff")
    shown = [
        [
            *(row["month"], (row["authority"] or {"id": None})["id"]),
            *(row["district"], row["itemCode"], row["level"]),
            *(row["certificatesCollected"], row["stateChanges"], row["paid"]),
            *(row["paidYuan"], row["recoveriesOpened"], row["recoveredYuan"]),
        ]
        for row in rows
    ]
    told = [
        [
            *(row["month"], row["authority"], row["district"], row["item"]),
            *(row["level"], row["certificates_collected"], row["state_changes"]),
            *(row["paid"], row["paid_yuan"], row["recoveries_opened"]),
            row["recovered_yuan"],
        ]
        for row in csv.DictReader(io.StringIO(text[1:]))
    ]
    assert told == [["" if v is None else str(v) for v in row] for row in shown]
    assert any(row["paid"] for row in rows)


@pytest.mark.parametrize(
    ("query", "token", "status"),
    [
        pytest.param("from=2026-11-01&to=2026-11-30", None, 401, id="nobody"),
        pytest.param("from=2026-11-01&to=2026-11-30", READER, 403, id="a reader"),
        pytest.param("from=2026-11-01", BUREAU, 400, id="no last day"),
        pytest.param("from=2026-11-01&to=2026-11-30&by=X", BUREAU, 400, id="by what"),
        pytest.param("from=2026-11-31&to=2026-11-30", BUREAU, 400, id="no such day"),
    ],
)
def test_who_may_not_know_or_asks_wrongly_gets_no_file(
    offices: Offices, query: str, token: str | None, status: int
) -> None:
    found, text = file(offices, query, token)

    assert found == status
    assert "paid_yuan" not in text
