"""What was sent is put on exactly the certificates it is about, as it is handed out."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import pytest

from bureau.certificate_ids import CertificateIds
from bureau.documents import document_of
from bureau.status import (
    ChangesLoader,
    Found,
    KeptChange,
)
from connectors.answer import Answer, SourceOutcome, UnsignedCertificate
from connectors.errors import StoreUnavailableError
from policy.certificate import CertificateState, Spelling, StateChange
from policy.identity import Identity
from policy.level import Level
from policy.standing import Standing, standing, standing_of_unsigned
from tests.resolvers.attested import certificate

IDS = CertificateIds(b"i" * 64)
OTHER_IDS = CertificateIds(b"j" * 64)
DRIVER = certificate()
CRANE = certificate(number="0000999")
HOLDER = DRIVER.record.holder
NOBODY = HOLDER._replace(number="110101198001010010")
DAY = date(2026, 3, 1)
ANSWERS = [
    Answer(
        agency="transport",
        outcome=SourceOutcome.ANSWERED,
        certificates=(DRIVER, CRANE),
    ),
    Answer(agency="fire-rescue", outcome=SourceOutcome.NONE),
]


def suspended(agency: str = "transport", ids: CertificateIds = IDS) -> KeptChange:
    change = StateChange(
        state=CertificateState.SUSPENDED,
        effective_on=date(2026, 2, 1),
        received_at=datetime(2026, 2, 2, tzinfo=UTC),
    )
    return KeptChange(ids.seal_record(agency, DRIVER.record), change)


@dataclass
class Sent:
    """Implements ``SentChanges`` in memory; counts how often it is read."""

    found: dict[Identity, list[KeptChange]]
    is_away: bool = False
    readings: list[list[Identity]] = field(default_factory=list)

    def may_concern(self, holder: Identity) -> bool:
        return holder in self.found

    def note(self, people: Iterable[str]) -> None:
        raise NotImplementedError

    async def read(self, holders: Sequence[Identity]) -> Found:
        self.readings.append(list(holders))
        await asyncio.sleep(0)
        if self.is_away:
            raise StoreUnavailableError("away")
        return {one: self.found[one] for one in holders if self.found[one]}


async def worth(sent: Sent) -> list[Standing]:
    """Return what the driver's two certificates are worth as they are handed out."""
    answers = await ChangesLoader(sent, IDS).put_on(HOLDER, ANSWERS)
    assert answers[1] is ANSWERS[1]
    return [standing(one.record, DAY, DAY) for one in answers[0].certificates]


async def test_the_certificate_it_is_about_is_changed_and_no_other() -> None:
    assert await worth(Sent({HOLDER: [suspended()]})) == [
        Standing.SUSPENDED,
        Standing.VALID,
    ]


async def test_a_change_outlives_the_connector_that_brought_it() -> None:
    replaced = suspended("transport-old")

    assert (await worth(Sent({HOLDER: [replaced]})))[0] is Standing.SUSPENDED


async def test_a_change_of_an_older_version_holds_for_the_newest() -> None:
    newest = replace(certificate(first_issued_on=DAY), supersedes=(DRIVER,))
    lifted = suspended()
    lifted = KeptChange(
        IDS.seal_record("transport", newest.record),
        replace(lifted.change, state=CertificateState.VALID),
    )
    answer = replace(ANSWERS[0], certificates=(newest,))

    async def standing_after(*sent: KeptChange) -> Standing:
        loader = ChangesLoader(Sent({HOLDER: list(sent)}), IDS)
        (changed,) = await loader.put_on(HOLDER, [answer])
        return standing(changed.certificates[0].record, DAY, DAY)

    assert await standing_after(suspended()) is Standing.SUSPENDED
    assert await standing_after(suspended(), lifted) is Standing.VALID
    assert await standing_after(lifted, suspended()) is Standing.SUSPENDED


