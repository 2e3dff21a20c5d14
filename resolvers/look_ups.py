"""The one gate through which every look-up of a person passes.

In this order: the document was counted as asking about so many, the purpose is stated,
the caller's budget of people has room, the agencies are asked, the look-up is on the
audit log, and what was sent of certificates' states by then is put on them; only then
is anything answered.
Whatever a request asks in one tick (aliases, lists, entities) is admitted or refused
as a whole, so that a refused batch asks nobody. The same refusal, in the same time,
comes for known and unknown people, because it comes before anybody is asked.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, time, timedelta

from bureau.caller import PURPOSE_NAMES, LookUp, Purpose
from bureau.look_ups.audit import AuditEvent, AuditRecord, AuditUnavailableError
from bureau.look_ups.budget import OverBudgetError
from bureau.look_ups.oversight import Alert
from bureau.privacy.masks import has_identity_number, without_identity_numbers
from connectors.agency import Agency
from connectors.answer import Answer, AttestedCertificate, SourceOutcome
from connectors.guard.health import CONCLUSIVE
from policy.calendar import SHANGHAI
from policy.identity import Identity
from resolvers.context import RequestContext
from resolvers.errors import RequestError

PURPOSE_HEADER = "X-Purpose"
CASE_NUMBER_HEADER = "X-Case-Number"
CASE_NUMBER = re.compile(r"[0-9A-Za-z\u4e00-\u9fff()（）\[\]〔〕._/-]{1,64}")
"""Letters, digits, Chinese characters and the marks of file numbers."""
PURPOSE_REQUIRED = "PURPOSE_REQUIRED"
MAX_OPERATION_NAME = 64
CONCLUSIVE_OR_SKIPPED = CONCLUSIVE | {SourceOutcome.SKIPPED}


def look_up_of(
    headers: Mapping[str, str],
    extensions: Mapping[str, object] | None,
    default: LookUp | None,
) -> LookUp | RequestError | None:
    """Return why a request looks people up; ``None`` if nothing says so.

    ``extensions`` is the operation's; what it says wins over the headers, and both
    over the caller's ``default``. A statement that cannot be used is returned as an
    error, raised by the gate: a question about nobody needs no purpose. It never
    falls back to the default, since the caller meant something else.
    """
    told = extensions or {}
    purpose = told.get("purpose", _header(headers, PURPOSE_HEADER))
    case_number = told.get("caseNumber", _header(headers, CASE_NUMBER_HEADER))
    if purpose is None and case_number is None:
        return default
    try:
        return read_look_up(purpose, case_number)
    except RequestError as error:
        return error


def _header(headers: Mapping[str, str], name: str) -> str | None:
    """Return a header that may hold Chinese as UTF-8, which HTTP takes for Latin-1."""
    stated = headers.get(name.lower())
    if stated is None:
        return None
    return stated.encode("latin-1", "replace").decode("utf-8", "replace")


def read_look_up(purpose: object, case_number: object) -> LookUp:
    """Return the look-up that a stated purpose and case number amount to.

    Raises:
        RequestError: one is missing or cannot be used.
    """
    if purpose is None or case_number is None:
        raise purpose_required()
    if not isinstance(purpose, str) or purpose not in list(Purpose):
        raise RequestError(
            f"查询目的只能是下列之一 / the purpose is one of: {_allowed()}",
            PURPOSE_REQUIRED,
            allowed=list(Purpose),
        )
    if (
        not isinstance(case_number, str)
        or not CASE_NUMBER.fullmatch(case_number)
        or has_identity_number(case_number)
    ):
        raise RequestError(
            "案号为1至64个汉字、字母、数字或 ()[]〔〕._/- ，且不得含证件号码 / "
            "a case number has 1 to 64 letters, digits, Chinese characters or "
            "()[]〔〕._/- and no identity number",
            PURPOSE_REQUIRED,
        )
    return LookUp(Purpose(purpose), case_number)


def purpose_required() -> RequestError:
    """Return the refusal of a look-up that nobody gave a reason for."""
    return RequestError(
        "查询个人信息须说明目的和案号 / looking people up needs a purpose and a case "
        f"number: send the headers {PURPOSE_HEADER} and {CASE_NUMBER_HEADER}, or "
        'extensions {"purpose": ..., "caseNumber": ...}. '
        f"可用的目的 / purposes: {_allowed()}",
        PURPOSE_REQUIRED,
        allowed=list(Purpose),
    )


def _allowed() -> str:
    return ", ".join(f"{purpose} {PURPOSE_NAMES[purpose].zh}" for purpose in Purpose)


async def look_up(
    context: RequestContext,
    holder: Identity,
    agencies: Sequence[Agency],
    shows: Callable[[AttestedCertificate], bool] | None = None,
) -> list[Answer]:
    """Ask ``agencies`` about ``holder``; the answers are in the order of agencies.

    ``shows`` says which certificates of the answers the caller will get; all of them
    if it is ``None``.

    Raises:
        RequestError: no purpose is stated, the caller's budget of people is spent, or
            the audit log takes no record.
        UncountedLookUpError: a field that does not declare it looks people up.
    """
    context.count_look_up()
    loaders = [context.loader(agency) for agency in agencies]
    # Before anybody is admitted, so that whoever is admitted together is asked about
    # together.
    for loader in loaders:
        loader.want(holder)

    async def ask() -> list[Answer]:
        waiting = [loader.answer(holder) for loader in loaders]
        try:
            # One after the other: all are under way.
            return [await answer for answer in waiting]
        except asyncio.CancelledError:
            for answer in waiting:
                answer.cancel()
            raise

    answers = await _gated(context, holder, ask, shows)
    answers = [
        answer if agency.listed is None else agency.listed.put_on(answer)
        for agency, answer in zip(agencies, answers, strict=True)
    ]
    return await context.changes.put_on(holder, answers)


async def look_up_by_wrong_id(context: RequestContext, id_: str) -> None:
    """Let an id that is none pass the gate as a person whom nobody knows.

    So trying ids costs what trying people costs: purpose, budget, audit, and the time
    of an answer that is in the cache.

    Raises:
        RequestError: as ``look_up``.
    """
    context.count_look_up()

    async def ask() -> list[Answer]:
        return []

    await _gated(context, id_, ask, None)


async def _gated(
    context: RequestContext,
    whom: Identity | str,
    ask: Callable[[], Awaitable[list[Answer]]],
    shows: Callable[[AttestedCertificate], bool] | None,
) -> list[Answer]:
    oversight = context.services.oversight
    try:
        stated = stated_look_up(context)
        person = await context.admission.load(whom)
        answers: list[Answer] | None = None
        try:
            answers = await ask()
        finally:
            if answers is None:
                # The client is gone, or a bug of ours: agencies may have been asked.
                oversight.audit.note(_record(context, stated, person))
        found = sum([len(answer.certificates) for answer in answers])
        shown = found if shows is None else _shown(answers, shows)
        record = _record(context, stated, person, answers, shown)
        await oversight.audit.write(record)
    except (OverBudgetError, AuditUnavailableError, RequestError) as error:
        if isinstance(error, OverBudgetError) and error.is_late and error.is_news:
            caller = context.caller.id
            oversight.observer.alerted(Alert.PEOPLE_BUDGET_SPENT, caller, error.found)
        refusal = _refusal(error, context)
        oversight.observer.look_up_refused(refusal.code)
        raise refusal from None
    oversight.observer.looked_up(stated.purpose)
    if found or {answer.outcome for answer in answers} <= CONCLUSIVE_OR_SKIPPED:
        _watch(context, person, is_known=found > 0)
    return answers


def _shown(
    answers: Sequence[Answer], shows: Callable[[AttestedCertificate], bool]
) -> int:
    return sum(shows(one) for answer in answers for one in answer.certificates)


def _watch(context: RequestContext, person: str, *, is_known: bool) -> None:
    """Count a person, or a certificate id that is none, as known or unknown."""
    oversight = context.services.oversight
    caller = context.caller.id
    unknown = oversight.watch.note(caller, person, context.now, is_known=is_known)
    if unknown:
        oversight.observer.alerted(Alert.MANY_UNKNOWN_PEOPLE, caller, unknown)


def _record(
    context: RequestContext,
    stated: LookUp,
    person: str,
    answers: Sequence[Answer] | None = None,
    certificates: int | None = None,
) -> AuditRecord:
    """Return the record of a look-up that has ``answers``, or was given up."""
    if context.on_record is None:
        context.on_record = operation_of(context), _document_of(context)
    operation, document = context.on_record
    return AuditRecord(
        at=context.now,
        event=AuditEvent.ABANDONED if answers is None else AuditEvent.LOOKED_UP,
        caller=context.caller.id,
        request_id=context.request_id,
        person=person,
        purpose=stated.purpose,
        case_number=stated.case_number,
        operation=operation,
        document=document,
        sources={answer.agency: answer.outcome for answer in answers or ()},
        certificates=certificates,
    )


def _document_of(context: RequestContext) -> str | None:
    """Return the mark of the caller's document."""
    if context.document is None:
        return None
    return context.services.oversight.pseudonyms.of_document(context.document)


