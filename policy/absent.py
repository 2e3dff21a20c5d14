"""Which facts would have to be otherwise, where there is no certificate to judge.

The first of them is what is missing: the certificate, or an answer, or a signature.
Were it there, in order, the claim alone would decide; what that lacks is found as of
any claim (``policy.what_if``).
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from policy.catalogue import Item
from policy.certificate import CertificateRecord, CertificateState
from policy.contradictions import VALID_MONTHS
from policy.eligibility import Absence
from policy.evidence import AccountState, Attestation, Claimant, Evidence
from policy.facts import Fact
from policy.level import Level
from policy.months import add_months
from policy.question import Question
from policy.variations import SAYS_NOTHING
from policy.what_if import Facts, would_be_eligible_if

MISSING: Mapping[Absence, Fact | None] = MappingProxyType(
    {
        Absence.NONE_HELD: Fact.CERTIFICATE,
        Absence.NOT_SHOWN: Fact.CERTIFICATE,
        Absence.NOT_ANSWERED: Fact.FRESHNESS,
        Absence.ACCOUNT_FROZEN: Fact.ACCOUNT,
        Absence.UNSIGNED: Fact.SIGNATURE,
        # Nothing that is otherwise brings the day.
        Absence.DAY_NOT_COME: None,
    }
)
_OF_RECORD = frozenset(
    {
        *(Fact.NUMBER, Fact.FIRST_ISSUED_ON, Fact.ISSUED_ON, Fact.VALID_FROM),
        *(Fact.VALID_UNTIL, Fact.REVIEW_DUE_ON, Fact.STATE, Fact.EVALUATION_BODY),
        *(Fact.HOLDER_NAME, Fact.CLAIMANT_NAME, Fact.CLAIMANT_NUMBER),
        *(Fact.COLLECTION_BODY, Fact.KEY_SCOPE, Fact.KEY, Fact.ACCOUNT),
    }
)
"""What a certificate that is not there may be, whatever it has to be."""


def would_be_eligible_with(
    asked: Question, why: Absence, claimant: Claimant, *, as_of: date, today: date
) -> tuple[Facts, ...]:
    """Return minimal sets of facts, each with what is missing; none if none would help.

    ``asked`` is about a row and a level, without evidence.
    """
    item, missing = asked.row.item, MISSING[why]
    level = asked.level
    if item is None or level not in item.levels or missing is None or as_of > today:
        return ()
    case = asked.claim
    claim = None if case is None else case.claim
    claimed = as_of if claim is None else claim.claimed_on or as_of
    evidence = Evidence(
        record=_in_order(item, level, claimant, min(claimed, as_of)),
        attestation=Attestation(
            institution=item.collection_body.id,
            scope=frozenset({item.code}),
            key_in_force=True,
            account=AccountState.ACTIVE,
        ),
        claimant=claimant,
        claim=claim,
        as_of=as_of,
        today=today,
    )
    held = Question.of(evidence, figures=asked.figures, catalogue=asked.catalogue)
    return tuple(facts | {missing} for facts in would_be_eligible_if(held, _OF_RECORD))


def _in_order(
    item: Item, level: Level | None, claimant: Claimant, day: date
) -> CertificateRecord:
    """Return a certificate of a row, issued on a day, with nothing against it."""
    until = add_months(day, VALID_MONTHS)
    return CertificateRecord(
        number=SAYS_NOTHING,
        holder=claimant.identity,
        holder_name=claimant.name,
        title=item.title.zh,
        category=item.category.zh,
        item=item.name.zh,
        item_code=item.code,
        level=level,
        first_issued_on=day,
        issued_on=day,
        valid_from=day,
        valid_until=until,
        review_due_on=until,
        state=CertificateState.VALID,
        authority=item.authority.name.zh,
        evaluation_body=item.evaluation_body.name.zh,
        collection_body=item.collection_body.name.zh,
        licence_id=None,
    )
