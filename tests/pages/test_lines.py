"""Every command line of the pages is taken by its program, and run where it can be."""

import pytest
from typer import TyperException

from tests.architecture.documents import Block, blocks
from tests.pages.lines import lines_of, programs, refuse_unknown

TYPED = [
    *(one for one in blocks("sh") if "docs/tutorial-" not in one.page),
    *(one for one in blocks("bash") if one.page == "docs/key-ceremony.md"),
]
LINES = [line for block in TYPED for line in lines_of(block)]


@pytest.mark.parametrize("block", TYPED, ids=str)
def test_its_program_takes_a_line(block: Block) -> None:
    for line in lines_of(block):
        for words in programs(line.text):
            refuse_unknown(words)


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
        for words in programs(text):
            refuse_unknown(words)
