"""Where no agency is asked, what was sent is read ahead and the log has it once."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import pytest

from bureau.look_ups.audit import AuditEvent
from bureau.look_ups.budget import PeopleBudget
from bureau.look_ups.oversight import Oversight
from bureau.look_ups.unknown_people import UnknownPeopleWatch
from bureau.versions.held import Versions
from connectors.agency import Agency
from connectors.answer import Answer
from connectors.shadow import Shadow
from policy.catalogue import load_catalogue
from policy.identity import Identity, parse_identity
from resolvers.context import RequestContext
from resolvers.look_ups import look_up
from signing.trust import TrustBundle
from tests.bureau.look_ups.office import PSEUDONYMS, Log, Notes
from tests.connectors.agency import ZHANG, manifest
from tests.connectors.collection.test_connector import ASKS, Sent, opened
from tests.resolvers.test_store_away import Away
from tests.resolvers.test_store_away import context as context_of

COLLECTED = (ASKS, 'protocol = "collected"\n')
ONLY_SENDS = manifest(COLLECTED)
ANSWERS = manifest(('id = "transport"', 'id = "answers"'))
HOLDER = parse_identity(ZHANG)


@dataclass
class ReadsAhead:
    """What was collected, as far as a question reads it ahead; noted in ``steps``."""

    steps: list[str] = field(default_factory=list)
    began: asyncio.Event = field(default_factory=asyncio.Event)
    hangs: bool = False

    async def read_ahead(self, holder: Identity, deadline: float) -> None:
        assert holder == HOLDER
        assert deadline > asyncio.get_running_loop().time()
        self.steps.append("read ahead")
        self.began.set()
        if self.hangs:
            await asyncio.Event().wait()


@dataclass
class Turn:
    """A caller's turn, and whether it is lent."""

    lent: int = 0

    def lend(self) -> None:
        self.lent += 1

    def take_back(self) -> None:
        self.lent -= 1


@dataclass
class Question:
    """One request about one person, and the log that it goes to."""

    log: Log = field(default_factory=Log)
    collected: ReadsAhead = field(default_factory=ReadsAhead)
    turn: Turn = field(default_factory=Turn)

    def context(self) -> RequestContext:
        catalogue = load_catalogue()
        budget, watch = PeopleBudget(10, {}), UnknownPeopleWatch()
        made = context_of(
            live=SimpleNamespace(snapshot=SimpleNamespace(bundle=TrustBundle.of([]))),
            oversight=Oversight(PSEUDONYMS, budget, watch, self.log, Notes()),
            collected=self.collected,
            versions=Versions(
                Away(), mark=str, catalogue=catalogue, told=lambda *_: None
            ),
            sent_changes=SimpleNamespace(may_concern=lambda _: False),
        )
        return replace(made, people=1, turn=self.turn)

    async def ask(self, *agencies: Agency) -> Sequence[Answer]:
        return await look_up(self.context(), HOLDER, agencies)


async def test_what_was_sent_is_read_ahead_and_on_the_log_once() -> None:
    question, sent = Question(), Sent(is_at_hand=True)
    async with opened(ONLY_SENDS, sent) as agency:
        (answer,) = await question.ask(agency)

    assert answer.is_collected
    assert (question.collected.steps, sent.readings) == (["read ahead"], 0)
    assert (question.log.intended, question.turn.lent) == ([], 0)
    assert [one.event for one in question.log.records] == [AuditEvent.LOOKED_UP]


@pytest.mark.parametrize("has_a_shadow", [False, True])
async def test_where_somebody_else_is_asked_too_that_is_on_the_log_before(
    *, has_a_shadow: bool
) -> None:
    question = Question()
    async with AsyncExitStack() as stack:
        sends = await stack.enter_async_context(opened(ONLY_SENDS, Sent()))
        other = await stack.enter_async_context(opened(ANSWERS, Sent()))
        asked = [sends, other]
        if has_a_shadow:
            sends.shadow, asked = Shadow(other), [sends]
        await question.ask(*asked)

    assert question.collected.steps == []
    assert [one.event for one in question.log.intended] == [AuditEvent.UNCONFIRMED]


async def test_who_leaves_while_it_is_read_ahead_is_on_the_log_as_abandoned() -> None:
    question, sent = Question(collected=ReadsAhead(hangs=True)), Sent()
    async with opened(ONLY_SENDS, sent) as agency:
        asking = asyncio.ensure_future(question.ask(agency))
        await question.collected.began.wait()
        assert question.turn.lent == 1
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    assert (question.turn.lent, sent.readings) == (0, 0)
    assert [one.event for one in question.log.records] == [AuditEvent.ABANDONED]
