"""What an auditor asks the log for: conditions, turned into what the log selects by.

A number and an officer's name are turned into pseudonyms, under former keys too, and go
no further.
"""

from datetime import datetime

import strawberry

from bureau.look_ups.audit import AuditSelection
from connectors.elements import Elements
from policy import normal_form
from policy.identity import IdentityError, parse_identity
from resolvers.bilingual import both
from resolvers.context import RequestContext
from resolvers.enums import AuditEvent, IdType, Purpose
from resolvers.errors import RequestError


@strawberry.input(
    description=both(
        "筛选条件，须全部满足；省略的不筛选",
        "What to show: all conditions hold; one left out does not select",
    )
)
class AuditFilter:
    """A selection of records."""

    event: AuditEvent | None = strawberry.field(
        default=None, description=both("事件", "The event")
    )
    caller: str | None = strawberry.field(
        default=None, description=both("调用方", "The caller")
    )
    request_id: str | None = strawberry.field(
        default=None, description=both("请求编号", "The request's id")
    )
    purpose: Purpose | None = strawberry.field(
        default=None, description=both("查询目的", "The purpose")
    )
    case_number: str | None = strawberry.field(
        default=None, description=both("案号", "The case number")
    )
    organisation: str | None = strawberry.field(
        default=None, description=both("机构", "The office")
    )
    officer: str | None = strawberry.field(
        default=None,
        description=both(
            "经办人的假名，取自其他记录", "An officer's pseudonym, from another record"
        ),
    )
    officer_name: str | None = strawberry.field(
        default=None,
        description=both(
            "经办人全称：调用方或签发方:经办人；仅用于算出假名",
            "An officer in full, as caller:officer or issuer:subject; only its "
            "pseudonym is used",
        ),
    )
    matter_code: str | None = strawberry.field(
        default=None, description=both("事项编码", "The matter's code")
    )
    business_number: str | None = strawberry.field(
        default=None, description=both("业务流水号", "The business number")
    )
    person: str | None = strawberry.field(
        default=None,
        description=both("假名，取自其他记录", "A pseudonym, from another record"),
    )
    id_number: str | None = strawberry.field(
        default=None,
        description=both(
            "证件号码；仅用于算出假名", "An identity number; only its pseudonym is used"
        ),
    )
    id_type: IdType | None = strawberry.field(
        default=None,
        description=both(
            "证件类型；省略时按号码推得", "The id type; inferred if left out"
        ),
    )
    from_: datetime | None = strawberry.field(
        default=None, name="from", description=both("起（含）", "The first moment")
    )
    to: datetime | None = strawberry.field(
        default=None, description=both("止（不含）", "The first moment no more")
    )


def selection_of(context: RequestContext, asked: AuditFilter) -> AuditSelection:
    """Return what the log is to select.

    Raises:
        RequestError: the number is none.
    """
    people = None if asked.person is None else [asked.person]
    if asked.id_number is not None:
        try:
            identity = parse_identity(asked.id_number, asked.id_type)
        except IdentityError as error:
            message = error.message
            raise RequestError(f"{message.zh} / {message.en}") from None
        found = context.services.oversight.pseudonyms.all_of(identity)
        people = found if people is None else [p for p in found if p in people]
    return AuditSelection(
        event=asked.event,
        caller=asked.caller,
        request_id=asked.request_id,
        purpose=asked.purpose,
        case_number=_words(asked.case_number),
        elements=Elements(
            organisation=_words(asked.organisation),
            matter_code=_words(asked.matter_code),
            business_number=_words(asked.business_number),
        ),
        officers=_officers(context, asked),
        people=people,
        from_=asked.from_,
        to=asked.to,
    )


def _words(stated: str | None) -> str | None:
    return normal_form.text(stated or "") or None


def _officers(context: RequestContext, asked: AuditFilter) -> list[str] | None:
    officers = None if asked.officer is None else [asked.officer]
    if asked.officer_name is None:
        return officers
    name = normal_form.text(asked.officer_name)
    found = context.services.oversight.pseudonyms.all_of_officer(name)
    return found if officers is None else [one for one in found if one in officers]
