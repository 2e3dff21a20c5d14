"""Rows of a list, as CSV or as lines of JSON: each is read, or refused, by itself.

In CSV a row is a line, and no cell goes over lines. What a row leaves empty, or has as
null, it does not state. Nothing of a refused row is repeated, for it may name somebody.
"""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from bureau.ledger.entries import CLAIM
from bureau.ledger.reconciliation import ClaimState, Listed
from bureau.privacy.masks import has_identity_number
from gateway.batch.encodings import Encoding, decoded
from policy.districts import DISTRICTS
from policy.identity import Identity, IdentityError, IdType, parse_identity
from policy.text import Text, same_words
from signing import strict_json
from signing.errors import Check, SigningError

MAX_CERTIFICATE = 400
AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?", re.ASCII)


class Member(StrEnum):
    """What a row may state, by its name in JSON."""

    CLAIM = "claim"
    AMOUNT = "amountYuan"
    DISTRICT = "district"
    ID_NUMBER = "idNumber"
    ID_TYPE = "idType"
    CERTIFICATE = "certificate"
    DAY = "day"
    STATE = "state"


COLUMNS: Mapping[Member, tuple[str, ...]] = MappingProxyType(
    {
        Member.CLAIM: ("申领编号", "claim"),
        Member.AMOUNT: ("金额", "金额（元）", "amount_yuan"),
        Member.DISTRICT: ("区代码", "district"),
        Member.ID_NUMBER: ("证件号码", "身份证号", "id_number"),
        Member.ID_TYPE: ("证件类型", "id_type"),
        Member.CERTIFICATE: ("证书标识", "certificate"),
        Member.DAY: ("日期", "day"),
        Member.STATE: ("状态", "state"),
    }
)
"""Every name a column of CSV goes by; letters in any case, with or without _ and -."""


class RowProblem(StrEnum):
    """A reason to refuse a row."""

    LINE_TOO_LONG = "LINE_TOO_LONG"
    WRONG_ENCODING = "WRONG_ENCODING"
    MALFORMED_ROW = "MALFORMED_ROW"
    BAD_CLAIM = "BAD_CLAIM"
    BAD_AMOUNT = "BAD_AMOUNT"
    BAD_DISTRICT = "BAD_DISTRICT"
    BAD_ID_NUMBER = "BAD_ID_NUMBER"
    BAD_CERTIFICATE = "BAD_CERTIFICATE"
    BAD_DAY = "BAD_DAY"
    BAD_STATE = "BAD_STATE"
    DUPLICATE_CLAIM = "DUPLICATE_CLAIM"


P = RowProblem
ROW_PROBLEMS: Mapping[RowProblem, Text] = MappingProxyType(
    {
        P.LINE_TOO_LONG: Text("此行过长，已跳过", "the line is too long; skipped"),
        P.WRONG_ENCODING: Text(
            "本行编码与文件其他部分不同，或不是文字",
            "the line is not in the encoding of the list, or no text",
        ),
        P.MALFORMED_ROW: Text(
            "列数与首行不同、引号不成对，或不是由已知成员组成的 JSON 对象",
            "other than as many cells as the first line, quotation marks that do not "
            "pair, or no JSON object of known members",
        ),
        P.BAD_CLAIM: Text(
            "没有申领编号，或其格式不对", "there is no claim's id, or it cannot be one"
        ),
        P.BAD_AMOUNT: Text(
            "金额不是以元为单位的数", "the amount is no number of yuan, as 1600"
        ),
        P.BAD_DISTRICT: Text(
            "区代码不是本市十六区之一", "the code is none of Shanghai's districts"
        ),
        P.BAD_ID_NUMBER: Text(
            "证件号码或证件类型有误", "the identity number, or its type, cannot be"
        ),
        P.BAD_CERTIFICATE: Text(
            "证书标识应为 Certificate.id", "the certificate is no Certificate.id"
        ),
        P.BAD_DAY: Text("日期应写作 2026-11-25", "the day is none; write 2026-11-25"),
        P.BAD_STATE: Text(
            f"状态应为 {'、'.join(ClaimState)} 之一",
            f"the state is none of {', '.join(ClaimState)}",
        ),
        P.DUPLICATE_CLAIM: Text(
            "此申领编号在前面已有一行，本行未比较",
            "an earlier line has this claim, and this one is not compared",
        ),
    }
)


class RowError(Exception):
    """A row is refused."""

    def __init__(self, problem: RowProblem) -> None:
        super().__init__(problem)
        self.problem = problem


class HeaderError(Exception):
    """The first line of a CSV names no columns that can be read."""


Reader = Callable[[bytes], Mapping[Member, object] | None]
"""Reads what a line states; ``None`` of one that is empty; raises ``RowError``."""


