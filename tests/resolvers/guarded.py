"""A small schema with every shape by which a rule could be walked around."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import strawberry
from strawberry.federation.schema_directives import RequiresScopes

from bureau.caller import Caller, Scope
from resolvers.authorization.permissions import CheckPermissions, Permissions

PAY = [[Scope.WRITE_PAYMENTS.value]]
AUDIT = [[Scope.AUDIT.value]]


@strawberry.schema_directive(
    locations=RequiresScopes.__strawberry_directive__.locations,  # type: ignore[attr-defined]  # set by Strawberry
    name="needs",
)
class Needs(RequiresScopes):
    """``@requiresScopes`` by another name, as a ``@link`` may give it one."""


@strawberry.federation.interface(authenticated=True)
class Node:
    id: strawberry.ID = strawberry.ID("1")


@strawberry.federation.type(requires_scopes=PAY)
class Payment(Node):
    yuan: int = 1000


@strawberry.federation.type(authenticated=True)
class Notice(Node):
    words: str = "219"


@strawberry.federation.interface(requires_scopes=AUDIT)
class Record:
    at: str = "2026-03-01"


@strawberry.federation.type(authenticated=True)
class Entry(Record):
    note: str = "seen"


@strawberry.federation.interface(authenticated=True)
class Signed:
    by: str = strawberry.federation.field(default="agency")


@strawberry.federation.type(authenticated=True)
class Letter(Signed):
    by: str = strawberry.federation.field(default="officer", requires_scopes=AUDIT)


@strawberry.type
class Forgotten:
    word: str = "no rule"


@strawberry.type(directives=[Needs(scopes=AUDIT)])
class Renamed:
    word: str = "a rule by another name"


@dataclass
class Asked:
    """What ran."""

    fields: list[str]
    caller: Caller


Info = strawberry.Info[Asked, None]


@strawberry.federation.type(authenticated=True)
class Query:
    forgotten: Forgotten = strawberry.field(resolver=Forgotten)
    renamed: Renamed = strawberry.field(resolver=Renamed)

    @strawberry.field
    def node(self) -> Node:
        return Notice()

    @strawberry.field
    def thing(self) -> Payment | Notice:
        return Notice()

    @strawberry.field
    def entry(self) -> Entry:
        return Entry()

    @strawberry.field
    def signed(self) -> Signed:
        return Letter()

    @strawberry.field
    def notice(self, info: Info) -> Notice:
        info.context.fields.append("notice")
        return Notice()

    @strawberry.federation.field(requires_scopes=AUDIT)  # type: ignore[untyped-decorator]  # as Strawberry types it
    def secret(self) -> str | None:
        raise ValueError("a secret in a message")

    @strawberry.federation.field(  # type: ignore[untyped-decorator]  # likewise
        requires_scopes=[*AUDIT, [Scope.REGISTER.value, Scope.APPROVE.value]]
    )
    def either(self) -> str:
        return "either"


@strawberry.federation.type(authenticated=True)
class Mutation:
    @strawberry.federation.field(requires_scopes=PAY)  # type: ignore[untyped-decorator]  # likewise
    def pay(self) -> int:
        return 1


@strawberry.federation.type(authenticated=True)
class Subscription:
    @strawberry.subscription
    async def notices(self) -> AsyncIterator[Notice]:
        yield Notice()

    @strawberry.subscription
    async def payments(self) -> AsyncIterator[Payment]:
        yield Payment()


schema: strawberry.federation.Schema = strawberry.federation.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Payment, Notice, Entry, Letter],
    extensions=[lambda: CheckPermissions(lambda: permissions)],
)
permissions: Permissions = Permissions(schema._schema)
