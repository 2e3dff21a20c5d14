"""What is told of waiting for either kind of database, to whoever records it."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, literal, select, text

from connectors.errors import StoreUnavailableError
from connectors.spans import Attributes, Part, recorded_by
from store.connections import Reader, begin
from store.store import Store


class Noted:
    """A span that remembers what was put there, and which began below it."""

    traceparent: str | None = None

    def __init__(self, all_of_them: list["Noted"]) -> None:
        self.all = all_of_them
        self.told: dict[str, Any] = {}
        self.ended: list[str | None] = []

    def begin(self, kind: Part) -> "Noted":
        assert kind is Part.STORE
        begun = Noted(self.all)
        self.all.append(begun)
        return begun

    def put(self, attributes: Attributes) -> None:
        self.told |= attributes

    def end(self, error_type: str | None = None) -> None:
        self.ended.append(error_type)


def one(connection: Connection, number: int = 1) -> int:
    return connection.scalar(select(literal(number))) or 0


def broken(connection: Connection) -> None:
    connection.execute(text("SELECT secret FROM nowhere"))


async def recorded(*works: Any) -> list[Noted]:
    spans: list[Noted] = []
    with recorded_by(Noted(spans)):
        for work in works:
            await work()
    return spans


async def test_a_transaction_says_which_database_it_was_and_for_what(
    store: Store, database_kind: str
) -> None:
    spans = await recorded(
        lambda: store.writer.write(partial(one, number=7)),
        lambda: store.writer.read(one),
    )

    told = {
        (span.told["db.system.name"], span.told["db.operation.name"]) for span in spans
    }
    assert told == {(database_kind, "WRITE"), (database_kind, "READ")}
    assert spans[0].told["code.function.name"] == f"{__name__}.one"
    assert {ended for span in spans for ended in span.ended} == {None}
    assert "7" not in str([span.told for span in spans])


async def test_who_reads_or_writes_beside_the_writer_says_so_too(
    store: Store, database_kind: str
) -> None:
    async def reading() -> None:
        async with Reader(store.engine).connect() as connection:
            await connection.run_sync(one)

    async def writing() -> None:
        async with begin(store.engine) as connection:
            await connection.run_sync(one)

    spans = await recorded(reading, writing)

    told = [
        (span.told["db.system.name"], span.told["db.operation.name"]) for span in spans
    ]
    assert told == [(database_kind, "READ"), (database_kind, "WRITE")]


async def test_what_failed_is_told_by_its_kind_and_without_its_statement(
    store: Store,
) -> None:
    spans: list[Noted] = []

    with recorded_by(Noted(spans)), pytest.raises(StoreUnavailableError):
        await store.writer.write(broken)

    assert "StoreUnavailableError" in {ended for span in spans for ended in span.ended}
    assert "secret" not in str([(span.told, span.ended) for span in spans])


async def test_nothing_is_told_where_nobody_records(store: Store) -> None:
    assert await store.writer.write(one) == 1
