"""An answer counts for the question that it was signed for, and for no other."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from connectors.agency import Agency
from connectors.answer import Answer, SourceOutcome
from connectors.binding import Bound
from connectors.errors import ManifestError
from connectors.manifest import Manifest
from connectors.null_observer import NullObserver
from connectors.registry import open_agency
from policy.catalogue import load_catalogue
from policy.identity import Identity, parse_identity
from signing import base64url
from signing.envelope import PayloadType
from signing.sign import sign, sign_detached
from tests.connectors.agency import (
    BUNDLE,
    KEY,
    NOW,
    OTHER,
    RECORD,
    SIGNED_AT,
    ZHANG,
    manifest,
)

A, B = parse_identity(ZHANG), parse_identity(OTHER)
BINDS = (
    "[signature]",
    '[cache]\nttl_seconds = 0\n[binding]\naudience = "us"\n[signature]',
)
HEADER = ('audience = "us"', 'audience = "us"\nnonce_header = "X-Nonce"')
WHOLE = (
    ('form = "record"', 'form = "response"'),
    ('absence = "absence"\n', ""),
)
Changed = Callable[[dict[str, object]], dict[str, object] | None]
"""What becomes of a binding before it is signed."""


def as_it_is(binding: dict[str, object]) -> dict[str, object]:
    return binding


@dataclass
class BindingAgency:
    """An agency that binds, and does with that what a test says."""

    changed: Changed = as_it_is
    signs_whole: bool = False
    hangs_up: int = 0
    """On so many questions it closes the connection."""
    is_silent: bool = False
    answers: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    replays: int | None = None
    """Of which earlier answer it sends the same bytes again."""
    questions: list[bytes] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.questions.append(body)
        if len(self.questions) <= self.hangs_up:
            assert request.transport is not None
            request.transport.close()
        if self.is_silent:
            await asyncio.Event().wait()
        if self.replays is not None:
            answer, headers = self.answers[self.replays]
        else:
            answer, headers = self._answer(body, request.headers.get("X-Nonce"))
            self.answers.append((answer, headers))
        return web.Response(
            body=answer, headers=headers, content_type="application/json"
        )

    def _answer(self, body: bytes, nonce: str | None) -> tuple[bytes, dict[str, str]]:
        question: dict[str, Any] = json.loads(body)
        digest = base64url.encode(hashlib.sha256(body).digest()).decode()
        binding = self.changed(
            {
                "question": digest,
                "nonce": nonce or question["nonce"],
                "aud": "us",
                "sequence": 41,
            }
        )
        bound = {} if binding is None else {"binding": binding}
        numbers = [holder["idNumber"] for holder in question["holders"]]
        if self.signs_whole:
            results = [
                {"idNumber": number, "records": [{**RECORD, "id": number}]}
                for number in numbers
            ]
            text = json.dumps({"results": results, **bound}).encode()
            envelope = sign_detached(
                text, KEY, type=PayloadType.RESPONSE, signed_at=SIGNED_AT
            )
            return text, {"JWS-Signature": envelope.signature.decode()}
        results = []
        for number in numbers:
            content = json.dumps({**RECORD, "id": number, **bound}).encode()
            one = sign(content, KEY, type=PayloadType.RECORD, signed_at=SIGNED_AT)
            token = one.signature.decode()
            results.append({"idNumber": number, "records": [token]})
        return json.dumps({"results": results}).encode(), {}


@asynccontextmanager
async def serving(agency: BindingAgency) -> AsyncIterator[str]:
    """Serve an agency; yield where."""
    app = web.Application()
    app.router.add_post("/records", agency.handle)
    runner = web.AppRunner(app, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/records"
    await runner.cleanup()


@asynccontextmanager
async def asking(
    *agencies: BindingAgency, changes: tuple[tuple[str, str], ...] = ()
) -> AsyncIterator[Agency]:
    """Ask ``agencies`` as one that has an address for each of them."""
    async with AsyncExitStack() as stack:
        first, *more = [await stack.enter_async_context(serving(a)) for a in agencies]
        urls = f'url = "{first}"'
        urls += "".join(f'\nsecond_url = "{other}"' for other in more)
        session = await stack.enter_async_context(
            aiohttp.ClientSession(auto_decompress=False)
        )
        agency = open_agency(
            manifest(('url = "http://127.0.0.1:1/records"', urls), BINDS, *changes),
            session=session,
            bundle=BUNDLE,
            catalogue=load_catalogue(),
            observer=NullObserver(),
            clock=lambda: NOW,
        )
        yield agency
        await agency.close()


async def asked(agency: Agency, *holders: Identity) -> list[Answer]:
    return await agency.ask(holders or [A], 5.0)


def codes(answers: list[Answer]) -> list[list[str]]:
    return [[refusal.code for refusal in answer.refusals] for answer in answers]


@pytest.mark.parametrize("signs_whole", [False, True])
@pytest.mark.parametrize("is_in_header", [False, True])
async def test_an_answer_to_our_question_is_believed(
    *, signs_whole: bool, is_in_header: bool
) -> None:
    server = BindingAgency(signs_whole=signs_whole)
    changes = ((HEADER,) if is_in_header else ()) + (WHOLE if signs_whole else ())

    async with asking(server, changes=changes) as agency:
        (answer,) = await asked(agency)

    (certificate,) = answer.certificates
    assert (answer.outcome, answer.sequence) == (SourceOutcome.ANSWERED, 41)
    assert isinstance(certificate.bound, Bound)
    assert certificate.bound.is_whole
    assert (b"nonce" in server.questions[0]) is not is_in_header


@pytest.mark.parametrize("signs_whole", [False, True])
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (lambda _: None, "NOT_BOUND"),
        (lambda b: {**b, "question": None}, "NOT_BOUND"),
        (lambda b: {k: v for k, v in b.items() if k != "nonce"}, "NOT_BOUND"),
        (lambda b: {**b, "aud": 1}, "NOT_BOUND"),
        (lambda b: {**b, "aud": "them"}, "OTHER_AUDIENCE"),
        (lambda b: {**b, "aud": ""}, "OTHER_AUDIENCE"),
        (lambda b: {**b, "question": b["question"] + "="}, "OTHER_QUESTION"),
        (lambda b: {**b, "question": ""}, "OTHER_QUESTION"),
        (lambda b: {**b, "nonce": "b2xk"}, "REPLAYED"),
        (lambda b: {**b, "sequence": -1}, "MALFORMED_RECORD"),
        (lambda b: {**b, "sequence": "9"}, "MALFORMED_RECORD"),
        (lambda b: {**b, "sequence": True}, "MALFORMED_RECORD"),
    ],
)
async def test_what_is_bound_to_something_else_is_refused_by_name(
    changed: Changed, code: str, *, signs_whole: bool
) -> None:
    server = BindingAgency(changed, signs_whole)

    async with asking(server, changes=WHOLE if signs_whole else ()) as agency:
        answers = await asked(agency)

    assert codes(answers) == [[code]]
    assert answers[0].certificates == ()
    assert answers[0].outcome is SourceOutcome.UNVERIFIED


@pytest.mark.parametrize("signs_whole", [False, True])
async def test_the_answer_of_another_day_about_the_same_person_is_refused(
    *, signs_whole: bool
) -> None:
    server = BindingAgency(signs_whole=signs_whole)

    async with asking(server, changes=WHOLE if signs_whole else ()) as agency:
        first = await asked(agency)
        server.replays = 0
        again = await asked(agency)
        server.replays = None
        afterwards = await asked(agency)

    assert codes(first + again + afterwards) == [[], ["OTHER_QUESTION"], []]


async def test_it_is_so_where_both_questions_are_the_same_bytes() -> None:
    server = BindingAgency()

    async with asking(server, changes=(HEADER,)) as agency:
        await asked(agency)
        server.replays = 0
        again = await asked(agency)

    assert server.questions[0] == server.questions[1]
    assert codes(again) == [["REPLAYED"]]


async def test_the_answer_about_another_person_is_refused() -> None:
    server = BindingAgency()

    async with asking(server) as agency:
        await asked(agency, A)
        text = server.answers[0][0].replace(
            f'"{ZHANG}"'.encode(), f'"{OTHER}"'.encode()
        )
        server.answers[0] = text, {}
        server.replays = 0
        about_another = await asked(agency, B)

    assert codes(about_another) == [["OTHER_QUESTION"]]


async def test_people_of_one_question_share_its_binding() -> None:
    server = BindingAgency()

    async with asking(server) as agency:
        answers = await asked(agency, A, B)

    bound = {one.bound for answer in answers for one in answer.certificates}
    assert [answer.outcome for answer in answers] == [SourceOutcome.ANSWERED] * 2
    assert (len(bound), len(server.questions)) == (1, 1)


async def test_people_of_one_question_cannot_be_exchanged() -> None:
    """The binding is right for both, so it is the record that names the person."""
    server = BindingAgency()
    honest = server._answer

    def swapped(body: bytes, nonce: str | None) -> tuple[bytes, dict[str, str]]:
        text, headers = honest(body, nonce)
        results = json.loads(text)["results"]
        one, other = (result["records"] for result in results)
        results[0]["records"], results[1]["records"] = other, one
        return json.dumps({"results": results}).encode(), headers

    server._answer = swapped  # type: ignore[method-assign]
    async with asking(server) as agency:
        answers = await asked(agency, A, B)

    assert codes(answers) == [["WRONG_HOLDER"], ["WRONG_HOLDER"]]


async def test_requests_that_share_a_call_share_its_binding() -> None:
    server = BindingAgency()
    people = [
        parse_identity(number)
        for number in (ZHANG, OTHER, "31019919970319013X", "310199199112050143")
    ]

    async with asking(server) as agency:
        asking_all = [agency.ask([person], 5.0) for person in people * 3]
        found = [answer for (answer,) in await asyncio.gather(*asking_all)]

    assert {answer.outcome for answer in found} == {SourceOutcome.ANSWERED}
    assert len(server.questions) <= len(people)


async def test_a_question_that_is_sent_again_is_the_same_question() -> None:
    server = BindingAgency(hangs_up=1)

    async with asking(server) as agency:
        answers = await asked(agency)

    assert codes(answers) == [[]]
    assert len(server.questions) == 2
    assert server.questions[0] == server.questions[1]


async def test_a_second_address_is_asked_a_question_of_its_own() -> None:
    gone, there = BindingAgency(hangs_up=9), BindingAgency()

    async with asking(gone, there) as agency:
        answers = await asked(agency)

    assert codes(answers) == [[]]
    assert gone.questions
    assert there.questions[0] not in gone.questions


async def test_of_two_answers_that_which_comes_is_judged_by_its_own_question() -> None:
    first, second = BindingAgency(), BindingAgency()

    async with asking(first, second) as agency:
        for _ in range(25):
            # Until it is known what is late.
            await asked(agency)
        first.is_silent = True
        hedged = await asked(agency)
        first.is_silent = False
        second.replays = 0
        afterwards = await asked(agency)

    assert codes(hedged + afterwards) == [[], []]
    assert first.questions[-2] != second.questions[0]


def changed(*changes: tuple[str, str]) -> Manifest:
    return manifest(BINDS, *changes)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            (BINDS[0], "[binding]\nnonce = 'n'\n[signature]"),
            "[binding] has no audience",
        ),
        (
            (BINDS[0], "[binding]\naudience = 'a b'\n[signature]"),
            "audience",
        ),
        (
            (BINDS[0], "[binding]\naudience = 'a'\nnonce = 'holders'\n[signature]"),
            "binding.nonce is 'holders', which is the list of people",
        ),
        (
            (BINDS[0], "[binding]\naudience = 'a'\nnonce_header = 'Host'\n[signature]"),
            "binding.nonce_header is 'Host', which stands for something else",
        ),
        (
            (
                BINDS[0],
                (
                    "[request.elements]\nofficer = 'nonce'\n"
                    "[binding]\naudience = 'a'\n[signature]"
                ),
            ),
            "request.elements has 'nonce'",
        ),
    ],
)
def test_a_binding_that_cannot_be_is_refused(
    change: tuple[str, str], says: str
) -> None:
    with pytest.raises(ManifestError) as refused:
        manifest(change)

    assert says in str(refused.value)


def test_a_binding_needs_no_nonce_beside_its_own() -> None:
    with pytest.raises(ManifestError, match="a bound answer repeats a nonce already"):
        changed(
            *WHOLE,
            ("[response]\n", '[request]\nnonce = "n"\n[response]\nnonce = "n"\n'),
        )


def test_nobody_is_asked_so_nothing_is_bound() -> None:
    with pytest.raises(ManifestError, match="nothing is bound; remove it"):
        changed(
            ('protocol = "rest"', 'protocol = "collected"'),
            ('url = "http://127.0.0.1:1/records"\n', ""),
        )
