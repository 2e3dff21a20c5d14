"""Every command line of the pages is taken by its program, and run where it can be."""

import re
import shutil

import pytest
from typer import TyperException

from tests.architecture.documents import ROOT, Block, blocks
from tests.node import unavailable
from tests.pages.desk import Desk
from tests.pages.lines import OTHERS, Line, lines_of, programs, refuse_unknown

TYPED = [
    *(one for one in blocks("sh") if "docs/tutorial-" not in one.page),
    *(one for one in blocks("bash") if one.page == "docs/key-ceremony.md"),
]
LINES = [line for block in TYPED for line in lines_of(block)]
NOT_RUN = {
    "make ": "takes minutes or hours; each target is there, and takes its OPTIONS",
    "pip install ./clients/python": "tests/third_party/test_clients.py installs it",
    "GATEWAY_URL=": "tests/third_party/test_clients.py runs the examples",
    "python my-registry/registry.py": "serves; tutorial-agency starts it",
    "gateway connector check": "needs a registry that serves; tutorial-agency has one",
    "gateway check claims.xlsx": "as the line above it; tests/gateway/batch has sheets",
    "gateway verify code.txt": "what a scanner reads: tests/gateway/evidence",
    "node verify-bundle.mjs code.txt": "likewise",
    "gateway collect records.ndjson --url https://gateway.example.cn": (
        "as the block below it, which makes the records"
    ),
    "gateway serve": "serves; tutorial-gateway starts it",
    "gateway witness serve": "serves; tests/gateway/witness starts it",
    "gateway witness conflicts": "reads what one saw while it served; likewise",
    "kill -HUP": "needs systemd; tutorial-gateway sends the signal",
    "gateway database restore": "has every gateway stopped; tests/gateway/database",
    "echo 310199198602140067 |": "as the line above it; tests/gateway/privacy",
    "gateway recheck": "waits for the night; tests/federation/test_recheck.py",
    "gateway transparency mirror": "goes on; tests/gateway/transparency/test_mirror.py",
    "softhsm2-util": "makes a token; tests/gateway/providers makes one",
    "pkcs11-tool": "needs OpenSC; tests/gateway/providers makes keys in a token",
    "openssl pkeyutl -verify": "a release; tests/gateway/providers/test_release.py",
    "openssl dgst -sha256 -verify": "likewise",
    "sha256sum --check": "likewise",
    "gateway keys": "needs the module; tests/gateway/providers/test_rotation.py",
}
"""What is read only, by how it begins, and why: what it needs, who runs the like."""
ENDS = {
    "gateway collect states.ndjson": 1,
}
"""The code of a line that does not end with 0 here, by how it begins.

A change of a certificate that was never seen is told as one."""


def reasons(line: Line) -> list[str]:
    """Return how each line begins that is not run, and that this one is."""
    return [start for start in NOT_RUN if line.text.startswith(start)]


RUN = {block: [one for one in lines_of(block) if not reasons(one)] for block in TYPED}


@pytest.mark.parametrize("block", TYPED, ids=str)
def test_its_program_takes_a_line(block: Block) -> None:
    for line in lines_of(block):
        for words in programs(line.text):
            refuse_unknown(words)


@pytest.mark.parametrize("block", [one for one in RUN if RUN[one]], ids=str)
def test_a_block_does_what_it_says(block: Block, desk: Desk) -> None:
    for line in RUN[block]:
        program = line.text.split()[0]
        if program in OTHERS and program != "python" and not shutil.which(program):
            unavailable(f"{program} not found; the pages type it")
        ended = desk.type(line)

        ends = [code for start, code in ENDS.items() if line.text.startswith(start)]
        assert [ended.code] == (ends or [0]), f"{line}: {ended.said}"


def test_no_reason_is_without_its_line() -> None:
    assert {start for line in LINES for start in reasons(line)} == set(NOT_RUN)


def test_who_runs_the_like_is_there() -> None:
    named = {
        one for why in NOT_RUN.values() for one in re.findall(r"tests/[^ ,;]+", why)
    }

    assert named
    assert {one for one in named if not (ROOT / one).exists()} == set()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("gateway serve", id="no option that is required"),
        pytest.param("gateway serve --confg a.toml", id="no such option"),
        pytest.param("gateway check a.csv --out b --at-once 1", id="out of bounds"),
        pytest.param("gateway witness serve --config a more", id="an argument more"),
        pytest.param("gateway sanction list --token-file", id="no value"),
        pytest.param("gateway connector", id="no command of several"),
        pytest.param("gateway nothing", id="no such command"),
        pytest.param("echo a | gateway serve", id="behind a pipe"),
        pytest.param("make nothing", id="no such target"),
        pytest.param("make bench OPTIONS='--phase all'", id="an option handed on"),
        pytest.param("make mutants OPTIONS='--sed 7'", id="one that argparse reads"),
        pytest.param("make test WORKER=1", id="no such variable"),
        pytest.param("gatewey serve", id="no such program"),
    ],
)
def test_a_line_that_does_not_work_is_seen(text: str) -> None:
    with pytest.raises((TyperException, LookupError, AssertionError, SystemExit)):
        refuse_unknown([*programs(text)][-1])
