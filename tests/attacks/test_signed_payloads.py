"""A signature vouches for its bytes, its person, its moment and its question only."""

import asyncio
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from connectors.agency import Agency
from connectors.answer import Answer, SourceOutcome
from connectors.connector import Reply
from connectors.elements import Told
from connectors.manifest_endpoint import Protocol
from policy.catalogue import load_catalogue
from policy.identity import Identity, IdType, parse_identity
from signing.envelope import Envelope, PayloadType
from signing.sign import sign, sign_detached
from tests.attacks.upstream import asked, asking, http, sends, serving
from tests.connectors.agency import (
    BUNDLE,
    KEY,
    NOW,
    OTHER,
    RECORD,
    SIGNED_AT,
    ZHANG,
    manifest,
    record,
)
from tests.connectors.guard.slow_agency import Notes

HOLDER, SOMEBODY_ELSE = parse_identity(ZHANG), parse_identity(OTHER)
UNVERIFIED = SourceOutcome.UNVERIFIED
NFC, NFD = "Zoë", unicodedata.normalize("NFD", "Zoë")
RESPONSE_FORM = (
    ('form = "record"', 'form = "response"'),
    ("[response]\n", '[request]\nnonce = "n"\n[response]\nnonce = "n"\n'),
    ('absence = "absence"\n', ""),
)
UNCACHED = ("[signature]", "[cache]\nttl_seconds = 0\n[signature]")
NAMED = ('level = "level"', 'level = "level"\nholder_name = "name"')


@dataclass
class Wire:
    """An agency's wire in an attacker's hands: it holds replies until two are there."""

    replies: Mapping[Identity, tuple[Envelope, ...]]
    swaps: bool = False
    nonces: list[str | None] = field(default_factory=lambda: [None, None])
    waiting: list[Identity] = field(default_factory=list)
    both: asyncio.Event = field(default_factory=asyncio.Event)

    def can_ask(self, _id_type: IdType) -> bool:
        return True

    async def fetch(
        self,
        holders: Sequence[Identity],
        told: Told | None = None,  # noqa: ARG002 - tells nobody
    ) -> Reply:
        (holder,) = holders
        self.waiting.append(holder)
        if len(self.waiting) == len(self.replies):
            self.both.set()
        await self.both.wait()
        others = [other for other in self.waiting if other != holder]
        about = others[0] if self.swaps else holder
        mine = self.nonces[self.waiting.index(holder)]
        return Reply([self.replies[about]], mine)

    async def probe(self) -> None:
        """Speak."""


def agency_of(wire: Wire, *changes: tuple[str, str], at: datetime = NOW) -> Agency:
    return Agency(
        manifest(UNCACHED, *changes),
        wire,
        bundle=BUNDLE,
        catalogue=load_catalogue(),
        observer=Notes(),
        clock=lambda: at,
    )


async def answer_to(
    envelope: Envelope, *changes: tuple[str, str], at: datetime = NOW
) -> Answer:
    agency = agency_of(Wire({HOLDER: (envelope,)}), *changes, at=at)
    (answer,) = await agency.ask([HOLDER], 5.0)
    return answer


def codes(answer: Answer) -> list[str]:
    return [refusal.code for refusal in answer.refusals]


def jws(payload: bytes) -> Envelope:
    return sign(payload, KEY, type=PayloadType.RECORD, signed_at=SIGNED_AT)


def detached(body: bytes) -> Envelope:
    return sign_detached(body, KEY, type=PayloadType.RESPONSE, signed_at=SIGNED_AT)


def of_bodies(nonce: str, *numbers: str) -> bytes:
    """Return the signed body of an agency that signs whole answers."""
    results = [
        {"idNumber": n, "records": [{**RECORD, "id": n, "number": f"of {n}"}]}
        for n in numbers
    ]
    return json.dumps({"n": nonce, "results": results}, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("signed", "sent"),
    [
        pytest.param(b'{"a":1,"b":2}', b'{"b":2,"a":1}', id="another order of keys"),
        pytest.param(b'{"a":1,"b":2}', b'{"a": 1, "b": 2}', id="white space"),
        pytest.param('{"a":"é"}'.encode(), b'{"a":"\\u00e9"}', id="an escape"),
        pytest.param(NFC.encode(), NFD.encode(), id="another normal form"),
        pytest.param(b'{"a":1}', b'{"a":1}\n', id="a line feed after it"),
        pytest.param(b'{"a":1}', b'{"a":0}', id="one bit"),
    ],
)
@pytest.mark.parametrize("is_detached", [True, False])
async def test_what_means_the_same_is_not_what_was_signed(
    signed: bytes, sent: bytes, *, is_detached: bool
) -> None:
    if is_detached:
        envelope = Envelope(detached(signed).signature, sent)
        answer = await answer_to(envelope, *RESPONSE_FORM)
    else:
        head, _, signature = jws(signed).signature.split(b".")
        _, payload, _ = jws(sent).signature.split(b".")
        answer = await answer_to(Envelope(b".".join((head, payload, signature))))

    assert (answer.outcome, codes(answer)) == (UNVERIFIED, ["BAD_SIGNATURE"])


