"""A request asks an agency once, about those who were admitted and nobody else."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from bureau.answer_loader import AnswerLoader
from connectors.agency import Agency
from connectors.answer import Answer, SourceOutcome
from connectors.connector import Reply
from connectors.elements import Told
from policy.catalogue import load_catalogue
from policy.identity import Identity, IdType
from tests.connectors.agency import BUNDLE, NOW, manifest
from tests.connectors.guard.slow_agency import ONE, PEOPLE, TWO, Notes


@dataclass
class SlowConnector:
    """Answers nothing to anybody, once it is let."""

    open: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[list[Identity]] = field(default_factory=list)
    left: int = 0
    knows: Callable[[IdType], bool] = lambda _: True

    def can_ask(self, id_type: IdType) -> bool:
        return self.knows(id_type)

    async def fetch(
        self,
        holders: Sequence[Identity],
        told: Told | None = None,  # noqa: ARG002 - tells nobody
    ) -> Reply:
        self.asked.append(list(holders))
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.left += 1
            raise
        return Reply([()] * len(holders))

    async def probe(self) -> None:
        """Speak."""


def agency_of(connector: SlowConnector, *limits: str) -> Agency:
    bounds = "\n".join(["timeout_seconds = 5", *limits])
    return Agency(
        manifest(("timeout_seconds = 0.5", bounds)),
        connector,
        bundle=BUNDLE,
        catalogue=load_catalogue(),
        observer=Notes(),
        clock=lambda: NOW,
    )


def loader_of(
    connector: SlowConnector, admitted: Sequence[Identity] = (ONE, TWO)
) -> AnswerLoader:
    return loader_for("caller", agency_of(connector), admitted)


def loader_for(
    caller: str, agency: Agency, admitted: Sequence[Identity]
) -> AnswerLoader:
    deadline = asyncio.get_running_loop().time() + 5
    return AnswerLoader(
        agency, deadline, lambda holder: holder in admitted, caller=caller
    )


async def test_all_who_are_wanted_are_asked_about_by_the_first_who_takes() -> None:
    connector = SlowConnector()
    connector.open.set()
    loader = loader_of(connector)
    loader.want(ONE)
    loader.want(TWO)

    answers = await asyncio.gather(loader.answer(ONE), loader.answer(TWO))

    assert connector.asked == [[ONE, TWO]]
    assert [answer.outcome for answer in answers] == [SourceOutcome.UNVERIFIED] * 2


@pytest.mark.parametrize(
    "knows", [lambda _: True, lambda id_type: id_type is not IdType.HOME_RETURN_PERMIT]
)
async def test_requests_of_several_callers_are_served_in_turn(
    knows: Callable[[IdType], bool],
) -> None:
    connector = SlowConnector(knows=knows)
    agency = agency_of(connector, "concurrency = 1", "batch_limit = 2")
    unknown = Identity(IdType.HOME_RETURN_PERMIT, "H12345678")

    def ask(caller: str, holder: Identity) -> list[asyncio.Future[Answer]]:
        people = [holder] if knows(unknown.type) else [holder, unknown]
        loader = loader_for(caller, agency, people)
        for one in people:
            loader.want(one)
        return [loader.answer(one) for one in people]

    asked = [one for holder in PEOPLE[:5] for one in ask("flood", holder)]
    asked += ask("late", PEOPLE[9])
    for _ in range(6):
        await asyncio.sleep(0)
    connector.open.set()
    await asyncio.gather(*asked)

    assert connector.asked[:2] == [[PEOPLE[0]], [PEOPLE[1], PEOPLE[9]]]


async def test_whoever_is_not_admitted_is_not_asked_about() -> None:
    connector = SlowConnector()
    connector.open.set()
    loader = loader_of(connector, admitted=[ONE])
    loader.want(TWO)
    loader.want(ONE)

    await loader.answer(ONE)

    assert connector.asked == [[ONE]]


async def test_whoever_was_asked_about_is_not_asked_about_again() -> None:
    connector = SlowConnector()
    connector.open.set()
    loader = loader_of(connector)
    for _ in range(2):
        loader.want(ONE)
        await loader.answer(ONE)

    assert connector.asked == [[ONE]]


async def test_a_call_is_called_off_once_all_have_given_up() -> None:
    connector = SlowConnector()
    loader = loader_of(connector)
    loader.want(ONE)
    loader.want(TWO)
    answers = [loader.answer(ONE), loader.answer(TWO)]
    await asyncio.sleep(0)

    answers[0].cancel()
    await asyncio.sleep(0.01)
    left_by_one = connector.left
    answers[1].cancel()
    await asyncio.sleep(0.01)

    assert (left_by_one, connector.left) == (0, 1)


async def test_who_gives_up_leaves_the_answer_to_the_other() -> None:
    connector = SlowConnector()
    loader = loader_of(connector)
    loader.want(ONE)
    loader.want(TWO)
    impatient, patient = loader.answer(ONE), loader.answer(TWO)
    await asyncio.sleep(0)

    impatient.cancel()
    connector.open.set()

    assert (await patient).outcome is SourceOutcome.UNVERIFIED
    assert impatient.cancelled()


async def test_a_bug_of_ours_is_raised_wherever_an_answer_is_taken() -> None:
    def broken(_: IdType) -> bool:
        raise ZeroDivisionError

    loader = loader_of(SlowConnector(knows=broken))
    loader.want(ONE)
    loader.want(TWO)

    for holder in (ONE, TWO):
        with pytest.raises(ZeroDivisionError):
            loader.answer(holder)


async def test_a_bug_behind_the_call_is_raised_to_all_who_wait() -> None:
    @dataclass
    class Broken(SlowConnector):
        async def fetch(
            self,
            holders: Sequence[Identity],
            told: Told | None = None,  # noqa: ARG002 - tells nobody
        ) -> Reply:
            raise ZeroDivisionError(holders)

    loader = loader_of(Broken())
    loader.want(ONE)
    loader.want(TWO)

    raised = await asyncio.gather(
        loader.answer(ONE), loader.answer(TWO), return_exceptions=True
    )

    assert [type(error) for error in raised] == [ZeroDivisionError] * 2