async def test_what_was_sent_is_put_on_what_nobody_signed_too() -> None:
    row = UnsignedCertificate(
        agency="transport",
        institution=DRIVER.attestation.institution,
        record=DRIVER.record,
        digest=b"",
        retrieved_at=DRIVER.retrieved_at,
    )
    other = replace(row, record=CRANE.record)
    answer = replace(ANSWERS[0], certificates=(CRANE,), unsigned=(row, other))

    loader = ChangesLoader(Sent({HOLDER: [suspended()]}), IDS)
    (changed,) = await loader.put_on(HOLDER, [answer])

    assert [standing_of_unsigned(one.record, DAY) for one in changed.unsigned] == [
        Standing.SUSPENDED,
        Standing.UNKNOWN,
    ]
    assert [standing(one.record, DAY, DAY) for one in changed.certificates] == [
        Standing.VALID
    ]


async def test_for_whoever_has_none_nothing_is_read() -> None:
    sent = Sent({NOBODY: []})

    assert await ChangesLoader(sent, IDS).put_on(HOLDER, ANSWERS) is ANSWERS
    assert sent.readings == []


async def test_whoever_was_taken_for_another_keeps_what_they_have() -> None:
    assert await worth(Sent({HOLDER: []})) == [Standing.VALID, Standing.VALID]


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(Sent({HOLDER: [suspended()]}, is_away=True), id="store away"),
        pytest.param(
            Sent({HOLDER: [suspended(ids=OTHER_IDS)]}), id="sealed under another key"
        ),
    ],
)
async def test_what_cannot_be_known_is_not_good(sent: Sent) -> None:
    assert await worth(sent) == [Standing.UNKNOWN, Standing.UNKNOWN]


async def test_the_people_of_a_request_are_read_about_at_once() -> None:
    people = [HOLDER._replace(number=str(number)) for number in range(50)]
    sent = Sent({one: [suspended()] for one in people})
    loader = ChangesLoader(sent, IDS)

    await asyncio.gather(*(loader.put_on(one, ANSWERS) for one in people))

    assert sent.readings == [people]


async def test_whoever_comes_later_is_read_about_anew() -> None:
    sent = Sent({HOLDER: [suspended()]})
    loader = ChangesLoader(sent, IDS)

    await loader.put_on(HOLDER, ANSWERS)
    await loader.put_on(HOLDER, ANSWERS)

    assert len(sent.readings) == 2


async def test_of_two_who_wait_one_may_leave() -> None:
    sent = Sent({HOLDER: [suspended()], NOBODY: [suspended()]})
    loader = ChangesLoader(sent, IDS)
    first = asyncio.create_task(loader.put_on(NOBODY, ANSWERS))
    second = asyncio.create_task(loader.put_on(HOLDER, ANSWERS))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])

    answers = await second

    # Nobody read on for the second, so what is theirs is not known.
    assert first.cancelled()
    worths = [standing(one.record, DAY, DAY) for one in answers[0].certificates]
    assert worths == [Standing.UNKNOWN, Standing.UNKNOWN]


REVOKED = StateChange(
    state=CertificateState.REVOKED,
    effective_on=date(2026, 2, 1),
    received_at=datetime(2026, 2, 2, tzinfo=UTC),
)


def revoked(**left_out: object) -> KeptChange:
    record = replace(DRIVER.record, **left_out)  # type: ignore[arg-type]  # test literals
    document = document_of(IDS, DRIVER.attestation.institution, record)
    return KeptChange(IDS.seal_record("transport", record), REVOKED, document)


LEFT_OUT = [
    {"item_code": None},
    {"level": None},
    {"issued_on": None},
    {"item_code": None, "level": None, "first_issued_on": None, "issued_on": None},
]


@pytest.mark.parametrize("left_out", LEFT_OUT)
async def test_a_revocation_that_leaves_something_out_is_of_the_one_it_fits(
    left_out: dict[str, None],
) -> None:
    assert await worth(Sent({HOLDER: [revoked(**left_out)]})) == [
        Standing.REVOKED,
        Standing.VALID,
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"number": "0000124"},
        {"item_code": "1.1", "item": "高压电工作业"},
        {"issued_on": date(2020, 1, 1)},
        {"level": Level.LEVEL_1},
    ],
)
async def test_what_it_does_say_has_to_fit(other: dict[str, object]) -> None:
    sent = Sent({HOLDER: [revoked(**{"first_issued_on": None, **other})]})

    assert await worth(sent) == [Standing.VALID, Standing.VALID]


