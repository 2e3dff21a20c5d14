"""What the pages show works: commands, queries, answers, files, links."""

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    FieldNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    print_ast,
    validate,
)
from typer.core import TyperGroup

from connectors.conformance.plan import read_plan
from connectors.manifest import read_manifest
from connectors.protocols.graphql import entities_query
from connectors.strict_toml import read_table
from gateway.cli import Commands
from gateway.lazy import command_at
from gateway.providers.key_list import KeyList, require_sound
from gateway.registration.submission_file import SubmissionFile
from gateway.witness.settings import WitnessSettings
from resolvers.schema import schema
from signing.trust import read_trust_bundle
from tests.architecture.documents import PAGES, ROOT, Block, blocks, with_part

TARGETS = set(
    re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
)
COMMANDS: Mapping[str, Any] = {
    named.name: command_at(named.where) for named in Commands.table
}
FILES: Mapping[str, Callable[[str], object]] = {
    "manifests/": read_manifest,
    "trust.toml": read_trust_bundle,
    "plan.toml": read_plan,
    "keys.toml": lambda text: require_sound(read_table(text, KeyList)),
    "witness.toml": lambda text: read_table(text, WitnessSettings).keys_of_logs,
    "submission.toml": lambda text: read_table(text, SubmissionFile),
    # The settings need a folder; tests/architecture/test_settings.py reads them.
    "gateway.toml": str,
}
PATHS = r"`((?:docs|tests|sandbox|tools|connectors|policy|gateway|resolvers)/[\w./-]+)`"
MANIFESTS = ROOT / "sandbox" / "agencies"


def shown_commands() -> Iterator[tuple[str, list[str]]]:
    """Yield every ``make`` and ``gateway`` command of the pages, with its page."""
    for page in PAGES:
        text = page.read_text("utf-8")
        name = page.relative_to(ROOT).as_posix()
        inline = re.findall(r"`((?:make|gateway) [a-z][^`\n]*)`", text)
        lines = [
            line
            for block in blocks("sh")
            if block.page == name
            for line in block.text.replace("\\\n", "").splitlines()
            if line.startswith(("make ", "gateway "))
        ]
        yield from ((name, shlex.split(command)) for command in inline + lines)


SHOWN = list(shown_commands())


def test_a_command_exists() -> None:
    for page, (program, name, *rest) in SHOWN:
        if program == "make":
            assert name in TARGETS, f"{page}: no target {name}"
            continue
        shown = COMMANDS[name]
        # One that does something by itself may have options in the place of a command.
        while (
            isinstance(shown, TyperGroup)
            and rest
            and not (shown.invoke_without_command and rest[0].startswith("--"))
        ):
            shown = shown.commands[rest.pop(0)]
        options = {flag for option in shown.params for flag in option.opts}
        stated = {word for word in rest if word.startswith("--")}
        assert stated <= options, f"{page}: {name} {stated - options}"


def test_the_readmes_two_commands_are_found() -> None:
    found = [" ".join(command) for page, command in SHOWN if page == "README.md"]

    assert {"make demo", "make test", "make check"} <= set(found)


@pytest.mark.parametrize("block", blocks("graphql"), ids=str)
def test_a_query_fits_its_schema(block: Block) -> None:
    if block.about == "agency":
        return  # compared below with what we ask
    assert validate(schema._schema, parse(block.text)) == []


def test_the_query_shown_to_agencies_is_the_one_we_ask() -> None:
    shown = next(b.text for b in blocks("graphql") if b.about == "agency")
    transport = read_manifest((MANIFESTS / "transport.toml").read_text("utf-8"))

    assert print_ast(parse(shown)) == print_ast(parse(entities_query(transport)))


@pytest.mark.parametrize("block", blocks("json"), ids=str)
def test_json_is_json(block: Block) -> None:
    assert isinstance(json.loads(block.text), dict)


def misfits(selected: SelectionSetNode, answer: object, place: str) -> Iterator[str]:
    """Name each place where an answer has other fields than were asked for."""
    match answer:
        case list():
            for entry in answer:
                yield from misfits(selected, entry, place)
        case dict():
            fields = {
                (node.alias or node.name).value: node.selection_set
                for node in selected.selections
                if isinstance(node, FieldNode)
            }
            if fields.keys() != answer.keys():
                yield place
            for name, below in fields.items():
                if below is not None and name in answer:
                    yield from misfits(below, answer[name], f"{place}.{name}")
        case _:
            yield place


def first_selection() -> SelectionSetNode:
    block = next(b for b in blocks("graphql") if b.page == "README.md")
    operation = parse(block.text).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return operation.selection_set


def first_answer() -> dict[str, Any]:
    block = next(b for b in blocks("json") if b.page == "README.md")
    answer: dict[str, Any] = json.loads(block.text)["data"]
    return answer


def test_the_first_answer_has_the_fields_that_were_asked_for() -> None:
    assert list(misfits(first_selection(), first_answer(), "data")) == []


def test_an_answer_without_its_sources_is_seen() -> None:
    answer = first_answer()
    del answer["holder"]["sources"]

    assert list(misfits(first_selection(), answer, "data")) == ["data.holder"]


@pytest.mark.parametrize("block", blocks("toml"), ids=str)
def test_an_example_file_is_read(block: Block) -> None:
    """What is a part of a file says so after a comma, and is read in its place."""
    name, _, part = block.text.partition("\n")[0].removeprefix("# ").partition(", ")
    read = next(read for start, read in FILES.items() if name.startswith(start))
    whole = next(b.text for b in blocks("toml") if b.text.startswith(f"# {name}\n"))

    read(with_part(whole, block.text) if part else block.text)


def links() -> Iterator[tuple[str, str]]:
    """Yield every link of the pages to a file of ours, and every path in code."""
    for page in PAGES:
        text = page.read_text("utf-8")
        name = page.relative_to(ROOT).as_posix()
        for target in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", text):
            yield name, (page.parent / target).resolve().as_posix()
        for target in re.findall(PATHS, text):
            yield name, (ROOT / target).as_posix()


def test_a_link_leads_somewhere() -> None:
    found = set(links())

    assert found
    assert [one for one in found if not ROOT.joinpath(one[1]).exists()] == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text("utf-8")

    titles = {
        path.name: path.read_text("utf-8").partition("\n")[0].removeprefix("# ")
        for path in folder.glob("*.md")
        if path.name != "README.md"
    }

    told = re.findall(r"^- \[(.+)\]\((.+)\)$", index, re.MULTILINE)
    assert {name: title for title, name in told} == titles


@pytest.mark.parametrize(
    "path",
    [p for p in (ROOT / "docs" / "decisions").glob("*.md") if p.name != "README.md"],
    ids=lambda path: path.stem,
)
def test_a_decision_says_what_it_costs(path: Path) -> None:
    assert "\n## What it costs\n" in path.read_text("utf-8")
