"""Attacks by document (section 4 of the list), by batch (5), and on the schema (6).

A developer, who may run any document, sends them to a gateway in production. Each is
answered with a code and without data, and tells nothing of the machine. What each
costs is measured by ``tests/bench/documents.py``.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.attacks.production import DEVELOPER, STRANGER
from tests.federation.queries import HOLDER_CHECK
from tests.running import Agencies, Gateway


def times(count: int, text: str) -> str:
    """Repeat ``text``; ``#`` is the number of the repetition."""
    return " ".join(text.replace("#", str(number)) for number in range(count))


def doubling(links: int, end: str) -> str:
    """Spread fragments, each of which spreads the next one twice."""
    chain = (f"fragment f{n} on Query{{...f{n + 1} ...f{n + 1}}}" for n in range(links))
    return f"{{...f0}} {' '.join(chain)} fragment f{links} on Query{{{end}}}"


def overlapping(levels: int) -> str:
    inside = "name"
    for _ in range(levels):
        inside = f"ofType{{{inside}}} " * 3
    return f"{{__schema{{queryType{{{inside}}}}}}}"


PERSON = '{holder(idNumber:"1"){certificates(first:1000){nodes{'
WIDE = "number title category item level issuedOn validUntil state standing"
CERTIFICATES = f"certificates(first:1000){{nodes{{{WIDE}}}}}"
HOLDERS = f"{{holders(people:$people){{...on Holders{{nodes{{{CERTIFICATES}}}}}}}}}"
VALIDATION = "GRAPHQL_VALIDATION_FAILED"

ATTACKS = {
    "tokens": ("tokens", "{" + "a " * 2_000 + "}"),
    "bytes": ("query_bytes", "{__typename}" + " " * 20_000),
    "comments": ("tokens", "#\n" * 2_001 + "{__typename}"),
    "1,000 aliases": ("tokens", f"{{{times(1_000, 'a#:__typename')}}}"),
    "aliases": ("aliases", f"{{policy{{{times(51, 'a#:notice')}}}}}"),
    "aliases through fragments": (
        "aliases",
        f"{{{'...f ' * 6}}} fragment f on Query{{{times(9, 'a#:__typename')}}}",
    ),
    "aliases of __typename": ("aliases", f"{{{times(101, 'a#:__typename')}}}"),
    "directives per location": (
        "directives_per_location",
        f"{{__typename {'@aa' * 600}}}",
    ),
    "directives": (
        "directives",
        f"{{policy{{{times(51, 'a#:notice @skip(if:true)')}}}}}",
    ),
    "field duplication": ("field_pairs", f"{{policy{{{'notice ' * 500}}}}}"),
    "root fields": ("root_fields", f"{{{'__typename ' * 31}}}"),
    "depth": ("depth", "{" + "a{" * 50 + "a" + "}" * 50 + "}"),
    "depth beyond the parser": ("depth", "{" + "a{" * 900 + "a" + "}" * 900 + "}"),
    "depth through fragments": (
        "depth",
        "{...f0}"
        + " ".join(f"fragment f{n} on Query{{...f{n + 1}}}" for n in range(30))
        + "fragment f30 on Query{__typename}",
    ),
    "width x depth": (
        "cost",
        f"{PERSON}{WIDE} eligibility{{findings{{{times(14, 'a#:reason')}}}}}}}}}}}}}",
    ),
    "list-size cost": ("cost", f"query($people:[PersonInput!]!){HOLDERS}"),
    "fragment cycle": (
        VALIDATION,
        "{...f} fragment f on Query{...g ...g} fragment g on Query{...f ...f}",
    ),
    "exponential spreads": ("selections", doubling(15, "__typename")),
    "exponential spreads of nothing": ("selections", doubling(15, "")),
    "exponential spreads, deep": ("depth", doubling(48, "__typename")),
    "overlapping fields": ("field_pairs", overlapping(5)),
    "overlapping fields that conflict": (
        VALIDATION,
        f"{{policy{{{'a:notice a:issuedOn ' * 24}}}}}",
    ),
    "named-fragment planner bomb": (
        "fragments",
        f"{{{times(51, '...f#')}}}" + times(51, "fragment f# on Query{policy{notice}}"),
    ),
    "introspection circular": (
        VALIDATION,
        "{__schema{types{fields{type{fields{type{fields{type{name}}}}}}}}}",
    ),
    "introspection with __type aliases": (
        "root_fields",
        "{" + times(31, 'a#:__type(name:"Query"){fields{name}}') + "}",
    ),
    "unused fragments": (
        VALIDATION,
        "{__typename}" + times(40, "fragment f# on Query{__typename}"),
    ),
    "unused fragments that double": (
        VALIDATION,
        doubling(40, "__typename").replace("{...f0}", "{__typename}"),
    ),
    "100 operations": ("operations", times(100, "query q#{__typename}")),
    "variables unused": (VALIDATION, f"query({times(400, '$v#:Int')}){{__typename}}"),
    "a huge list": ("input_depth", f"{{holder(idNumber:{'[' * 90}{']' * 90})}}"),
    "a deep input object": (
        "input_depth",
        f"{{holders(people:{'{a:' * 90}1{'}' * 90}){{__typename}}}}",
    ),
    "beyond the parser": ("depth", f"{{holder(idNumber:{'[' * 900}{']' * 900})}}"),
    "a deep type": ("input_depth", f"query($v:{'[' * 90}Int{']' * 90}){{__typename}}"),
    "1,000 unknown fields": (VALIDATION, f"{{policy{{{times(1_000, 'x#')}}}}}"),
    "null bytes": ("GRAPHQL_PARSE_FAILED", "{\0}"),
}
PEOPLE = [{"idNumber": "1"}] * 100


