"""What the pages show as sent and answered is what is sent and answered.

A day, a moment, a digest or an id is another one each time: ``…`` stands for it.
"""

import json
import re
import urllib.request
from typing import Any

from connectors.binding import Bound
from connectors.decoding.bound_answers import BindingReader
from connectors.manifest_endpoint import Binding, Request, Response
from connectors.protocols.envelopes import EnvelopeFinder
from connectors.protocols.graphql import graphql_question
from connectors.protocols.rest import rest_question
from policy.identity import Identity, IdType
from signing.envelope import Envelope
from tests.architecture.documents import Block, blocks
from tests.pages.callers import ANYBODY, UNSTATED
from tests.pages.story import PAID, Story, approved
from tests.running import Agencies, Gateway

OTHER_EACH_TIME = re.compile(
    r"\d{4}-\d\d-\d\d(T[\d:.+]+)?|\b[0-9a-f]{64}\b|\bT31\d{15,17}X?"
)


def block(page: str, start: str, language: str = "json") -> Block:
    """Return the block of a page that begins so."""
    (found,) = (
        one
        for one in blocks(language)
        if one.page == page and one.text.startswith(start)
    )
    return found


def usual(answer: object) -> Any:
    """Return an answer without what is other each time."""
    text = json.dumps(answer, ensure_ascii=False)
    return json.loads(OTHER_EACH_TIME.sub("…", text))


def shape(answer: object) -> object:
    """Return the names of an answer's members, at every depth."""
    if isinstance(answer, dict):
        return {name: shape(one) for name, one in answer.items()}
    if isinstance(answer, list):
        return shape(answer[0]) if answer else None
    return type(answer).__name__


def answered(story: Story, document: Block) -> Any:
    """Return the body that a document of the pages was answered with."""
    return story.answers[str(document)][1]


def test_the_first_answer_is_the_one_that_is_shown(story: Story) -> None:
    shown = block("README.md", '{"data"')
    asked = next(one for one in blocks("graphql") if one.page == shown.page)

    assert usual(answered(story, asked)) == usual(json.loads(shown.text))


def test_a_decision_is_answered_as_it_is_shown(story: Story) -> None:
    shown = block("docs/payments.md", '{"data"')
    asked = next(one for one in blocks("graphql") if one.page == shown.page)

    assert usual(answered(story, asked)) == usual(json.loads(shown.text))


def test_a_receipt_is_where_it_is_shown(gateway: Gateway) -> None:
    shown = json.loads(block("docs/integrators.md", '{"extensions"').text)
    question = {"query": "{ agencies { id } }"}

    _, answer, headers = gateway.post(question, ANYBODY, {"Prefer": "receipt"})

    assert headers["preference-applied"] == "receipt"
    assert shape(answer["extensions"]) == shape(shown["extensions"])


def test_what_http_refuses_has_the_shape_that_is_shown(gateway: Gateway) -> None:
    shown = json.loads(block("docs/integrators.md", '{"errors"').text)

    status, answer, _ = gateway.post(b"no JSON", ANYBODY)

    assert (status, answer) == (400, shown)


def test_a_purpose_is_stated_as_it_is_shown(gateway: Gateway, story: Story) -> None:
    shown = json.loads(block("docs/integrators.md", '{"query"').text)
    document = next(iter(blocks("graphql"))).text
    asked = {**shown, "query": document, "variables": {"idNumber": story.number(PAID)}}

    _, stated, _ = gateway.post(asked, UNSTATED)
    _, unstated, _ = gateway.post({**asked, "extensions": {}}, UNSTATED)

    assert "errors" not in stated
    assert unstated["errors"][0]["extensions"]["code"] == "PURPOSE_REQUIRED"


