"""Masks keep the shape and hide the person; texts lose what they quote."""

from dataclasses import replace

import pytest
from graphql import GraphQLError, parse, validate

from bureau.caller import Caller, Scope
from bureau.privacy.masks import (
    has_identity_number,
    mask_of,
    masked_name,
    masked_number,
    without_identity_numbers,
    without_values,
)
from policy.certificate import CertificateRecord
from policy.identity import Identity, IdType
from policy.text import Text
from resolvers.schema import schema

NUMBER = "310110199003074514"
EVERYBODY = Caller("hr", frozenset({Scope.READ_CERTIFICATES}))
INSIDER = Caller("hr", frozenset({Scope.READ_CERTIFICATES, Scope.READ_IDENTITY}))
RECORD = CertificateRecord(
    number=f"T{NUMBER}",
    holder=Identity(IdType.RESIDENT_ID, NUMBER),
    holder_name="张三丰",
    title="特种作业操作证",
    category=None,
    item="低压电工作业",
    item_code="1.2",
    level=None,
    first_issued_on=None,
    issued_on=None,
    valid_from=None,
    valid_until=None,
    review_due_on=None,
    state=None,
    authority=None,
    evaluation_body=None,
    collection_body=None,
    licence_id=None,
)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        pytest.param(f"T{NUMBER}", "T310*************14", id="special operations"),
        pytest.param("T31011019900307451X", "T310*************1X", id="ending in X"),
        pytest.param("SH-2026-000123", "S************3", id="another number"),
        pytest.param("T1", "T*", id="next to nothing"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_certificate_number_keeps_its_shape(number: str, masked: str) -> None:
    assert masked_number(number) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        pytest.param("张三", "张*", id="two characters"),
        pytest.param("欧阳娜娜", "欧***", id="four characters"),
        pytest.param("张", "*", id="one character"),
        pytest.param("Maria Rossi", "M**********", id="Latin letters"),
    ],
)
def test_a_name_keeps_its_first_character(name: str, masked: str) -> None:
    assert masked_name(name) == masked


def test_everybody_sees_masks() -> None:
    mask = mask_of(EVERYBODY)

    assert [mask.number(RECORD.number), mask.name(RECORD.holder_name)] == [
        "T310*************14",
        "张**",
    ]


def test_identity_read_sees_the_person() -> None:
    mask = mask_of(INSIDER)

    assert [mask.number(RECORD.number), mask.name(RECORD.holder_name)] == [
        f"T{NUMBER}",
        "张三丰",
    ]


def test_no_name_stays_none() -> None:
    assert mask_of(EVERYBODY).name(None) is None


def test_a_reason_about_a_record_does_not_quote_it() -> None:
    reason = Text(f"持证人张三丰，编号T{NUMBER}", f"held by {NUMBER}, 张三丰")

    assert mask_of(EVERYBODY).text(reason, RECORD) == Text(
        "持证人张**，编号T310*************14", "held by 310*************14, 张**"
    )


def test_a_name_of_one_character_takes_no_words_apart() -> None:
    reason = Text("张江", "Zhangjiang")

    assert mask_of(EVERYBODY).text(reason, replace(RECORD, holder_name="张")) == reason


def test_a_reason_is_whole_for_identity_read() -> None:
    reason = Text(f"持证人{NUMBER}", f"held by {NUMBER}")

    assert mask_of(INSIDER).text(reason, RECORD) == reason


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(NUMBER, id="a number"),
        pytest.param(f"T{NUMBER}", id="a special-operations number"),
        pytest.param("31011019900307451x", id="a small x"),
        pytest.param("310110199003074515", id="a wrong check character"),
        pytest.param("３１０１１０１９９００３０７４５１４", id="full-width digits"),
        pytest.param(f"00{NUMBER}00", id="among other digits"),
        pytest.param("810000199408230021", id="a residence permit"),
    ],
)
def test_an_identity_number_is_seen(text: str) -> None:
    assert has_identity_number(text)
    assert not has_identity_number(without_identity_numbers(text))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2026-11-23T01:16:53Z", id="a moment"),
        pytest.param("913100001326210412", id="a social credit code"),
        pytest.param("1700000000000000000", id="nanoseconds"),
        pytest.param("沪人社补〔2026〕12号", id="a file number"),
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert without_identity_numbers(text) == text


