"""What the facts of a question may be instead of what they are.

For most facts one value is as good as any: a state that is valid, nothing that was
paid. For days it depends on the other days, so each that bounds another is one. What
the certificate is, an item and a level of the annex, is the question where it is known,
and does not vary; nor does the day that is asked about. ``policy.what_if`` looks for
the facts that would have to be otherwise, and shows none of these values: which one is
true is for registries and claimants to say.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, TypeAlias

from policy.certificate import CertificateState
from policy.claim_clauses import (
    CONDITIONS,
    STUDENTS,
    last_day_of_veteran,
    window_of,
)
from policy.contradictions import (
    LEVEL_IN_DOUBT,
    VALID_MONTHS,
    said_by_number,
    warnings_of,
)
from policy.evidence import (
    AccountState,
    Acquisition,
    Claim,
    Claimant,
    ClaimantCategory,
    Evidence,
    Hukou,
)
from policy.facts import Fact
from policy.identity import Identity
from policy.level import Level
from policy.months import add_months
from policy.parameters import Figures
from policy.question import Question

# Any: a fact's value is of whatever type the fact is; ``SETTERS`` has it back.
Alternatives: TypeAlias = Mapping[Fact, tuple[Any, ...]]
SAYS_NOTHING = "?"
"""A certificate's number of no form that says a level, a year or a person."""


def alternatives(asked: Question) -> Alternatives:
    """Return what each fact of a question with evidence may be instead."""
    evidence = asked.evidence
    assert evidence is not None  # noqa: S101 - see above
    found = {**_of_record(asked, evidence), **_of_signer(asked), **_of_person(evidence)}
    if asked.claim is not None:
        found |= _of_claim(asked)
    return {fact: values for fact, values in found.items() if values}


def _of_record(asked: Question, evidence: Evidence) -> dict[Fact, tuple[Any, ...]]:
    items, record = asked.catalogue.items, evidence.record
    rows = [items[row] for row in _rows(asked)]
    levels = {level for row in rows for level in row.levels}
    starts = _starts(evidence)
    ends = {
        add_months(day, VALID_MONTHS)
        for day in (*starts, *_days([record.valid_from, record.issued_on]))
    }
    return {
        Fact.NUMBER: (SAYS_NOTHING,),
        Fact.ITEM: tuple(rows) if asked.row.item is None else (),
        Fact.LEVEL: tuple(level for level in Level if level in levels)
        if _is_level_open(asked)
        else (),
        Fact.FIRST_ISSUED_ON: starts,
        Fact.ISSUED_ON: starts,
        Fact.VALID_FROM: starts,
        Fact.VALID_UNTIL: tuple(sorted(ends)),
        Fact.REVIEW_DUE_ON: (date.max,),
        Fact.STATE: (CertificateState.VALID,),
        Fact.EVALUATION_BODY: _once(row.evaluation_body.name.zh for row in rows),
    }


def _rows(asked: Question) -> list[str]:
    """Return the codes of the rows that the record may be of."""
    rows = asked.row.candidates or asked.catalogue.items
    return [code for code in asked.catalogue.items if code in rows]


def _is_level_open(asked: Question) -> bool:
    record, item = asked.record, asked.row.item
    if record is None or item is None or asked.level not in item.levels:
        return True
    return not LEVEL_IN_DOUBT.isdisjoint(warnings_of(record))


def _starts(evidence: Evidence) -> tuple[date, ...]:
    """Return the latest days on which it may have been issued, or have begun.

    Whatever bounds such a day from below is met by the latest that is allowed, so the
    days that bound it from above are enough.
    """
    record, claim, as_of = evidence.record, evidence.claim, evidence.as_of
    year = said_by_number(record).year
    bounds = [
        *(record.issued_on, record.first_issued_on, record.valid_until),
        *(record.review_due_on, None if claim is None else claim.claimed_on),
        None if year is None else date(2000 + year, 12, 31),
    ]
    return tuple(sorted({min(day, as_of) for day in (*_days(bounds), as_of)}))