def test_a_document_is_named_as_it_is_shown(gateway: Gateway, story: Story) -> None:
    shown = json.loads(block("docs/integrators.md", '{"documentId"').text)
    asked = {**shown, "variables": {"idNumber": story.number(PAID)}}

    _, known, _ = gateway.post(asked, ANYBODY)
    unknown = {**asked, "documentId": "sha256:" + "0" * 64}
    _, refused, _ = gateway.post(unknown, ANYBODY)

    assert known["data"]["holder"]["certificates"]["nodes"]
    assert refused["errors"][0]["extensions"]["code"] == "UNKNOWN_DOCUMENT"


def test_health_has_the_shape_that_is_shown(gateway: Gateway) -> None:
    shown = json.loads(block("docs/operating.md", '{"status"').text)

    _, text = gateway.get("/health/ready")

    found = json.loads(text)
    assert found.keys() == shown.keys()
    assert shape(found["tasks"]) == shape(shown["tasks"])
    assert [one.keys() for one in found["agencies"]] == [
        one.keys() for one in shown["agencies"]
    ]
    assert [one["id"] for one in found["agencies"]] == [
        one["id"] for one in shown["agencies"]
    ]


def test_a_ruling_is_one_that_a_decision_takes(story: Story) -> None:
    shown = json.loads(block("docs/payments.md", '{"rulings"').text)
    asked = next(one for one in blocks("graphql") if "PreviewDecision" in one.text)

    decision = {**approved(story), **shown}
    _, taken = story.ask(asked, decision=decision)
    _, misspelt = story.ask(asked, decision={**decision, "rulling": []})

    assert "errors" not in taken
    assert misspelt["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def people(stated: list[dict[str, str]]) -> list[Identity]:
    """Return who is asked about."""
    return [Identity(IdType(one["idType"]), one["idNumber"]) for one in stated]


def test_rest_asks_as_it_is_shown() -> None:
    shown = json.loads(block("docs/agencies.md", '{"holders"').text)

    assert rest_question(Request(), people(shown["holders"])) == (shown, None)


def test_what_rest_answers_is_found_where_it_is_shown() -> None:
    asked = json.loads(block("docs/agencies.md", '{"holders"').text)
    shown = json.loads(block("docs/agencies.md", '{"results"').text)
    envelope = Envelope(b"eyJhbGciOi...")

    found = EnvelopeFinder(Response(absence="absence")).find(
        shown, people(asked["holders"])
    )

    assert found == [(envelope,), (envelope,)]


def test_graphql_asks_with_the_variables_that_are_shown() -> None:
    shown = json.loads(block("docs/agencies.md", '{"representations"').text)

    asked = graphql_question("", Request(), people(shown["representations"]))

    assert asked["variables"] == shown


def test_rest_with_a_nonce_asks_as_it_is_shown() -> None:
    shown = json.loads(block("docs/agencies.md", '{"people"').text)
    names = Request(holders="people", nonce="nonce")

    asked, nonce = rest_question(names, people(shown["people"]))

    assert asked == {**shown, "nonce": nonce}
    assert nonce is not None
    assert len(nonce) == len(shown["nonce"])


def test_a_signed_body_repeats_what_it_was_asked_as_is_shown(
    agencies: Agencies,
) -> None:
    """The sandbox's agency of this kind is asked what the page asks."""
    asked = block("docs/agencies.md", '{"people"').text
    shown = json.loads(block("docs/agencies.md", '{"nonce"').text)
    request = urllib.request.Request(
        f"{agencies.urls['fire-rescue']}/api/certificates/batch",
        asked.encode(),
        {"Content-Type": "application/json"},
    )

    with urllib.request.urlopen(request, timeout=5) as response:
        answer = json.load(response)

    # How many certificates somebody has is not what is shown.
    empty = [{**one, "certificates": []} for one in answer["people"]]
    assert {"nonce": answer["nonce"], "people": empty} == shown


def test_what_is_bound_is_read_as_it_is_shown() -> None:
    shown = json.loads(block("docs/agencies.md", '{"number"').text)
    stated = shown["binding"]

    found = BindingReader(Binding(audience=stated["aud"])).read(shown)

    assert found == Bound(
        question=stated["question"],
        nonce=stated["nonce"],
        audience=stated["aud"],
        sequence=stated["sequence"],
    )
