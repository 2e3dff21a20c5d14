"""Show a report of the conformance kit to people, to programs and to CI."""

from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree import ElementTree as ET

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from connectors.conformance.check import Progress as CheckProgress
from connectors.conformance.codes import Check, Severity
from connectors.conformance.report import Finding, Outcome, Report, Result
from gateway.registration.format import Format
from gateway.screen import folding

STYLES = {
    Outcome.PASSED: "green",
    Outcome.WARNED: "yellow",
    Outcome.FAILED: "bold red",
    Outcome.NOT_TESTED: "dim",
}


@contextmanager
def showing_progress() -> Iterator[CheckProgress]:
    """Show a bar on standard error while the check runs, where somebody can see it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=len(Check))
        order = list(Check)

        def report(check: Check) -> None:
            bar.update(task, description=check, completed=order.index(check))

        yield report


def show(report: Report, format_: Format) -> None:
    """Write the report to standard output."""
    match format_:
        case Format.TABLE:
            _show_table(report)
        case Format.JSON:
            typer.echo(to_json(report))
        case Format.JUNIT:
            typer.echo(to_junit(report))


def _show_table(report: Report) -> None:
    console = Console(soft_wrap=True)
    table = folding("check", "outcome", "note")
    for result in report.results:
        style = STYLES[result.outcome]
        note = "" if result.note is None else escape(result.note.en)
        outcome = f"[{style}]{result.outcome.value}[/]"
        table.add_row(str(result.check), outcome, note)
    console.print(table, soft_wrap=False)
    for finding in report.findings:
        _show_finding(console, finding)
    verdict = (
        "[green]CONFORMING" if report.is_conforming else "[bold red]NOT CONFORMING"
    )
    warnings = sum(f.severity is Severity.WARNING for f in report.findings)
    failures = len(report.findings) - warnings
    counts = f"{failures} failures, {warnings} warnings"
    at = f"{report.checked_at:%Y-%m-%d %H:%M:%SZ}"
    console.print(
        f"{verdict}[/] {escape(report.agency)}, {at}: {counts}", highlight=False
    )


def _show_finding(console: Console, finding: Finding) -> None:
    is_failure = finding.severity is Severity.FAILURE
    style = STYLES[Outcome.FAILED if is_failure else Outcome.WARNED]
    console.print(
        f"[{style}]{finding.severity.value}[/] {escape(_line(finding))}",
        f"  {escape(finding.meaning.en)}: {escape(finding.remedy.en)}",
        f"  {finding.meaning.zh}：{finding.remedy.zh}",
        sep="\n",
        highlight=False,
    )


def to_json(report: Report) -> str:
    """Return the report as one JSON object."""
    latency = report.latency
    content = {
        "agency": report.agency,
        "checkedAt": report.checked_at,
        "conforming": report.is_conforming,
        "latencySeconds": latency
        and {
            "requests": latency.requests,
            "p50": latency.p50,
            "p95": latency.p95,
            "p99": latency.p99,
            "max": latency.longest,
        },
        "checks": [_check(result) for result in report.results],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()


def _check(result: Result) -> dict[str, object]:
    note = result.note
    return {
        "check": result.check,
        "outcome": result.outcome,
        "note": note and {"zh": note.zh, "en": note.en},
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity,
                "place": finding.place,
                "detail": finding.detail,
                "meaning": {"zh": finding.meaning.zh, "en": finding.meaning.en},
                "remedy": {"zh": finding.remedy.zh, "en": finding.remedy.en},
            }
            for finding in result.findings
        ],
    }


def to_junit(report: Report) -> str:
    """Return the report as JUnit XML: a test case a check; warnings are output."""
    outcomes = [result.outcome for result in report.results]
    suite = ET.Element(
        "testsuite",
        name=f"conformance {report.agency}",
        timestamp=f"{report.checked_at:%Y-%m-%dT%H:%M:%S}",
        tests=str(len(outcomes)),
        failures=str(outcomes.count(Outcome.FAILED)),
        skipped=str(outcomes.count(Outcome.NOT_TESTED)),
        errors="0",
    )
    for result in report.results:
        case = ET.SubElement(
            suite, "testcase", classname=report.agency, name=result.check
        )
        for finding in result.findings:
            if finding.severity is Severity.FAILURE:
                words = f"{finding.meaning.en}: {finding.remedy.en}"
                failure = ET.SubElement(case, "failure", type=finding.code)
                failure.set("message", _line(finding))
                failure.text = words
        if result.outcome is Outcome.NOT_TESTED and result.note is not None:
            ET.SubElement(case, "skipped", message=result.note.en)
        warnings = [f for f in result.findings if f.severity is Severity.WARNING]
        if warnings:
            said = [f"{_line(f)}: {f.meaning.en}: {f.remedy.en}" for f in warnings]
            ET.SubElement(case, "system-out").text = "\n".join(said)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)


def _line(finding: Finding) -> str:
    detail = f" ({finding.detail})" if finding.detail else ""
    return f"{finding.code} at {finding.place}{detail}"
