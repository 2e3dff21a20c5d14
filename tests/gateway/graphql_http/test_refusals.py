"""What HTTP refuses is explained, with its status, where integrators look."""

from gateway.graphql_http.refusals import STATUSES, Code
from tests.architecture.documents import table

PAGE = "docs/integrators.md"


def test_every_refusal_stands_on_the_page_with_its_status() -> None:
    told = {row[0].strip("`"): int(row[1]) for row in table(PAGE, "Refusal")}

    assert told == STATUSES


def test_every_code_has_a_status_and_none_blames_us_but_for_time_and_room() -> None:
    ours = [code for code, status in STATUSES.items() if status >= 500]

    assert set(STATUSES) == set(Code)
    assert ours == [Code.TIMED_OUT, Code.UNAVAILABLE, Code.OVERLOADED]
