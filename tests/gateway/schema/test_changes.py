"""Which documents a change of the schema touches, and which it does not.

The property: a document that fitted the older schema and does not fit the newer one is
touched by a breaking change, whatever the change.
"""

import pytest
from graphql import build_schema, parse, validate
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.schema.changes import compare
from gateway.schema.in_use import InUse

OLD = """
interface Answer { sources: [String!]! }
type Holder implements Answer { sources: [String!]! name: String! age: Int
  level(of: String, kind: Kind = GOLD): Level! claim(claim: Claim): Boolean }
type Invalid implements Answer { sources: [String!]! problem: Problem }
type Other { name: String }
union Found = Holder | Other
enum Level { ONE TWO }
enum Kind { GOLD SILVER }
enum Problem { EMPTY }
input Claim { day: String category: Kind nested: Nested }
input Nested { days: Int }
type Query { holder(number: String!): Answer found: Found plain: String }
type Mutation { pay(claim: Claim!): Boolean }
"""
CHECK = """query Check($number: String!) { holder(number: $number) {
  sources ... on Holder { name level(of: "x") } } }"""
PLAIN = "query Plain { plain }"
FOUND = "query Found { found { ... on Other { name } } }"
PAY = "mutation Pay($claim: Claim!) { pay(claim: $claim) }"
PAY_THAT_DAY = 'mutation PayThatDay { pay(claim: {day: "x"}) }'
DOCUMENTS = [
    InUse(text, (text.replace("(", " ").split()[1],), "here")
    for text in (CHECK, PLAIN, FOUND, PAY, PAY_THAT_DAY)
]
EDITS = {
    "a field is gone": (" name: String! age", " age"),
    "a field that nobody asks for is gone": ("age: Int\n", "\n"),
    "a field may be null": (" name: String! age", " name: String age"),
    "an argument is gone": ("(of: String, kind", "(kind"),
    "an argument that nobody states is gone": (", kind: Kind = GOLD", ""),
    "an argument has to be stated": ("(of: String,", "(of: String, new: Int!,"),
    "one that was left out has to be stated": ("kind: Kind = GOLD", "kind: Kind!"),
    "what is left out means another": ("Kind = GOLD", "Kind = SILVER"),
    "a value of an answer is new": ("{ ONE TWO }", "{ ONE TWO THREE }"),
    "a value of an answer is gone": ("{ ONE TWO }", "{ ONE }"),
    "a value that is sent is gone": ("{ GOLD SILVER }", "{ GOLD }"),
    "a field of what is sent is gone": ("nested: Nested }", "}"),
    "a field far down of what is sent is another": ("days: Int", "days: String"),
    "a field of what is sent is asked for": ("day: String cat", "day: String! cat"),
    "one that is left out is asked for": ("category: Kind n", "category: Kind! n"),
    "a type of a union is gone": ("= Holder | Other", "= Other"),
    "a type implements an interface no more": ("Invalid implements Answer", "Invalid"),
    "a field of the root is gone": (" plain: String }", " }"),
}


def edited(*names: str) -> str:
    text = OLD
    for name in names:
        before, after = EDITS[name]
        text = text.replace(before, after, 1)
    return text


def touched(new: str, *, breaking: bool = True) -> set[str]:
    """Return the documents that changes to ``new`` touch."""
    found = compare(build_schema(OLD), build_schema(new), DOCUMENTS)
    assert any(change.is_breaking is breaking for change in found.changes)
    return {
        one.name
        for change in found.changes
        if change.is_breaking is breaking
        for one in change.touches
    }


@pytest.mark.parametrize(
    ("edit", "touches"),
    [
        ("a field is gone", {"Check"}),
        ("a field that nobody asks for is gone", set()),
        ("a field may be null", {"Check"}),
        ("an argument is gone", {"Check"}),
        ("an argument that nobody states is gone", set()),
        ("an argument has to be stated", {"Check"}),
        ("one that was left out has to be stated", {"Check"}),
        ("a value of an answer is gone", {"Check"}),
        ("a value that is sent is gone", {"Pay"}),
        ("a field of what is sent is gone", {"Pay"}),
        ("a field far down of what is sent is another", {"Pay"}),
        ("a field of what is sent is asked for", {"Pay", "PayThatDay"}),
        ("one that is left out is asked for", {"Pay", "PayThatDay"}),
        ("a type of a union is gone", {"Found"}),
        ("a type implements an interface no more", {"Check"}),
        ("a field of the root is gone", {"Plain"}),
    ],
)
def test_a_breaking_change_touches_whom_it_may_break(
    edit: str, touches: set[str]
) -> None:
    assert touched(edited(edit)) == touches


@pytest.mark.parametrize(
    ("edit", "touches"),
    [
        ("a value of an answer is new", {"Check"}),
        ("what is left out means another", {"Check"}),
    ],
)
def test_a_dangerous_change_touches_whom_it_may_surprise(
    edit: str, touches: set[str]
) -> None:
    assert touched(edited(edit), breaking=False) == touches


def test_what_stayed_is_no_change() -> None:
    found = compare(build_schema(OLD), build_schema(OLD), DOCUMENTS)

    assert (found.changes, found.unfit) == ((), ())
    assert not found.is_breaking


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(sorted(EDITS)), unique=True, min_size=1, max_size=6))
def test_a_document_that_fits_no_more_is_touched(edits: list[str]) -> None:
    old, new = build_schema(OLD), build_schema(edited(*edits), assume_valid=True)

    found = compare(old, new, DOCUMENTS)

    touched_ = {
        one.name
        for change in found.changes
        if change.is_breaking
        for one in change.touches
    }
    assert all(not validate(old, parse(one.text)) for one in DOCUMENTS)
    assert {one.name for one in found.unfit} <= touched_
