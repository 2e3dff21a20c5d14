"""Show a diagnosis to people and to programs."""

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from connectors.conformance.codes import Severity
from gateway.doctor.codes import WHO_WORDS, Diagnosis, Found, Looked
from gateway.screen import folding
from policy.text import Text


def show(diagnosis: Diagnosis) -> None:
    """Write a table of the steps, and of each fault who mends it and what to type."""
    console = Console(soft_wrap=True)
    table = folding("step", "outcome", "note")
    for step in diagnosis.steps:
        note = "" if step.note is None else escape(step.note.en)
        table.add_row(step.step, _outcome(step), note)
    console.print(table, soft_wrap=False)
    for found in diagnosis.found:
        _show(console, found)
    verdict = "[green]WELL" if diagnosis.is_well else "[bold red]NOT WELL"
    console.print(f"{verdict}[/] {escape(diagnosis.agency)}", highlight=False)


def _outcome(step: Looked) -> str:
    if any(one.advice.severity is Severity.FAILURE for one in step.found):
        return "[bold red]FAULT[/]"
    if step.found:
        return "[yellow]WARNING[/]"
    return "[green]GOOD[/]" if step.is_taken else "[dim]NOT LOOKED AT[/]"


def _show(console: Console, found: Found) -> None:
    advice, who = found.advice, WHO_WORDS[found.advice.who]
    detail = f" ({found.detail})" if found.detail else ""
    console.print(
        f"[bold]{found.code}[/] at {escape(found.place)}{escape(detail)}",
        f"  {advice.meaning.zh}。由{who.zh}处理：{escape(advice.remedy.zh)}",
        f"  {escape(advice.meaning.en)}. For {who.en}: {escape(advice.remedy.en)}",
        f"  $ {escape(found.command)}",
        sep="\n",
        highlight=False,
    )


def show_json(diagnosis: Diagnosis) -> None:
    """Write one JSON object."""
    content = {
        "agency": diagnosis.agency,
        "well": diagnosis.is_well,
        "steps": [_step(step) for step in diagnosis.steps],
    }
    typer.echo(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())


def _step(step: Looked) -> dict[str, object]:
    return {
        "step": step.step,
        "taken": step.is_taken,
        "note": None if step.note is None else _both(step.note),
        "found": [
            {
                "code": one.code,
                "severity": one.advice.severity,
                "who": one.advice.who,
                "place": one.place,
                "detail": one.detail,
                "meaning": _both(one.advice.meaning),
                "remedy": _both(one.advice.remedy),
                "command": one.command,
            }
            for one in step.found
        ],
    }


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
