"""Media types: what is accepted, what is answered with, compared whole."""

import pytest

from gateway.graphql_http.media_types import MediaType, media_type_of, require_json
from gateway.graphql_http.refusals import Code, RefusedRequestError

JSON, GRAPHQL = MediaType.JSON, MediaType.GRAPHQL_RESPONSE


@pytest.mark.parametrize(
    ("accept", "answer"),
    [
        pytest.param("", JSON, id="no header"),
        pytest.param("*/*", JSON, id="anything"),
        pytest.param("application/*", JSON, id="any application"),
        pytest.param("application/json", JSON, id="JSON"),
        pytest.param("application/graphql-response+json", GRAPHQL, id="GraphQL"),
        pytest.param("Application/GraphQL-Response+JSON", GRAPHQL, id="capitals"),
        pytest.param(f"{GRAPHQL}; charset=utf-8", GRAPHQL, id="charset"),
        pytest.param(f"{GRAPHQL}, application/json;q=0.9", GRAPHQL, id="both"),
        pytest.param(f"application/json, {GRAPHQL}", GRAPHQL, id="both alike"),
        pytest.param(f"{GRAPHQL};q=0.8, application/json", JSON, id="JSON preferred"),
        pytest.param(f"{GRAPHQL};q=0, */*", JSON, id="GraphQL excluded"),
        pytest.param("application/json;q=0, */*", GRAPHQL, id="JSON excluded"),
        pytest.param(f"{GRAPHQL}, */*", GRAPHQL, id="named beside anything"),
        pytest.param("text/html, */*;q=0.8", JSON, id="a browser"),
    ],
)
def test_the_answer_is_what_the_client_likes_best(
    accept: str, answer: MediaType
) -> None:
    assert media_type_of(accept) is answer


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/xml",
        "application/jsonx",
        "xapplication/json",
        "application/json;q=0",
        "application/json;q=high",
        "*/*;q=0",
        "message/*",
        "json",
    ],
)
def test_a_client_that_takes_neither_is_told(accept: str) -> None:
    with pytest.raises(RefusedRequestError) as refused:
        media_type_of(accept)

    assert refused.value.code is Code.NOT_ACCEPTABLE


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json;charset=UTF-8",
        'application/json ; charset="utf-8"',
        "application/json; profile=x",
    ],
)
def test_json_in_utf_8_comes_in(content_type: str) -> None:
    require_json([content_type])


@pytest.mark.parametrize(
    "content_types",
    [
        pytest.param([], id="missing type"),
        pytest.param([""], id="empty"),
        pytest.param(["application/json"] * 2, id="twice"),
        pytest.param(["text/plain, application/json"], id="two in one"),
        pytest.param(["text/plain"], id="text/plain"),
        pytest.param(["text/plain; application/json"], id="JSON as a parameter"),
        pytest.param(["text/plain; charset=application/json"], id="JSON as a charset"),
        pytest.param(["application/x-www-form-urlencoded"], id="urlencoded"),
        pytest.param(["multipart/form-data; boundary=x"], id="multipart"),
        pytest.param(["application/jsonx"], id="application/jsonx"),
        pytest.param(["xapplication/json"], id="substring"),
        pytest.param(["application/graphql"], id="application/graphql"),
        pytest.param(["application/json; charset=utf-16"], id="wrong charset"),
        pytest.param(["application/json; charset=latin1"], id="latin1"),
        pytest.param(["application/json; charset="], id="no charset"),
    ],
)
def test_nothing_else_comes_in(content_types: list[str]) -> None:
    with pytest.raises(RefusedRequestError) as refused:
        require_json(content_types)

    assert refused.value.code is Code.UNSUPPORTED_MEDIA_TYPE
