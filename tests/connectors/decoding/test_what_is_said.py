"""What is wrong with what came is said by its form, and by where it was read from."""

from collections.abc import Callable
from datetime import date

import pytest

from connectors.answer import Answer, frozen, skipped, suspended
from connectors.collection.connector import instead_of
from connectors.collection.judge import BelievedRecord, judge_record
from connectors.decoding.days import DAYS
from connectors.decoding.decode import Decoder
from connectors.decoding.expression import compile_expression, is_name
from connectors.decoding.faults import refused_reason
from connectors.decoding.forms import MOST, form_of
from connectors.decoding.readers import RecordError, finder
from connectors.errors import ManifestError
from policy.catalogue import load_catalogue
from policy.text import Text
from signing.envelope import Envelope, PayloadType
from signing.sign import sign
from tests.connectors.agency import (
    BUNDLE,
    KEY,
    NOW,
    RECORD,
    SIGNED_AT,
    ZHANG,
    believed,
    manifest,
    record,
    response,
)
from tests.connectors.decoding.test_decode import RESPONSE_FORM, decoder
from tests.policy.factories import is_said_twice


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("2026-06-01", "`0000-00-00`"),
        ("２０26年", "`００00字`"),
        ("aZ é\n\u200b", "`aA 字??`"),
        ("x" * MOST, f"`{'a' * MOST}`"),
        ("x" * (MOST + 1), f"`{'a' * MOST}…`"),
        ("", "``"),
        (True, "true or false"),
        (7, "a number"),
        (7.5, "null"),
        ([1], "a list"),
        ({"a": 1}, "an object"),
        (None, "null"),
    ],
)
def test_a_value_is_described_by_its_form_alone(value: object, form: str) -> None:
    assert form_of(value) == form


@pytest.mark.parametrize(
    ("form", "stated"),
    [
        ("YYYY-MM-DD", "2026-06-01"),
        ("YYYYMMDD", "20260601"),
        ("YYYY/MM/DD", "2026/06/01"),
    ],
)
def test_a_day_is_read_in_its_format_alone(form: str, stated: str) -> None:
    assert DAYS[form](stated) == date(2026, 6, 1)
    others = ["2026-06-01", "20260601", "2026/06/01", "2026-W23-1", "2026060１"]
    others += [f"{stated}0", stated[:-1], stated.replace("06", "13")]
    assert [other for other in others if _is_read(form, other)] == [stated]


def _is_read(form: str, stated: str) -> bool:
    try:
        DAYS[form](stated)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"results": {}}, "`response.results`: no list at `results`"),
        (
            {"results": [{"idNumber": 7, "records": []}]},
            "`response.id_number`: no text at `idNumber` of a result",
        ),
        (
            {"results": [{"idNumber": ZHANG}]},
            "`response.records`: no list at `records` of a result",
        ),
    ],
)
def test_a_body_of_another_shape_is_told_by_where_the_manifest_reads(
    body: object, said: str
) -> None:
    with pytest.raises(RecordError) as refusal:
        decoder(*RESPONSE_FORM).decode(believed(response(body)))

    assert str(refusal.value) == said


def of_type(type_: PayloadType) -> Envelope:
    return sign(b"{}", KEY, type=type_, signed_at=SIGNED_AT)


@pytest.mark.parametrize(
    ("type_", "said"),
    [
        (PayloadType.STATE, "a change of state is no record"),
        (PayloadType.STATUS_LIST, "a list of states is no record"),
        (PayloadType.KEY_PROOF, "a proof that somebody holds a key is no record"),
    ],
)
def test_what_is_signed_for_something_else_is_no_record(
    type_: PayloadType, said: str
) -> None:
    with pytest.raises(RecordError, match=said):
        decoder().decode(believed(of_type(type_)))


@pytest.mark.parametrize("name", ["a", "_a1", "idNumber"])
def test_a_name_is_a_member_s_and_nothing_more(name: str) -> None:
    assert is_name(name) is True
    assert compile_expression(name)({name: 7}) == 7
    assert compile_expression(f"{name}.b")({name: {"b": 7}}) == 7


