"""Decisions are found by all that may be asked for, and shown as they were kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

from bureau.caller import Caller, Scope
from bureau.ledger.entries import Decision, DecisionOutcome, Ruling
from bureau.ledger.judging import Judgement
from bureau.ledger.payments import ClaimPayment
from bureau.ledger.reading import DecisionSelection
from bureau.ledger.sums import Measures, Place, TotalsAsked, TotalsBy, TotalsRow
from connectors.errors import StoreUnavailableError
from policy.documents import Document
from policy.eligibility import EligibilityOutcome
from policy.evidence import Claim
from policy.finding import Finding, FindingOutcome
from policy.identity import parse_identity
from policy.payment_states import PaymentState
from policy.text import Text
from tests.bureau.ledger.test_tables import FULL
from tests.bureau.look_ups.office import PSEUDONYMS
from tests.connectors.agency import NOW, ZHANG
from tests.resolvers.answered import IDS, SIGNED, Asked, executed
from tests.resolvers.kept_pages import pages
from tests.resolvers.ledger.test_objections import PAID
from tests.resolvers.test_store_away import EVERYTHING, Away

CERTIFICATE = IDS.seal(SIGNED)
ALL_OF_IT = DecisionSelection(authorities=None, districts=None)
JUDGED = Judgement(
    verdict=EligibilityOutcome.UNDETERMINED,
    findings=(Finding("17-once", FindingOutcome.UNMET, Text("缘由", "a reason")),),
    computed_yuan=1600,
    figures_from=date(2026, 1, 1),
    figures_digest="f" * 64,
    facts=Claim(),
    rulings=(Ruling(clauses=("17-amount",), reason="补差", officer="浦0017"),),
    status_list="a" * 64,
)
IDS_OF = """{ decisions%s { nodes { id } edges { cursor node { id } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
SHOWN = """id claim certificate outcome district amountYuan category fund itemCode level
  evidence ruling decidedOn recordedAt recordedBy person authority { id }"""


@dataclass
class Kept:
    """Where decisions are read back; what it is asked is noted."""

    decisions: Sequence[Decision] = (FULL,)
    payment: ClaimPayment | Exception | None = None
    asked: list[tuple[object, ...]] = field(default_factory=list)

    async def page(
        self, selection: DecisionSelection, *, first: int, before: int | None
    ) -> Sequence[Decision]:
        self.asked.append((selection, first, before))
        return self.decisions[:first]

    async def count(self, selection: DecisionSelection) -> int:
        self.asked.append((selection,))
        return 12

    async def payments(self, claims: Sequence[str]) -> list[ClaimPayment | None]:
        self.asked.append(tuple(claims))
        if isinstance(self.payment, Exception):
            raise self.payment
        return [self.payment for _ in claims]


def read(text: str, kept: Kept, **more: Any) -> Any:
    """Return what is shown, or the refusals."""
    found = executed(Asked([]), text, clock=lambda: NOW, decisions=kept, **more)
    if found.errors:
        return [one.message for one in found.errors]
    ((shown),) = (found.data or {}).values()
    return shown


def selected(stated: str, **more: Any) -> DecisionSelection:
    kept = Kept()
    read(IDS_OF % f"(filter: {{{stated}}})", kept, **more)
    ((selection, _, _),) = kept.asked
    assert isinstance(selection, DecisionSelection)
    return selection


def test_a_decision_is_shown_whole() -> None:
    found = read(f'{{ decision(claim: " c-1") {{ {SHOWN} }} }}', Kept())

    assert found == {
        "id": "7",
        "claim": FULL.claim,
        "certificate": FULL.certificate,
        "outcome": "PAID",
        "district": "310115",
        "amountYuan": 2000,
        "category": "EMPLOYED",
        "fund": "SKILLS",
        "itemCode": "1.2",
        "level": "UNGRADED",
        "evidence": "e" * 64,
        "ruling": None,
        "decidedOn": "2026-11-25",
        "recordedAt": "2026-11-25T12:00:00+00:00",
        "recordedBy": FULL.recorded_by,
        "person": FULL.person,
        "authority": {"id": "emergency-management"},
    }


def test_the_decision_on_a_claim_is_the_newest_and_there_may_be_none() -> None:
    kept = Kept()

    read('{ decision(claim: " c-1") { id } }', kept)
    none = read('{ decision(claim: "c-1") { id } }', Kept(decisions=()))

    assert kept.asked == [(replace(ALL_OF_IT, claim="c-1"), 1, None)]
    assert none is None


def test_an_authority_that_the_annex_has_no_more_is_not_named() -> None:
    kept = Kept([replace(FULL, authority="former")])

    assert read('{ decision(claim: "c") { authority { id } } }', kept) == {
        "authority": None
    }


@pytest.mark.parametrize(
    ("payment", "shown"), [(PAID, {"claim": "c-1", "version": 3}), (None, None)]
)
def test_the_payment_of_its_claim_is_beside_it(payment: Any, shown: Any) -> None:
    kept = Kept(payment=payment)

    found = read('{ decision(claim: "c") { payment { claim version } } }', kept)

    assert found == {"payment": shown}
    assert kept.asked[-1] == (FULL.claim,)


def test_a_payment_that_cannot_be_read_is_not_shown_as_none() -> None:
    kept = Kept(payment=StoreUnavailableError("away"))

    (message,) = read('{ decision(claim: "c") { payment { claim } } }', kept)

    assert "the database is away" in message


def test_what_the_rules_came_to_is_shown_whole() -> None:
    text = """{ decision(claim: "c") { judgement { verdict computedYuan figuresFrom
      figuresDigest statusList findings { clause outcome reason(language: EN) }
      rulings { clauses reason officer } } } }"""

    found = read(text, Kept(), ledger=Away(judgement=JUDGED))
    none = read(text, Kept(), ledger=Away(judgement=None))

    assert found["judgement"] == {
        "verdict": "UNDETERMINED",
        "computedYuan": 1600,
        "figuresFrom": "2026-01-01",
        "figuresDigest": "f" * 64,
        "statusList": "a" * 64,
        "findings": [{"clause": "17-once", "outcome": "UNMET", "reason": "a reason"}],
        "rulings": [{"clauses": ["17-amount"], "reason": "补差", "officer": "浦0017"}],
    }
    assert none == {"judgement": None}


def test_a_judgement_that_cannot_be_read_is_not_shown_as_none() -> None:
    (message,) = read('{ decision(claim: "c") { judgement { verdict } } }', Kept())

    assert "the database is away" in message


def test_nothing_stated_selects_all_that_may_be_seen() -> None:
    sees = EVERYTHING.scopes - {Scope.AUDIT}
    district = replace(EVERYTHING, scopes=sees, districts=frozenset({"310115"}))
    agency = Caller("agency:transport", EVERYTHING.scopes)

    assert selected("") == ALL_OF_IT
    assert selected("", caller=district).districts == {"310115"}
    assert selected("", caller=agency).authorities == {"transport"}


def test_everything_stated_selects() -> None:
    found = selected(
        f"""claim: " c-1", certificate: "{CERTIFICATE}", district: " ３10104",
        decidedFrom: "2026-01-01", decidedTo: "2026-02-01", outcomes: [PAID],
        states: [RETURNED]"""
    )

    assert found == DecisionSelection(
        authorities=None,
        districts=None,
        claim="c-1",
        certificate=CERTIFICATE,
        document=Document(place=IDS.place_of(CERTIFICATE)),
        district="310104",
        decided_from=date(2026, 1, 1),
        decided_to=date(2026, 2, 1),
        outcomes=[DecisionOutcome.PAID],
        states=[PaymentState.RETURNED],
    )


def test_a_person_is_selected_by_pseudonyms_and_is_on_the_log() -> None:
    asked, kept = Asked([]), Kept()
    text = IDS_OF % f'(filter: {{idNumber: "{ZHANG}"}})'

    executed(asked, text, clock=lambda: NOW, decisions=kept)

    ((selection, _, _),) = kept.asked
    assert isinstance(selection, DecisionSelection)
    assert selection.people == PSEUDONYMS.all_of(parse_identity(ZHANG))
    assert [one.person for one in asked.log.records] == [selection.people[0]]


@pytest.mark.parametrize(
    "stated",
    [
        'filter: {claim: "a\\u0000b"}',
        'filter: {certificate: "a\\nb"}',
        'filter: {district: "1\\u00002"}',
        'filter: {idNumber: "1"}',
        "first: 0",
        "first: 1001",
        'after: "x"',
        f'after: "{"1" * 19}"',
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(stated: str) -> None:
    kept = Kept()

    (message,) = read(IDS_OF % f"({stated})", kept)

    assert len(message) > 20
    assert kept.asked == []


@pages
def test_a_page_says_whether_there_is_more(
    stated: str, first: int, before: int | None, shown: str, page: tuple[bool, bool]
) -> None:
    kept = Kept([replace(FULL, id=one) for one in (3, 2, 1)])

    found = read(IDS_OF % stated, kept)

    assert kept.asked == [(ALL_OF_IT, first, before)]
    assert [one["id"] for one in found["nodes"]] == list(shown)
    assert found["edges"] == [{"cursor": id_, "node": {"id": id_}} for id_ in shown]
    assert found["pageInfo"] == {
        "hasNextPage": page[0],
        "hasPreviousPage": page[1],
        "startCursor": shown[0],
        "endCursor": shown[-1],
    }


def test_all_that_are_selected_are_counted() -> None:
    kept = Kept()

    found = read('{ decisions(filter: {claim: "c"}, first: 1) { totalCount } }', kept)

    assert found == {"totalCount": 12}
    assert kept.asked[-1] == (replace(ALL_OF_IT, claim="c"),)


@dataclass
class Summed:
    """A ledger that sums up, and notes by what."""

    asked: list[TotalsAsked] = field(default_factory=list)

    async def totals(self, asked: TotalsAsked) -> list[TotalsRow]:
        self.asked.append(asked)
        place = Place(
            month="2026-11",
            authority="transport",
            district="310115",
            item="4-02-01-01",
            level="LEVEL_4",
        )
        measures = Measures(paid=1, paid_yuan=1600, recovered_yuan=600)
        return [TotalsRow(place, measures), TotalsRow(Place(), Measures())]


def test_sums_are_shown_by_what_they_are_of() -> None:
    ledger = Summed()

    known, unknown = read(
        """{ totals(from: "2026-01-01", to: "2026-01-31", by: [MONTH, LEVEL]) {
          month authority { id } district itemCode level paid paidYuan
          recoveredYuan } }""",
        Kept(),
        ledger=ledger,
    )

    assert known == {
        "month": "2026-11",
        "authority": {"id": "transport"},
        "district": "310115",
        "itemCode": "4-02-01-01",
        "level": "LEVEL_4",
        "paid": 1,
        "paidYuan": 1600,
        "recoveredYuan": 600,
    }
    places = ("month", "authority", "district", "itemCode", "level")
    assert [unknown[name] for name in places] == [None] * 5
    (asked,) = ledger.asked
    assert asked == TotalsAsked(
        first=date(2026, 1, 1),
        last=date(2026, 1, 31),
        by={TotalsBy.MONTH, TotalsBy.LEVEL},
        authorities=None,
        districts=None,
        authority_of=asked.authority_of,
    )
    assert asked.authority_of(None, "4-02-01-01") == "transport"
