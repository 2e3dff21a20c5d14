"""What is followed: of which events, from where on, and what is refused at once."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, date, datetime
from inspect import isawaitable
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import ExecutionResult, parse
from graphql.execution import create_source_event_stream

from bureau.events.cursors import Cursors
from bureau.events.events import (
    CertificateStateEvent,
    ConnectorStateEvent,
    Kind,
    UnknownPlaceError,
)
from connectors.errors import StoreUnavailableError
from connectors.registration.lifecycle import ConnectorState, Step
from policy.certificate import CertificateState
from resolvers.schema import schema
from resolvers.subscriptions.encoded import Encoded
from resolvers.subscriptions.graph import MAX_NAMED
from tests.resolvers.test_store_away import answer, context

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
KINDS = {
    "certificateStates": Kind.CERTIFICATE_STATES,
    "connectorStates": Kind.CONNECTOR_STATES,
    "sanctions": Kind.SANCTIONS,
}
CURSORS = Cursors(b"k" * 64)
CHANGES = """subscription {
  certificateStateChanged(filter: {%s}) { certificateId } }"""
STEPS = """subscription { connectorStateChanged(connectorId: %s) { connectorId } }"""


class Kept:
    """A feed that has what it is given, each event in a page, and then ends."""

    def __init__(self, *events: object, newest: int = 0) -> None:
        self.events, self.number = events, newest
        self.after: list[int | None] = []
        self.fails: Exception | None = None

    async def newest(self) -> int:
        if self.fails is not None:
            raise self.fails
        return self.number

    async def follow(self, after: int | None) -> AsyncGenerator[Sequence[object], None]:
        self.after.append(after)
        if self.fails is not None:
            raise self.fails
        return self.pages()

    async def pages(self) -> AsyncGenerator[Sequence[object], None]:
        for event in self.events:
            yield [event]


def changed(number: int, connector: str, state: CertificateState) -> object:
    return CertificateStateEvent(
        number=number,
        at=NOON,
        certificate=f"sealed-{number}",
        connector=connector,
        state=state,
        effective_on=date(2026, 11, 20),
        reason="",
    )


def stepped(number: int, connector: str) -> object:
    return ConnectorStateEvent(
        number=number,
        at=NOON,
        connector=connector,
        owner="agency-1",
        version=1,
        step=Step.ACTIVATE,
        before=ConnectorState.APPROVED,
        after=ConnectorState.ACTIVE,
        actor="operator-1",
        reason="",
    )


STATES = Kept(
    changed(1, "transport", CertificateState.REVOKED),
    changed(2, "fire-rescue", CertificateState.REVOKED),
    changed(3, "transport", CertificateState.VALID),
)
CONNECTORS = Kept(stepped(1, "transport"), stepped(2, "fire-rescue"))


def services(**feeds: Kept) -> dict[str, object]:
    return {
        "feeds": SimpleNamespace(**feeds),
        "cursors": CURSORS,
        "encoded": Encoded(),
    }


def followed(text: str, last: str | None = None, **feeds: Kept) -> Any:
    """Return the pages that a subscription shows, or the code it is refused with."""

    async def follow() -> Any:
        asked = context(**services(**feeds))
        asked.last_event_id = last
        executor = schema.execution_context_class.build(
            schema.core, parse(text), context_value=asked
        )
        assert not isinstance(executor, list)
        found: Any = create_source_event_stream(executor)
        if isawaitable(found):
            found = await found
        if isinstance(found, ExecutionResult):
            (error,) = found.errors or []
            return (error.extensions or {}).get("code", error)
        return [page async for page in found]

    return asyncio.run(follow())


def shown(text: str, **feeds: Kept) -> list[list[str]]:
    """Return of each page the ids that it shows."""
    pages = followed(text, None, **feeds)
    assert isinstance(pages, list), pages
    names = ("certificate_id", "connector_id")
    return [
        [getattr(one, name) for one in page for name in names if hasattr(one, name)]
        for page in pages
    ]


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ("", "123"),
        ('agencyIds: ["transport"]', "13"),
        ("agencyIds: []", ""),
        ('certificateIds: ["sealed-2", "sealed-3"]', "23"),
        ("states: [REVOKED]", "12"),
        ('agencyIds: ["transport"], states: [REVOKED]', "1"),
        ('agencyIds: ["transport"], certificateIds: ["sealed-2"]', ""),
    ],
)
def test_a_change_is_shown_that_meets_every_condition(filter_: str, found: str) -> None:
    # What nothing is shown of is not sent as an empty page.
    assert shown(CHANGES % filter_, certificate_states=STATES) == [
        [f"sealed-{number}"] for number in found
    ]


@pytest.mark.parametrize("name", ["agencyIds", "certificateIds"])
def test_so_many_may_be_named_and_no_more(name: str) -> None:
    def named(count: int) -> str:
        ids = ", ".join(f'"sealed-{number}"' for number in range(count))
        return CHANGES % f"{name}: [{ids}]"

    assert isinstance(followed(named(MAX_NAMED), certificate_states=STATES), list)
    refused = followed(named(MAX_NAMED + 1), certificate_states=STATES)
    assert refused == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("null", [["transport"], ["fire-rescue"]]),
        ('"fire-rescue"', [["fire-rescue"]]),
    ],
)
def test_steps_are_shown_of_one_connector_or_of_all(
    asked: str, found: list[list[str]]
) -> None:
    assert shown(STEPS % asked, connector_states=CONNECTORS) == found


@pytest.mark.parametrize(
    ("field", "feed", "kind"),
    [
        ("certificateStateChanged", "certificate_states", Kind.CERTIFICATE_STATES),
        ("connectorStateChanged", "connector_states", Kind.CONNECTOR_STATES),
        ("sanctionChanged", "sanctions", Kind.SANCTIONS),
    ],
)
def test_it_goes_on_after_the_cursor_and_the_transports_is_newer(
    field: str, feed: str, kind: Kind
) -> None:
    kept = Kept()
    older, newer = (CURSORS.of(kind, number) for number in (4, 5))
    after = f'subscription {{ {field}(after: "{older}") {{ cursor }} }}'

    for text, last in (
        (f"subscription {{ {field} {{ cursor }} }}", None),
        (after, None),
        (after, newer),
    ):
        assert followed(text, last, **{feed: kept}) == []

    assert kept.after == [None, 4, 5]


@pytest.mark.parametrize(
    ("fails", "code"),
    [
        (StoreUnavailableError("away"), "STORE_UNAVAILABLE"),
        (UnknownPlaceError(), "UNKNOWN_CURSOR"),
    ],
)
def test_what_cannot_be_followed_is_refused_at_once(
    fails: Exception, code: str
) -> None:
    kept = Kept()
    kept.fails = fails

    assert followed(STEPS % "null", connector_states=kept) == code


def test_a_cursor_of_another_kind_is_refused() -> None:
    other = CURSORS.of(Kind.SANCTIONS, 1)

    found = followed(STEPS % "null", other, connector_states=CONNECTORS)

    assert found == "UNKNOWN_CURSOR"


def test_cursors_are_of_the_newest_event_of_each_kind() -> None:
    feeds = {
        "certificate_states": Kept(newest=7),
        "connector_states": Kept(newest=8),
        "sanctions": Kept(newest=9),
    }

    found = answer(f"{{ eventCursors {{ {' '.join(KINDS)} }} }}", **services(**feeds))

    assert found.errors is None
    assert found.data is not None
    cursors = found.data["eventCursors"]
    numbers = [CURSORS.number(kind, cursors[name]) for name, kind in KINDS.items()]
    assert numbers == [7, 8, 9]


@pytest.mark.parametrize("name", KINDS)
def test_there_is_no_cursor_while_the_store_is_away(name: str) -> None:
    away = Kept()
    away.fails = StoreUnavailableError("away")
    feeds = dict.fromkeys(("certificate_states", "connector_states", "sanctions"), away)

    found = answer(f"{{ eventCursors {{ {name} }} }}", **services(**feeds))

    (error,) = found.errors or []
    assert (error.extensions or {})["code"] == "STORE_UNAVAILABLE"