@pytest.mark.parametrize(
    ("document", "message"),
    [
        pytest.param(
            '{ holder(idNumber: ["张三"]) { __typename } }',
            "String cannot represent a non string value.",
            id="a list for a string",
        ),
        pytest.param(
            f"{{ holder(idNumber: {NUMBER}) {{ __typename }} }}",
            "String cannot represent a non string value.",
            id="a number for a string",
        ),
        pytest.param(
            f'{{ holder(idNumber: "a", idType: T{NUMBER}) {{ __typename }} }}',
            "Value does not exist in 'IdType' enum.",
            id="an unknown enum value",
        ),
        pytest.param(
            '{ holders(people: [{ name: "张三" }]) { __typename } }',
            "Expected value of type 'PersonInput' to include required field "
            "'idNumber'.",
            id="a missing field",
        ),
        pytest.param(
            '{ holders(people: [{ idNumber: "张三", nmae: "x" }]) { __typename } }',
            "Expected value of type 'PersonInput' not to include unknown field 'nmae'."
            " Did you mean 'name'?",
            id="an unknown field",
        ),
        pytest.param(
            f"{{ T{NUMBER} }}",
            "Cannot query field 'T310*************14' on type 'Query'.",
            id="a field named like a person",
        ),
    ],
)
def test_an_error_about_a_document_quotes_no_value(document: str, message: str) -> None:
    (error,) = validate(schema.core, parse(document))

    assert without_values(error.message) == message


@pytest.mark.parametrize(
    ("document", "message"),
    [
        pytest.param('{ "张三" }', "Expected Name, found String.", id="a string"),
        pytest.param(f"{{ {NUMBER} }}", "Expected Name, found Int.", id="a number"),
        pytest.param("{ a ) }", "Expected Name, found ')'.", id="a bracket stays"),
    ],
)
def test_a_syntax_error_quotes_no_value(document: str, message: str) -> None:
    with pytest.raises(GraphQLError) as refused:
        parse(document)

    assert without_values(refused.value.message) == f"Syntax Error: {message}"


@pytest.mark.parametrize(
    ("people", "message"),
    [
        pytest.param(
            [{"idNumber": int(NUMBER), "name": "张三"}],
            " at [0].idNumber: String cannot represent a non string value.",
            id="a number for a string",
        ),
        pytest.param(
            [{"idNumber": NUMBER, "idType": "张三; at 'x'"}],
            " at [0].idType: Value does not exist in 'IdType' enum.",
            id="an unknown enum value",
        ),
        pytest.param(
            [{"name": "张三"}],
            " at [0]: Expected value of type 'PersonInput' to include required field "
            "'idNumber'.",
            id="a missing field",
        ),
        pytest.param(
            NUMBER,
            ": Expected value of type 'PersonInput' to be an object.",
            id="no object",
        ),
    ],
)
def test_an_error_about_a_variable_says_where_and_quotes_no_value(
    people: object, message: str
) -> None:
    document = parse("query($p: [PersonInput!]!) { holders(people: $p) {__typename} }")

    errors = schema.execution_context_class.build(
        schema.core, document, raw_variable_values={"p": people}
    )

    assert isinstance(errors, list)
    assert without_values(errors[0].message) == (
        f"Variable '$p' has invalid value{message}"
    )


def test_a_message_that_a_client_made_long_is_cut() -> None:
    message = without_values(f"Cannot query field '{'represent' * 10_000}'.")

    assert len(message) == 501
