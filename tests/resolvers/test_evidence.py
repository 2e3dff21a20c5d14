"""A bundle is given to whom it is for, of the day asked for, and is on the log."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bureau.caller import Caller, Purpose, Scope
from bureau.evidence.bundle import Subject, SubjectKind
from bureau.evidence.making import EvidenceRefusal, MadeBundle, NotMadeError
from bureau.look_ups.audit import AuditEvent
from connectors.errors import StoreUnavailableError
from tests.bureau.ledger.test_tables import FULL
from tests.connectors.agency import NOW
from tests.resolvers.answered import IDS, SIGNED, Asked, executed
from tests.resolvers.test_store_away import EVERYTHING, Away

TODAY = date(2026, 3, 1)
CERTIFICATE = IDS.seal(SIGNED)
DECISION = replace(
    FULL, id=7, authority="transport", district="310115", certificate=CERTIFICATE
)
BUNDLE = MadeBundle(
    text=b'{"a": 1}',
    digest="d" * 64,
    made_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
    erased=2,
)
OF_DECISION = Subject(SubjectKind.DECISION, "7")
OF_CERTIFICATE = Subject(SubjectKind.CERTIFICATE, CERTIFICATE)
# Of a certificate that the rail drivers' authority leads.
AGENCY = Caller("agency:transport", EVERYTHING.scopes)
ANOTHER = Caller("agency:fire-rescue", EVERYTHING.scopes)
NO_AUDITOR = replace(EVERYTHING, scopes=EVERYTHING.scopes - {Scope.AUDIT})
SHOWN = """... on EvidenceBundle { json digest madeAt erased }
  ... on EvidenceRefused { code }"""


@dataclass
class Maker:
    """Makes one bundle, or none."""

    fails: Exception | None = None
    asked: list[tuple[Subject, date, datetime]] = field(default_factory=list)

    async def make(self, subject: Subject, as_of: date, now: datetime) -> MadeBundle:
        self.asked.append((subject, as_of, now))
        if self.fails is not None:
            raise self.fails
        return BUNDLE


@dataclass
class Decisions:
    """Where one decision is kept."""

    asked: list[tuple[int, int | None]] = field(default_factory=list)

    async def page(self, _: object, *, first: int, before: int | None) -> list[object]:
        self.asked.append((first, before))
        return [DECISION]


def told(stated: str, maker: Maker, asked: Asked | None = None, **more: Any) -> Any:
    """Return what is told of the evidence that is asked for, data or the code."""
    given = {"decisions": Decisions(), "purpose": Purpose.HOLDER_REQUEST} | more
    found = executed(
        asked or Asked([]),
        f"{{ evidence({stated}) {{ {SHOWN} }} }}",
        evidence=maker,
        clock=lambda: NOW,
        **given,
    )
    if found.errors:
        return [(one.extensions or {}).get("code", one.message) for one in found.errors]
    return (found.data or {})["evidence"]


GIVEN = {
    "json": '{"a": 1}',
    "digest": "d" * 64,
    "madeAt": "2026-03-01T09:00:00+00:00",
    "erased": 2,
}


@pytest.mark.parametrize(
    ("stated", "subject"),
    [
        ('decision: "7"', OF_DECISION),
        (f'certificate: "{CERTIFICATE}"', OF_CERTIFICATE),
    ],
)
def test_what_is_asked_for_is_given_as_of_today_and_on_the_log(
    stated: str, subject: Subject
) -> None:
    maker, asked = Maker(), Asked([])

    assert told(stated, maker, asked) == GIVEN
    assert maker.asked == [(subject, TODAY, NOW)]
    (record,) = asked.log.records
    assert (record.event, record.purpose, record.certificates) == (
        *(AuditEvent.READ, Purpose.HOLDER_REQUEST, 1),
    )


@pytest.mark.parametrize(
    ("stated", "as_of"),
    [
        pytest.param("2026-02-28", date(2026, 2, 28), id="a day that was"),
        pytest.param("2026-03-01", TODAY, id="today"),
        pytest.param("2026-03-02", TODAY, id="a day to come"),
    ],
)
def test_it_is_of_the_day_that_is_stated_and_none_to_come(
    stated: str, as_of: date
) -> None:
    maker = Maker()

    told(f'decision: "7", asOf: "{stated}"', maker)

    assert [day for _, day, _ in maker.asked] == [as_of]


def test_of_decisions_the_one_of_its_number_is_read() -> None:
    decisions = Decisions()

    told('decision: "7"', Maker(), decisions=decisions)

    assert decisions.asked == [(1, 8)]


@pytest.mark.parametrize(
    ("stated", "caller", "code"),
    [
        pytest.param('decision: "6"', EVERYTHING, "UNKNOWN", id="no such number"),
        pytest.param('decision: "x"', EVERYTHING, "UNKNOWN", id="no number"),
        pytest.param(
            f'decision: "{"7" * 19}"', EVERYTHING, "UNKNOWN", id="one too long"
        ),
        pytest.param('certificate: "x"', EVERYTHING, "UNKNOWN", id="no id"),
        pytest.param(
            'decision: "7"', ANOTHER, "NOT_YOUR_AUTHORITY", id="another's decision"
        ),
        pytest.param(
            f'certificate: "{CERTIFICATE}"',
            ANOTHER,
            "NOT_YOUR_AUTHORITY",
            id="another's certificate",
        ),
        pytest.param(
            'decision: "7"',
            replace(NO_AUDITOR, districts=frozenset({"310104"})),
            "NOT_YOUR_DISTRICT",
            id="another district's",
        ),
    ],
)
def test_what_is_not_theirs_is_refused_and_not_made(
    stated: str, caller: Caller, code: str
) -> None:
    maker = Maker()

    assert told(stated, maker, caller=caller) == {"code": code}
    assert maker.asked == []


@pytest.mark.parametrize("stated", ['decision: "7"', f'certificate: "{CERTIFICATE}"'])
def test_an_authority_is_given_its_own(stated: str) -> None:
    assert told(stated, Maker(), caller=AGENCY) == GIVEN


def test_an_id_that_is_none_costs_what_a_person_costs() -> None:
    asked = Asked([])

    told('certificate: "x"', Maker(), asked)

    assert asked.shown == [0]


@pytest.mark.parametrize("refusal", EvidenceRefusal)
def test_what_cannot_be_made_says_why_and_is_on_the_log_as_not_given(
    refusal: EvidenceRefusal,
) -> None:
    asked, maker = Asked([]), Maker(NotMadeError(refusal, "for operators"))

    assert told('decision: "7"', maker, asked) == {"code": refusal.value}
    assert [one.certificates for one in asked.log.records] == [0]


def test_a_database_that_is_away_is_not_the_log_that_is() -> None:
    maker = Maker(StoreUnavailableError("away"))

    assert told('decision: "7"', maker) == ["STORE_UNAVAILABLE"]
    assert told('decision: "7"', Maker(), decisions=Away()) == ["STORE_UNAVAILABLE"]


@pytest.mark.parametrize(
    "stated", ["asOf: null", f'decision: "7", certificate: "{CERTIFICATE}"']
)
def test_one_of_the_two_is_stated(stated: str) -> None:
    maker = Maker()

    assert told(stated, maker) == ["BAD_USER_INPUT"]
    assert maker.asked == []


@pytest.mark.parametrize(
    ("purpose", "caller", "is_given"),
    [
        (Purpose.HOLDER_REQUEST, NO_AUDITOR, True),
        (Purpose.HOLDER_REQUEST, EVERYTHING, True),
        (Purpose.SUPERVISION_AND_AUDIT, EVERYTHING, True),
        (Purpose.SUPERVISION_AND_AUDIT, NO_AUDITOR, False),
        (Purpose.SUBSIDY_CLAIM, EVERYTHING, False),
    ],
)
def test_auditors_ask_to_audit_and_others_for_the_holder_alone(
    purpose: Purpose, caller: Caller, *, is_given: bool
) -> None:
    found = told('decision: "7"', Maker(), purpose=purpose, caller=caller)

    assert found == (GIVEN if is_given else ["PURPOSE_REQUIRED"])
