"""Look people up in the graph: through the bureau's gate, with its refusals as errors.

Before the gate, a look-up is counted against what the document was counted to ask.
After it, what was sent of certificates' states by then is put on the answers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from operator import attrgetter

from bureau.caller import LookUp, Purpose, Scope
from bureau.ledger.seen import revoked_in
from bureau.look_ups.budget import OverBudgetError
from bureau.look_ups.elements import ElementsError
from bureau.look_ups.gate import (
    REFUSAL_CODES,
    REFUSALS,
    Ask,
    Made,
    Origin,
    RefusedLookUpError,
    Shows,
)
from bureau.look_ups.purpose import (
    PURPOSES,
    PurposeError,
    PurposeMissingError,
    read_look_up,
)
from bureau.look_ups.statements import MAX_STATEMENTS
from bureau.privacy.masks import without_identity_numbers
from bureau.unsigned import seen_by
from connectors.agency import Agency
from connectors.answer import Answer
from connectors.errors import StoreUnavailableError
from policy.calendar import SHANGHAI
from policy.identity import Identity
from policy.names import folded_name
from policy.text import Text
from resolvers.context import RequestContext
from resolvers.elements import ELEMENT_EXTENSIONS, ELEMENT_HEADERS, header_of
from resolvers.errors import RequestError

PURPOSE_HEADER = "X-Purpose"
CASE_NUMBER_HEADER = "X-Case-Number"
MAX_OPERATION_NAME = 64
TOO_MANY_STATEMENTS = Text(
    f"今日对此人已作{MAX_STATEMENTS}种不同陈述，不再比较；明日重新计算",
    f"{MAX_STATEMENTS} different statements were made about this person today, and no "
    "more are compared; the count starts anew tomorrow",
)


def look_up_of(
    headers: Mapping[str, str],
    extensions: Mapping[str, object] | None,
    default: LookUp | None,
) -> LookUp | PurposeError | None:
    """Return why a request looks people up; ``None`` if nothing says so.

    ``extensions`` is the operation's; what it says wins over the headers, and both
    over the caller's ``default``. A statement that cannot be used is returned as an
    error, raised by the gate: a question about nobody needs no purpose. It never
    falls back to the default, since the caller meant something else.
    """
    stated = extensions or {}
    purpose = stated.get("purpose", header_of(headers, PURPOSE_HEADER))
    case_number = stated.get("caseNumber", header_of(headers, CASE_NUMBER_HEADER))
    if purpose is None and case_number is None:
        return default
    try:
        return read_look_up(purpose, case_number)
    except PurposeError as error:
        return error


_asks_nobody = attrgetter("asks_nobody")


async def look_up(  # noqa: PLR0913 - one question, from several places
    context: RequestContext,
    holder: Identity,
    agencies: Sequence[Agency],
    shows: Shows | None = None,
    *,
    is_for_payment: bool = False,
    name: str | None = None,
) -> list[Answer]:
    """Ask ``agencies`` about ``holder``; the answers are in the order of agencies.

    ``shows`` says which certificates of the answers the caller will get; all of them
    if it is ``None``. ``name`` goes to an agency that identifies people by it. Before a
    payment the store is asked, too, what other gateways collected, and which versions
    they saw.

    Raises:
        RequestError: no purpose is stated, or not the five elements, the caller's
            budget of people is spent, or the audit log takes no record; or versions
            cannot be read before a payment.
        UncountedLookUpError: a field that does not declare it looks people up.
    """
    loaders = [context.loader(agency) for agency in agencies]
    # Before anybody is admitted, so that whoever is admitted together is asked about
    # together.
    for loader in loaders:
        loader.want(holder, name)
    # Where somebody else is asked, too, everybody is at once.
    is_collected = bool(agencies) and all(map(_asks_nobody, agencies))

    async def ask() -> list[Answer]:
        if is_for_payment:
            await context.services.collected.refresh()
        waiting: list[asyncio.Future[Answer]] = []
        context.turn.lend()
        try:
            if is_collected:
                await context.services.collected.read_ahead(holder, context.deadline)
            waiting += [loader.answer(holder) for loader in loaders]
            # One after the other: all are under way.
            answers = [await answer for answer in waiting]
        except asyncio.CancelledError:
            for answer in waiting:
                answer.cancel()
            raise
        finally:
            context.turn.take_back()
        versions = context.services.versions
        if is_for_payment:
            await versions.read(holder, agencies, answers)
        held = versions.hold(
            *(holder, agencies, answers),
            bundle=context.snapshot.bundle,
            now=context.now,
        )
        may_see = context.caller.may(Scope.READ_UNSIGNED)
        return seen_by(held, context.services.catalogue, may_see=may_see)

    answers = await _through_the_gate(
        *(context, holder, ask, shows), asks_agencies=not is_collected
    )
    context.answered.append(answers)
    listed = [
        answer if agency.listed is None else agency.listed.put_on(answer)
        for agency, answer in zip(agencies, answers, strict=True)
    ]
    for certificate, source in revoked_in(answers, listed):
        context.services.revocations.note(certificate, source)
    return await context.changes.put_on(holder, listed)


def count_name(context: RequestContext, holder: Identity, name: str | None) -> None:
    """Count a name that is compared with those of ``holder``, however it is spelt.

    To be called once they were looked up: who is refused before fills no memory.

    Raises:
        RequestError: the caller stated too many different things about them today.
    """
    # Nothing but white space states nothing.
    folded = folded_name(name or "")
    if folded and not context.services.oversight.lets_state(
        context.caller.id, holder, folded, context.today
    ):
        raise RequestError(
            f"{TOO_MANY_STATEMENTS.zh} / {TOO_MANY_STATEMENTS.en}",
            "TOO_MANY_STATEMENTS",
            allowed=MAX_STATEMENTS,
        )


async def look_up_by_wrong_id(context: RequestContext, id_: str) -> None:
    """Let an id that is none pass the gate as a person whom nobody knows.

    So trying ids costs what trying people costs: purpose, budget, audit, and the time
    of an answer that is in the cache.

    Raises:
        RequestError: as ``look_up``.
    """

    async def ask() -> list[Answer]:
        return []

    await _through_the_gate(context, id_, ask, None)


async def name_person(context: RequestContext, person: Identity) -> None:
    """Let our own books be asked about ``person``, by purpose, budget and audit log.

    Raises:
        RequestError: as ``look_up``.
    """
    try:
        await context.gate.name(person, lambda: origin_of(context))
    except REFUSALS as refusal:
        raise refused(refusal, context.today) from None


async def hand_out(
    context: RequestContext,
    whom: Identity | str,
    make: Callable[[], Awaitable[Made]],
    is_given: Callable[[Made], bool],
) -> Made:
    """Return what is made of our books about ``whom``, by purpose, budget and log.

    Raises:
        RequestError: as ``look_up``.
        UncountedLookUpError: a field that does not declare it looks people up.
    """
    context.count_look_up()
    try:
        return await context.gate.hand_out(
            whom, make, is_given, lambda: origin_of(context)
        )
    except REFUSALS as refusal:
        raise refused(refusal, context.today) from None


def require_purpose(context: RequestContext, allowed: Sequence[Purpose]) -> None:
    """Refuse whoever asks for another purpose than these.

    Raises:
        RequestError: see there.
    """
    try:
        context.gate.require_purpose(allowed)
    except PurposeError as refusal:
        raise refused(refusal, context.today) from None


async def read_books(context: RequestContext) -> None:
    """Let our own books be compared with what a request states of people.

    Raises:
        RequestError: no purpose is stated, or the audit log takes no record.
    """
    try:
        await context.gate.read_books(lambda: origin_of(context))
    except REFUSALS as refusal:
        raise refused(refusal, context.today) from None


async def _through_the_gate(
    context: RequestContext,
    whom: Identity | str,
    ask: Ask,
    shows: Shows | None,
    *,
    asks_agencies: bool = True,
) -> list[Answer]:
    context.count_look_up()
    origin = partial(origin_of, context)
    try:
        return await context.gate.look_up(
            *(whom, ask, origin, shows), asks_agencies=asks_agencies
        )
    except REFUSALS as refusal:
        raise refused(refusal, context.today) from None


def origin_of(context: RequestContext) -> Origin:
    """Return the request's question, as the audit log keeps it; made once."""
    if context.origin is None:
        document = context.document
        pseudonyms = context.services.oversight.pseudonyms
        context.origin = Origin(
            request_id=context.request_id,
            operation=operation_of(context),
            document=None if document is None else pseudonyms.of_document(document),
        )
    return context.origin