def _of_signer(asked: Question) -> dict[Fact, tuple[Any, ...]]:
    rows = [asked.catalogue.items[row] for row in _rows(asked)]
    return {
        Fact.COLLECTION_BODY: _once(row.collection_body.id for row in rows),
        Fact.KEY_SCOPE: (frozenset(asked.catalogue.items),),
        Fact.KEY: (True,),
        Fact.ACCOUNT: (AccountState.ACTIVE,),
        Fact.FRESHNESS: (False,),
    }


def _of_person(evidence: Evidence) -> dict[Fact, tuple[Any, ...]]:
    holder, claimant = evidence.record.holder, evidence.claimant
    named, name = (
        None if claimant is None else claimant.name,
        evidence.record.holder_name,
    )
    return {
        Fact.CLAIMANT_NUMBER: (holder,),
        Fact.CLAIMANT_ID_TYPE: () if claimant is None else (holder.type,),
        Fact.CLAIMANT_NAME: () if name is None or named is None else (name,),
        Fact.HOLDER_NAME: () if named is None else (named,),
    }


def _of_claim(asked: Question) -> dict[Fact, tuple[Any, ...]]:
    figures, case = asked.figures, asked.claim
    assert case is not None  # noqa: S101 - see ``alternatives``
    ways = tuple(w for w in Acquisition if w not in figures.excluded_acquisitions)
    claimed = _claimed(asked, case.claim)
    return {
        Fact.CLAIMED_ON: claimed,
        Fact.CATEGORY: _categories(figures),
        Fact.HUKOU: (Hukou.SHANGHAI,),
        Fact.STUDIES_IN_SHANGHAI: (True,),
        Fact.DISCHARGED_ON: _once((*claimed, *_days([case.claim.claimed_on]))),
        Fact.PAYMENTS: ((),),
        Fact.HELD: ((),),
        Fact.CIVIL_SERVANT: (False,),
        Fact.ACQUISITION: ways[:1],
    }


def _categories(figures: Figures) -> tuple[ClaimantCategory, ...]:
    """Return the categories than which no other is better for every clause."""

    def is_as_good(one: ClaimantCategory, other: ClaimantCategory) -> bool:
        open_, share = figures.open_to_other_hukou, figures.share_percent
        return (
            one not in CONDITIONS
            and (one in open_ or other not in open_)
            and (one not in STUDENTS or other in STUDENTS)
            and share[one] <= share[other]
        )

    kept: list[ClaimantCategory] = []
    for category in ClaimantCategory:
        if not any(is_as_good(one, category) for one in kept):
            kept = [one for one in kept if not is_as_good(category, one)]
            kept.append(category)
    return tuple(kept)


def _claimed(asked: Question, claim: Claim) -> tuple[date, ...]:
    """Return the days on which a claim may be made, or by which it has to be."""
    case = asked.claim
    assert case is not None  # noqa: S101 - see ``alternatives``
    window = window_of(case) or ()
    bounds = [*window, last_day_of_veteran(case), claim.discharged_on]
    if asked.evidence is not None:
        months = asked.figures.window_months
        bounds += [add_months(day, months) for day in _starts(asked.evidence)]
    days = set(_days(bounds))
    paid = _days(payment.paid_on for payment in claim.payments or ())
    if paid and asked.figures.optional_clauses:
        apart = timedelta(days=asked.figures.days_between_payments)
        days |= {day + apart for day in paid if day <= date.max - apart}
        days |= {day - apart for day in paid if day >= date.min + apart}
        days |= {date(day.year, month, last) for day in days for month, last in _ENDS}
        days |= {
            date(day.year + more, month, last)
            for day in paid
            for more in (-1, 1)
            for month, last in _ENDS
            if date.min.year <= day.year + more <= date.max.year
        }
    return tuple(sorted(days))


_ENDS = ((1, 1), (12, 31))


def _days(days: Iterable[date | None]) -> tuple[date, ...]:
    return tuple(day for day in days if day is not None)


def _once(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))


@dataclass(frozen=True, slots=True)
class _Field:
    """A fact that is one field of one part of the evidence."""

    part: str
    name: str


