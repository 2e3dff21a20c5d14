"""Relay's types: of every connection, and of what has a global id."""

import strawberry

from resolvers.bilingual import both


@strawberry.federation.type(
    shareable=True,
    description=both("分页信息（Relay）", "Where a page stands (Relay)"),
)
class PageInfo:
    """Relay's page info; other subgraphs have the same, so no rule is printed."""

    has_next_page: bool = strawberry.field(
        description=both("后面是否还有", "Whether more follow")
    )
    has_previous_page: bool = strawberry.field(
        description=both("前面是否还有", "Whether some came before")
    )
    start_cursor: str | None = strawberry.field(
        description=both("本页第一项的游标", "The first cursor of the page")
    )
    end_cursor: str | None = strawberry.field(
        description=both("本页最后一项的游标", "The last cursor of the page")
    )


@strawberry.interface(
    description=both(
        "有全局编号的对象（Relay）", "What has an id of its own in the graph (Relay)"
    )
)
class Node:
    """Relay's node; it answers nothing by itself."""

    @strawberry.field(description=both("全局编号", "The global id"))
    def id(self) -> strawberry.ID:
        """Return the id.

        Raises:
            NotImplementedError: an object has none of its own.
        """
        raise NotImplementedError
