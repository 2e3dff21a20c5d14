"""The page about speed says what was measured, and everything it needs is pinned."""

import json
import re
from pathlib import Path

import pytest

from benchmarks import page, results
from benchmarks.cli import Places
from benchmarks.profiling import (
    LOOP,
    OUTSIDE,
    PARTS,
    REST,
    function_of,
    part_of,
    thread_of,
)
from benchmarks.questions import HOLDER_CHECK, TRUSTED
from benchmarks.targets import LIMITS, TARGETS
from tests.architecture.documents import ROOT
from tests.federation.queries import HOLDER_CHECK as ASKED_BY_TESTS

PEERS = ROOT / "benchmarks" / "peers"


def test_the_page_has_the_committed_figures() -> None:
    """If it has not: run make bench OPTIONS='--publish --phases none'."""
    written = page.PAGE.read_text("utf-8")

    assert (
        page.refreshed(written, page.tables(results.read(results.PUBLISHED))) == written
    )


def test_the_chinese_page_has_the_committed_figures() -> None:
    """If it has not: run make bench OPTIONS='--publish --phases none'."""
    written = page.CHINESE_PAGE.read_text("utf-8")
    parts = page.parts_in_chinese(page.tables(results.read(results.PUBLISHED)))

    assert page.refreshed(written, parts) == written


@pytest.mark.parametrize("written", [page.PAGE, page.CHINESE_PAGE], ids=["en", "zh"])
def test_every_figure_has_a_place_on_the_page(written: Path) -> None:
    places = re.findall(r"<!-- figures: ([\w-]+) -->", written.read_text("utf-8"))

    assert sorted(places) == sorted(page.tables(results.read(results.PUBLISHED)))


def test_every_target_stands_on_the_page() -> None:
    written = page.PAGE.read_text("utf-8")

    assert [
        target
        for target in TARGETS
        if f"| {target.phase}, against {target.against} | {target.at_most:.2f} "
        f"| {target.stretch:.2f} |" not in written
    ] == []
    assert [limit for limit in LIMITS if limit.what not in written] == []


def test_the_plots_are_of_the_committed_figures() -> None:
    drawn = page.plots(results.read(results.PUBLISHED))

    committed = {path.name: path.read_text("utf-8") for path in page.PLOTS.iterdir()}
    assert drawn == committed


def test_a_phase_measured_again_leaves_the_others(tmp_path: Path) -> None:
    places = Places.within(tmp_path)
    known = results.read(results.PUBLISHED)

    results.write(places.figures, known)

    assert results.read(places.figures) == known


def test_figures_name_every_contender_they_have() -> None:
    known = results.read(results.PUBLISHED)
    names = {
        one["contender"]
        for phase in known["phases"].values()
        for one in phase["measurements"]
    }

    assert names - set(page.TITLES) == set()


def test_the_readme_s_question_is_what_is_asked() -> None:
    assert HOLDER_CHECK in TRUSTED
    assert HOLDER_CHECK.split() == ASKED_BY_TESTS.split()


def test_every_peer_is_of_one_version() -> None:
    package = json.loads((PEERS / "package.json").read_text("utf-8"))
    wanted = {**package["dependencies"], **package["optionalDependencies"]}

    assert [
        name for name, one in wanted.items() if not re.fullmatch(r"[\d.]+", one)
    ] == []


@pytest.mark.parametrize(
    ("stack", "part"),
    [
        pytest.param(
            ["serve (/x/gateway/serve.py:1)", "check (/x/signing/algorithms.py:9)"],
            "signatures",
            id="the innermost known",
        ),
        pytest.param(
            ["verify (/x/signing/envelope.py:9)", "b64decode (/lib/base64.py:8)"],
            "signatures",
            id="a library's time is its caller's",
        ),
        pytest.param(["main (/lib/runpy.py:1)"], REST, id="nobody's"),
    ],
)
def test_a_sample_counts_for_the_part_it_is_in(stack: list[str], part: str) -> None:
    assert part_of(stack) == part


def test_every_part_of_the_profile_is_some_file_s() -> None:
    files = [
        f"/{path.relative_to(ROOT)}"
        for package in ("signing", "policy", "connectors", "resolvers", "gateway")
        for path in (ROOT / package).rglob("*.py")
    ]

    parts = {part_of([f"f ({file}:1)"]) for file in files}

    assert parts == {name for name, _ in PARTS} - {"event loop, sockets"}


def test_a_frame_is_shortened_to_its_function_and_file() -> None:
    assert function_of("check (/x/signing/algorithms.py:9)") == (
        "signing/algorithms.py check"
    )


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        pytest.param(
            "MPServer._spawn_asgi_lifespan_worker (/x/granian/server/mp.py:249)",
            LOOP,
            id="what runs a worker",
        ),
        pytest.param("thread (5850): MainThread", OUTSIDE, id="no frame"),
    ],
)
def test_a_frame_that_only_waits_is_called_what_it_waits_for(
    frame: str, told: str
) -> None:
    assert function_of(frame) == told


def test_a_stack_tells_its_thread() -> None:
    assert thread_of(["process 1:x", "thread (77): MainThread", "f (a.py:1)"]) == 77