def _item(evidence: Evidence, item: Any) -> Evidence:  # noqa: ANN401 - as above
    record = replace(
        evidence.record,
        title=item.title.zh,
        category=item.category.zh,
        item=item.name.zh,
        item_code=item.code,
    )
    return replace(evidence, record=record)


def _state(evidence: Evidence, state: Any) -> Evidence:  # noqa: ANN401 - as above
    record = replace(evidence.record, state=state, state_since=None, changes=())
    return replace(evidence, record=record)


def _claimant(evidence: Evidence, holder: Any) -> Evidence:  # noqa: ANN401 - as above
    claimant = evidence.claimant
    if claimant is None:
        return replace(evidence, claimant=Claimant(holder))
    identity = Identity(claimant.identity.type, holder.number)
    return replace(evidence, claimant=replace(claimant, identity=identity))


def _claimant_type(evidence: Evidence, type_: Any) -> Evidence:  # noqa: ANN401 - as above
    claimant = evidence.claimant
    if claimant is None:
        return evidence
    identity = Identity(type_, claimant.identity.number)
    return replace(evidence, claimant=replace(claimant, identity=identity))


SETTERS: Mapping[Fact, _Field | Callable[[Evidence, Any], Evidence]] = MappingProxyType(
    {
        Fact.NUMBER: _Field("record", "number"),
        Fact.ITEM: _item,
        Fact.LEVEL: _Field("record", "level"),
        Fact.FIRST_ISSUED_ON: _Field("record", "first_issued_on"),
        Fact.ISSUED_ON: _Field("record", "issued_on"),
        Fact.VALID_FROM: _Field("record", "valid_from"),
        Fact.VALID_UNTIL: _Field("record", "valid_until"),
        Fact.REVIEW_DUE_ON: _Field("record", "review_due_on"),
        Fact.STATE: _state,
        Fact.EVALUATION_BODY: _Field("record", "evaluation_body"),
        Fact.HOLDER_NAME: _Field("record", "holder_name"),
        Fact.COLLECTION_BODY: _Field("attestation", "institution"),
        Fact.KEY_SCOPE: _Field("attestation", "scope"),
        Fact.KEY: _Field("attestation", "key_in_force"),
        Fact.ACCOUNT: _Field("attestation", "account"),
        Fact.FRESHNESS: _Field("attestation", "is_outdated"),
        Fact.CLAIMANT_NUMBER: _claimant,
        Fact.CLAIMANT_ID_TYPE: _claimant_type,
        Fact.CLAIMANT_NAME: _Field("claimant", "name"),
        Fact.CLAIMED_ON: _Field("claim", "claimed_on"),
        Fact.CATEGORY: _Field("claim", "category"),
        Fact.HUKOU: _Field("claim", "hukou"),
        Fact.STUDIES_IN_SHANGHAI: _Field("claim", "studies_in_shanghai"),
        Fact.DISCHARGED_ON: _Field("claim", "discharged_on"),
        Fact.PAYMENTS: _Field("claim", "payments"),
        Fact.HELD: _Field("claim", "held"),
        Fact.CIVIL_SERVANT: _Field("claim", "is_civil_servant"),
        Fact.ACQUISITION: _Field("claim", "acquisition"),
    }
)
BEST: frozenset[Fact] = frozenset(
    {
        *(Fact.NUMBER, Fact.REVIEW_DUE_ON, Fact.STATE, Fact.KEY_SCOPE, Fact.KEY),
        *(Fact.ACCOUNT, Fact.FRESHNESS, Fact.CLAIMANT_NUMBER, Fact.CLAIMANT_ID_TYPE),
        *(Fact.HUKOU, Fact.STUDIES_IN_SHANGHAI, Fact.PAYMENTS, Fact.HELD),
        *(Fact.CIVIL_SERVANT, Fact.ACQUISITION, Fact.CATEGORY),
        *(Fact.ITEM, Fact.LEVEL, Fact.EVALUATION_BODY, Fact.COLLECTION_BODY),
    }
)
"""Facts of which an only alternative is as good as anything else for every clause."""