def told(answer: Any) -> str:
    """Return the limit of an answer's first error, else its code."""
    extensions = answer["errors"][0]["extensions"]
    code: str = extensions["code"]
    return str(extensions.get("limit", code))


def words(value: object) -> Iterator[str]:
    """Yield every text in an answer."""
    if isinstance(value, dict):
        for each in value.values():
            yield from words(each)
    elif isinstance(value, list):
        for each in value:
            yield from words(each)
    else:
        yield str(value)


@pytest.mark.parametrize(("expected", "text"), ATTACKS.values(), ids=ATTACKS)
def test_it_is_refused_with_a_code(
    production: Gateway, expected: str, text: str
) -> None:
    body = {"query": text, "variables": {"people": PEOPLE}}

    status, answer, _ = production.post(body, DEVELOPER)

    assert (status, told(answer)) == (200, expected)
    assert "data" not in answer
    assert len(answer["errors"]) <= 11
    assert not [
        w for w in words(answer) if "Traceback" in w or ".py" in w or "://" in w
    ]


@pytest.mark.parametrize("text", [text for _, text in ATTACKS.values()], ids=ATTACKS)
def test_it_does_not_even_reach_the_parser_for_a_stranger(
    production: Gateway, text: str
) -> None:
    _, answer, _ = production.post({"query": text}, STRANGER)

    assert told(answer) in ("UNKNOWN_DOCUMENT", "query_bytes")


@pytest.mark.parametrize(
    ("variables", "limit"),
    [
        pytest.param({"people": PEOPLE * 51}, "variable_values", id="a huge list"),
        pytest.param({"people": [[[[[[[[[[1]]]]]]]]]]}, "input_depth", id="deep"),
        pytest.param({str(n): n for n in range(5001)}, "variable_values", id="unused"),
    ],
)
def test_variables_are_limited_for_everybody(
    production: Gateway, variables: dict[str, object], limit: str
) -> None:
    body = {"query": HOLDER_CHECK, "variables": variables}

    assert told(production.post(body, STRANGER)[1]) == limit


def test_permutations_of_skip_and_include_make_no_new_documents(
    production: Gateway,
) -> None:
    """Only texts are kept: there are no plans, so variables cannot multiply them."""
    conditions = [(first, second) for first in (0, 1) for second in (0, 1)]
    text = """query($a:Boolean!,$b:Boolean!){policy{notice @skip(if:$a)}
        agencies @include(if:$b){id}}"""

    answers = [
        production.post(
            {"query": text, "variables": {"a": bool(first), "b": bool(second)}},
            DEVELOPER,
        )[1]["data"]
        for first, second in conditions
    ]

    assert [(bool(d["policy"]), "agencies" in d) for d in answers] == [
        (True, False),
        (True, True),
        (False, False),
        (False, True),
    ]


def test_a_batch_of_questions_is_no_question(production: Gateway) -> None:
    question = {"query": HOLDER_CHECK, "variables": {"idNumber": "1"}}

    status, answer, _ = production.post([question] * 3, STRANGER)

    assert (status, told(answer)) == (400, "BAD_REQUEST")


def test_certificates_cannot_be_tried_in_batches_of_aliases(
    production: Gateway, agencies: Agencies
) -> None:
    tries = times(31, 'a#:certificate(id:"#"){__typename}')

    answer = production.post({"query": f"{{{tries}}}"}, DEVELOPER)[1]

    assert told(answer) == "root_fields"
    assert agencies.calls("transport")["calls"] == 0


def test_people_cannot_be_asked_about_in_batches_of_lists(
    production: Gateway, agencies: Agencies
) -> None:
    text = """query($people:[PersonInput!]!){a:holders(people:$people){__typename}
        b:holders(people:$people){__typename}}"""
    people = [{"idNumber": str(number)} for number in range(51)]

    answer = production.post({"query": text, "variables": {"people": people}})[1]

    assert (told(answer), answer["errors"][0]["extensions"]["found"]) == ("people", 102)
    assert agencies.calls("transport")["calls"] == 0
