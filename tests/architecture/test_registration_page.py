"""The steps and refusals of registration are those of docs/registration.md."""

import re

from graphql import parse, validate

from bureau.scopes import STEPS
from connectors.quality import Dimension
from connectors.registration.lifecycle import Step
from connectors.registration.refusals import MEANINGS, RefusalCode
from connectors.registration.sanctions import ORIGINS, SanctionKind, SanctionStep
from gateway.registration.asking import NotTried
from gateway.registration.documents import DOCUMENTS
from resolvers.schema import schema
from tests.architecture.documents import ROOT, names, table
from tests.architecture.registration_documents import on_the_page, printed

PAGE = "docs/registration.md"
CHINESE_PAGE = "docs/zh/registration.md"


def test_every_step_is_described() -> None:
    assert names(PAGE, "Step") == list(Step)


def test_every_refusal_is_described_as_it_is_said() -> None:
    told = [[cell.strip("`") for cell in row] for row in table(PAGE, "Refusal")]

    assert told == [
        [code, MEANINGS[code].en, MEANINGS[code].zh] for code in RefusalCode
    ]


def test_every_refusal_is_described_in_chinese_as_it_is_said() -> None:
    told = [[cell.strip("`") for cell in row] for row in table(CHINESE_PAGE, "代码")]

    assert told == [[code, MEANINGS[code].zh] for code in RefusalCode]


def test_every_sanction_and_step_is_described_with_the_states_it_leads_from() -> None:
    told = table(PAGE, "Sanction's step")
    begin = {SanctionStep.IMPOSE, SanctionStep.PROPOSE}

    assert names(PAGE, "Sanction") == list(SanctionKind)
    assert {row[0].strip("`") for row in told} == set(SanctionStep)
    assert {
        row[0].strip("`"): {
            word.strip(",()")
            for word in row[2].replace(",", " ").split()
            if word.isupper()
        }
        for row in told
        if row[0].strip("`") not in begin
    } == {step: set(origins) for step, origins in ORIGINS.items()}


def test_every_reason_why_nothing_was_tried_is_described() -> None:
    assert names(PAGE, "Not tried") == list(NotTried)


def test_every_dimension_is_defined() -> None:
    told = [name.split("`")[1] for name, *_ in table(PAGE, "Dimension")]

    assert told == list(Dimension)


def test_every_mutation_stands_on_the_page() -> None:
    mutation = schema.core.mutation_type
    assert mutation is not None
    steps = {
        name
        for heading, place in (("Step", 3), ("Sanction's step", 4))
        for row in table(PAGE, heading)
        for name in re.findall(r"`([a-zA-Z]+)`", row[place])
    }

    # The one is deprecated, the other of what a machine proposes.
    sanctions = {"imposeSanction", "decideSanctionProposal"}
    # See test_ledger_page.
    ledger = {
        *("recordDecision", "takePaymentStep"),
        *("proposeCorrection", "answerCorrection"),
        *("takeRecoveryStep", "proveRecordFalse", "moveClaim"),
        *("proveClaimFalse", "withdrawFalseRecord"),
    }
    # See docs/evidence.md.
    credentials = {"issueCredential"}
    assert steps == set(mutation.fields) - sanctions - ledger - credentials


def test_every_document_is_on_the_page_as_it_is_sent() -> None:
    run = "python -m tests.architecture.registration_documents"
    assert on_the_page() == printed(), f"run: {run}"


def test_the_documents_fit_the_schema_together_and_one_by_one() -> None:
    together = ROOT / "gateway/registration/documents.graphql"
    texts = [
        together.read_text("utf-8"),
        *(document.text for document in DOCUMENTS.values()),
    ]

    assert [validate(schema.core, parse(text)) for text in texts] == [[]] * len(texts)


def test_every_step_of_registration_has_a_document() -> None:
    steps = {document.field for document in DOCUMENTS.values() if document.is_step}

    assert {_snake_case(field) for field in steps} == set(STEPS)


def _snake_case(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
