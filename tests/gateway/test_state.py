"""A request's state: begun once, and nobody's until a caller is named."""

from typing import Any

import pytest

from bureau.caller import Caller
from gateway.request_state import RequestState, begin_request, request_id_of, request_of

CALLER = Caller(id="bureau:hr-platform", scopes=frozenset())


def test_what_is_written_to_a_request_is_read_from_its_scope() -> None:
    scope: dict[str, Any] = {"type": "http"}
    begin_request(scope, "r-1").caller = CALLER

    request = request_of(scope)

    assert (request.id, request.caller, request.is_stream) == ("r-1", CALLER, False)


def test_what_the_server_keeps_in_a_scope_stays_there() -> None:
    scope: dict[str, Any] = {"type": "http", "state": {"of the server": 1}}

    begin_request(scope, "r-1")

    assert scope["state"]["of the server"] == 1


def test_a_named_caller_is_known() -> None:
    assert RequestState("r-1", CALLER).known_caller is CALLER


def test_a_request_of_nobody_has_no_known_caller() -> None:
    with pytest.raises(LookupError):
        _ = RequestState("r-1").known_caller


def test_a_request_that_was_begun_has_an_id() -> None:
    scope: dict[str, Any] = {"type": "http"}
    begin_request(scope, "r-1")

    assert request_id_of(scope) == "r-1"


def test_a_request_that_was_not_begun_has_none() -> None:
    assert request_id_of({"type": "http"}) is None
