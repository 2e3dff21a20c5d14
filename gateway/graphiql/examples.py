"""What GraphiQL opens with: example tabs, a tab a role, and people worth trying.

The tabs are files, in the order of their names, each in the folder of the role that
may run it; a ``.json`` beside one has its variables. Who only reads is shown the tabs
of ``reader``; those of the other roles appear where a demo gives them a token.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from gateway.errors import StartError

TABS = Path(str(files("gateway"))) / "static" / "graphiql-tabs"
READER = "reader"
ROLES = ("approver", "audit", "payments", READER, "recoveries", "registrar")
"""The folders of the tabs; ``docs/operating.md`` says what each may do."""


@dataclass(frozen=True, slots=True)
class Tab:
    """An example query and the variables it starts with; its operation names it."""

    query: str
    variables: Mapping[str, Any]
    # Of its role; ``None``: that of the page.
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person of a demo, and what is to be seen of them."""

    # The end of ``/graphql#person=``.
    id: str
    # As ``$idType`` and ``$idNumber`` are called.
    variables: Mapping[str, str]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class GraphiQLConfig:
    """The page's configuration, read when it opens."""

    # A bearer token for the header editor; only the demo, which has no real data,
    # gives one.
    token: str | None = field(repr=False)
    tabs: tuple[Tab, ...]
    people: tuple[Person, ...] = ()


def example_tabs(
    id_number: str, tokens: Mapping[str, str] | None = None
) -> tuple[Tab, ...]:
    """Read the example tabs, in the order of their file names.

    ``id_number`` fills the variable of every tab that declares ``$idNumber``; it may
    be empty, for the reader to fill in. ``tokens`` are by role.

    Raises:
        StartError: a token is for a role that has no tabs.
    """
    tokens = tokens or {}
    if unknown := sorted(tokens.keys() - set(ROLES)):
        known = ", ".join(ROLES)
        raise StartError(f"graphiql_tokens: {unknown[0]} is none of {known}")
    paths = sorted(TABS.glob("*/*.graphql"), key=_place)
    return tuple(
        _tab(path, id_number, tokens.get(path.parent.name))
        for path in paths
        if path.parent.name in {READER, *tokens}
    )


def read_people(path: Path | None) -> tuple[Person, ...]:
    """Return the people of a sandbox's ``stories.json``; nobody without one.

    Raises:
        StartError: it cannot be read.
    """
    if path is None:
        return ()
    try:
        persons: Sequence[Mapping[str, str]] = json.loads(path.read_text("utf-8"))[
            "persons"
        ]
        return tuple(
            Person(
                person["id"],
                {"idType": person["idType"], "idNumber": person["idNumber"]},
                person["zh"],
                person["en"],
            )
            for person in persons
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise StartError(
            f"graphiql_stories: {path} has no people; python -m sandbox prepare "
            "writes such a file"
        ) from None


def _place(path: Path) -> int:
    return int(path.name.partition("-")[0])


def _tab(path: Path, id_number: str, token: str | None) -> Tab:
    query = path.read_text("utf-8")
    beside = path.with_suffix(".json")
    variables = json.loads(beside.read_text("utf-8")) if beside.exists() else {}
    if "$idNumber" in query:
        variables["idNumber"] = id_number
    return Tab(query, variables, token)
