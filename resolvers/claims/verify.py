"""Verify a batch of claims: read them, look their people up, compare.

One answer a claim, in the order asked. People are looked up as by ``holders``: once
each, however many claims are about them, and only where their items are collected.
What cannot be compared is refused by itself.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bureau.claims import weigh
from connectors.agency import Agency
from connectors.answer import Answer, AttestedCertificate, ShownCertificate
from policy import normal_form
from policy.catalogue import Catalogue
from policy.identity import Identity, IdentityError, parse_identity
from policy.names import folded_name, stated_name
from policy.stated import StatedCertificate, compare, stated_items
from policy.text import Text
from resolvers.certificates.holders import InvalidList
from resolvers.claims.checks import (
    MAX_CLAIMS,
    CheckedClaims,
    ClaimCheck,
    RefusedClaim,
    StatedCertificateInput,
)
from resolvers.claims.enums import ClaimProblem
from resolvers.context import RequestContext
from resolvers.look_ups import TOO_MANY_STATEMENTS, look_up
from resolvers.sources import Source, skipped, source_of

MAX_WORDS = 100
"""No name, item or number is longer."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claim that can be compared."""

    identity: Identity
    stated: StatedCertificate


async def check_claims(
    context: RequestContext, asked: Sequence[StatedCertificateInput]
) -> CheckedClaims | InvalidList:
    """Compare every claim; nobody is asked if there are none or too many."""
    if not 0 < len(asked) <= MAX_CLAIMS:
        return InvalidList(counted=_CLAIMS, found=len(asked), allowed=MAX_CLAIMS)
    catalogue = context.services.catalogue
    claims = [_read(claim, catalogue, context.today) for claim in asked]
    people: dict[Identity, list[StatedCertificate]] = {}
    for claim in claims:
        if isinstance(claim, _Claim):
            people.setdefault(claim.identity, []).append(claim.stated)
    answers = await asyncio.gather(
        *[_ask(context, identity, stated) for identity, stated in people.items()]
    )
    answers_of = dict(zip(people, answers, strict=True))
    sources_of = {
        identity: _sources(context, found) for identity, found in answers_of.items()
    }
    nodes: list[ClaimCheck | RefusedClaim] = []
    for claim in claims:
        if isinstance(claim, RefusedClaim):
            nodes.append(claim)
            continue
        # Only now: whoever is refused before fills no memory with people.
        if not _may_be_stated(context, claim):
            problem = ClaimProblem.TOO_MANY_STATEMENTS
            nodes.append(_refused(problem, TOO_MANY_STATEMENTS))
            continue
        found = answers_of[claim.identity]
        verdict = weigh(claim.stated, tuple(found.items()), catalogue)
        nodes.append(
            ClaimCheck(
                verdict=verdict,
                outcome=verdict.outcome,
                sources=sources_of[claim.identity],
            )
        )
    return CheckedClaims(nodes=nodes)


async def _ask(
    context: RequestContext, identity: Identity, stated: Sequence[StatedCertificate]
) -> Mapping[Agency, Answer]:
    """Ask the agencies that speak for what is stated about one person."""
    catalogue = context.services.catalogue
    items = frozenset().union(*(one.items for one in stated))

    def is_compared(certificate: ShownCertificate) -> bool:
        record = certificate.record
        # What nobody signed is compared with nothing.
        return isinstance(certificate, AttestedCertificate) and any(
            compare(one, record, catalogue) is not None for one in stated
        )

    agencies = [agency for agency in context.agencies if items & agency.rows]
    answers = await look_up(context, identity, agencies, is_compared)
    return dict(zip(agencies, answers, strict=True))


def _sources(context: RequestContext, answers: Mapping[Agency, Answer]) -> list[Source]:
    return [
        source_of(agency, answers[agency], context.now)
        if agency in answers
        else skipped(agency, _NOT_CONCERNED)
        for agency in context.agencies
    ]


def _read(
    claim: StatedCertificateInput, catalogue: Catalogue, today: date
) -> _Claim | RefusedClaim:
    texts = (claim.item, claim.name, claim.number)
    if any(text is not None and len(text) > MAX_WORDS for text in texts):
        return _refused(ClaimProblem.TOO_LONG, _TOO_LONG)
    if claim.issued_on is not None and claim.issued_on > today:
        return _refused(ClaimProblem.ISSUED_IN_FUTURE, _NOT_ISSUED_YET)
    try:
        identity = parse_identity(claim.id_number, claim.id_type)
    except IdentityError as error:
        return _refused(ClaimProblem.BAD_ID_NUMBER, error.message)
    items = stated_items(claim.item, catalogue)
    if not items:
        return _refused(ClaimProblem.UNKNOWN_ITEM, _UNKNOWN_ITEM)
    stated = StatedCertificate(
        items=items,
        level=claim.level,
        issued_on=claim.issued_on,
        number=normal_form.number(claim.number or "") or None,
        name=stated_name(claim.name),
    )
    return _Claim(identity, stated)


def _refused(problem: ClaimProblem, why: Text) -> RefusedClaim:
    return RefusedClaim(stated=why, problem=problem)


def _may_be_stated(context: RequestContext, claim: _Claim) -> bool:
    """Count what is stated about a person, however the name is spelt."""
    stated = claim.stated
    name = None if stated.name is None else folded_name(stated.name)
    fields = (sorted(stated.items), stated.level, stated.issued_on, stated.number, name)
    return context.services.oversight.lets_state(
        context.caller.id, claim.identity, fields, context.today
    )


_CLAIMS = Text("项", "claims")
_NOT_CONCERNED = Text(
    "所述项目不由该机构归集，未查询", "it does not collect the stated items; not asked"
)
_TOO_LONG = Text(
    f"项目、姓名或证书编号超过{MAX_WORDS}字，请更正",
    f"the item, name or number is over {MAX_WORDS} characters; correct it",
)
_NOT_ISSUED_YET = Text(
    "所述发证日期晚于今日（上海），请更正",
    "the stated day of issue is after today in Shanghai; correct it",
)
_UNKNOWN_ITEM = Text(
    "项目不是附件所列代码，也不是其名称的已知写法；代码见 catalogue.items",
    "the item is no code of the annex, and no known spelling of a name; see "
    "catalogue.items",
)
