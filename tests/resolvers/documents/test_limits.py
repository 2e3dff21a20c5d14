"""Every limit lets the last allowed document pass and refuses the next.

Each case writes a document with so many of one thing and few of all others.
"""

import re
from collections.abc import Callable

import pytest

from resolvers.documents.limits import LARGEST_SHOWN, LimitExceededError, Limits
from tests.resolvers.asking import prepare, refusals

Write = Callable[[int], str]
ALLOWED = 12


def times(count: int, text: str) -> str:
    """Repeat ``text``; ``#`` is the number of the repetition."""
    return " ".join(text.replace("#", str(number)) for number in range(count))


def policy(selected: str) -> str:
    return f"{{policy{{{selected}}}}}"


def input_of(value: str) -> str:
    return f'{{holder(idNumber:"1",agencies:{value}){{__typename}}}}'


def nested(levels: int) -> str:
    return "{ofType" * (levels - 3) + "{name}" + "}" * (levels - 3)


def chain(levels: int) -> str:
    """Spread fragments into one another down to so many levels."""
    last = levels - 2
    links = (f"fragment f{n} on Query{{...f{n + 1}}}" for n in range(last))
    return f"{{...f0}} {' '.join(links)} fragment f{last} on Query{{__typename}}"


CASES: dict[str, tuple[str, Write]] = {
    "bytes": ("query_bytes", lambda n: "{__typename}" + " " * (n - 12)),
    "tokens": ("tokens", lambda n: "{" + "a " * (n - 2) + "}"),
    "comments": ("tokens", lambda n: "#\n" * n + "{__typename}"),
    "operations": ("operations", lambda n: times(n, "query q#{__typename}")),
    "fragments": (
        "fragments",
        lambda n: (
            f"{{{times(n, '...f#')}}} {times(n, 'fragment f# on Query{__typename}')}"
        ),
    ),
    "directives": (
        "directives",
        lambda n: policy(times(n, "a#:notice @skip(if:true)")),
    ),
    "directives on fragments": (
        "directives",
        lambda n: f"{{{times(n, '... @skip(if:true){__typename}')}}}",
    ),
    "directives at one place": (
        "directives_per_location",
        lambda n: f"{{__typename {'@nothing ' * n}}}",
    ),
    "directives on an operation": (
        "directives_per_location",
        lambda n: f"query {'@nothing ' * n}{{__typename}}",
    ),
    "lists in lists": ("input_depth", lambda n: input_of("[" * n + "]" * n)),
    "objects in objects": (
        "input_depth",
        lambda n: input_of("{a:" * n + "1" + "}" * n),
    ),
    "lists as a variable's default": (
        "input_depth",
        lambda n: f"query($a:Int={'[' * n}{']' * n}){{__typename}}",
    ),
    "lists in a variable's type": (
        "input_depth",
        lambda n: f"query($a:{'[' * n}Int{']' * n}){{__typename}}",
    ),
    "levels": ("depth", lambda n: f"{{__schema{{queryType{nested(n)}}}}}"),
    "levels of fragments": ("depth", chain),
    "levels of inline fragments": (
        "depth",
        lambda n: "{..." * (n - 1) + "{__typename}" + "}" * (n - 1),
    ),
    "selections": ("selections", lambda n: policy(times(n - 1, "a#:notice"))),
    "selections, spreads included": (
        "selections",
        lambda n: (
            f"{{{'...f ' * (n // 2)}{'__typename' * (n % 2)}}} "
            "fragment f on Query{__typename}"
        ),
    ),
    "selections of operations": (
        "selections",
        lambda n: times(n // 2, "query q#{policy{notice}}") + " {__typename}" * (n % 2),
    ),
    "pairs of fields": (
        "field_pairs",
        lambda n: policy(times(n, "a#:notice a#:notice")),
    ),
    "pairs below merged fields": (
        "field_pairs",
        lambda n: "{" + f"policy{{{times(n - 1, 'a#:notice')}}}" * 2 + "}",
    ),
    "pairs through a fragment": (
        "field_pairs",
        lambda n: (
            f"{policy(times(n, 'a#:notice') + ' ...f')} "
            f"fragment f on Policy{{{times(n, 'a#:notice')}}}"
        ),
    ),
    "aliases": ("aliases", lambda n: policy(times(n, "a#:notice"))),
    "aliases of __typename": ("aliases", lambda n: f"{{{times(n, 'a#:__typename')}}}"),
    "aliases of fragments": (
        "aliases",
        lambda n: f"{{{'...f ' * n}}} fragment f on Query{{a:__typename}}",
    ),
    "root fields": ("root_fields", lambda n: f"{{{'__typename ' * n}}}"),
    "root fields of fragments": (
        "root_fields",
        lambda n: f"{{{'...f ' * n}}} fragment f on Query{{__typename}}",
    ),
}
SLACK = dict.fromkeys(Limits.__struct_fields__, 1_000_000)
"""Limits that nothing here comes near."""


@pytest.mark.parametrize(("limit", "write"), CASES.values(), ids=CASES)
def test_the_last_allowed_document_passes(limit: str, write: Write) -> None:
    found = refusals(write(ALLOWED), {**SLACK, limit: ALLOWED})

    assert "LIMIT_EXCEEDED" not in [extensions.get("code") for extensions in found]


@pytest.mark.parametrize(("limit", "write"), CASES.values(), ids=CASES)
def test_the_next_document_is_refused(limit: str, write: Write) -> None:
    assert refusals(write(ALLOWED + 1), {**SLACK, limit: ALLOWED}) == [
        {
            "code": "LIMIT_EXCEEDED",
            "limit": limit,
            "found": ALLOWED + 1,
            "allowed": ALLOWED,
        }
    ]


def test_bytes_are_counted_and_not_characters() -> None:
    (told,) = refusals("#电电电{a}", {"query_bytes": 12})

    assert told["found"] == 13


def test_every_limit_on_a_document_has_its_case() -> None:
    elsewhere = {"variable_values", "people", "claims", "cost", "validation_errors"}

    told = {limit for limit, _ in CASES.values()}

    assert told | elsewhere == set(Limits.__struct_fields__)


@pytest.mark.parametrize(
    "limit", sorted({*Limits.__struct_fields__} - {"validation_errors"})
)
def test_a_refusal_says_what_was_found_and_allowed_and_what_to_do(limit: str) -> None:
    message = LimitExceededError(limit, 1234, 567).message

    assert re.fullmatch(r"[^;]*1234[^;]*, at most 567 allowed; \w[^;]+", message)


@pytest.mark.parametrize(
    ("values", "depth", "told"),
    [
        pytest.param([1] * 11, ALLOWED, None, id="last allowed number"),
        pytest.param([1] * 12, ALLOWED, ("variable_values", 13), id="one too many"),
        pytest.param({"a": [{"b": 1}]}, 3, None, id="last allowed depth"),
        pytest.param({"a": [{"b": 1}]}, 2, ("input_depth", 3), id="one too deep"),
        pytest.param({"a": [{"b": []}]}, 3, ("input_depth", 4), id="empty, too deep"),
    ],
)
def test_variables_are_counted(
    values: object, depth: int, told: tuple[str, int] | None
) -> None:
    limits = {"variable_values": ALLOWED, "input_depth": depth}

    found = refusals("{__typename}", limits, anything=values)

    assert [(each["limit"], each["found"]) for each in found] == (
        [told] if told else []
    )


def test_a_fragment_bomb_is_counted_and_not_followed() -> None:
    links = (f"fragment f{n} on Query{{...f{n + 1} ...f{n + 1}}}" for n in range(40))
    bomb = f"{{...f0}} {' '.join(links)} fragment f40 on Query{{__typename}}"

    (told,) = refusals(bomb, {"depth": 50})

    assert (told["limit"], told["found"]) == ("selections", LARGEST_SHOWN)


@pytest.mark.parametrize(
    "fragments",
    [
        pytest.param("fragment f on Query{...f}", id="itself"),
        pytest.param("fragment f on Query{...g} fragment g on Query{...f}", id="two"),
        pytest.param("fragment f on Query{...f ...f __typename}", id="twice"),
    ],
)
def test_a_fragment_cycle_is_named_and_not_followed(fragments: str) -> None:
    (told, *_) = refusals("{...f}" + fragments, {})

    assert told == {}


def test_no_more_errors_are_told_than_allowed() -> None:
    # The last says that validation went no further.
    assert len(refusals("{" + times(20, "x#") + "}", {"validation_errors": 3})) == 4


def test_circular_introspection_is_refused() -> None:
    circle = "{__schema{types{fields{type{fields{type{fields{name}}}}}}}}"

    assert refusals(circle, {}) == [{}]
    assert prepare(circle.replace("{fields{name}}", "{name}"), {}).introspects
