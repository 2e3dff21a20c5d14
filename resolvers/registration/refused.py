"""A step that was not taken, as an answer: a code, words, and what there is now."""

from collections.abc import Awaitable
from typing import TypeVar

import strawberry

from bureau.scopes import OVERSEER, READER, actor_of, may
from connectors.errors import StoreUnavailableError
from connectors.registration.connector import Connector as KeptConnector
from connectors.registration.refusals import RegistrationError
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.context import Info
from resolvers.errors import store_unavailable
from resolvers.registration.enums import RefusalCode
from resolvers.registration.shown import Connector, connector_shown

T = TypeVar("T")


@strawberry.federation.type(
    requires_scopes=READER,
    description=both(
        "未予办理：原因与现状；除检查报告外未作任何变更",
        "A step that was not taken: why; nothing was changed but a check's report",
    ),
)
class RegistrationRefused:
    """A step that was not taken, and the reason."""

    refusal: strawberry.Private[RegistrationError]
    code: RefusalCode = strawberry.field(description=both("原因代码", "Why, as a code"))
    detail: str | None = strawberry.field(
        description=both("具体所见", "What was found, the same in every language")
    )
    connector: Connector | None = strawberry.field(
        description=both(
            "该连接器的现状（限本人可见者）", "The connector as it is, if it is yours"
        )
    )

    @strawberry.field(description=both("原因与处理办法", "Why, and what to do"))
    def message(self, language: InLanguage = Language.ZH) -> str:
        """Return the meaning in ``language``."""
        return said(self.refusal.meaning, language)


def is_shown(connector: KeptConnector, info: Info) -> bool:
    """Say whether the caller may see a connector: an overseer's eyes, or its own."""
    caller = info.context.caller
    return may(caller.scopes, OVERSEER) or actor_of(caller).owns(connector)


async def answered(
    info: Info, step: Awaitable[T], connector: str | None = None
) -> T | RegistrationRefused:
    """Return what ``step`` comes to, or why it was not taken.

    Raises:
        RequestError: the database is away.
    """
    store = info.context.services.registration.store
    try:
        try:
            return await step
        except RegistrationError as error:
            refusal = error
        found = None if connector is None else await store.connector(connector)
    except StoreUnavailableError:
        raise store_unavailable() from None
    return RegistrationRefused(
        refusal=refusal,
        code=refusal.code,
        detail=refusal.detail or None,
        connector=None
        if found is None or not is_shown(found, info)
        else connector_shown(found, info.context),
    )
