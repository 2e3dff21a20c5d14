"""Sessions end when they should, are bounded, and are known by random ids alone."""

import pytest

from gateway.console.sessions import Sessions
from gateway.settings.console import Console

OPTIONS = Console(session_seconds=60, session_most_seconds=100, sessions=2)


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="sessions")
def _sessions(clock: Clock) -> Sessions:
    return Sessions(OPTIONS, clock)


def is_open(sessions: Sessions, id_: str) -> bool:
    return sessions.of(id_) is not None


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(59, True, id="the last second"),
        pytest.param(60, False, id="unused too long"),
    ],
)
def test_a_session_that_is_not_used_ends(
    sessions: Sessions, clock: Clock, seconds: int, *, expected: bool
) -> None:
    id_ = sessions.begin("token")

    clock.now += seconds

    assert is_open(sessions, id_) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(49, True, id="the last second"),
        pytest.param(50, False, id="whatever it is used for"),
    ],
)
def test_a_session_that_is_used_ends_all_the_same(
    sessions: Sessions, clock: Clock, seconds: int, *, expected: bool
) -> None:
    id_ = sessions.begin("token")
    clock.now += 50
    assert is_open(sessions, id_)

    clock.now += seconds

    assert is_open(sessions, id_) == expected


def test_a_session_ends_with_its_token(sessions: Sessions, clock: Clock) -> None:
    id_ = sessions.begin("token", ends_at=clock.now + 10)

    clock.now += 10

    assert not is_open(sessions, id_)
    assert len(sessions) == 0


def test_sessions_that_are_over_are_not_counted(
    sessions: Sessions, clock: Clock
) -> None:
    sessions.begin("token")
    assert len(sessions) == 1

    clock.now += 60

    assert len(sessions) == 0


def test_one_more_than_allowed_ends_the_one_unused_longest(
    sessions: Sessions, clock: Clock
) -> None:
    first, second = sessions.begin("a"), sessions.begin("b")
    clock.now += 1
    sessions.of(first)

    third = sessions.begin("c")

    assert [is_open(sessions, one) for one in (first, second, third)] == [
        True,
        False,
        True,
    ]
    assert len(sessions) == 2


def test_an_ended_session_is_nobodys(sessions: Sessions) -> None:
    id_ = sessions.begin("token")

    sessions.end(id_)
    sessions.end("none")

    assert not is_open(sessions, id_)


def test_a_form_token_is_of_one_session_and_one_process(
    sessions: Sessions, clock: Clock
) -> None:
    one, other = sessions.begin("a"), sessions.begin("b")
    token = sessions.form_token(one)

    assert sessions.is_form_token(one, token)
    assert not sessions.is_form_token(other, token)
    assert not sessions.is_form_token(one, "é")
    assert not Sessions(OPTIONS, clock).is_form_token(one, token)


def test_neither_id_nor_token_is_told_by_a_session(sessions: Sessions) -> None:
    id_ = sessions.begin("secret-token")

    assert "secret-token" not in repr(sessions.of(id_))
    assert id_ not in repr(vars(sessions))