@dataclass(frozen=True, slots=True)
class CsvReader:
    """Reads lines of CSV below a header."""

    columns: Sequence[Member]
    encoding: Encoding

    def __call__(self, line: bytes) -> Mapping[Member, object] | None:
        """See ``Reader``."""
        cells = _cells(line, self.encoding)
        if not any(cell.strip() for cell in cells):
            return None
        if len(cells) != len(self.columns):
            raise RowError(P.MALFORMED_ROW)
        return dict(zip(self.columns, map(_as_typed, cells), strict=True))


def read_json(line: bytes) -> Mapping[Member, object] | None:
    """Read a line of JSON; see ``Reader``."""
    if not line.strip():
        return None
    try:
        line.decode()
    except UnicodeDecodeError:
        raise RowError(P.WRONG_ENCODING) from None
    try:
        members = strict_json.read(line, Check.FORM)
    except SigningError:
        raise RowError(P.MALFORMED_ROW) from None
    if not isinstance(members, dict) or not members.keys() <= set(Member):
        raise RowError(P.MALFORMED_ROW)
    return {Member(name): value for name, value in members.items()}


def read_header(line: bytes, encoding: Encoding) -> tuple[Member, ...]:
    """Return the columns that the first line of a CSV names.

    Raises:
        HeaderError: one is unknown or there twice, or there is none of claims.
    """
    try:
        cells = [_folded(cell) for cell in _cells(line, encoding)]
    except RowError:
        raise HeaderError from None
    if not _BY_NAME.keys() >= set(cells):
        raise HeaderError
    columns = tuple(_BY_NAME[cell] for cell in cells)
    if len(set(columns)) < len(columns) or Member.CLAIM not in columns:
        raise HeaderError
    return columns


def listed_of(
    stated: Mapping[Member, object], people_of: Callable[[Identity], Sequence[str]]
) -> Listed:
    """Return the claim of a row.

    Raises:
        RowError: something of it cannot be.
    """
    texts = {name: _text(value, name) for name, value in stated.items()}
    known = {name: text for name, text in texts.items() if text}
    claim = known.get(Member.CLAIM, "")
    if not CLAIM.fullmatch(claim) or has_identity_number(claim):
        raise RowError(P.BAD_CLAIM)
    amount, district = known.get(Member.AMOUNT), known.get(Member.DISTRICT)
    if amount is not None and not AMOUNT.fullmatch(amount):
        raise RowError(P.BAD_AMOUNT)
    if district is not None and district not in DISTRICTS:
        raise RowError(P.BAD_DISTRICT)
    certificate = known.get(Member.CERTIFICATE)
    if certificate is not None and len(certificate) > MAX_CERTIFICATE:
        raise RowError(P.BAD_CERTIFICATE)
    person = _person(known.get(Member.ID_NUMBER), known.get(Member.ID_TYPE))
    day, state = known.get(Member.DAY), known.get(Member.STATE)
    return Listed(
        claim=claim,
        amount_yuan=None if amount is None else Decimal(amount),
        district=district,
        people=None if person is None else people_of(person),
        certificate=certificate,
        day=None if day is None else _day(day),
        state=None if state is None else _state(state),
    )


def _cells(line: bytes, encoding: Encoding) -> list[str]:
    text = decoded(line, encoding)
    if text is None:
        raise RowError(P.WRONG_ENCODING)
    try:
        rows = list(csv.reader([text], strict=True))
    except csv.Error:
        raise RowError(P.MALFORMED_ROW) from None
    return rows[0] if rows else []


def _as_typed(cell: str) -> str:
    """Return a cell without the quote that keeps a spreadsheet from computing it."""
    return cell.strip().removeprefix("'")


def _text(value: object, name: Member) -> str:
    match value:
        case None:
            return ""
        case str():
            return value.strip()
        case int() if name is Member.AMOUNT and not isinstance(value, bool):
            return str(value)
        case _:
            raise RowError(P.MALFORMED_ROW)


def _person(number: str | None, type_: str | None) -> Identity | None:
    if number is None:
        return None
    try:
        return parse_identity(number, None if type_ is None else IdType(type_))
    except (IdentityError, ValueError):
        raise RowError(P.BAD_ID_NUMBER) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RowError(P.BAD_DAY) from None


def _state(text: str) -> ClaimState:
    try:
        return ClaimState(text)
    except ValueError:
        raise RowError(P.BAD_STATE) from None


def _folded(name: str) -> str:
    return same_words(name).lower().replace("_", "").replace("-", "")


_BY_NAME = {_folded(name): member for member in Member for name in COLUMNS[member]}
