"""Over our own schema a plan answers byte for byte what graphql-core answers."""

import json
from typing import Any

from hypothesis import HealthCheck, Phase, assume, event, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema, nodes

from resolvers.schema import schema
from tests.resolvers.plans.conftest import SAYS_NOTHING, SEES_MASKS, SEES_PEOPLE, Known
from tests.resolvers.plans.questions import questions

SCALARS = {
    "Date": st.dates().map(lambda day: nodes.String(day.isoformat())),
    "DateTime": st.just(nodes.String("2026-01-01T00:00:00Z")),
    "_Any": st.just(nodes.Object([])),
}
DOCUMENTS = from_schema(schema.core, custom_scalars=SCALARS)


def told(text: str, answer: bytes) -> Any:
    """Return what is compared of an answer to ``text``: its bytes, but for one case.

    Entities are waited for one by one, and GraphQL orders no errors.
    """
    if "_entities" not in text:
        return answer
    read = json.loads(answer)
    read["errors"].sort(key=lambda error: str(error["path"]))
    return read


def texts(values: list[str]) -> st.SearchStrategy[str]:
    """Return GraphQL strings."""
    return st.sampled_from(values).map(json.dumps)


@settings(
    max_examples=settings().max_examples // 2,
    deadline=None,
    # Shrinking would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_any_document_of_our_schema(known: Known, data: st.DataObject) -> None:
    """Callers who see people and who see masks ask in turn, today and tomorrow."""
    representations = [
        *(f'[{{__typename: "Certificate", id: "{id_}"}}]' for id_ in known.ids),
        *(
            f'[{{__typename: "Person", idType: "RESIDENT_ID", idNumber: "{number}"}}]'
            for number in known.numbers
        ),
    ]
    values = {
        "idNumber": texts(known.numbers),
        "id": texts([*known.ids, "wrong"]),
        "item": texts(["1.2", "4-02-01-01", "3.1", "no such item"]),
        "itemCode": texts(["1.2", "4-02-01-01", "3.1", "no such item"]),
        "agencies": st.sampled_from(["null", '["transport"]', "[]", '["nobody"]']),
        "representations": st.sampled_from(representations),
    }
    text, variables = data.draw(questions(schema.core, DOCUMENTS, values))
    # Reading the log is on the log: no two answers are the same.
    assume("auditRecords" not in text)
    question = known.asking(text, variables)
    callers = [SEES_MASKS, SEES_PEOPLE, SEES_MASKS, SAYS_NOTHING]
    first = data.draw(st.integers(0, 2))
    for caller, days in zip(callers[first : first + 3], (0, 0, 1), strict=False):
        known.clock.move(days)
        try:
            answered = known.answered(question, caller)
        finally:
            known.clock.move(-days)

        planned, by_core = told(text, answered.planned), told(text, answered.by_core)
        if planned != by_core:
            # What is refused is not kept but asked for again, and then signed anew.
            assume(by_core == told(text, known.answered(question, caller).by_core))
        event("by the plan alone" if answered.is_planned else "graphql-core spoke")
        assert planned == by_core
