"""Whatever comes, documents are prepared or refused, and counted rightly."""

from contextlib import suppress
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    SelectionSetNode,
    parse,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from resolvers.documents.documents import Documents, Prepared, Question
from resolvers.documents.limits import Limits
from resolvers.documents.size import fragments_of
from resolvers.documents.validation import RefusedDocumentError
from resolvers.schema import schema
from tests.resolvers.asking import STRANGER, refusals

FIELDS = {
    name: field
    for type_ in schema.core.type_map.values()
    if isinstance(type_, GraphQLObjectType)
    for name, field in type_.fields.items()
}
DOCUMENTS = Documents(schema.core, Limits(), is_open=True)
WORDS = st.sampled_from(
    [
        *'{}()[]!$:=|&@#"\\\0电\ud800',
        *("...", "query", "mutation", "subscription", "fragment", "on", "a", "f"),
        *("true", "null", "1", "-1", "1.5", "1e9", '"x"', '"""y"""', "__type"),
        *("@skip(if:true)", "@include", "@nothing"),
        *("__schema", "__typename", *schema.core.type_map),
        *(name for field in FIELDS for name in (field, *FIELDS[field].args)),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
FRAGMENTS = 5


def asked(**question: Any) -> Prepared | None:
    """Prepare a question; anything but a refusal is raised."""
    with suppress(RefusedDocumentError):
        return DOCUMENTS.prepare(Question(**question), STRANGER)
    return None


@settings(deadline=None)
@given(st.lists(WORDS, max_size=60).map(" ".join))
def test_any_words_are_prepared_or_refused(text: str) -> None:
    asked(query=text)


@settings(deadline=None)
@given(
    st.none() | st.text(),
    st.none() | st.text(),
    st.none() | st.text(),
    st.dictionaries(st.text(), JSON),
    st.dictionaries(st.sampled_from(["persistedQuery", "other"]), JSON),
)
def test_any_question_is_prepared_or_refused(
    query: str | None,
    document_id: str | None,
    operation_name: str | None,
    variables: dict[str, Any],
    extensions: dict[str, Any],
) -> None:
    asked(
        query=query,
        document_id=document_id,
        operation_name=operation_name,
        variables=variables,
        extensions=extensions,
    )


@settings(deadline=None)
@given(
    st.sampled_from(
        [
            "query($v:[PersonInput!]!){holders(people:$v){__typename}}",
            "query($v:[_Any!]!){_entities(representations:$v){__typename}}",
            'query($v:Int){holder(idNumber:"1"){certificates(first:$v){totalCount}}}',
        ]
    ),
    JSON,
)
def test_any_variables_have_a_cost_that_an_answer_can_tell(
    text: str, value: object
) -> None:
    prepared = asked(query=text, variables={"v": value})

    assert prepared is None or 0 <= prepared.cost <= Limits().cost


@st.composite
def spreading(draw: st.DrawFn) -> str:
    """Draw fragments that spread one another, at times in circles."""
    fields = ["__typename", "a:__typename", "policy{notice}", "policy{a:notice}"]
    names = [f"...f{number}" for number in range(FRAGMENTS)]
    selections = st.lists(st.sampled_from(fields + names), min_size=1, max_size=4)
    texts = [draw(selections.map(" ".join)) for _ in range(FRAGMENTS + 1)]
    fragments = (
        f"fragment f{n} on Query{{{text}}}" for n, text in enumerate(texts[1:])
    )
    return f"{{{texts[0]}}} {' '.join(fragments)}"


@settings(deadline=None)
@given(spreading())
def test_what_is_counted_is_what_following_every_fragment_gives(text: str) -> None:
    prepared = asked(query=text)
    if prepared is None:
        return

    selections, aliases = followed(parse(text))

    assert selections == 0 or told(text, selections=selections - 1) == selections
    assert told(text, selections=selections) is None
    assert aliases == 0 or told(text, aliases=max(aliases - 1, 0)) == aliases


def told(text: str, **limits: int) -> int | None:
    """Return how much of what is limited was found, if it was too much."""
    found = refusals(text, limits)
    return found[0]["found"] if found else None


def followed(document: DocumentNode) -> tuple[int, int]:
    """Count selections and aliases by following every fragment."""
    fragments = fragments_of(document)
    counted = [0, 0]

    def follow(selections: SelectionSetNode) -> None:
        for node in selections.selections:
            counted[0] += 1
            if isinstance(node, FragmentSpreadNode):
                follow(fragments[node.name.value].selection_set)
            elif isinstance(node, FieldNode):
                counted[1] += node.alias is not None
                if node.selection_set is not None:
                    follow(node.selection_set)

    follow(document.definitions[0].selection_set)  # type: ignore[attr-defined]  # the query
    return counted[0], counted[1]