def operation_of(context: RequestContext) -> str | None:
    """Return the name of the request's operation, as it is kept and passed on."""
    if context.operation is None:
        return None
    # A name is the client's choice, and may be T and an identity number.
    return without_identity_numbers(context.operation)[:MAX_OPERATION_NAME]


def audit_unavailable() -> RequestError:
    """Return the refusal of what cannot be put on the audit log."""
    return RequestError(
        "无法记入审计日志，未予答复，请稍后再试 / this cannot be put on the audit log "
        "and is not answered; try again later",
        REFUSAL_CODES[StoreUnavailableError],
    )


_EARLY = "未向任何机构查询", "nobody was asked"
_LATE = "额度同时由其他网关用完，未予答复", "other gateways spent it at the same time"


def refused(refusal: RefusedLookUpError, today: date) -> RequestError:
    """Return the error that shows ``refusal`` to the client; a new one each time."""
    match refusal:
        case OverBudgetError():
            return _over_budget(refusal, today)
        case StoreUnavailableError():
            return audit_unavailable()
        case ElementsError():
            return _elements_refused(refusal)
        case PurposeError(message=message, allowed=allowed):
            if isinstance(refusal, PurposeMissingError):
                message = (
                    f"{message}: send the headers {PURPOSE_HEADER} and "
                    f"{CASE_NUMBER_HEADER}, or "
                    'extensions {"purpose": ..., "caseNumber": ...}. '
                    f"可用的目的 / purposes: {PURPOSES}"
                )
            more = {"allowed": [*map(str, allowed)]} if allowed else {}
            return RequestError(message, REFUSAL_CODES[PurposeError], **more)


def _elements_refused(error: ElementsError) -> RequestError:
    headers = ", ".join(ELEMENT_HEADERS[one] for one in error.elements)
    names = [ELEMENT_EXTENSIONS[one] for one in error.elements]
    return RequestError(
        f"{error.message}: send the headers {headers}, or extensions "
        f"{', '.join(names)}",
        REFUSAL_CODES[ElementsError],
        elements=names,
    )


def _over_budget(error: OverBudgetError, today: date) -> RequestError:
    zh, en = _LATE if error.is_late else _EARLY
    midnight = datetime.combine(today + timedelta(days=1), time.min, SHANGHAI)
    return RequestError(
        f"今日查询人数将达{error.found}人，每日最多{error.allowed}人，"
        f"{midnight:%m月%d日}零时重新计算；{zh} / "
        f"{error.found} people would be looked up today, {error.allowed} are allowed; "
        f"the count starts anew at {midnight.isoformat()}; {en}",
        REFUSAL_CODES[OverBudgetError],
        found=error.found,
        allowed=error.allowed,
        resetsAt=midnight.isoformat(),
    )
