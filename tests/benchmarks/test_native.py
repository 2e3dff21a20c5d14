"""What is written in C and in Python is the same on both sides."""

import re
from pathlib import Path

from benchmarks.native import OTHER, SOURCES, Fault, Other, read_others
from benchmarks.sick_agencies import TROUBLES


def test_an_agency_knows_every_fault_by_its_name() -> None:
    source = (SOURCES / "agencies.c").read_text("utf-8")
    names = re.search(r"names\[FAULTS\] = \{(.*?)\};", source, re.DOTALL)

    assert names is not None
    assert re.findall(r'"([\w-]+)",', names[1]) == list(Fault)


def test_every_trouble_is_tried() -> None:
    assert [*TROUBLES] == [one for one in Fault if one not in (Fault.NONE, Fault.TAIL)]


def test_answers_that_are_to_be_judged_are_read_as_they_were_written(
    tmp_path: Path,
) -> None:
    others = [Other(7, 200, 1_500_000, b'{"data":{}}'), Other(8, 429, 20, b"")]
    path = tmp_path / "others"
    path.write_bytes(
        b"".join(
            OTHER.pack(one.line, one.status, one.took_us, len(one.body)) + one.body
            for one in others
        )
    )

    assert read_others(path) == others
