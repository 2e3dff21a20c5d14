"""The Chinese page about speed has the same numbers, and every word has its Chinese."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from benchmarks import page, results
from benchmarks.capacity import Assumptions, Costs, needs, rows_of
from benchmarks.chinese import WORDS, cell_in_chinese, in_chinese
from benchmarks.databases import Database
from benchmarks.offices import COLUMNS, Work
from benchmarks.profiling import NATIVE, PARTS, REST
from benchmarks.scaling import SETUPS, row_of
from benchmarks.sick_agencies import TROUBLES
from benchmarks.stage import COLLECTED, Phase
from benchmarks.targets import LIMITS, TARGETS, Standing

FIGURE = re.compile(r"\d(?:[\d,.]*\d)?")
PARTS_BETWEEN = re.compile(
    r"<!-- figures: ([\w-]+) -->\n(.*?)\n<!-- end -->", re.DOTALL
)


def figures_of(path: Path) -> dict[str, list[list[str]]]:
    """Return the numbers of every part, line by line, as sorted texts."""
    return {
        name: [sorted(FIGURE.findall(line)) for line in part.splitlines()]
        for name, part in PARTS_BETWEEN.findall(path.read_text("utf-8"))
    }


def test_both_pages_have_the_same_numbers() -> None:
    english, chinese = figures_of(page.PAGE), figures_of(page.CHINESE_PAGE)

    assert sum(map(len, english.values())) > len(english) > len(Work)
    assert chinese == english


def said() -> list[str]:
    """Return every cell in words that a measurement might write."""
    needed = needs(
        Assumptions(),
        Costs(
            check_us=1,
            holder_us=1,
            record_us=1,
            database_us=1,
            record_bytes=1,
            audit_bytes=1,
            wal_bytes=1,
        ),
    )
    return [
        *(f"{target.phase}, against {target.against}" for target in TARGETS),
        *(f"{limit.phase}: {limit.what}" for limit in LIMITS),
        *Standing,
        *page.TITLES.values(),
        *(f"`{trouble}`: {what}" for trouble, what in TROUBLES.items()),
        *(column for columns in COLUMNS.values() for column in columns),
        *(part for part, _ in PARTS),
        *(NATIVE, REST),
        *(
            row_of(phase, setup)
            for phase in (Phase.SEEN, *COLLECTED)
            for setup in SETUPS
        ),
        *rows_of(needed),
        *Phase,
        *Work,
    ]


def test_every_word_of_a_table_has_its_chinese() -> None:
    without = []
    for cell in said():
        try:
            cell_in_chinese(cell)
        except KeyError:
            without.append(cell)

    assert without == []


def test_whatever_is_measured_is_written_in_chinese() -> None:
    """Every phase and kind of work, where some have no committed figures yet."""
    known = results.read(results.PUBLISHED)
    cold = known["phases"][Phase.COLD]
    known["phases"] = dict.fromkeys(Phase, cold) | known["phases"]
    figures = defaultdict[str, float](lambda: 1.0)
    for work in Work:
        rows: list[str] = [*Database]
        if work is Work.SCALING:
            rows = [row_of(Phase.COLLECTED, setup) for setup in SETUPS]
        databases = dict.fromkeys(rows, figures)
        known["works"][work] = {**known["works"][Work.CHECK], "databases": databases}

    parts = page.parts_in_chinese(page.tables(known))

    assert [name for name, part in parts.items() if "未测量。" in part] == []


def test_no_two_words_are_one_in_chinese() -> None:
    columns = [[cell_in_chinese(one) for one in of] for of in COLUMNS.values()]

    assert [names for names in columns if len(set(names)) < len(names)] == []
    assert len({WORDS[name] for name in (*Phase, *Work)}) == len([*Phase, *Work])


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        pytest.param(
            "| cold, against Yoga on Bun | 1.50 | **2.06** | not met, by 37% |",
            "| 冷查询，对比 Yoga（Bun） | 1.50 | **2.06** | 未达到，差 37% |",
            id="a target",
        ),
        pytest.param(
            "| seen: 2 gateways, a standby | 791 | +46 | 0.3 to 3.4 |",
            "| 重复查询：2 个网关，有备库 | 791 | +46 | 0.3 至 3.4 |",
            id="a row in pieces",
        ),
        pytest.param("|---|--:|", "|---|--:|", id="a rule"),
        pytest.param(
            "| cold | 2026-11-25 17:01 UTC | c341176 | 5 |",
            "| 冷查询 | 2026-11-25 17:01 UTC | c341176 | 5 |",
            id="a moment and a commit",
        ),
        pytest.param(
            "Not measured. It takes the figures of growth, collected.",
            "未测量。需要“增长”、“已归集”的测量值。",
            id="what is missing",
        ),
        pytest.param("Not measured.", "未测量。", id="nothing"),
        pytest.param(
            "2 cores of Intel(R) Xeon(R) Processor, 25 GB, Linux 6.18.",
            "2 核 Intel Xeon Processor，25 GB，Linux 6.18。",
            id="a machine",
        ),
    ],
)
def test_a_line_is_put_into_chinese(english: str, chinese: str) -> None:
    assert in_chinese(english) == chinese


@pytest.mark.parametrize(
    "line",
    [
        "| an earthquake | 5 |",
        "| cold: an earthquake | 5 |",
        "Not measured. It takes the figures of an earthquake.",
    ],
)
def test_a_word_without_chinese_is_refused(line: str) -> None:
    with pytest.raises(KeyError, match="an earthquake"):
        in_chinese(line)


def test_both_pages_are_written_where_results_go(tmp_path: Path) -> None:
    known = results.read(results.PUBLISHED)

    page.write(known, tmp_path / "benchmarks.md", tmp_path / "benchmarks")

    assert (tmp_path / "benchmarks.md").read_bytes() == page.PAGE.read_bytes()
    written = (tmp_path / "zh" / "benchmarks.md").read_bytes()
    assert written == page.CHINESE_PAGE.read_bytes()
