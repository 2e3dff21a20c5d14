"""Write the parts of ``docs/benchmarks.md`` that are figures; the words are people's.

A part stands between ``<!-- figures: NAME -->`` and ``<!-- end -->``. The test in
``tests/benchmarks`` writes them again from the JSON beside and compares. The Chinese
page has the same parts, by ``benchmarks/chinese.py``.
"""

import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from benchmarks.capacity import Assumptions, costs_of, needs, rows_of
from benchmarks.chinese import in_chinese
from benchmarks.claims import CLAIMS_A_QUESTION
from benchmarks.gateway import GATEWAY
from benchmarks.measuring import Measurement
from benchmarks.minting import WIDE_CERTIFICATES
from benchmarks.offices import COLUMNS, Work
from benchmarks.peers import PEERS
from benchmarks.people import AGENCIES
from benchmarks.plots import histogram, stacked
from benchmarks.profiling import PROFILED
from benchmarks.questions import PEOPLE_A_BATCH, ROOT
from benchmarks.results import found_in
from benchmarks.routers import ROUTERS
from benchmarks.scaling import STANDBY, Setup, row_of
from benchmarks.sick_agencies import TROUBLES
from benchmarks.stage import Phase
from benchmarks.targets import LIMITS, SLOWEST_AGENCY_US, TARGETS, Found

PAGE = ROOT / "docs" / "benchmarks.md"
CHINESE_PAGE = ROOT / "docs" / "zh" / PAGE.name
PLOTS = ROOT / "docs" / "benchmarks"
TITLES = {
    GATEWAY.name: "**this gateway**",
    f"{GATEWAY.name} x1": "one gateway on one core",
    f"{GATEWAY.name} x2": "two gateways on two cores",
    **{contender.name: contender.title for contender in (*PEERS, *ROUTERS)},
}
RECORDS = 2 * len(AGENCIES)
TOP_FUNCTIONS = 12
NOT_MEASURED = "Not measured."


def tables(known: Mapping[str, Any]) -> dict[str, str]:
    """Return every part by its name."""
    found = found_in(dict(known))
    return {name: make(known, found).strip() for name, make in _PARTS.items()}


def parts_in_chinese(parts: Mapping[str, str]) -> dict[str, str]:
    """Return every part in Chinese.

    Raises:
        KeyError: a part has a word that ``benchmarks/chinese.py`` has not.
    """
    return {name: in_chinese(part) for name, part in parts.items()}


def refreshed(page: str, parts: Mapping[str, str]) -> str:
    """Return the page with its parts written anew."""

    def part(place: re.Match[str]) -> str:
        return f"<!-- figures: {place[1]} -->\n{parts[place[1]]}\n<!-- end -->"

    return re.sub(
        r"<!-- figures: ([\w-]+) -->\n.*?<!-- end -->", part, page, flags=re.DOTALL
    )


def plots(known: Mapping[str, Any]) -> dict[str, str]:
    """Return every plot by the name of its file."""
    found = found_in(dict(known))
    drawn = {}
    for phase in (Phase.COLD, Phase.LATENCY):
        if lines := _latencies(found, phase):
            drawn[f"latency-{phase}.svg"] = histogram(
                f"{phase}: share of answers by latency", lines
            )
    if bars := _bars(known, found):
        drawn["processor-time.svg"] = stacked(
            "cold: processor time a request, by part", bars
        )
    return drawn


def write(known: Mapping[str, Any], page: Path, folder: Path) -> None:
    """Write the pages and plots; where there is no page, ours is the pattern.

    The Chinese page goes into ``zh`` beside the English one.
    """
    parts = tables(known)
    folder.mkdir(parents=True, exist_ok=True)
    for goal, pattern, written in (
        (page, PAGE, parts),
        (page.parent / "zh" / page.name, CHINESE_PAGE, parts_in_chinese(parts)),
    ):
        text = (goal if goal.exists() else pattern).read_text("utf-8")
        goal.parent.mkdir(parents=True, exist_ok=True)
        goal.write_text(refreshed(text, written), "utf-8")
    for name, drawing in plots(known).items():
        (folder / name).write_text(drawing, "utf-8")


def _latencies(found: Found, phase: Phase) -> dict[str, dict[int, int]]:
    lines: dict[str, dict[int, int]] = {}
    for one in found.measurements.get(phase, ()):
        line = lines.setdefault(_plain(one.contender), {})
        for number, count in one.histogram.items():
            line[number] = line.get(number, 0) + count
    return lines


