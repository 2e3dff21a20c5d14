"""The steps and refusals of registration are those of docs/registration.md."""

import re

from connectors.quality import Dimension
from connectors.registration.lifecycle import Step
from connectors.registration.refusals import MEANINGS, RefusalCode
from resolvers.schema import schema
from tests.architecture.documents import names, table

PAGE = "docs/registration.md"


def test_every_step_is_described() -> None:
    assert names(PAGE, "Step") == list(Step)


def test_every_refusal_is_described_as_it_is_said() -> None:
    told = [[cell.strip("`") for cell in row] for row in table(PAGE, "Refusal")]

    assert told == [
        [code, MEANINGS[code].en, MEANINGS[code].zh] for code in RefusalCode
    ]


def test_every_dimension_is_defined() -> None:
    told = [name.split("`")[1] for name, *_ in table(PAGE, "Dimension")]

    assert told == list(Dimension)


def test_every_mutation_stands_on_the_page() -> None:
    mutation = schema.core.mutation_type
    assert mutation is not None
    steps = {
        name
        for row in table(PAGE, "Step")
        for name in re.findall(r"`([a-zA-Z]+)`", row[3])
    }

    sanctions = {"imposeSanction", "liftSanction", "decideSanctionProposal"}
    # See test_ledger_page.
    ledger = {"recordDecision", "takeRecoveryStep", "proveRecordFalse"}
    assert steps == set(mutation.fields) - sanctions - ledger