@pytest.mark.parametrize("name", [NFC, NFD])
async def test_a_name_is_kept_in_the_normal_form_that_was_signed(name: str) -> None:
    answer = await answer_to(record({**RECORD, "name": name}), NAMED)

    assert [c.record.holder_name for c in answer.certificates] == [name]


async def test_a_signature_of_another_record_of_the_agency_is_none_of_this() -> None:
    mine = record().signature.rpartition(b".")[0]
    others = record({**RECORD, "number": "0000124"}).signature.rpartition(b".")[2]

    answer = await answer_to(Envelope(mine + b"." + others))

    assert codes(answer) == ["BAD_SIGNATURE"]


async def test_another_persons_record_of_the_agency_is_none_of_mine() -> None:
    answer = await answer_to(record({**RECORD, "id": OTHER}))

    assert (answer.certificates, codes(answer)) == ((), ["WRONG_HOLDER"])


async def test_two_answers_swapped_on_the_way_are_both_refused() -> None:
    replies = {
        HOLDER: (record(),),
        SOMEBODY_ELSE: (record({**RECORD, "id": OTHER}),),
    }

    straight = await both_asked(agency_of(Wire(replies)))
    swapped = await both_asked(agency_of(Wire(replies, swaps=True)))

    assert [a.outcome for a in straight] == [SourceOutcome.ANSWERED] * 2
    assert [(a.certificates, codes(a)) for a in swapped] == [((), ["WRONG_HOLDER"])] * 2


async def test_two_signed_bodies_swapped_on_the_way_are_both_refused() -> None:
    """Each body names both people, so only the nonce tells them apart."""
    nonces: list[str | None] = ["first", "second"]
    replies = {
        HOLDER: (detached(of_bodies("first", ZHANG, OTHER)),),
        SOMEBODY_ELSE: (detached(of_bodies("second", ZHANG, OTHER)),),
    }

    straight = await both_asked(agency_of(Wire(replies, nonces=nonces), *RESPONSE_FORM))
    swapped = await both_asked(
        agency_of(Wire(replies, swaps=True, nonces=nonces), *RESPONSE_FORM)
    )

    assert [a.outcome for a in straight] == [SourceOutcome.ANSWERED] * 2
    assert [(a.certificates, codes(a)) for a in swapped] == [((), ["REPLAYED"])] * 2


async def both_asked(agency: Agency) -> list[Answer]:
    """Ask about two people in two requests at once."""
    asks = (agency.ask([person], 5.0) for person in (HOLDER, SOMEBODY_ELSE))
    return [answer for (answer,) in await asyncio.gather(*asks)]


@pytest.mark.parametrize(
    ("age", "outcome"),
    [
        pytest.param(timedelta(minutes=59), SourceOutcome.ANSWERED, id="before"),
        pytest.param(timedelta(minutes=61), UNVERIFIED, id="after"),
    ],
)
async def test_a_record_signed_before_a_revocation_is_believed_for_its_max_age_only(
    age: timedelta, outcome: SourceOutcome
) -> None:
    """The manifest's ``max_age_seconds`` is an hour: the price of records signed once.

    Nothing in such a record can say that a later one exists, so this is the longest
    that whoever stands between us and the agency can hold a revocation back.
    """
    answer = await answer_to(record(signed_at=NOW), at=NOW + age)

    assert answer.outcome is outcome


async def test_a_body_signed_over_a_nonce_cannot_be_sent_again_at_all() -> None:
    wire = Wire(
        {HOLDER: (detached(of_bodies("of a moment ago", ZHANG)),)}, nonces=["of now"]
    )

    (answer,) = await agency_of(wire, *RESPONSE_FORM).ask([HOLDER], 5.0)

    assert codes(answer) == ["REPLAYED"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param((), id="no signature"),
        pytest.param(
            (
                'Signature-Input: s=("@status");created=1;keyid="transport-1"',
                "Signature: s=:AAAA:",
            ),
            id="a message signature without content-digest",
        ),
        pytest.param(
            (
                'Signature-Input: s=("@status" "content-digest");created=1',
                "Content-Digest: sha-256=:AAAA:",
                "Signature: s=:AAAA:",
            ),
            id="a message signature with content-digest",
        ),
    ],
)
async def test_another_kind_of_signature_vouches_for_nothing(
    headers: tuple[str, ...],
) -> None:
    body = of_bodies("n", ZHANG)
    async with (
        serving(sends(http(body, *headers))) as upstream,
        asking(upstream.url, *RESPONSE_FORM) as agency,
    ):
        answer = await asked(agency)

    assert (answer.certificates, codes(answer)) == ((), ["UNREADABLE_ANSWER"])


def test_no_protocol_brings_xml_along() -> None:
    """No SOAP, so no signature wrapping, no external entity and no entity bomb."""
    of_json = {"rest", "graphql", "national-exchange", "tif", "licence-store"}
    assert set(Protocol) == of_json | {"collected"}