def changed(evidence: Evidence, values: Mapping[Fact, Any]) -> Evidence:
    """Return ``evidence`` with some facts otherwise."""
    stated: dict[str, dict[str, Any]] = {}
    for fact, value in values.items():
        setter = SETTERS[fact]
        if isinstance(setter, _Field):
            stated.setdefault(setter.part, {})[setter.name] = value
        else:
            evidence = setter(evidence, value)
    parts = {
        part: replace(getattr(evidence, part), **names)
        for part, names in stated.items()
    }
    return replace(evidence, **parts)


_PARTS: Mapping[Fact, str] = MappingProxyType(
    {
        **{
            fact: setter.part
            for fact, setter in SETTERS.items()
            if isinstance(setter, _Field)
        },
        **dict.fromkeys((Fact.ITEM, Fact.STATE), "record"),
        **dict.fromkeys((Fact.CLAIMANT_NUMBER, Fact.CLAIMANT_ID_TYPE), "claimant"),
    }
)
"""The part of the evidence that a fact is of."""


class Varied:
    """One case with facts otherwise, again and again: each part is made once.

    What follows from a record is kept with it (``policy.derived``), and so found once.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        # Not by replace(), which takes three times as long.
        names = [field.name for field in fields(evidence)]
        self._parts = {name: getattr(evidence, name) for name in names}
        self._made: dict[tuple[object, ...], object] = {}

    def by(self, values: Mapping[Fact, Any]) -> Evidence:
        """Return the same as ``changed``."""
        of_parts: dict[str, dict[Fact, Any]] = {}
        for fact, value in values.items():
            of_parts.setdefault(_PARTS[fact], {})[fact] = value
        parts: dict[str, Any] = {}
        for part, facts in of_parts.items():
            key = (*facts.items(),)
            if key not in self._made:
                self._made[key] = getattr(changed(self._evidence, facts), part)
            parts[part] = self._made[key]
        return Evidence(**{**self._parts, **parts})


INPUTS_OF: Mapping[str, tuple[Fact, ...]] = MappingProxyType(
    {
        "record.number": (Fact.NUMBER,),
        **dict.fromkeys(
            ("record.title", "record.category", "record.item", "record.itemCode"),
            (Fact.ITEM,),
        ),
        "record.level": (Fact.LEVEL,),
        "record.firstIssuedOn": (Fact.FIRST_ISSUED_ON,),
        "record.issuedOn": (Fact.ISSUED_ON,),
        "record.validFrom": (Fact.VALID_FROM,),
        "record.validUntil": (Fact.VALID_UNTIL,),
        "record.reviewDueOn": (Fact.REVIEW_DUE_ON,),
        **dict.fromkeys(
            ("record.state", "record.stateSince", "record.changes"), (Fact.STATE,)
        ),
        "record.evaluationBody": (Fact.EVALUATION_BODY,),
        "attestation": (
            *(Fact.COLLECTION_BODY, Fact.KEY_SCOPE, Fact.KEY, Fact.ACCOUNT),
        ),
        "claimant": (
            *(Fact.CLAIMANT_NUMBER, Fact.CLAIMANT_ID_TYPE, Fact.CLAIMANT_NAME),
            Fact.HOLDER_NAME,
        ),
        "claim.claimedOn": (Fact.CLAIMED_ON,),
        "claim.category": (Fact.CATEGORY,),
        "claim.hukou": (Fact.HUKOU,),
        "claim.studiesInShanghai": (Fact.STUDIES_IN_SHANGHAI,),
        "claim.dischargedOn": (Fact.DISCHARGED_ON,),
        "claim.payments": (Fact.PAYMENTS,),
        "claim.held": (Fact.HELD,),
        "claim.isCivilServant": (Fact.CIVIL_SERVANT,),
        "claim.acquisition": (Fact.ACQUISITION,),
        # The question, which is never otherwise.
        "asOf": (),
        "today": (),
    }
)
"""The facts by the names that a clause's inputs have (``policy.clause_inputs``)."""
