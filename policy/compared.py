"""What a clause compares, as data: what it expects, what is there, and until which day.

A finding has words for people; this is the same for a screen. Each value is the set of
what a fact may be: days from one to another, numbers likewise, codes, or words. A
clause is met where what is there lies within what it expects, and unmet where some of
it lies outside for certain. A fact that is expected and not among what is there is not
known. ``tests/policy/test_compared.py`` holds both, and that words and data name the
same days, levels and codes.

Nothing is decided here: whether it is met, the clauses say. It is made for whoever asks
for it, and costs a verdict nothing.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import TypeAlias

from policy import compared_claims
from policy.catalogue import Item
from policy.certificate import CertificateRecord, CertificateState
from policy.compared_values import (
    NOTHING,
    Codes,
    Compared,
    Days,
    Value,
    Values,
    Words,
    code,
    known,
    one,
)
from policy.evidence import AccountState, Attestation, Claimant
from policy.facts import Fact
from policy.finding import Finding, FindingOutcome
from policy.level import Level
from policy.names import same_name, stated_name
from policy.question import Question
from policy.standing import Standing, standing
from policy.states import state_on
from policy.text import Text


def listed(asked: Question, _: FindingOutcome) -> Compared:
    """219-1a."""
    item, record, level = asked.row.item, asked.record, asked.level
    if item is None:
        rows = asked.row.candidates or frozenset(asked.catalogue.items)
        expected: dict[Fact, Value] = {
            Fact.ITEM: Codes(tuple(row for row in asked.catalogue.items if row in rows))
        }
    else:
        expected = {
            Fact.ITEM: Codes((item.code,)),
            Fact.ITEM_NAME: Words(item.name),
            Fact.LEVEL: Codes(tuple(item.levels)),
        }
    if record is None:
        is_listed = item is None or level is None or level in item.levels
        # Of the row that is asked about this is known without a record.
        return Compared(expected, {} if is_listed else known({Fact.LEVEL: code(level)}))
    stated = record.item_code if item is None else item.code
    return Compared(
        expected,
        known(
            {
                Fact.ITEM: code(stated),
                Fact.ITEM_NAME: Words(Text(record.item, record.item)),
                Fact.LEVEL: code(level),
            }
        ),
    )


def issued(asked: Question, _: FindingOutcome) -> Compared:
    """219-1b."""
    record, first = asked.record, asked.figures.first_eligible_day
    return Compared(
        {Fact.ISSUED_ON: Days(first, None)},
        {} if record is None else known({Fact.ISSUED_ON: one(record.issued_on)}),
    )


def first_issued(asked: Question, _: FindingOutcome) -> Compared:
    """219-n2."""
    item, record = asked.row.item, asked.record
    if item is None or not item.anchored_on_first_issue:
        return NOTHING
    day = None if record is None else record.first_issued_on
    return Compared(
        {Fact.FIRST_ISSUED_ON: Days(asked.figures.first_eligible_day, None)},
        known({Fact.FIRST_ISSUED_ON: one(day)}),
    )


def examined(asked: Question, _: FindingOutcome) -> Compared:
    """219-2a."""
    item, record = asked.row.item, asked.record
    stated = None if record is None else record.evaluation_body
    body = None if item is None else Words(item.evaluation_body.name)
    return Compared(
        known({Fact.EVALUATION_BODY: body}),
        {} if stated is None else {Fact.EVALUATION_BODY: Words(Text(stated, stated))},
    )


IN_FORCE, NOT_IN_FORCE = "IN_FORCE", "NOT_IN_FORCE"


def collected(asked: Question, _: FindingOutcome) -> Compared:
    """219-2b."""
    item, evidence = asked.row.item, asked.evidence
    expected: dict[Fact, Value] = {
        Fact.KEY: Codes((IN_FORCE,)),
        Fact.ACCOUNT: Codes((AccountState.ACTIVE,)),
    }
    if item is not None:
        expected[Fact.COLLECTION_BODY] = Codes((item.collection_body.id,))
        expected[Fact.KEY_SCOPE] = Codes((item.code,))
    if evidence is None:
        return Compared(expected)
    return Compared(expected, _attested(evidence.attestation, item))


def _attested(attestation: Attestation, item: Item | None) -> Values:
    scope = tuple(sorted(attestation.scope))
    if item is not None and item.code in attestation.scope:
        # Whatever else it may attest is nothing to this row.
        scope = (item.code,)
    is_in_force = attestation.key_in_force
    return known(
        {
            Fact.COLLECTION_BODY: Codes((attestation.institution,)),
            Fact.KEY_SCOPE: Codes(scope),
            Fact.KEY: None
            if is_in_force is None
            else Codes((IN_FORCE if is_in_force else NOT_IN_FORCE,)),
            Fact.ACCOUNT: code(attestation.account),
        }
    )


def in_standing(asked: Question, _: FindingOutcome) -> Compared:
    """219-3b."""
    evidence = asked.evidence
    expected: dict[Fact, Value] = {Fact.STATE: Codes((CertificateState.VALID,))}
    if evidence is None:
        return Compared(expected)
    record, as_of = evidence.record, evidence.as_of
    found = standing(record, as_of, evidence.today)
    state = state_on(record, as_of)
    if evidence.is_ahead and found in (Standing.UNKNOWN, Standing.NOT_YET_VALID):
        # Of a day that has not come no state is known but one that is for good.
        state = None
    wanted: dict[Fact, tuple[date | None, Days]] = {
        Fact.ISSUED_ON: (record.issued_on, Days(None, as_of)),
        Fact.VALID_FROM: (record.valid_from, Days(None, as_of)),
        Fact.VALID_UNTIL: (record.valid_until, Days(as_of, None)),
    }
    if asked.figures.review_overdue is not FindingOutcome.MET:
        day = min(as_of, evidence.today)
        wanted[Fact.REVIEW_DUE_ON] = (record.review_due_on, Days(day, None))
    is_licence = record.level in (None, Level.UNGRADED)
    for fact, (stated, allowed) in wanted.items():
        # A graded qualification is for life where nothing else is stated.
        if stated is not None or is_licence or fact is Fact.ISSUED_ON:
            expected[fact] = allowed
    actual = {fact: one(stated) for fact, (stated, _) in wanted.items()}
    return Compared(
        expected,
        known({Fact.STATE: code(state), **actual}),
        _ends_on(record, as_of, found, reviewed=Fact.REVIEW_DUE_ON in wanted),
    )


_BY_DATES = frozenset({Standing.VALID, Standing.EXPIRED, Standing.REVIEW_OVERDUE})


def _ends_on(
    record: CertificateRecord, as_of: date, found: Standing, *, reviewed: bool
) -> date | None:
    """Return by when it is to be reviewed or runs out, or from when on it is valid."""
    if found is Standing.NOT_YET_VALID:
        return max(record.valid_from or date.min, record.issued_on or date.min)
    if found not in _BY_DATES:
        return None
    due = record.review_due_on if reviewed else None
    lost = _last_good_day(record, as_of) if found is Standing.VALID else None
    days = [day for day in (record.valid_until, due, lost) if day is not None]
    return min(days, default=None)


def _last_good_day(record: CertificateRecord, as_of: date) -> date | None:
    """Return the day before what is known already takes its good state away."""
    told = [record.state_since, *(one.effective_on for one in record.changes or ())]
    for day in sorted(day for day in told if day is not None and day > as_of):
        if state_on(record, day) is not CertificateState.VALID:
            return day - timedelta(days=1)
    return None


SAME, ANOTHER = "SAME", "ANOTHER"


def of_claimant(asked: Question, _: FindingOutcome) -> Compared:
    """219-2c: whether they are one, and nothing of who they are."""
    evidence = asked.evidence
    claimant = None if evidence is None else evidence.claimant
    if evidence is None or claimant is None:
        has_to = asked.figures.claimant_has_to_be_stated
        return Compared({Fact.CLAIMANT_NUMBER: Codes((SAME,))} if has_to else {})
    holder = evidence.record.holder
    identity = claimant.identity
    expected: dict[Fact, Value] = {
        Fact.CLAIMANT_NUMBER: Codes((SAME,)),
        Fact.CLAIMANT_ID_TYPE: Codes((SAME,)),
    }
    actual: dict[Fact, Value | None] = {
        Fact.CLAIMANT_NUMBER: _same(is_so=identity.number == holder.number),
        Fact.CLAIMANT_ID_TYPE: _same(is_so=identity.type is holder.type),
    }
    if stated_name(claimant.name) is not None:
        expected[Fact.CLAIMANT_NAME] = Codes((SAME,))
        actual[Fact.CLAIMANT_NAME] = _names(claimant, evidence.record)
    return Compared(expected, known(actual))


def _names(claimant: Claimant, record: CertificateRecord) -> Codes | None:
    claimed, registered = stated_name(claimant.name), stated_name(record.holder_name)
    if claimed is None or registered is None:
        return None
    return _same(is_so=same_name(claimed, registered))


def _same(*, is_so: bool) -> Codes:
    return Codes((SAME if is_so else ANOTHER,))


Compare: TypeAlias = Callable[[Question, FindingOutcome], Compared]
BY_CLAUSE: Mapping[str, Compare] = MappingProxyType(
    {
        "219-1a": listed,
        "219-1b": issued,
        "219-n2": first_issued,
        "219-2a": examined,
        "219-2b": collected,
        "219-3b": in_standing,
        "219-2c": of_claimant,
    }
)


def compare(asked: Question, finding: Finding) -> Compared:
    """Return what the clause of ``finding`` compared when it was ``asked``."""
    of_certificate = BY_CLAUSE.get(finding.clause)
    if of_certificate is not None:
        return of_certificate(asked, finding.outcome)
    if asked.claim is None:
        return NOTHING
    of_claim = compared_claims.BY_CLAUSE[finding.clause]
    return of_claim(asked.claim, finding.outcome)
