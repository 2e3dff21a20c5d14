"""Show a check on the screen: a bar while it runs, and its sums."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from gateway.batch.run import NEEDS_A_LOOK, OUTCOMES, Summary
from gateway.batch.run import Progress as CheckProgress
from gateway.screen import folding, say_json


@contextmanager
def showing_progress() -> Iterator[CheckProgress]:
    """Show a bar on standard error while the check runs, where somebody can see it."""
    columns = (
        TextColumn("rows"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    # Elsewhere it would be an empty line before whatever is said there.
    is_seen = console.is_terminal
    with Progress(
        *columns, console=console, transient=True, disable=not is_seen
    ) as bar:
        task = bar.add_task("", total=None)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield report


def show_summary(summary: Summary, out: Path) -> None:
    """Print how many rows have which outcome."""
    console = Console(soft_wrap=True)
    table = folding("outcome", "rows")
    for outcome in OUTCOMES:
        count = summary.outcomes[outcome]
        style = "yellow" if count and outcome in NEEDS_A_LOOK else ""
        table.add_row(str(outcome), str(count), style=style)
    console.print(table)
    total = summary.outcomes.total()
    kept = f", {summary.before} of them by an earlier run" if summary.before else ""
    console.print(f"{total} rows in {escape(str(out))}{kept}", highlight=False)


def tell_summary(summary: Summary, out: Path) -> None:
    """Write the same as one JSON object."""
    say_json(
        {
            "outcomes": {str(one): summary.outcomes[one] for one in OUTCOMES},
            "rows": summary.outcomes.total(),
            "before": summary.before,
            "settled": summary.is_settled,
            "out": str(out),
        }
    )
