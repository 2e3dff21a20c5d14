"""Claims: certificates as applicants state them, and what has to come of each.

A question has five hundred, three of a person: a certificate at each agency, which is
the one agency that has to be asked about that claim. Ours is asked by the document of
``gateway check``, the peers by the same selection.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from benchmarks.minting import FORGED_AGENCY, Corpus, Forgery
from benchmarks.people import (
    AGENCIES,
    Certificate,
    certificates,
    holder_name,
    id_number,
    items_of,
)
from benchmarks.questions import Dialect, Question, body
from gateway.batch.query import QUERY

CLAIMS_A_QUESTION = 500
CLAIMANTS_A_QUESTION = -(-CLAIMS_A_QUESTION // len(AGENCIES))
OF_PEER = (
    "query VerifyClaims($claims: [StatedCertificateInput!]!) {"
    " verifyClaims(claims: $claims) { nodes { outcome standing reason"
    " fields { field outcome } sources { agency outcome } } } }"
)

Claim = dict[str, Any]


def claims_about(dialect: Dialect) -> Callable[[Sequence[Claim]], Question]:
    """Return what makes the question about claims."""
    document = QUERY if dialect is Dialect.GATEWAY else OF_PEER

    def of(claims: Sequence[Claim]) -> Question:
        return Question(body(document, {"claims": claims}), '"MATCH"')

    return of


def right_claims(first: int, today: date) -> list[Claim]:
    """Return five hundred true ones, of the people from ``first`` on."""
    people = range(first, first + CLAIMANTS_A_QUESTION)
    claims = [
        stated(certificates(person, agency, today)[0])
        for person in people
        for agency in AGENCIES
    ]
    return claims[:CLAIMS_A_QUESTION]


def stated(held: Certificate) -> Claim:
    """Return what its honest holder says of a certificate."""
    return {
        "idNumber": held.id_number,
        "item": held.item.code,
        "level": held.level.value,
        "issuedOn": held.issued_on.isoformat(),
        "number": held.number,
        "name": held.holder_name,
    }


def compared_claims(corpus: Corpus) -> Iterator[tuple[Claim, str]]:
    """Return claims that servers are compared by, and the outcome of each."""
    sizes, today = corpus.sizes, corpus.today
    for person in range(sizes.checked_from, sizes.checked_from + 6):
        # A few about each: of one person not more is compared in a day.
        agency = tuple(AGENCIES)[person % len(AGENCIES)]
        held, other = certificates(person, agency, today)
        right = stated(held)
        yield right, "MATCH"
        yield {**stated(other), "number": None, "name": None}, "MATCH"
        yield {**right, "issuedOn": "2001-01-01"}, "MISMATCH"
        yield {**right, "name": "某某某"}, "MISMATCH"
        yield {**right, "number": "000"}, "MISMATCH"
        lacking = [i for i in items_of(agency) if i not in (held.item, other.item)]
        if lacking:
            yield {**right, "item": lacking[0].code, "number": None}, "NOT_FOUND"
    for place in range(len(Forgery)):
        # The first record is forged; about it nothing is known, the other is good.
        held, other = certificates(sizes.forged_from + place, FORGED_AGENCY, today)
        yield stated(held), "UNKNOWN"
        yield stated(other), "MATCH"
    nobody = sizes.end - 1
    never = certificates(0, FORGED_AGENCY, today)[0]
    whom = {"idNumber": id_number(nobody), "name": holder_name(nobody)}
    yield {**stated(never), **whom, "number": None}, "NOT_FOUND"
