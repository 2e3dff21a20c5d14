"""A question, its answer and the receipt of both, with something of each part."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

import orjson

from bureau.caller import LookUp, Purpose
from bureau.receipts.compared import Shown
from bureau.receipts.logged import NO_LOG, LogState
from bureau.receipts.receipt import (
    Answered,
    Asked,
    Document,
    Receipts,
    Rules,
)
from connectors.answer import Answer, SourceOutcome
from connectors.elements import Elements

SALT = bytes(range(16))
TEXT = "query Holder($n: String!) { holder(idNumber: $n) { standing } }"
DIGEST = hashlib.sha256(TEXT.encode()).hexdigest()
VARIABLES: dict[str, object] = {"n": "31010119800101001X", "at": None, "of": [1, "二"]}
DATA = '{"holder":{"standing":"有效"}}'.encode()
ERRORS = b'[{"message":"late"}]'
RULES = Rules(date(2026, 1, 1), "a" * 64, "b" * 64)
ASKED = Asked(
    request_id="r-1",
    at=datetime(2026, 3, 1, 8, 0, 0, 123_456, tzinfo=UTC),
    caller="hr-huangpu",
    districts=("310101",),
    look_up=LookUp(Purpose.SUBSIDY_CLAIM, "沪人社〔2026〕1号"),
    elements=Elements(organisation="黄浦区人社局", officer="0f" * 32),
    document=Document(text=TEXT, trusted_as=DIGEST, operation="Holder"),
    variables=VARIABLES,
)
UNTRUSTED = ASKED._replace(document=ASKED.document._replace(trusted_as=None))


def answer(
    agency: str,
    outcome: SourceOutcome = SourceOutcome.ANSWERED,
    sequence: int | None = None,
) -> Answer:
    return Answer(agency=agency, outcome=outcome, sequence=sequence)


LOOK_UPS = [[answer("transport"), answer("fire-rescue", sequence=7)]]
ANSWERED = Answered(DATA, ERRORS, LOOK_UPS)


def claims(
    asked: Asked = ASKED, answered: Answered = ANSWERED, log: LogState = NO_LOG
) -> Any:
    """Return what a receipt says."""
    receipts = Receipts("https://gateway.example", log)
    return orjson.loads(receipts.payload(asked, answered, RULES, SALT))


WHOLE = Shown(
    salt=SALT,
    data=DATA,
    errors=ERRORS,
    document=TEXT,
    variables=VARIABLES,
    caller="hr-huangpu",
)
"""Everything that can be shown beside it, as it was."""
