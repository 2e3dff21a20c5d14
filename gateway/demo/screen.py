"""Print the demo's addresses, the people worth trying, and the check's table."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console

from gateway.demo.demo import Demo, Ports, open_demo
from gateway.demo.holder_check import ask, expectation, summary
from gateway.screen import folding


def show_demo(demo: Demo) -> None:
    """Print addresses, the token and the people worth trying."""
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"start page  {demo.url}/")
    console.print(f"GraphiQL    {demo.url}/graphql")
    console.print(f"console     {demo.url}/console")
    console.print(f"schema      {demo.url}/schema.graphql")
    console.print(f"health      {demo.url}/health/ready")
    console.print(f"metrics     {demo.url}/metrics")
    for agency, address in demo.agencies.items():
        console.print(f"{agency:<21} {address}")
    console.print(f"token       {demo.token}")
    for role, token in demo.tokens.items():
        console.print(f"{role:<11} {token}")
    console.print()
    for person in demo.people:
        line = f"{person['idNumber']:<18}  {person['zh']} | {person['en']}"
        console.print(line, markup=False)
    console.print(f"\nlogs in {demo.folder}")
    console.print("ready; Ctrl-C stops all of it")


def show_stopped() -> None:
    """Say that nothing is left running."""
    Console().print("\nstopped")


def check_stories(folder: Path, holders: int, *, with_sm2: bool = False) -> int:
    """Ask for every story person on free ports; return 0 if all answers are right."""
    console = Console()
    table = folding("story", "sources", "certificates", "answer")
    wrong = 0
    ports = Ports(gateway=0, first_agency=0)
    with open_demo(folder, holders, ports, with_sm2=with_sm2) as demo:
        for person in demo.people:
            found = summary(ask(demo.url, demo.token, person["idNumber"]))
            is_right = found == expectation(person)
            wrong += not is_right
            table.add_row(
                person["id"],
                _counted(found["sources"].values()),
                _counted(certificate[2] for certificate in found["certificates"]),
                "[green]right[/]" if is_right else "[bold red]WRONG[/]",
            )
    console.print(table)
    console.print(f"{len(table.rows) - wrong} right, {wrong} wrong")
    return 1 if wrong else 0


def _counted(words: Iterable[str]) -> str:
    counts = Counter(words)
    return ", ".join(f"{count} {word}" for word, count in counts.items()) or "none"
