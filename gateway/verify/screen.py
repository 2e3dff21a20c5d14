"""Print for ``gateway verify`` every check, the key and the verdict."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.markup import escape

from gateway.evidence.verify_bundle import Found
from gateway.screen import folding, say_json
from gateway.verify.verify import Examination, Row
from signing.report import CheckOutcome

OUTCOMES = {
    "VALID": "green",
    "INVALID": "bold red",
    "SKIPPED": "dim",
    "UNKNOWN": "yellow",
}
STYLES = {
    CheckOutcome.PASSED: "green",
    CheckOutcome.FAILED: "bold red",
    CheckOutcome.NOT_RUN: "dim",
}


def show_examination(examination: Examination, at: datetime) -> None:
    """Print the checks, the key and the verdict; a verdict says what it leaves open."""
    table = folding("check", "outcome", "reason")
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


def show_bundle(found: Sequence[Found]) -> None:
    """Print every check of a bundle, and whether it may be relied on."""
    table = folding("check", "of", "outcome", "code")
    for one in found:
        style = OUTCOMES[one.outcome]
        table.add_row(
            one.check, escape(one.of), f"[{style}]{one.outcome}[/]", escape(one.code)
        )
    console = Console(soft_wrap=True)
    console.print(table, soft_wrap=False)
    is_refused = any(one.is_against for one in found)
    verdict = "[bold red]REFUSED[/]" if is_refused else "[green]VERIFIED[/]"
    is_code = found[0].of == "statement"
    rest = "the rest: its bundle" if is_code else "the verdict: node verify-bundle.mjs"
    console.print(f"{verdict}; {rest}", highlight=False)


def tell_examination(examination: Examination, at: datetime) -> None:
    """Write the same as one JSON object."""
    key = examination.key
    say_json(
        {
            "believed": examination.is_believed,
            "at": at,
            "checks": [
                {
                    "check": str(row.check),
                    "outcome": row.outcome.value,
                    "reason": row.reason,
                    "option": row.option,
                }
                for row in examination.rows
            ],
            "key": None
            if key is None
            else {
                "id": key.kid,
                "proven": examination.is_key_proven,
                "institution": key.institution,
                "state": key.state.value,
                "notBefore": key.not_before,
                "notAfter": key.not_after,
                "scope": sorted(key.scope),
            },
            "doubt": examination.doubt,
        }
    )


def tell_bundle(found: Sequence[Found]) -> None:
    """Write the same as one JSON object."""
    checks = [one._asdict() for one in found]
    say_json({"believed": not any(one.is_against for one in found), "checks": checks})


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