def operation_of(context: RequestContext) -> str | None:
    """Return the operation's name, as the audit log keeps it."""
    if context.operation is None:
        return None
    # A name is the client's choice, and may be T and an identity number.
    return without_identity_numbers(context.operation)[:MAX_OPERATION_NAME]


def audit_unavailable() -> RequestError:
    """Return the refusal of what cannot be put on the audit log."""
    return RequestError(
        "无法记入审计日志，未予答复，请稍后再试 / this cannot be put on the audit log "
        "and is not answered; try again later",
        "AUDIT_UNAVAILABLE",
    )


_EARLY = "未向任何机构查询", "nobody was asked"
_LATE = "额度同时由其他网关用完，未予答复", "other gateways spent it at the same time"


def _refusal(
    error: OverBudgetError | AuditUnavailableError | RequestError,
    context: RequestContext,
) -> RequestError:
    """Return what the client is told; a new error for each field that raises it."""
    match error:
        case OverBudgetError(found=found, allowed=allowed, is_late=is_late):
            zh, en = _LATE if is_late else _EARLY
            midnight = datetime.combine(
                context.today + timedelta(days=1), time.min, SHANGHAI
            )
            return RequestError(
                f"今日查询人数将达{found}人，每日最多{allowed}人，"
                f"{midnight:%m月%d日}零时重新计算；{zh} / "
                f"{found} people would be looked up today, {allowed} are allowed; the "
                f"count starts anew at {midnight.isoformat()}; {en}",
                "PEOPLE_BUDGET_EXCEEDED",
                found=found,
                allowed=allowed,
                resetsAt=midnight.isoformat(),
            )
        case AuditUnavailableError():
            return audit_unavailable()
        case RequestError(message=message, code=code, more=more):
            return RequestError(message, code, **more)


def stated_look_up(context: RequestContext) -> LookUp:
    """Return why ``context`` looks people up.

    Raises:
        RequestError: nothing says so, or not in a way that can be used.
    """
    match context.look_up:
        case LookUp() as stated:
            return stated
        case RequestError() as unusable:
            raise unusable
        case None:
            raise purpose_required()