def _bars(known: Mapping[str, Any], found: Found) -> dict[str, list[tuple[str, float]]]:
    bars: dict[str, list[tuple[str, float]]] = {}
    for contender in _contenders(found, Phase.COLD):
        whole = found.median(Phase.COLD, contender) or 0.0
        if contender == GATEWAY.name and Phase.COLD in known["profile"]:
            profile = known["profile"][Phase.COLD]
            scale = whole / profile["cpu_us"]
            bars[_plain(contender)] = [
                (part, us * scale) for part, us in profile["parts"].items()
            ]
            continue
        signatures = found.signatures_us.get(contender, 0.0) * RECORDS
        front = statistics.median(
            one.front_us for one in found.of(Phase.COLD, contender)
        )
        behind = whole - front
        if behind > signatures:
            parts = [("router", front), ("subgraphs", behind - signatures)]
        else:
            parts = [("all else of a peer", whole - signatures)]
        bars[_plain(contender)] = [("signatures", signatures), *parts]
    return bars


def _contenders(found: Found, phase: Phase) -> list[str]:
    """Return who was measured in a phase, the cheapest first, of equals by name."""
    names = {one.contender for one in found.measurements.get(phase, ())}
    return sorted(names, key=lambda name: (found.median(phase, name) or 0.0, name))


def _plain(contender: str) -> str:
    return TITLES[contender].strip("*")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    line = "|".join(["---", *("--:" for _ in head[1:])])
    lines = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    return "\n".join([lines[0], f"|{line}|", *lines[1:]])


def _targets(_: Mapping[str, Any], found: Found) -> str:
    rows = []
    for target in TARGETS:
        value = target.value(found)
        rows.append(
            [
                f"{target.phase}, against {target.against}",
                f"{target.at_most:.2f}",
                f"{target.stretch:.2f}",
                "" if value is None else f"**{value:.2f}**",
                target.told(found),
            ]
        )
    return _table(["ratio of processor time", "at most", "stretch", "found", ""], rows)


def _limits(_: Mapping[str, Any], found: Found) -> str:
    rows = []
    for limit in LIMITS:
        value = limit.value(found)
        bound = "at least" if limit.at_least else "at most"
        rows.append(
            [
                f"{limit.phase}: {limit.what}",
                f"{bound} {limit.bound:g}",
                "" if value is None else f"**{value:.2f}**",
                limit.told(found),
            ]
        )
    return _table(["our gateway alone", "bound", "found", ""], rows)


def _figures(
    found: Found, phase: Phase, *, share: int = 1, per: str = "request"
) -> str:
    ours = found.of(phase, GATEWAY.name)
    if not found.measurements.get(phase):
        return NOT_MEASURED
    rows = []
    for contender in _contenders(found, phase):
        measured = found.of(phase, contender)
        costs = [one.cpu_us / share for one in measured]
        ratios = [
            our.cpu_us / their.cpu_us
            for our, their in zip(ours, measured, strict=False)
        ]
        rows.append(
            [
                TITLES[contender],
                f"{statistics.median(costs):.0f}",
                f"{min(costs):.0f}–{max(costs):.0f}",
                f"{statistics.median(ratios):.2f}" if ratios else "",
                _median(measured, lambda one: one.requests_a_second, "{:.0f}"),
                _median(measured, lambda one: one.p50_us / 1000, "{:.1f}"),
                _median(measured, lambda one: one.p99_us / 1000, "{:.1f}"),
                _median(measured, lambda one: one.memory_mb, "{:.0f}"),
            ]
        )
    head = [
        *("", f"µs a {per}", "range", "ours / theirs", "requests/s"),
        *("p50 ms", "p99 ms", "memory MB"),
    ]
    return _table(head, rows)


def _median(
    measured: Sequence[Measurement],
    value: Callable[[Measurement], float],
    shown: str,
) -> str:
    return shown.format(statistics.median(map(value, measured)))


def _of(
    phase: Phase, *, share: int = 1, per: str = "request"
) -> Callable[[Mapping[str, Any], Found], str]:
    return lambda _, found: _figures(found, phase, share=share, per=per)


