"""One transfer of a stream at a time, and each request once."""

from datetime import timedelta
from typing import Any, cast

import pytest

from connectors.errors import StoreUnavailableError
from gateway.callers.single_use import UsedTokens
from gateway.collection.intake import Intake
from gateway.collection.refusal import WANTED, IntakeError, Problem
from gateway.collection.signature import MAX_NONCE_CHARACTERS, Message, verify_request
from tests.gateway.collection.senders import NOW, bundle, changed, key, message


def intake() -> Intake:
    nothing = cast("Any", None)
    return Intake(
        live=nothing,
        used=nothing,
        positions=nothing,
        handlers={},
        options=nothing,
        reports=nothing,
        clock=lambda: NOW,
    )


def test_a_stream_is_sent_once_at_a_time_and_again_after_that() -> None:
    taking = intake()

    with taking.turn("fire", "records"):
        with pytest.raises(IntakeError) as refused, taking.turn("fire", "records"):
            pass
        with taking.turn("fire", "states"), taking.turn("transport", "records"):
            pass
    with pytest.raises(LookupError), taking.turn("fire", "records"):
        raise LookupError
    with taking.turn("fire", "records"):
        pass

    assert refused.value.problem is Problem.TOO_MANY_TRANSFERS
    assert taking.under_way == set()


class Used:
    """Implements ``UsedTokens``: knows one that was used, and may be away."""

    def __init__(self, *, is_away: bool = False) -> None:
        self.asked: list[tuple[str, str, float, float]] = []
        self._is_away = is_away

    async def use(self, issuer: str, jti: str, until: float, now: float) -> bool:
        if self._is_away:
            raise StoreUnavailableError("away")
        self.asked.append((issuer, jti, until, now))
        return len(self.asked) == 1


async def problem_of(used: UsedTokens) -> Problem | None:
    signed = verify_request(message(), bundle(), NOW)
    try:
        await signed.use_once(used, NOW)
    except IntakeError as error:
        return error.problem
    return None


async def test_a_nonce_is_good_once_for_its_key_and_as_long_as_its_moment_is() -> None:
    used = Used()

    found = [await problem_of(used), await problem_of(used)]

    assert found == [None, Problem.REPLAYED]
    now = NOW.timestamp()
    assert used.asked[0] == (f"collect:{key().kid}", "n-1", now + 600, now)


async def test_where_nobody_knows_whether_it_was_used_it_is_not_taken() -> None:
    assert await problem_of(Used(is_away=True)) is Problem.UNAVAILABLE


def refusal(sent: Message) -> Problem | None:
    try:
        verify_request(sent, bundle(), NOW)
    except IntakeError as error:
        return error.problem
    return None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (';nonce="n-1"', ';nonce="n"', Problem.BAD_SIGNATURE),
        (';nonce="n-1"', ";nonce=1", Problem.MALFORMED_SIGNATURE),
        ('"key-eddsa"', "1", Problem.MALFORMED_SIGNATURE),
        (";created=", ';created=1;expires="x";was=', Problem.MALFORMED_SIGNATURE),
        (";created=", ";expires=1;created=", Problem.OUTSIDE_WINDOW),
        (
            ';nonce="n-1"',
            f';nonce="{"n" * MAX_NONCE_CHARACTERS}"',
            Problem.BAD_SIGNATURE,
        ),
        (
            ';nonce="n-1"',
            f';nonce="{"n" * (MAX_NONCE_CHARACTERS + 1)}"',
            Problem.MALFORMED_SIGNATURE,
        ),
        ("sig=(", 'sig=1, sig=("@status" ', Problem.MALFORMED_SIGNATURE),
    ],
)
def test_a_parameter_that_is_not_what_it_has_to_be_is_refused(
    old: str, new: str, problem: Problem
) -> None:
    assert refusal(changed(message(), "signature-input", old, new)) is problem


def test_a_signature_that_expires_is_good_to_that_very_second() -> None:
    now = int(NOW.timestamp())

    def expiring(seconds: int) -> Problem | None:
        more = f";expires={now + seconds};created="
        return refusal(changed(message(), "signature-input", ";created=", more))

    # The parameter is signed, too: what is not too late is no longer what was signed.
    assert (expiring(-1), expiring(0)) == (
        Problem.OUTSIDE_WINDOW,
        Problem.BAD_SIGNATURE,
    )


def test_white_space_around_a_header_is_none_of_what_was_signed() -> None:
    sent = message()
    fields = [(name, f" \t{value} \t") for name, value in sent.fields]

    assert refusal(Message(sent.method, sent.url, fields)) is None


@pytest.mark.parametrize("problem", Problem)
def test_a_refusal_says_what_to_do_next(problem: Problem) -> None:
    found = IntakeError(problem, "so").response()
    headers = {name.lower(): value for name, value in found.headers.items()}

    assert headers["content-type"] == "application/problem+json"
    assert (b'"detail":"so"' in found.body) is True
    assert b'"type":"about:blank"' in found.body
    asks = found.status_code == 401
    assert headers.get("accept-signature") == (WANTED if asks else None)
    assert headers.get("www-authenticate") == ("Signature" if asks else None)
    waits = {
        Problem.TOO_MANY_TRANSFERS: "1",
        Problem.OVERLOADED: "1",
        Problem.UNAVAILABLE: "5",
        Problem.NO_ROOM: "60",
    }
    assert headers.get("retry-after") == waits.get(problem)
    ends = problem in (Problem.TOO_SLOW, Problem.TOO_LARGE, Problem.NO_ROOM)
    assert headers.get("connection") == ("close" if ends else None)


def test_a_refusal_without_more_to_say_has_no_detail() -> None:
    assert b"detail" not in IntakeError(Problem.CUT_OFF).response().body


def test_what_was_signed_long_ago_is_refused_by_a_second() -> None:
    late = message(at=NOW - timedelta(seconds=301))

    assert refusal(late) is Problem.OUTSIDE_WINDOW
