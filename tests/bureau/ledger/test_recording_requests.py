"""What is kept of a decision, what its request digests to, and whom it pays."""

from dataclasses import replace
from datetime import date

import pytest

from bureau.ledger.entries import (
    AlreadyPaidError,
    DecisionError,
    DecisionOutcome,
    DecisionRefusal,
    Ruling,
    SeenCertificate,
)
from bureau.ledger.judging import Silent
from connectors.answer import SourceOutcome
from policy.eligibility import EligibilityOutcome
from policy.evidence import (
    Claim,
    Claimant,
    ClaimantCategory,
    Payment,
)
from policy.level import Level
from policy.parameters import load_parameters
from signing.envelope import Envelope
from tests.bureau.ledger.recording import (
    FACTS,
    HOLDER,
    NAME,
    SOMEBODY,
    STATED,
    VAULT,
    Office,
    eligible,
    refused,
    ruled,
)
from tests.resolvers.attested import certificate


async def test_what_was_computed_is_kept_with_the_bytes_it_rests_on() -> None:
    listed = Envelope(b"the.status.list")
    office = Office(listed=listed)

    decision = await office.record(replace(STATED, rulings=ruled("17-once")))

    (judgement,) = office.book.judgements
    parameters = load_parameters()
    assert judgement.verdict is EligibilityOutcome.ELIGIBLE
    assert (judgement.figures_from, judgement.figures_digest) == (
        *(date(2022, 8, 22), parameters.digest),
    )
    assert (judgement.facts, judgement.rulings) == (FACTS, ruled("17-once"))
    record, list_ = office.book.evidence
    assert (record.digest, list_.digest) == (decision.evidence, judgement.status_list)
    assert office.found is not None
    assert VAULT.open(record) == office.found.envelope.came
    assert VAULT.open(list_) == listed.came


async def test_a_reason_that_is_kept_names_nobody() -> None:
    holder = certificate().record.holder.number
    office = Office(eligible(evaluation_body=f"学校{holder}"))
    stated = replace(STATED, outcome=DecisionOutcome.REFUSED, amount_yuan=None)

    await office.record(stated)

    (judgement,) = office.book.judgements
    assert "学校" in str(judgement.findings)
    assert holder not in str(judgement.findings)


async def test_without_a_key_to_keep_evidence_under_nothing_is_decided() -> None:
    office = Office(vault=None)

    error = await refused(office)

    assert (error.refusal, office.asked) == (DecisionRefusal.NO_EVIDENCE_KEY, 0)


def test_a_request_of_before_there_were_facts_has_its_digest() -> None:
    """It may be sent again after the gateway learnt to judge."""
    stated = replace(STATED, facts=Claim(), amount_yuan=2000)

    assert stated.digest == (
        "50cfe30cb269a7088094974ed56cec42ac65c6d8bcc649924975f21a8364f619"
    )
    assert stated.digest != replace(stated, facts=FACTS).digest
    assert stated.digest != replace(stated, rulings=ruled("219-3b")).digest


@pytest.mark.parametrize("blank", ["", "　", "\u200b", "\u3164", "\u2800", "\ufe0f"])
async def test_nobody_rules_by_a_blank(blank: str) -> None:
    office = Office(eligible(state=None))

    with pytest.raises(DecisionError) as error:
        await office.record(replace(STATED, ruling=blank))

    assert error.value.refusal is DecisionRefusal.BAD_RULING


async def test_a_district_that_is_none_is_refused_before_anybody_is_asked() -> None:
    office = Office()

    with pytest.raises(DecisionError) as error:
        await office.record(replace(STATED, district="999999"))

    assert error.value.refusal is DecisionRefusal.BAD_DISTRICT
    assert office.asked == 0


async def test_what_is_paid_by_a_share_is_counted_against_it_too() -> None:
    student = ClaimantCategory.VOCATIONAL_FINAL_YEAR
    office = Office()
    office.book.paid = (
        Payment(item_code="another", level=Level.LEVEL_3, category=student),
    )
    facts = replace(FACTS, category=student, studies_in_shanghai=True)

    with pytest.raises(AlreadyPaidError) as barred:
        await office.record(replace(STATED, category=student, facts=facts))

    assert barred.value.finding.clause == "17-share"


@pytest.mark.parametrize(
    "other",
    [
        {"claim": "c-11"},
        {"amount_yuan": 200},
        {"district": "310116"},
        {"certificate": "sealed-2"},
        {"ruling": "核实"},
        {"decided_on": date(2026, 11, 25)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_decision_has_another_digest(other: dict[str, object]) -> None:
    assert replace(STATED, **other).digest != STATED.digest  # type: ignore[arg-type]


def test_what_is_moved_from_one_field_to_the_next_has_another_digest() -> None:
    moved = replace(STATED, district=STATED.district[:-1], amount_yuan=52000)

    assert moved.digest != STATED.digest


@pytest.mark.parametrize(
    "claimant",
    [
        pytest.param(Claimant(SOMEBODY), id="another number"),
        pytest.param(Claimant(HOLDER, "某别人"), id="another name"),
    ],
)
async def test_who_is_not_the_holder_is_not_paid_whatever_is_ruled(
    claimant: Claimant,
) -> None:
    office = Office(eligible(holder_name=NAME))
    ruled = replace(
        STATED, rulings=(Ruling(clauses=("219-2c",), reason="r", officer="o"),)
    )

    with pytest.raises(DecisionError) as error:
        await office.record(ruled, claimant)

    assert error.value.refusal is DecisionRefusal.INELIGIBLE
    assert [finding.clause for finding in error.value.findings] == ["219-2c"]


async def test_who_is_the_holder_is_paid_once_under_one_key() -> None:
    office = Office(eligible(holder_name=NAME))
    first = await office.record(claimant=Claimant(HOLDER, NAME))

    assert await office.record(claimant=Claimant(HOLDER, f" {NAME} ")) == first
    for other in (None, Claimant(HOLDER), Claimant(SOMEBODY, NAME)):
        with pytest.raises(DecisionError) as error:
            await office.record(claimant=other)
        assert error.value.refusal is DecisionRefusal.KEY_USED
    # Nothing of it is kept but a mark.
    assert first.request_digest.startswith("mark of ")


async def test_while_the_registry_is_silent_another_is_not_paid_either() -> None:
    silent = Silent(HOLDER, "transport")
    office = Office(None, outcome=SourceOutcome.TIMED_OUT, silent=silent)
    seen = SeenCertificate(item="4-02-01-01", level=Level.LEVEL_4)
    ruled = replace(STATED, seen=seen, ruling="r")

    with pytest.raises(DecisionError) as error:
        await office.record(ruled, Claimant(SOMEBODY))

    assert error.value.refusal is DecisionRefusal.INELIGIBLE
    assert [finding.clause for finding in error.value.findings] == ["219-2c"]
