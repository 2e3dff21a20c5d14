"""What a registry that is silent, unsigned or not believed leaves to rulings."""

from dataclasses import replace

import pytest

from bureau.ledger.entries import (
    DecisionError,
    DecisionRefusal,
    SeenCertificate,
)
from bureau.ledger.recording import (
    NotVerifiedError,
)
from connectors.answer import SourceOutcome
from policy.certificate import CertificateState
from policy.eligibility import EligibilityOutcome
from policy.evidence import (
    ClaimantCategory,
)
from policy.level import Level
from tests.bureau.ledger.recording import (
    FACTS,
    ITEM,
    OF_THE_CERTIFICATE,
    PSEUDONYMS,
    SEEN,
    STATED,
    Office,
    eligible,
    refused,
    ruled,
    silent_office,
    unsigned_office,
)
from tests.resolvers.attested import certificate


async def test_what_a_silent_registry_has_is_recorded_where_all_of_it_is_ruled_on() -> (
    None
):
    office = silent_office()
    ruled_on = replace(STATED, seen=SEEN, rulings=ruled(*OF_THE_CERTIFICATE))

    decision = await office.record(ruled_on)

    assert (decision.item, decision.level) == (ITEM.code, Level.LEVEL_4)
    assert (decision.amount_yuan, decision.evidence) == (1600, "")
    assert decision.person == PSEUDONYMS.of(certificate().record.holder)
    assert office.book.judgements[0].verdict is EligibilityOutcome.UNDETERMINED
    assert office.book.evidence == []


@pytest.mark.parametrize("left_out", OF_THE_CERTIFICATE)
async def test_a_general_reason_does_not_do_for_a_silent_registry(
    left_out: str,
) -> None:
    ruled_on = ruled(*(one for one in OF_THE_CERTIFICATE if one != left_out))
    stated = replace(STATED, seen=SEEN, ruling="系统故障", rulings=ruled_on)

    error = await refused(silent_office(), stated)

    assert error.refusal is DecisionRefusal.UNDETERMINED
    assert [finding.clause for finding in error.findings] == [left_out]


async def test_what_nobody_says_of_a_silent_registry_s_is_not_recorded() -> None:
    stated = replace(STATED, rulings=ruled(*OF_THE_CERTIFICATE))

    with pytest.raises(NotVerifiedError):
        await silent_office().record(stated)


async def test_what_nobody_signed_is_paid_by_no_ruling() -> None:
    office = unsigned_office(may_be_ruled_on=False)
    stated = replace(STATED, seen=SEEN, rulings=ruled(*OF_THE_CERTIFICATE))

    with pytest.raises(NotVerifiedError):
        await office.record(stated)
    assert office.book.kept == []


async def test_where_the_figures_let_it_each_clause_of_it_is_ruled_on() -> None:
    office = unsigned_office(may_be_ruled_on=True)
    all_but_one = replace(STATED, seen=SEEN, rulings=ruled(*OF_THE_CERTIFICATE[1:]))
    error = await refused(office, all_but_one)
    ruled_on = replace(STATED, seen=SEEN, rulings=ruled(*OF_THE_CERTIFICATE))

    decision = await office.record(ruled_on)

    assert error.refusal is DecisionRefusal.UNDETERMINED
    assert (decision.amount_yuan, decision.evidence) == (1600, "")
    assert office.book.judgements[0].verdict is EligibilityOutcome.UNDETERMINED
    # Nothing of a row is kept as if it proved something.
    assert office.book.evidence == []


async def test_a_registry_that_is_not_believed_is_not_silent() -> None:
    office = Office(None, outcome=SourceOutcome.UNVERIFIED)
    stated = replace(STATED, seen=SEEN, rulings=ruled(*OF_THE_CERTIFICATE))

    with pytest.raises(NotVerifiedError):
        await office.record(stated)


@pytest.mark.parametrize(
    ("seen", "refusal"),
    [
        (
            SeenCertificate(item="2.2", level=Level.UNGRADED),
            DecisionRefusal.UNKNOWN_ITEM,
        ),
        (
            SeenCertificate(item=ITEM.code, level=Level.UNGRADED),
            DecisionRefusal.INELIGIBLE,
        ),
    ],
)
async def test_what_is_no_row_of_the_annex_is_refused_though_its_registry_is_silent(
    seen: SeenCertificate, refusal: DecisionRefusal
) -> None:
    stated = replace(STATED, seen=seen, rulings=ruled(*OF_THE_CERTIFICATE))

    error = await refused(silent_office(), stated)

    assert error.refusal is refusal


async def test_what_is_answered_counts_and_not_what_was_seen() -> None:
    seen = SeenCertificate(item=ITEM.code, level=Level.LEVEL_1)

    decision = await Office().record(replace(STATED, seen=seen))

    assert decision.level is Level.LEVEL_4
    assert decision.evidence


async def test_two_categories_are_none() -> None:
    facts = replace(FACTS, category=ClaimantCategory.UNEMPLOYED)

    error = await refused(Office(), replace(STATED, facts=facts))

    assert error.refusal is DecisionRefusal.CATEGORY_DIFFERS


async def test_a_dry_run_tells_all_that_stands_against_a_decision() -> None:
    office = Office(eligible(state=CertificateState.REVOKED, evaluation_body=None))
    stated = replace(
        STATED, amount_yuan=100_000, facts=replace(FACTS, is_civil_servant=True)
    )

    weighed = await office.preview(stated)

    assert weighed.judgement.verdict is EligibilityOutcome.INELIGIBLE
    assert weighed.judgement.computed_yuan == 1600
    assert [
        (one.refusal, [finding.clause for finding in one.findings])
        for one in weighed.objections
        if isinstance(one, DecisionError)
    ] == [
        (DecisionRefusal.NOT_IN_FORCE, ["219-3b"]),
        (DecisionRefusal.INELIGIBLE, ["17-excluded"]),
        (DecisionRefusal.AMOUNT_DIFFERS, ["17-amount"]),
        (DecisionRefusal.UNDETERMINED, ["219-2a"]),
    ]
    assert office.book.kept == []


async def test_a_dry_run_has_nothing_against_what_would_be_recorded() -> None:
    office = Office()

    weighed = await office.preview()

    assert (weighed.objections, office.book.kept) == ((), [])
    assert await office.record() == weighed.decision
