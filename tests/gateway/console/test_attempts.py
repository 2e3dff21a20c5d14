"""An attempt to sign in comes back once, in time, to the browser that began it."""

from gateway.console.attempts import LIFE_SECONDS, MOST, Attempts


class Clock:
    """A clock that is put forward by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_attempt_is_taken_once() -> None:
    attempts = Attempts(Clock())
    state, begun = attempts.begin("bureau", "https://gateway.example/back")

    assert attempts.take(state, begun.cookie) == begun
    assert attempts.take(state, begun.cookie) is None


def test_an_attempt_of_another_browser_is_over() -> None:
    attempts = Attempts(Clock())
    state, begun = attempts.begin("bureau", "https://gateway.example/back")

    assert attempts.take(state, None) is None
    assert attempts.take(state, begun.cookie) is None


def test_an_attempt_ends_by_itself() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    state, begun = attempts.begin("bureau", "https://gateway.example/back")

    clock.now = LIFE_SECONDS

    assert attempts.take(state, begun.cookie) is None


def test_the_oldest_makes_room() -> None:
    attempts = Attempts(Clock())
    first, begun = attempts.begin("bureau", "https://gateway.example/back")
    for _ in range(MOST):
        attempts.begin("bureau", "https://gateway.example/back")

    assert attempts.take(first, begun.cookie) is None


def test_the_challenge_is_that_of_rfc_7636() -> None:
    _, begun = Attempts(Clock()).begin("bureau", "https://gateway.example/back")
    known = type(begun)(
        "bureau", "", "", "", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    )

    assert known.challenge == ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    assert begun.verifier not in repr(begun)
