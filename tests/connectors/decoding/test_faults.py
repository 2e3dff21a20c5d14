"""What was not believed of an answer is summed up: how much, and every code once."""

from connectors.answer import RecordFault, RefusedRecord
from connectors.decoding.faults import refused_reason


def refusal(code: str) -> RefusedRecord:
    return RefusedRecord(code, "", None, None)


def test_every_code_is_named_once_in_the_order_it_came() -> None:
    refusals = [
        refusal(code)
        for code in (RecordFault.REPLAYED, "EXPIRED", RecordFault.REPLAYED)
    ]

    reason = refused_reason(refusals)

    assert reason.en == (
        "3 of what came did not verify and was not believed: REPLAYED, EXPIRED"
    )
    assert reason.zh == "3 项内容未通过核验，未采信：REPLAYED, EXPIRED"