async def test_where_it_fits_several_none_of_them_is_known_to_be_good() -> None:
    renewed = replace(
        DRIVER, record=replace(DRIVER.record, issued_on=date(2025, 12, 1))
    )
    sent = Sent({HOLDER: [revoked(issued_on=None)]})
    answers = [replace(ANSWERS[0], certificates=(DRIVER, renewed, CRANE))]

    (found,) = await ChangesLoader(sent, IDS).put_on(HOLDER, answers)

    assert [standing(one.record, DAY, DAY) for one in found.certificates] == [
        *(Standing.UNKNOWN, Standing.UNKNOWN, Standing.VALID),
    ]


async def test_a_whole_change_is_of_its_own_certificate_alone() -> None:
    undated = replace(DRIVER, record=replace(DRIVER.record, issued_on=None))
    sent = Sent({HOLDER: [revoked(issued_on=None)]})
    answers = [replace(ANSWERS[0], certificates=(DRIVER, undated))]

    (found,) = await ChangesLoader(sent, IDS).put_on(HOLDER, answers)

    assert [standing(one.record, DAY, DAY) for one in found.certificates] == [
        *(Standing.VALID, Standing.REVOKED),
    ]


async def test_a_change_kept_by_its_spelling_counts_for_the_certificate_of_then() -> (
    None
):
    padded = replace(
        DRIVER.record,
        spelt=Spelling(f"{DRIVER.record.number} ", DRIVER.record.item_code),
    )
    then = replace(DRIVER.record, number=f"{DRIVER.record.number} ")
    sent = Sent({HOLDER: [KeptChange(IDS.seal_record("transport", then), REVOKED)]})
    answers = [replace(ANSWERS[0], certificates=(replace(DRIVER, record=padded),))]

    (found,) = await ChangesLoader(sent, IDS).put_on(HOLDER, answers)

    assert standing(found.certificates[0].record, DAY, DAY) is Standing.REVOKED


def known(answers: Sequence[Answer]) -> bool:
    return all(one.record.changes is not None for one in answers[0].certificates)


async def test_who_comes_in_one_turn_is_read_in_one_and_told_the_same() -> None:
    sent = Sent({HOLDER: [suspended()], NOBODY: []})
    loader = ChangesLoader(sent, IDS)

    first, second, other = await asyncio.gather(
        loader.put_on(HOLDER, ANSWERS),
        loader.put_on(HOLDER, ANSWERS),
        loader.put_on(NOBODY, ANSWERS),
    )

    assert first == second != ANSWERS
    assert known(first)
    assert other is ANSWERS
    assert sent.readings == [[HOLDER, NOBODY]]


async def test_who_comes_while_others_are_read_is_read_after_them() -> None:
    sent = Sent({HOLDER: [suspended()], NOBODY: [suspended()]})
    loader = ChangesLoader(sent, IDS)

    async def later() -> list[Answer]:
        for _ in range(2):
            await asyncio.sleep(0)
        assert sent.readings == [[NOBODY]]
        return await loader.put_on(HOLDER, ANSWERS)

    _, answers = await asyncio.gather(loader.put_on(NOBODY, ANSWERS), later())

    assert sent.readings == [[NOBODY], [HOLDER]]
    assert known(answers)
    assert answers != ANSWERS


async def test_who_gives_up_leaves_no_reading_behind() -> None:
    sent = Sent({HOLDER: [suspended()]})
    loader = ChangesLoader(sent, IDS)
    given_up = asyncio.create_task(loader.put_on(HOLDER, ANSWERS))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.wait([given_up])

    assert known(await loader.put_on(HOLDER, ANSWERS))
