"""Each answer's sources: one row an agency, so that silence is never taken for no."""

from datetime import datetime

import strawberry

from bureau.caller import Scope
from connectors.agency import Agency as RegisteredAgency
from connectors.answer import Answer
from connectors.answer import RefusedRecord as RefusedBytes
from connectors.guard.guard import age_seconds
from policy.text import Text
from resolvers.bilingual import InLanguage, Language, both, said
from resolvers.bodies import Body, body_of
from resolvers.certificates.checks import CheckMade, checks_of_refusal_shown
from resolvers.documents.directives import list_of
from resolvers.enums import SourceOutcome


@strawberry.federation.type(
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "某机构送来但未采信的内容；不显示其内容",
        "Something an agency sent that was not believed; its contents are not shown",
    ),
)
class RefusedRecord:
    """A finding about a source."""

    bytes_: strawberry.Private[RefusedBytes]
    is_collected: strawberry.Private[bool]
    code: str = strawberry.field(
        description=both("拒绝原因代码", "Why it was refused, as a code")
    )
    reason: str = strawberry.field(
        description=both("说明（英文）", "The code in words")
    )
    key_id: str | None = strawberry.field(
        description=both(
            "所用的在册密钥；无则为空", "The trusted key it named; null if none"
        )
    )
    digest: str | None = strawberry.field(
        description=both("所收字节的 SHA-256 摘要", "SHA-256 of the bytes that came")
    )

    @strawberry.field(
        directives=[list_of(8)],
        description=both(
            "各项核验及其结果：未通过的一项为 INVALID，其后各项未作核验",
            "Each check and how it ended: the one that failed is INVALID, and what "
            "comes after it was not made",
        ),
    )
    def checks(self) -> list[CheckMade]:
        """Return how each check ended."""
        return checks_of_refusal_shown(self.bytes_, is_collected=self.is_collected)


@strawberry.federation.type(
    name="AgencySource",
    requires_scopes=[[Scope.READ_CERTIFICATES]],
    description=both(
        "一个机构对本次查询的答复情况", "How one agency answered this question"
    ),
)
class Source:
    """One agency's row."""

    said: strawberry.Private[Text | None]
    agency: strawberry.ID = strawberry.field(
        description=both("机构编号，见 agencies", "The agency's id, see agencies")
    )
    authority: Body = strawberry.field(
        description=both("行业主管部门", "The authority")
    )
    outcome: SourceOutcome = strawberry.field(description=both("结果", "The outcome"))
    latency_milliseconds: float | None = strawberry.field(
        description=both(
            "该机构答复用时（毫秒）；未查询则为空",
            "How long the agency took; null if it was not asked",
        )
    )
    attempts: int = strawberry.field(
        description=both(
            "为此答复询问该机构的次数：连接中断后重问、向其第二个地址另问的均计入；"
            "未询问的（以缓存或归集数据作答、暂不查询等）为 0",
            "How often the agency was asked for this answer: again after a connection "
            "was closed, and at its second address, count too; 0 if it was not asked, "
            "as where the cache or what was collected answers, or in a pause",
        )
    )
    retrieved_at: datetime | None = strawberry.field(
        description=both("取得答复的时间", "When its answer came")
    )
    as_of: datetime | None = strawberry.field(
        description=both(
            "机构未作答、以此前已核验的记录代答时，其核验的时间；否则为空",
            "Where the agency did not answer and what was verified before stands in, "
            "when that was; else null",
        )
    )
    collected_at: datetime | None = strawberry.field(
        description=both(
            "以归集数据作答时，其中最近一份的归集时间；机构本身作答则为空",
            "Where what was collected answers, when the newest of it came; null if the "
            "agency itself answered",
        )
    )
    cache_age_seconds: float | None = strawberry.field(
        description=both(
            "答复已缓存多久（秒）；0 表示本次取得",
            "How old the answer is; 0 if it came for this request",
        )
    )
    not_asked_since: datetime | None = strawberry.field(
        description=both(
            "因该机构未作答而暂不查询，自何时起；已查询则为空",
            "Since when it is not asked, as it did not answer; null if it was asked",
        )
    )
    next_try_at: datetime | None = strawberry.field(
        description=both(
            "暂不查询的，何时再查询；已查询则为空",
            "When it is asked again, if it was not asked; null if it was",
        )
    )
    available_at: datetime | None = strawberry.field(
        description=both(
            "未得到答复的，何时可再询问：机构自行告知的（Retry-After），或暂停查询结束之时；"
            "未告知的为空。可能已过",
            "Where there was no answer, when to ask again: what the agency said itself "
            "(Retry-After), or the end of the pause in which it is not asked; null if "
            "nobody knows. It may have passed",
        )
    )
    refusals: list[RefusedRecord] = strawberry.field(
        directives=[list_of(10)],
        description=both("未采信的内容", "What was not believed"),
    )

    @strawberry.field(description=both("结果的原因", "Why the outcome is what it is"))
    def reason(self, language: InLanguage = Language.ZH) -> str | None:
        """Return the reason in ``language``; ``None`` where there is nothing to say."""
        return None if self.said is None else said(self.said, language)


def source_of(agency: RegisteredAgency, answer: Answer, now: datetime) -> Source:
    """Return an agency's answer as a row."""
    latency = answer.latency_seconds
    at = answer.retrieved_at
    spared = answer.not_asked
    is_kept = (
        at is not None and at < now and answer.as_of is None and not answer.is_collected
    )
    return Source(
        said=answer.reason,
        agency=strawberry.ID(agency.id),
        authority=body_of(agency.authority),
        outcome=answer.outcome,
        latency_milliseconds=None if latency is None else round(latency * 1000, 3),
        attempts=0 if is_kept else answer.attempts,
        retrieved_at=at,
        as_of=answer.as_of,
        collected_at=at if answer.is_collected else None,
        cache_age_seconds=None if at is None else round(age_seconds(at, now), 3),
        not_asked_since=None if spared is None else spared.since,
        next_try_at=None if spared is None else spared.next_try_at,
        available_at=answer.available_at,
        refusals=[
            _refused_record(refusal, is_collected=answer.is_collected)
            for refusal in answer.refusals
        ],
    )


def skipped(agency: RegisteredAgency, reason: Text) -> Source:
    """Return the row of an agency that was not asked."""
    return source_of(
        agency,
        Answer(agency=agency.id, outcome=SourceOutcome.SKIPPED, reason=reason),
        datetime.max,  # noqa: DTZ901 - there is no answer whose age could be shown
    )


def _refused_record(refusal: RefusedBytes, *, is_collected: bool) -> RefusedRecord:
    digest = refusal.digest
    return RefusedRecord(
        bytes_=refusal,
        is_collected=is_collected,
        code=refusal.code,
        reason=refusal.reason,
        key_id=refusal.key_id,
        digest=None if digest is None else digest.hex(),
    )
