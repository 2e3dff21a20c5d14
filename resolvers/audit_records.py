"""The audit log in the graph, for auditors: who looked whom up, and why.

People are pseudonyms here. Whoever has a number at hand may ask what was done about
that person; the number is turned into pseudonyms and goes no further. Reading the log
is itself on the log.
"""

import re
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import strawberry

from bureau.caller import Scope
from bureau.look_ups.audit import AuditRecord
from connectors.errors import StoreUnavailableError
from resolvers.audit_filter import AuditFilter, selection_of
from resolvers.bilingual import both
from resolvers.context import RequestContext
from resolvers.documents.directives import list_of
from resolvers.enums import AuditEvent, Purpose, SourceOutcome
from resolvers.errors import RequestError
from resolvers.look_ups import audit_unavailable, origin_of
from resolvers.relay import PageInfo

MAX_FIRST = 1000
FIRST = 50
CURSOR = re.compile(r"[0-9]{1,18}")


@strawberry.federation.type(
    requires_scopes=[[Scope.AUDIT]],
    description=both("一个机构的答复结果", "How one agency's answer ended"),
)
class AuditSource:
    """One agency of a look-up."""

    agency: strawberry.ID = strawberry.field(
        description=both("机构编号", "The agency's id")
    )
    outcome: SourceOutcome = strawberry.field(description=both("结果", "The outcome"))


@strawberry.federation.type(
    name="AuditRecord",
    requires_scopes=[[Scope.AUDIT]],
    description=both(
        "审计记录：何人、何时、为何、查询了谁（假名）",
        "An audit record: who looked whom up (a pseudonym), when and why",
    ),
)
class ShownAuditRecord:
    """One record."""

    id: strawberry.ID = strawberry.field(
        description=both("记录编号，只增不减", "The record's number, ever growing")
    )
    at: datetime = strawberry.field(description=both("时间", "When"))
    event: AuditEvent = strawberry.field(description=both("事件", "The event"))
    caller: str = strawberry.field(description=both("调用方", "The caller"))
    districts: list[str] | None = strawberry.field(
        directives=[list_of(2)],
        description=both(
            "调用方所代表的区；全市时为空",
            "The districts the caller acted for; null if for all",
        ),
    )
    request_id: str | None = strawberry.field(
        description=both("请求编号，见日志", "The request's id, as in the logs")
    )
    person: str | None = strawberry.field(
        description=both("所查之人的假名", "The pseudonym of whom it was about")
    )
    purpose: Purpose | None = strawberry.field(
        description=both("查询目的", "The purpose")
    )
    case_number: str | None = strawberry.field(
        description=both("案号", "The case number")
    )
    organisation: str | None = strawberry.field(description=both("机构", "The office"))
    officer: str | None = strawberry.field(
        description=both("经办人的假名", "The pseudonym of the officer")
    )
    matter_code: str | None = strawberry.field(
        description=both("事项编码", "The matter's code")
    )
    matter_name: str | None = strawberry.field(
        description=both("事项名称", "The matter's name")
    )
    business_number: str | None = strawberry.field(
        description=both("业务流水号", "The business number")
    )
    operation: str | None = strawberry.field(
        description=both("操作名", "The operation's name")
    )
    document: str | None = strawberry.field(
        description=both(
            "查询文档的标记（带密钥摘要）；相同文档标记相同",
            "A keyed digest of the document; equal documents have equal ones",
        )
    )
    sources: list[AuditSource] = strawberry.field(
        directives=[list_of(3)],
        description=both("各机构的答复结果", "How each agency's answer ended"),
    )
    certificates: int | None = strawberry.field(
        description=both("答复所含证书数", "How many certificates were answered")
    )
    kept_from: datetime | None = strawberry.field(
        description=both(
            "到期清理：此前的记录已删除",
            "Retention: records before this moment were removed",
        )
    )
    removed: int | None = strawberry.field(
        description=both("到期清理：删除条数", "Retention: how many were removed")
    )


@strawberry.federation.type(
    requires_scopes=[[Scope.AUDIT]],
    description=both("审计记录（Relay 连接），由新到旧", "Records, newest first"),
)
class AuditRecordConnection:
    """One page."""

    nodes: list[ShownAuditRecord] = strawberry.field(
        directives=[list_of(FIRST)],
        description=both("本页的记录", "The records of this page"),
    )
    page_info: PageInfo = strawberry.field(
        description=both("分页信息", "Where this page stands")
    )


AuditFilterArgument = Annotated[
    AuditFilter | None,
    strawberry.argument(
        description=both("筛选条件；省略时不筛选", "What to show; all if left out")
    ),
]
AuditFirstArgument = Annotated[
    int,
    strawberry.argument(
        description=both(
            f"本页最多几条（1至{MAX_FIRST}）",
            f"The most on this page, 1 to {MAX_FIRST}",
        )
    ),
]
AuditAfterArgument = Annotated[
    str | None,
    strawberry.argument(
        description=both(
            "从此游标之后开始，取自上一页的 endCursor",
            "Begin after this cursor: the endCursor of the page before",
        )
    ),
]


async def read_audit_log(
    context: RequestContext, asked: AuditFilter | None, first: int, after: str | None
) -> AuditRecordConnection:
    """Return one page of the log, and put on it that it was read.

    Raises:
        RequestError: ``first``, ``after`` or the number cannot be, or the log takes
            no record.
    """
    if not 1 <= first <= MAX_FIRST:
        raise RequestError(f"first is {first}, allowed is 1 to {MAX_FIRST}")
    if after is not None and not CURSOR.fullmatch(after):
        raise RequestError("after is no cursor; take endCursor of the page before")
    selection = selection_of(context, asked or AuditFilter())
    audit = context.services.oversight.audit
    people = selection.people
    try:
        await audit.write(
            AuditRecord(
                at=context.now,
                event=AuditEvent.READ,
                caller=context.caller.id,
                elements=context.stated.told,
                request_id=context.request_id,
                person=people[0] if people else None,
                operation=origin_of(context).operation,
            )
        )
    except StoreUnavailableError:
        raise audit_unavailable() from None
    before = None if after is None else int(after)
    records = await audit.page(selection, first=first + 1, before=before)
    page = records[:first]
    return AuditRecordConnection(
        nodes=[_shown(record) for record in page],
        page_info=PageInfo(
            has_next_page=len(records) > first,
            has_previous_page=after is not None,
            start_cursor=str(page[0].id) if page else None,
            end_cursor=str(page[-1].id) if page else None,
        ),
    )


def _shown(record: AuditRecord) -> ShownAuditRecord:
    return ShownAuditRecord(
        id=strawberry.ID(str(record.id)),
        at=record.at,
        event=record.event,
        caller=record.caller,
        districts=None if record.districts is None else list(record.districts),
        request_id=record.request_id,
        person=record.person,
        purpose=record.purpose,
        case_number=record.case_number,
        **asdict(record.elements),
        operation=record.operation,
        document=record.document,
        sources=[
            AuditSource(agency=strawberry.ID(agency), outcome=outcome)
            for agency, outcome in record.sources.items()
        ],
        certificates=record.certificates,
        kept_from=record.kept_from,
        removed=record.removed,
    )
