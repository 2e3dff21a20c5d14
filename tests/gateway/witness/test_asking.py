"""Witnesses are asked over real sockets; what is wrong with one is an outcome."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from connectors.errors import StoreUnavailableError
from gateway.clock import utc_now
from gateway.transparency.witnesses import Outcome, Trouble, ask_witnesses
from signing.transparency.checkpoints import NoteSigner, read_checkpoint
from signing.transparency.merkle import leaf_hash
from signing.transparency.notes import Kind, Note
from signing.transparency.policies import Policy, QuorumError
from signing.transparency.witnessing import read_submission
from tests.gateway.witness.running import (
    Handler,
    Log,
    Place,
    acting,
    policy_of,
    serving,
    settle,
)
from tests.ports import free_port
from tests.signing.transparency.cosigning import LOG, signer
from tests.signing.transparency.trees import of_size

TREE = of_size(300)
FORK = of_size(300)
FORK.leaves[2] = leaf_hash(b"another")
SHOWN = Log(LOG)
ACTOR = signer("actor.example", Kind.COSIGNATURE_ED25519)
STRANGER = signer("actor.example", Kind.COSIGNATURE_ED25519, "another key")
NOWHERE = "http://127.0.0.1:{}"


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    settled = settle(tmp_path / "witness", "w.example/1", [LOG.key])
    async with serving(settled):
        yield settled


def of_actor(url: str, signer_: NoteSigner = ACTOR) -> Policy:
    return policy_of(SHOWN, f"witness A {signer_.key} {url}\n", quorum="A")


async def asked(handle: Handler, seconds: float = 5.0, size: int = 9) -> Outcome:
    """Return what comes of asking a witness that does what it likes."""
    async with acting(handle) as url, aiohttp.ClientSession() as opened:
        (outcome,) = await SHOWN.show(
            TREE, size, of_actor(url), opened, utc_now(), seconds=seconds
        )
    assert (outcome.url, outcome.names) == (url, ("A",))
    return outcome


def answering(status: int, body: bytes | str, **headers: str) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        await request.read()
        raw = body.encode() if isinstance(body, str) else body
        return web.Response(status=status, body=raw, headers=headers)

    return handle


def cosigning(*signers: NoteSigner, late: timedelta = timedelta(0)) -> Handler:
    """Return what agrees with everything, by these signatures."""

    async def handle(request: web.Request) -> web.Response:
        submission = read_submission(await request.read())
        checkpoint, _ = read_checkpoint(submission.note.encode())
        lines = [one.sign(checkpoint, utc_now() + late) for one in signers]
        return web.Response(text="".join(f"{line}\n" for line in lines))

    return handle


async def test_a_log_is_cosigned_as_it_grows_by_both_keys(
    place: Place, session: aiohttp.ClientSession
) -> None:
    policy = policy_of(SHOWN, place.lines("E", "M"), "group Q all E M\n", quorum="Q")
    seen: dict[str, int] = {}
    for size in (0, 1, 7, 7, 256, 300):
        now = utc_now()
        (outcome,) = await SHOWN.show(TREE, size, policy, session, now, seen=seen)

        assert outcome.trouble is None, outcome
        assert (outcome.names, outcome.seen) == (("E", "M"), size)
        checkpoint = SHOWN.checkpoint(TREE, size)
        text, own = SHOWN.signed(checkpoint, now)
        accepted = policy.accept(checkpoint, Note(text, [*own, *outcome.signatures]))
        assert [*accepted.witnesses] == ["E", "M"]
        seen = {outcome.url: size}


@pytest.mark.parametrize("thought", [0, 3, 7, 8, 20, 400])
async def test_a_witness_says_from_where_to_go_on(
    place: Place, session: aiohttp.ClientSession, thought: int
) -> None:
    policy = policy_of(SHOWN, place.lines("E"), quorum="E")
    await SHOWN.show(TREE, 7, policy, session, utc_now())

    (outcome,) = await SHOWN.show(
        TREE, 20, policy, session, utc_now(), seen={place.url: thought}
    )

    assert (outcome.trouble, outcome.seen, len(outcome.signatures)) == (None, 20, 1)


async def test_two_gateways_of_one_log_ask_one_witness(
    place: Place, session: aiohttp.ClientSession
) -> None:
    policy = policy_of(SHOWN, place.lines("E"), quorum="E")
    asking = [
        SHOWN.show(TREE, size, policy, session, utc_now()) for size in range(100, 120)
    ]

    outcomes = [outcome for (outcome,) in await asyncio.gather(*asking)]

    assert {one.trouble for one in outcomes} <= {None, Trouble.AHEAD, Trouble.REFUSED}
    assert any(one.signatures for one in outcomes)


@pytest.mark.parametrize("size", [20, 21, 300])
async def test_another_history_is_a_conflict_and_gets_no_signature(
    place: Place, session: aiohttp.ClientSession, size: int
) -> None:
    policy = policy_of(SHOWN, place.lines("E"), quorum="E")
    await SHOWN.show(TREE, 20, policy, session, utc_now())

    (outcome,) = await SHOWN.show(FORK, size, policy, session, utc_now())

    assert (outcome.trouble, outcome.signatures) == (Trouble.CONFLICT, ())
    assert "does not go with its past" in place.log


async def test_a_log_that_was_restored_from_a_copy_is_behind(
    place: Place, session: aiohttp.ClientSession
) -> None:
    policy = policy_of(SHOWN, place.lines("E"), quorum="E")
    await SHOWN.show(TREE, 20, policy, session, utc_now())

    (outcome,) = await SHOWN.show(TREE, 19, policy, session, utc_now())

    assert (outcome.trouble, outcome.seen) == (Trouble.AHEAD, 20)


async def test_a_log_that_a_witness_does_not_know_is_refused(
    place: Place, session: aiohttp.ClientSession
) -> None:
    other = Log(signer("other.example/log", Kind.ED25519))
    policy = policy_of(other, place.lines("E"), quorum="E")

    (outcome,) = await other.show(TREE, 20, policy, session, utc_now())

    assert (outcome.trouble, outcome.detail) == (Trouble.REFUSED, "HTTP 404")


async def test_one_that_is_away_takes_nothing_from_the_others(
    place: Place, session: aiohttp.ClientSession
) -> None:
    async with acting(cosigning(ACTOR)) as url:
        policy = policy_of(
            SHOWN,
            f"witness X {STRANGER.key} {NOWHERE.format(free_port('127.0.0.1'))}\n",
            place.lines("E"),
            f"witness A {ACTOR.key} {url}\n",
            f"witness U {signer('u.example', Kind.COSIGNATURE_ED25519).key}\n",
            "group Q 2 X E A U\n",
            quorum="Q",
        )
        outcomes = await SHOWN.show(TREE, 20, policy, session, utc_now())

    assert [one.trouble for one in outcomes] == [Trouble.AWAY, None, None]
    checkpoint = SHOWN.checkpoint(TREE, 20)
    text, own = SHOWN.signed(checkpoint, utc_now())
    lines = [line for one in outcomes for line in one.signatures]
    policy.accept(checkpoint, Note(text, [*own, *lines]))
    with pytest.raises(QuorumError) as refused:
        policy.accept(checkpoint, Note(text, [*own, *lines[:1]]))
    assert refused.value.missing == ("X", "A", "U")


@pytest.mark.parametrize("late", [timedelta(minutes=-6), timedelta(minutes=6)])
async def test_a_witness_with_a_wrong_clock_is_not_believed(late: timedelta) -> None:
    outcome = await asked(cosigning(ACTOR, late=late))

    assert (outcome.trouble, outcome.signatures) == (Trouble.WRONG_CLOCK, ())


@pytest.mark.parametrize("late", [timedelta(minutes=-4), timedelta(minutes=4)])
async def test_clocks_may_differ_a_little(late: timedelta) -> None:
    assert (await asked(cosigning(ACTOR, late=late))).trouble is None


async def test_signatures_of_others_are_passed_over() -> None:
    outcome = await asked(cosigning(STRANGER, ACTOR))

    assert [one.is_of(ACTOR.key) for one in outcome.signatures] == [True]


LINE = ACTOR.sign(SHOWN.checkpoint(TREE, 9), utc_now())
OF_ANOTHER = ACTOR.sign(SHOWN.checkpoint(TREE, 8), utc_now())


@pytest.mark.parametrize(
    ("handle", "trouble"),
    [
        pytest.param(cosigning(STRANGER), Trouble.UNSIGNED, id="another key"),
        pytest.param(
            answering(200, f"{OF_ANOTHER}\n"), Trouble.FORGED, id="over another"
        ),
        pytest.param(
            answering(200, f"{LINE._replace(value=bytes(72))}\n"),
            Trouble.FORGED,
            id="a bad signature",
        ),
        pytest.param(
            answering(200, f"{LINE}\n{LINE._replace(value=bytes(72))}\n"),
            Trouble.FORGED,
            id="a right one and a bad one",
        ),
        pytest.param(
            answering(200, f"{LINE}\n{LINE}\n"), Trouble.ILLEGIBLE, id="one twice"
        ),
        pytest.param(answering(200, f"{LINE}"), Trouble.ILLEGIBLE, id="cut off"),
        pytest.param(answering(200, ""), Trouble.ILLEGIBLE, id="nothing"),
        pytest.param(answering(200, "\n"), Trouble.ILLEGIBLE, id="an empty line"),
        pytest.param(answering(200, b"\xff\n"), Trouble.ILLEGIBLE, id="no UTF-8"),
        pytest.param(
            answering(200, f"{LINE}\n" * 17), Trouble.ILLEGIBLE, id="too many lines"
        ),
        pytest.param(
            answering(200, b"x" * 65_537), Trouble.ILLEGIBLE, id="too many bytes"
        ),
        pytest.param(
            answering(200, b"x", **{"Content-Encoding": "gzip"}),
            Trouble.ILLEGIBLE,
            id="packed",
        ),
        *(
            pytest.param(answering(409, body), Trouble.ILLEGIBLE, id=f"size {body!r}")
            for body in ("", "7", "07\n", "-7\n", "７\n", "7\n\n", "9" * 5000 + "\n")
        ),
        pytest.param(answering(409, "0\n"), Trouble.CONFLICT, id="where we were"),
        pytest.param(answering(409, "10\n"), Trouble.AHEAD, id="ahead"),
        pytest.param(answering(422, ""), Trouble.CONFLICT, id="no proof, it says"),
        *(
            pytest.param(answering(status, "x"), Trouble.REFUSED, id=f"HTTP {status}")
            for status in (201, 204, 400, 403, 404, 413, 429, 500, 503)
        ),
    ],
)
async def test_a_witness_that_lies_is_an_outcome(
    handle: Handler, trouble: Trouble
) -> None:
    outcome = await asked(handle)

    assert (outcome.trouble, outcome.signatures) == (trouble, ())


async def test_a_redirect_is_not_followed() -> None:
    async with acting(cosigning(ACTOR)) as elsewhere:
        for status in (301, 302, 307, 308):
            moved = answering(status, "", Location=f"{elsewhere}/add-checkpoint")

            outcome = await asked(moved)

            told = (outcome.trouble, outcome.detail)
            assert told == (Trouble.REFUSED, f"HTTP {status}")


async def test_one_that_says_another_size_each_time_is_given_up() -> None:
    sizes = iter(range(1, 9))
    requests = 0

    async def handle(_: web.Request) -> web.Response:
        nonlocal requests
        requests += 1
        return web.Response(status=409, text=f"{next(sizes)}\n")

    outcome = await asked(handle)

    assert (outcome.trouble, requests) == (Trouble.REFUSED, 3)
    assert (outcome.seen, outcome.detail) == (3, "it says another size each time")


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x" * 1000)


async def dripping(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x")
        await asyncio.sleep(0.05)


async def silent(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(60)
    return web.Response()


async def breaking_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "100"})
    await response.prepare(request)
    await response.write(b"x")
    assert request.transport is not None
    request.transport.abort()
    return response


@pytest.mark.parametrize(
    ("handle", "trouble"),
    [
        (endless, Trouble.ILLEGIBLE),
        (dripping, Trouble.LATE),
        (silent, Trouble.LATE),
        (breaking_off, Trouble.AWAY),
    ],
)
async def test_an_answer_without_end_is_cut_by_size_or_time(
    handle: Handler, trouble: Trouble
) -> None:
    outcome = await asked(handle, seconds=0.5)

    assert (outcome.trouble, outcome.signatures) == (trouble, ())


@pytest.mark.parametrize(
    ("url", "told"),
    [
        *(
            (url, "this is no address of http or https")
            for url in ("nothing", "ftp://a.example", "http://", "//x", "http://[::1")
        ),
        ("http://a b", "ClientConnectorDNSError"),
    ],
)
async def test_an_address_that_is_none_is_away(
    url: str, told: str, session: aiohttp.ClientSession
) -> None:
    policy = of_actor(url.replace(" ", "%20"))

    (outcome,) = await SHOWN.show(TREE, 9, policy, session, utc_now())

    assert (outcome.trouble, outcome.detail) == (Trouble.AWAY, told)


async def test_a_log_that_shows_each_witness_another_history_has_no_quorum(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    places = [settle(tmp_path / name, name, [LOG.key]) for name in ("w1", "w2", "w3")]
    async with AsyncExitStack() as stack:
        for one in places:
            await stack.enter_async_context(serving(one))
        lines = [one.lines(f"W{number}") for number, one in enumerate(places)]
        alone = [policy_of(SHOWN, line, quorum=f"W{n}") for n, line in enumerate(lines)]
        majority = policy_of(SHOWN, *lines, "group Q 2 W0 W1 W2\n", quorum="Q")
        for policy, tree in zip(alone[:2], (TREE, FORK), strict=True):
            (outcome,) = await SHOWN.show(tree, 20, policy, session, utc_now())
            assert outcome.trouble is None

        told = [
            await SHOWN.show(tree, 30, majority, session, utc_now())
            for tree in (TREE, FORK)
        ]

    troubles = [[one.trouble for one in outcomes] for outcomes in told]
    # Whom it shows one of them first has seen one history; the third sees the first.
    assert troubles == [
        [None, Trouble.CONFLICT, None],
        [Trouble.CONFLICT, None, Trouble.CONFLICT],
    ]


async def test_a_log_that_cannot_be_proved_is_the_caller_s_trouble(
    session: aiohttp.ClientSession,
) -> None:
    checkpoint = SHOWN.checkpoint(TREE, 9)

    async def prove(_old: int, _new: int) -> list[bytes]:
        raise StoreUnavailableError("gone")

    async with acting(silent) as url:
        policy = policy_of(
            SHOWN,
            f"witness A {ACTOR.key} {url}\n",
            f"witness B {STRANGER.key} {url}/b\n",
            quorum="A",
        )
        with pytest.raises(StoreUnavailableError, match="gone"):
            await ask_witnesses(
                SHOWN.signed(checkpoint, utc_now()),
                checkpoint,
                prove,
                policy,
                session,
                now=utc_now,
            )
        assert asyncio.all_tasks() - {asyncio.current_task()} == set()