def _latency(_: Mapping[str, Any], found: Found) -> str:
    rows = []
    for contender in _contenders(found, Phase.LATENCY):
        measured = found.of(Phase.LATENCY, contender)
        rows.append(
            [
                TITLES[contender],
                _median(
                    measured,
                    lambda one: (one.p50_us - SLOWEST_AGENCY_US) / 1000,
                    "{:.2f}",
                ),
                _median(
                    measured,
                    lambda one: (one.p99_us - SLOWEST_AGENCY_US) / 1000,
                    "{:.2f}",
                ),
                _median(measured, lambda one: one.cpu_us, "{:.0f}"),
            ]
        )
    head = ["", "p50 beyond the slowest, ms", "p99 beyond it, ms", "µs a request"]
    return _table(head, rows)


def _start_up(_: Mapping[str, Any], found: Found) -> str:
    rows = []
    for contender in _contenders(found, Phase.START_UP):
        measured = found.of(Phase.START_UP, contender)
        rows.append(
            [
                TITLES[contender],
                _median(measured, lambda one: one.p50_us / 1e6, "{:.2f}"),
                _median(measured, lambda one: one.cpu_us / 1e6, "{:.2f}"),
                _median(measured, lambda one: one.memory_mb, "{:.0f}"),
            ]
        )
    return _table(["", "s to the first answer", "s of processor", "memory MB"], rows)


def _memory(_: Mapping[str, Any], found: Found) -> str:
    for one in found.of(Phase.MEMORY, GATEWAY.name):
        rows = [
            [f"{count:,}", f"{megabytes:.0f}"]
            for count, megabytes in sorted(one.memory_series_mb.items())
        ]
        return _table(["after so many answers", "memory MB"], rows)
    return NOT_MEASURED


def _signatures(_: Mapping[str, Any], found: Found) -> str:
    by_runtime = {
        "Python, `signing`": GATEWAY.name,
        "Node": "mercurius",
        "Bun": "yoga-bun",
    }
    rows = [
        [runtime, f"{found.signatures_us[name]:.1f}"]
        for runtime, name in by_runtime.items()
        if name in found.signatures_us
    ]
    return _table(["", "µs a signature"], rows)


def _profile(known: Mapping[str, Any], found: Found) -> str:
    """One column a phase: the profile's shares of what was measured without it."""
    phases = [phase for phase in PROFILED if phase in known["profile"]]
    columns = {}
    for phase in phases:
        profile = known["profile"][phase]
        whole = found.median(phase, GATEWAY.name) or profile["cpu_us"]
        scale = whole / profile["cpu_us"]
        columns[phase] = {part: us * scale for part, us in profile["parts"].items()}
    names = sorted(
        {part for column in columns.values() for part in column},
        key=lambda part: (
            -max(column.get(part, 0.0) for column in columns.values()),
            part,
        ),
    )
    rows = [
        [part, *(f"{columns[phase].get(part, 0.0):.0f}" for phase in phases)]
        for part in names
    ]
    whole = ["all", *(f"{sum(columns[phase].values()):.0f}" for phase in phases)]
    return _table(["µs a request", *phases], [*rows, whole])


def _functions(known: Mapping[str, Any], _: Found) -> str:
    functions = known["profile"].get(Phase.COLD, {}).get("functions", {})
    rows = [
        [f"`{name}`", f"{us:.0f}"]
        for name, us in list(functions.items())[:TOP_FUNCTIONS]
    ]
    return _table(["cold, the function itself", "µs a request"], rows)


def _work(work: Work) -> Callable[[Mapping[str, Any], Found], str]:
    """Return what makes the table of one kind of work: a row a database."""
    columns = COLUMNS[work]

    def table(known: Mapping[str, Any], _: Found) -> str:
        databases = known.get("works", {}).get(work, {}).get("databases", {})
        if not databases:
            return NOT_MEASURED
        rows = [
            [
                database,
                *(shown.format(figures[name]) for name, shown in columns.values()),
            ]
            for database, figures in databases.items()
        ]
        return _table(["", *columns], rows)

    return table


def _troubles(_: Mapping[str, Any], found: Found) -> str:
    """A row a trouble; of each database what was found, and what it was before."""
    databases = found.works.get(Work.SICK_AGENCY, {})
    if not databases:
        return NOT_MEASURED
    rows = []
    for trouble in TROUBLES:
        row = [f"`{trouble}`: {TROUBLES[trouble]}"]
        for figures in databases.values():
            share = figures.get(f"{trouble}_open_share")
            row += [
                f"{figures[f'{trouble}_healthy_p50_ms']:.1f}",
                f"{figures[f'{trouble}_p50_ms']:.1f}",
                f"{figures[f'{trouble}_p999_ms']:,.0f}",
                "stays closed" if share is None else f"{share:.0f} %",
            ]
        rows.append(row)
    head = [
        f"{database}: {what}"
        for database in databases
        for what in ("healthy p50 ms", "p50 ms", "p99.9 ms", "p50 while open")
    ]
    return _table(["its trouble", *head], rows)


