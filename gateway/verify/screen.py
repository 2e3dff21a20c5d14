"""Print for ``gateway verify`` every check, the key and the verdict."""

from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.verify.verify import Examination, Row
from signing.report import CheckOutcome

STYLES = {
    CheckOutcome.PASSED: "green",
    CheckOutcome.FAILED: "bold red",
    CheckOutcome.NOT_RUN: "dim",
}


def show_examination(examination: Examination, at: datetime) -> None:
    """Print the checks, the key and the verdict; a verdict says what it leaves open."""
    table = Table("check", "outcome", "reason")
    for row in examination.rows:
        style = STYLES[row.outcome]
        outcome = f"[{style}]{row.outcome.value}[/]"
        table.add_row(str(row.check), outcome, escape(_reason(row)))
    console = Console(soft_wrap=True)
    console.print(table, soft_wrap=False)
    _show_key(console, examination)
    believed = examination.is_believed
    verdict = "[green]VERIFIED" if believed else "[bold red]REFUSED"
    left_open = "; ".join(map(_left_open, examination.not_checked)) if believed else ""
    note = f"; not checked: {left_open}" if left_open else ""
    console.print(f"{verdict}[/] as of {at:%Y-%m-%d %H:%M:%SZ}{note}", highlight=False)


def _show_key(console: Console, examination: Examination) -> None:
    key = examination.key
    if key is None:
        return
    proven = "" if examination.is_key_proven else " (named, and not proven)"
    facts = {
        f"key{proven}": key.kid,
        "institution": key.institution,
        "state": key.state.value,
        "window": f"{key.not_before:%Y-%m-%d %H:%M:%SZ} to "
        f"{key.not_after:%Y-%m-%d %H:%M:%SZ}",
        "scope": ", ".join(sorted(key.scope)) or "nothing",
    }
    for name, fact in facts.items():
        console.print(f"{name}: {fact}", highlight=False, markup=False)
    if examination.doubt is not None:
        console.print(f"[yellow]note[/]: {escape(examination.doubt)}", highlight=False)


def _reason(row: Row) -> str:
    return f"{row.reason}: give {row.option}" if row.option else row.reason


def _left_open(row: Row) -> str:
    why = f"give {row.option}" if row.option else row.reason
    return f"{str(row.check).lower().replace('_', ' ')} ({escape(why)})"
