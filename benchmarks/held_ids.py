"""The ids of certificates that people hold, as the gateway gives them out."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from benchmarks.people import id_number
from benchmarks.processes import BenchmarkError
from benchmarks.questions import HELD, PEOPLE_A_BATCH, body
from benchmarks.stage import Server

ELIGIBLE = "ELIGIBLE"


def held_ids(
    server: Server, people: int, today: date, *, eligible: bool
) -> Iterator[list[str]]:
    """Yield the ids of each person's certificates, of ``people`` from the first on.

    ``eligible`` leaves out what is not paid for.

    Raises:
        BenchmarkError: the gateway does not tell.
    """
    everybody = iter(range(people))
    while some := list(islice(everybody, PEOPLE_A_BATCH)):
        asked = [{"idNumber": id_number(index)} for index in some]
        variables = {"people": asked, "on": today.isoformat()}
        _, answer = server.post(body(HELD, variables))
        if not answer or answer.get("errors"):
            raise BenchmarkError(f"ids are not given out: {answer}")
        for holder in answer["data"]["holders"]["nodes"]:
            yield [
                node["id"]
                for node in holder["certificates"]["nodes"]
                if not eligible or node["eligibility"]["outcome"] == ELIGIBLE
            ]
