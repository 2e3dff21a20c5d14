"""A shadow is compared and never shown: it changes no answer and delays none."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from connectors.agency import Agency
from connectors.answer import Answer, AttestedCertificate, SourceOutcome
from connectors.elements import NOT_STATED, Elements
from connectors.network.addresses import AddressGuard
from connectors.network.networks import read_networks
from connectors.null_observer import NullObserver
from connectors.registry import open_agency
from connectors.shadow import (
    Difference,
    DifferenceKind,
    Shadow,
    Tally,
    compare,
)
from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord, CertificateState
from policy.evidence import AccountState, Attestation
from policy.identity import Identity, parse_identity
from policy.level import Level
from tests.connectors.agency import OTHER, ZHANG, believed, record
from tests.connectors.conformance.registry import NOBODY, Habit, Registry, serving

PEOPLE = [parse_identity(number) for number in (ZHANG, OTHER, NOBODY)]
ENOUGH = 5.0


@asynccontextmanager
async def agency_of(registry: Registry) -> AsyncIterator[Agency]:
    """Ask a running registry."""
    guard = AddressGuard(read_networks(["127.0.0.0/8"]))
    async with guard.session() as session:
        agency = open_agency(
            registry.manifest,
            session=session,
            bundle=registry.bundle(),
            catalogue=load_catalogue(),
            observer=NullObserver(),
            clock=lambda: datetime.now(UTC),
        )
        yield agency
        await agency.close()


@asynccontextmanager
async def shadowed(habit: Habit | None) -> AsyncIterator[tuple[Agency, Shadow]]:
    """Ask an honest registry with a shadow beside it."""
    async with (
        serving(Registry()) as live,
        serving(Registry(habit)) as other,
        agency_of(live) as agency,
        agency_of(other) as beside,
    ):
        agency.shadow = Shadow(beside)
        yield agency, agency.shadow


async def settled(shadow: Shadow) -> Tally:
    """Wait until everything under way was compared."""
    await asyncio.wait(shadow._under_way, timeout=ENOUGH)
    # What ends a comparison is called after it.
    await asyncio.sleep(0)
    return shadow.tally


async def test_two_that_answer_alike_agree() -> None:
    async with shadowed(None) as (agency, shadow):
        answers = await agency.ask(PEOPLE, ENOUGH)
        tally = await settled(shadow)

    assert [answer.outcome for answer in answers] == ["ANSWERED", "ANSWERED", "NONE"]
    assert tally == Tally(agreed=3)


async def test_another_spelling_is_no_difference() -> None:
    respelt = {
        "number": " ００００１２３\u200b",
        "title": "轨道交通\u3000运输服务人员",
        "code": "４-02-01-01",
        "name": "测 试",
        "examiner": "上海地铁职业技能\u200b培训学校",
        "dates": {"issued": "2025-06-01 "},
    }
    plain = {**respelt, "number": "0000123", "code": "4-02-01-01"}
    plain |= {"title": "轨道交通运输服务人员", "name": "测试"}
    plain |= {"examiner": "上海地铁职业技能培训学校", "dates": {"issued": "2025-06-01"}}
    async with (
        serving(Registry(changes=plain)) as live,
        serving(Registry(changes=respelt)) as other,
        agency_of(live) as agency,
        agency_of(other) as beside,
    ):
        agency.shadow = Shadow(beside)
        await agency.ask(PEOPLE[:1], ENOUGH)
        tally = await settled(agency.shadow)

    assert tally == Tally(agreed=1)


async def test_what_differs_is_counted_by_field() -> None:
    async with shadowed(Habit.NO_STATE) as (agency, shadow):
        await agency.ask(PEOPLE, ENOUGH)
        tally = await settled(shadow)

    assert (tally.agreed, tally.differed) == (1, 2)
    assert tally.differences == {Difference(DifferenceKind.VALUE, "state"): 3}


async def test_a_shadow_that_is_not_believed_has_failed() -> None:
    async with shadowed(Habit.EXTRA_PART) as (agency, shadow):
        await agency.ask(PEOPLE, ENOUGH)
        tally = await settled(shadow)

    assert tally.failed == {SourceOutcome.UNVERIFIED: 2}
    assert (tally.agreed, tally.differences) == (1, {})


async def test_a_shadow_that_does_not_answer_delays_nobody() -> None:
    async with shadowed(Habit.ENDLESS) as (agency, shadow):
        async with asyncio.timeout(0.8):
            answers = await agency.ask(PEOPLE, ENOUGH)
        tally = await settled(shadow)

    # The shadow takes its whole time limit of 0.9 s, and then has failed.
    assert [answer.outcome for answer in answers] == ["ANSWERED", "ANSWERED", "NONE"]
    assert tally.failed == {SourceOutcome.TIMED_OUT: 3}


async def test_a_shadow_is_asked_so_many_questions_at_once_and_no_more() -> None:
    async with shadowed(Habit.ENDLESS) as (agency, shadow):
        answers = [await agency.ask(PEOPLE, ENOUGH) for _ in range(6)]

        assert shadow.tally.dropped == 6
    assert {a.outcome for asked in answers for a in asked} == {"ANSWERED", "NONE"}


async def test_what_the_live_one_could_not_answer_is_not_asked() -> None:
    async with (
        serving(Registry(Habit.REDIRECTS)) as live,
        serving(Registry()) as other,
        agency_of(live) as agency,
        agency_of(other) as beside,
    ):
        agency.shadow = Shadow(beside)
        await agency.ask(PEOPLE, ENOUGH)
        await asyncio.sleep(0)

        assert (other.questions, agency.shadow.tally) == (0, Tally())


class Broken:
    """Answers beside, with a bug."""

    async def ask(
        self,
        holders: Sequence[Identity],
        budget_seconds: float,
        elements: Elements = NOT_STATED,  # noqa: ARG002 - tells nobody
    ) -> list[Answer]:
        raise AssertionError(f"{len(holders)} {budget_seconds}")

    async def close(self) -> None:
        pass


async def test_a_bug_in_the_shadow_is_counted_and_reported_and_hurts_nobody() -> None:
    reported: list[str] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: reported.append(context["message"])
    )
    async with serving(Registry()) as live, agency_of(live) as agency:
        agency.shadow = Shadow(Broken())
        answers = await agency.ask(PEOPLE, ENOUGH)
        tally = await settled(agency.shadow)

    assert (len(answers), tally) == (3, Tally(broken=1))
    assert reported == ["a shadow's comparison broke"]


async def test_closing_the_live_agency_ends_what_is_under_way_beside_it() -> None:
    async with shadowed(Habit.ENDLESS) as (agency, shadow):
        await agency.ask(PEOPLE, ENOUGH)
        await agency.close()

        assert shadow.tally == Tally()
        assert shadow._under_way == set()


async def test_nothing_that_is_kept_is_about_a_person() -> None:
    async with shadowed(Habit.NO_STATE) as (agency, shadow):
        await agency.ask(PEOPLE, ENOUGH)
        kept = repr(await settled(shadow))

    assert [h.number for h in PEOPLE if h.number in kept] == []
    assert "0000120" not in kept


CERTIFICATE = CertificateRecord(
    number="0000123",
    holder=PEOPLE[0],
    holder_name="测试",
    title="轨道交通运输服务人员",
    category=None,
    item="轨道交通司机",
    item_code="4-02-01-01",
    level=Level.LEVEL_4,
    first_issued_on=None,
    issued_on=date(2025, 6, 1),
    valid_from=None,
    valid_until=None,
    review_due_on=None,
    state=CertificateState.VALID,
    authority=None,
    evaluation_body=None,
    collection_body=None,
    licence_id=None,
)
REVOKED = replace(CERTIFICATE, state=CertificateState.REVOKED)
RENUMBERED = replace(CERTIFICATE, number="0000124")
OTHER_DAY = replace(CERTIFICATE, issued_on=date(2025, 6, 2), holder_name=None)
HIGHER = replace(CERTIFICATE, level=Level.LEVEL_3)


def answer(*records: CertificateRecord) -> Answer:
    """Return what an agency answered, its certificates attested by a real key."""
    envelope = record()
    proof = believed(envelope)
    attested = tuple(
        AttestedCertificate(
            agency="transport",
            record=one,
            attestation=Attestation(
                institution=proof.key.institution,
                scope=proof.key.scope,
                key_in_force=True,
                account=AccountState.ACTIVE,
            ),
            proof=proof,
            envelope=envelope,
            retrieved_at=proof.signed_at,
        )
        for one in records
    )
    outcome = SourceOutcome.ANSWERED if records else SourceOutcome.NONE
    return Answer(agency="transport", outcome=outcome, certificates=attested)


OUTCOME = Difference(DifferenceKind.OUTCOME)
MISSING = Difference(DifferenceKind.MISSING)
EXTRA = Difference(DifferenceKind.EXTRA)


def value(field: str) -> Difference:
    return Difference(DifferenceKind.VALUE, field)


@pytest.mark.parametrize(
    ("live", "shadow", "differences"),
    [
        pytest.param([], [], [], id="nothing, twice"),
        pytest.param([CERTIFICATE], [CERTIFICATE], [], id="the same"),
        pytest.param([HIGHER, CERTIFICATE], [CERTIFICATE, HIGHER], [], id="any order"),
        pytest.param([CERTIFICATE], [], [MISSING, OUTCOME], id="one is missing"),
        pytest.param([], [CERTIFICATE], [EXTRA, OUTCOME], id="one too many"),
        pytest.param(
            [CERTIFICATE], [CERTIFICATE, HIGHER], [EXTRA], id="one more of a kind"
        ),
        pytest.param([CERTIFICATE], [REVOKED], [value("state")], id="another state"),
        pytest.param(
            [CERTIFICATE],
            [OTHER_DAY],
            [value("holder_name"), value("issued_on")],
            id="two fields",
        ),
        pytest.param([CERTIFICATE], [RENUMBERED], [EXTRA, MISSING], id="a number"),
    ],
)
def test_answers_are_compared_certificate_by_certificate(
    live: list[CertificateRecord],
    shadow: list[CertificateRecord],
    differences: list[Difference],
) -> None:
    assert compare(answer(*live), answer(*shadow)) == tuple(differences)
