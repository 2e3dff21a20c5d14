"""Show a transfer on the screen: a bar while it runs, and its sums."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from bureau.collection import Outcome
from gateway.collection.sending import Sum
from gateway.screen import folding, say_json


@contextmanager
def showing_progress(total_bytes: int) -> Iterator[Callable[[int], None]]:
    """Show a bar on standard error while lines are sent, where somebody can see it."""
    columns = (
        TextColumn("sent"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=total_bytes)
        yield lambda done: bar.update(task, completed=done)


def show_sum(found: Sum, refused: Path | None) -> None:
    """Print how many lines have which outcome, and the codes of results."""
    console = Console(soft_wrap=True)
    table = folding("outcome", "lines")
    for outcome in Outcome:
        count = found.outcomes[outcome]
        style = "yellow" if count and outcome is Outcome.REFUSED else ""
        table.add_row(outcome, str(count), style=style)
    if found.skipped:
        table.add_row("not sent, known", str(found.skipped))
    console.print(table)
    for code, count in sorted(found.codes.items()):
        console.print(f"{code}: {count}", style="yellow", highlight=False)
    if found.missing:
        console.print(
            f"{found.missing} sequence numbers are missing",
            style="yellow",
            highlight=False,
        )
    if refused is not None and found.outcomes[Outcome.REFUSED]:
        console.print(f"refused lines in {escape(str(refused))}", highlight=False)


def tell_sum(found: Sum, refused: Path | None) -> None:
    """Write the same as one JSON object."""
    say_json(
        {
            "outcomes": {str(one): found.outcomes[one] for one in Outcome},
            "codes": dict(sorted(found.codes.items())),
            "skipped": found.skipped,
            "missing": found.missing,
            "settled": found.is_settled,
            "refused": None if refused is None else str(refused),
        }
    )
