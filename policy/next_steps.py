"""What is to be done about a clause that is not met, or not known, and by whom.

The words are data (``annex/next_steps.toml``), one table a clause. A clause that is met
leaves nothing to do.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from policy.errors import AnnexError
from policy.finding import FindingOutcome
from policy.table import Table, parse_table, read_annex
from policy.text import Text

FILE = "next_steps.toml"


class Actor(StrEnum):
    """Who has to act."""

    HOLDER = "HOLDER"
    OFFICE = "OFFICE"
    """The district office that examines the claim."""
    COLLECTION_BODY = "COLLECTION_BODY"
    AUTHORITY = "AUTHORITY"
    OPERATOR = "OPERATOR"
    """Whoever runs the gateway."""
    NOBODY = "NOBODY"
    """It stays as it is, unless what is registered is wrong."""


class NextStep(NamedTuple):
    """Who has to act, and how."""

    actor: Actor
    words: Text


Steps = Mapping[tuple[str, FindingOutcome], NextStep]


@cache
def load_next_steps() -> Steps:
    """Return the steps by clause and outcome.

    Raises:
        AnnexError: the project's own file is broken.
    """
    return read_next_steps(read_annex(FILE))


def read_next_steps(text: str) -> Steps:
    """Read the ``step`` tables of TOML.

    Raises:
        AnnexError: a key is unknown or missing, an actor is none, or a clause is there
            twice.
    """
    found: dict[tuple[str, FindingOutcome], NextStep] = {}
    for table in parse_table(text, FILE).tables("step"):
        clause = table.take("clause", str)
        for outcome in (FindingOutcome.UNMET, FindingOutcome.UNDETERMINED):
            if (clause, outcome) in found:
                raise AnnexError(table.where, f"{clause} is there twice")
            found[clause, outcome] = _step(table, outcome.lower())
        table.finish()
    return MappingProxyType(found)


def _step(table: Table, name: str) -> NextStep:
    actor = table.take(name, str)
    if actor not in list(Actor):
        raise AnnexError(table.where, f"{actor} is nobody who acts")
    return NextStep(Actor(actor), table.text(f"{name}_"))
