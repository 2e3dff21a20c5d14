"""The one gate through which every look-up of a person passes.

In this order: the purpose is stated, the caller's budget of people has room, the
agencies are asked, the look-up is on the audit log; only then is anything answered.
Whatever a request asks in one tick (aliases, lists, entities) is admitted or refused
as a whole, so that a refused batch asks nobody. The same refusal, in the same time,
comes for known and unknown people, because it comes before anybody is asked.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence

from connectors.agency import Agency
from connectors.answer import Answer
from policy.identity import Identity
from resolvers.caller import PURPOSE_NAMES, LookUp, Purpose
from resolvers.context import RequestContext
from resolvers.errors import RequestError
from resolvers.privacy import has_identity_number

PURPOSE_HEADER = "X-Purpose"
CASE_NUMBER_HEADER = "X-Case-Number"
CASE_NUMBER = re.compile(r"[0-9A-Za-z\u4e00-\u9fff()（）\[\]〔〕._/-]{1,64}")
"""Letters, digits, Chinese characters and the marks of file numbers."""


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
    purpose = told.get("purpose", headers.get(PURPOSE_HEADER.lower()))
    case_number = told.get("caseNumber", headers.get(CASE_NUMBER_HEADER.lower()))
    if purpose is None and case_number is None:
        return default
    try:
        return read_look_up(purpose, case_number)
    except RequestError as error:
        return error


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


PURPOSE_REQUIRED = "PURPOSE_REQUIRED"


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
    context: RequestContext, holder: Identity, agencies: Sequence[Agency]
) -> list[Answer]:
    """Ask ``agencies`` about ``holder``; the answers are in the order of agencies.

    Raises:
        RequestError: no purpose is stated.
    """
    stated_look_up(context)
    return await asyncio.gather(
        *(context.loader(agency).load(holder) for agency in agencies)
    )


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