def _standby(_: Mapping[str, Any], found: Found) -> str:
    """Say what a standby could take over, and how far behind it was."""
    row = row_of(Phase.COLLECTED, Setup(2, STANDBY))
    figures = found.works.get(Work.SCALING, {}).get(row)
    if not figures:
        return NOT_MEASURED
    rows = [
        [what, f"{figures[name]:{shown}}"]
        for what, name, shown in (
            ("PostgreSQL's µs a question", "database_us", ",.0f"),
            ("of it the reading of a person", "read_us", ",.0f"),
            ("its share, %", "read_share", ".0f"),
            ("the same reading on the standby", "read_there_us", ",.0f"),
            ("the standby's µs a question, only to follow", "beside_us", ",.0f"),
            ("how far it is behind, median ms", "lag_p50_ms", ".1f"),
            ("at most, ms", "lag_slowest_ms", ".1f"),
        )
    ]
    return _table(["collected, two gateways", "found"], rows)


def _capacity(_: Mapping[str, Any], found: Found) -> str:
    costs = costs_of(found)
    if isinstance(costs, list):
        return f"{NOT_MEASURED} It takes the figures of {', '.join(costs)}."
    rows = [list(row) for row in rows_of(needs(Assumptions(), costs)).items()]
    return _table(["a week of claims", "needed"], rows)


def _when(known: Mapping[str, Any], _: Found) -> str:
    rows = []
    for phase in Phase:
        if content := known["phases"].get(phase):
            repeats = 1 + max(one["repeat"] for one in content["measurements"])
            rows.append(
                [
                    phase,
                    content["measured_at"],
                    content["gateway"],
                    str(repeats),
                    str(sum(one.get("again", 0) for one in content["measurements"])),
                    " to ".join(f"{figure:.1f}" for figure in content["busy"]),
                ]
            )
    for work, content in known.get("works", {}).items():
        busy = " to ".join(f"{figure:.1f}" for figure in content["busy"])
        rows.append([work, content["measured_at"], content["gateway"], "1", "0", busy])
    contents = [*known["phases"].values(), *known.get("works", {}).values()]
    machines = dict.fromkeys(content["machine"] for content in contents)
    versions = ", ".join(
        f"{name} {version}" for name, version in known.get("versions", {}).items()
    )
    head = [
        "phase",
        "begun",
        "gateway's code of",
        "runs",
        "again",
        "load of the machine",
    ]
    return f"{'; '.join(machines)}.\n\n{versions}.\n\n{_table(head, rows)}"


_PARTS: Mapping[str, Callable[[Mapping[str, Any], Found], str]] = MappingProxyType(
    {
        "targets": _targets,
        "limits": _limits,
        "cold": _of(Phase.COLD),
        "cold-shared": _of(Phase.COLD_SHARED),
        "seen": _of(Phase.SEEN),
        "warm": _of(Phase.WARM),
        "batch": _of(Phase.BATCH, share=PEOPLE_A_BATCH, per="holder"),
        "batch-seen": _of(Phase.BATCH_SEEN, share=PEOPLE_A_BATCH, per="holder"),
        "claims": _of(Phase.CLAIMS, share=CLAIMS_A_QUESTION, per="claim"),
        "claims-seen": _of(Phase.CLAIMS_SEEN, share=CLAIMS_A_QUESTION, per="claim"),
        "collected": _of(Phase.COLLECTED),
        "collected-batch": _of(
            Phase.COLLECTED_BATCH, share=PEOPLE_A_BATCH, per="holder"
        ),
        "collected-claims": _of(
            Phase.COLLECTED_CLAIMS, share=CLAIMS_A_QUESTION, per="claim"
        ),
        "wide": _of(Phase.WIDE, share=WIDE_CERTIFICATES, per="certificate"),
        "cold-duties": _of(Phase.COLD_DUTIES),
        "warm-duties": _of(Phase.WARM_DUTIES),
        "receipts": _of(Phase.RECEIPTS),
        "latency": _latency,
        "start-up": _start_up,
        "memory": _memory,
        "scale": _of(Phase.SCALE),
        "signatures": _signatures,
        "profile": _profile,
        "functions": _functions,
        **{work: _work(work) for work in Work},
        "troubles": _troubles,
        "standby": _standby,
        "capacity": _capacity,
        "when": _when,
    }
)