@pytest.mark.parametrize("other", ["", "1a", "a.b", "a b", "a-b", "字", "'a'", "[0]"])
def test_what_is_more_than_a_member_s_name_is_none(other: str) -> None:
    assert is_name(other) is False


def test_what_no_agency_s_answer_fits_says_which_field_and_why() -> None:
    find = finder("level", "length(level)")

    assert find({"level": "abc"}) == 3
    with pytest.raises(RecordError, match="level does not fit the manifest: JMESPath"):
        find({"level": 7})


def test_an_expression_that_is_none_says_so() -> None:
    with pytest.raises(ManifestError, match="'a b' is not JMESPath: "):
        compile_expression("a b")
    with pytest.raises(ManifestError, match="an expression has 501 characters, at mo"):
        compile_expression("(" * 501)


@pytest.mark.parametrize(
    ("answer", "en"),
    [
        (suspended("x"), "its connector is suspended; not asked"),
        (frozen("x"), "the account is frozen or its collection right cancelled"),
        (skipped("x"), "the agency knows no identity numbers of this type"),
    ],
)
def test_who_is_not_asked_is_answered_with_the_reason(answer: Answer, en: str) -> None:
    assert answer.reason is not None
    assert answer.reason.en.startswith(en)
    assert is_said_twice(answer.reason)
    assert answer.agency == "x"


@pytest.mark.parametrize("text", [instead_of("TIMED_OUT"), refused_reason([])])
def test_what_is_answered_otherwise_says_so_in_both_languages(text: Text) -> None:
    assert is_said_twice(text)
    assert ("TIMED_OUT" in text.zh) is ("TIMED_OUT" in text.en)


TODAY = date(2026, 3, 1)


def judged(
    envelope: Envelope, today: date = TODAY, rows: frozenset[str] | None = None
) -> str:
    rules = manifest()
    found = judge_record(
        envelope,
        BUNDLE,
        decoder=Decoder(rules, load_catalogue(), rows),
        signature=rules.signature,
        at=NOW,
        today=today,
    )
    if isinstance(found, BelievedRecord):
        assert found.record.number == "0000123"
        return f"believed of {found.row}"
    assert found.digest == envelope.digest
    return f"{found.code}: {found.reason}"


OUT_OF_SCOPE = (
    "OUT_OF_SCOPE: item 4-02-01-01 is not among those the connector answers for"
)
WRONG_TYPE = (
    f"WRONG_TYPE: typ is '{PayloadType.STATE}', one of {PayloadType.RECORD} allowed"
)
ISSUED = {**RECORD, "dates": {"issued": "2025-06-01"}}


@pytest.mark.parametrize(
    ("judge", "said"),
    [
        (lambda: judged(record()), "believed of 4-02-01-01"),
        (
            lambda: judged(record({**RECORD, "code": None, "item": "?"})),
            "believed of None",
        ),
        (
            lambda: judged(record(ISSUED), today=date(2025, 6, 1)),
            "believed of 4-02-01-01",
        ),
        (
            lambda: judged(record(ISSUED), today=date(2025, 5, 31)),
            "ISSUED_IN_FUTURE: it is issued on a day that has not come in Shanghai",
        ),
        (
            lambda: judged(record(), rows=frozenset({"1.2"})),
            OUT_OF_SCOPE,
        ),
        (
            lambda: judged(record({"id": ZHANG})),
            "MALFORMED_RECORD: number is missing",
        ),
        (lambda: judged(Envelope(b"a")), "MALFORMED: 1 parts, 3 expected"),
        (
            lambda: judged(of_type(PayloadType.STATE)),
            WRONG_TYPE,
        ),
    ],
)
def test_a_collected_record_is_believed_or_refused_with_the_reason(
    judge: Callable[[], str], said: str
) -> None:
    assert judge() == said
