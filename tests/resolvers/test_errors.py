"""A bug of ours is logged with its trace and its field, and no word of the caller's."""

import hashlib
import logging

import pytest
from graphql import GraphQLError, OperationDefinitionNode, parse

from resolvers.errors import RequestError, is_ours_to_hide, log_bug

BUG = ValueError("a bug")
(ASKED,) = parse("{ mine: holder { id } }").definitions
assert isinstance(ASKED, OperationDefinitionNode)
FIELD = ASKED.selection_set.selections[0]


@pytest.mark.parametrize(
    ("error", "is_hidden"),
    [
        (GraphQLError("a field is unknown"), False),
        (GraphQLError("x", original_error=RequestError("no such agency")), False),
        (GraphQLError("x", original_error=BUG), True),
    ],
)
def test_what_the_caller_did_is_told_and_a_bug_is_not(
    error: GraphQLError, *, is_hidden: bool
) -> None:
    assert is_ours_to_hide(error) is is_hidden


@pytest.mark.parametrize(
    ("operation", "named"),
    [
        (
            "T310110199003074514",
            hashlib.sha256(b"T310110199003074514").hexdigest()[:12],
        ),
        (None, "without a name"),
        ("", "without a name"),
    ],
)
def test_a_bug_is_logged_by_its_field_and_by_a_digest_of_its_operation(
    caplog: pytest.LogCaptureFixture, operation: str | None, named: str
) -> None:
    error = GraphQLError("x", nodes=[FIELD], path=["mine", 0], original_error=BUG)

    with caplog.at_level(logging.ERROR):
        log_bug(error, operation)

    (line,) = caplog.records
    assert line.getMessage() == (
        f"a bug in the field holder at depth 2, operation {named}"
    )
    assert line.exc_info is not None
    assert line.exc_info[1] is BUG


def test_so_is_one_of_which_nobody_says_where_it_was(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        log_bug(GraphQLError("x", original_error=BUG))

    (line,) = caplog.records
    assert line.getMessage() == (
        "a bug in the field unknown at depth 0, operation without a name"
    )
