"""An answer is the sum of what verified: nothing else becomes a certificate."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from connectors.agency import Agency
from connectors.answer import Answer, SourceOutcome
from connectors.connector import Reply
from connectors.errors import UnreachableError
from policy.catalogue import load_catalogue
from policy.identity import Identity, IdType, parse_identity
from signing.envelope import Envelope
from signing.trust import KeyState, TrustBundle
from tests.connectors.agency import (
    BUNDLE,
    KEY,
    NOW,
    OTHER,
    RECORD,
    ZHANG,
    absence,
    manifest,
    record,
    response,
    signing_key,
    trusted,
)
from tests.connectors.slow_agency import Notes

HOLDER = parse_identity(ZHANG)
SECOND = {**RECORD, "number": "0000124", "level": "x"}
TAMPERED = Envelope(record().signature[:-8] + b"AAAAAAAA")
RESPONSE_FORM = (
    ('form = "record"', 'form = "response"'),
    ("[response]\n", '[request]\nnonce = "n"\n[response]\nnonce = "n"\n'),
    ('absence = "absence"\n', ""),
)
SUSPENDED = ('id = "transport"', 'id = "transport"\naccount = "FROZEN"')


@dataclass
class Sends:
    """A connector that sends what it is given."""

    envelopes: tuple[Envelope, ...]
    nonce: str | None = None
    asked: list[Sequence[Identity]] = field(default_factory=list)

    def can_ask(self, id_type: IdType) -> bool:
        return id_type is not IdType.PASSPORT

    async def fetch(self, holders: Sequence[Identity]) -> Reply:
        self.asked.append(holders)
        return Reply([self.envelopes] * len(holders), self.nonce)

    async def probe(self) -> None:
        raise UnreachableError


def agency_of(
    connector: Sends,
    *changes: tuple[str, str],
    bundle: TrustBundle = BUNDLE,
    now: datetime = NOW,
) -> Agency:
    return Agency(
        manifest(*changes),
        connector,
        bundle=bundle,
        catalogue=load_catalogue(),
        observer=Notes(),
        clock=lambda: now,
    )


async def asked(agency: Agency, holder: Identity = HOLDER) -> Answer:
    (answer,) = await agency.ask([holder], 5.0)
    return answer


def codes(answer: Answer) -> list[str]:
    return [refusal.code for refusal in answer.refusals]


async def test_records_that_verify_are_certificates_with_their_proof() -> None:
    answer = await asked(agency_of(Sends((record(), record(SECOND)))))

    assert answer.outcome is SourceOutcome.ANSWERED
    assert [
        (c.record.number, c.proof.key.kid, c.attestation.institution)
        for c in answer.certificates
    ] == [
        ("0000123", "transport-1", "shanghai-transport-qualification-centre"),
        ("0000124", "transport-1", "shanghai-transport-qualification-centre"),
    ]


async def test_a_signed_absence_is_none() -> None:
    answer = await asked(agency_of(Sends((absence(),))))

    assert (answer.outcome, answer.refusals) == (SourceOutcome.NONE, ())


async def test_an_absence_that_nobody_signed_is_not_believed() -> None:
    answer = await asked(agency_of(Sends(())))

    assert (answer.outcome, codes(answer)) == (
        SourceOutcome.UNVERIFIED,
        ["UNSIGNED_ABSENCE"],
    )


@pytest.mark.parametrize(
    ("envelope", "code"),
    [
        pytest.param(TAMPERED, "BAD_SIGNATURE", id="tampered"),
        pytest.param(record(key=signing_key("other")), "UNKNOWN_KEY", id="unknown key"),
        pytest.param(
            record(signed_at=NOW - timedelta(hours=2)), "STALE", id="replayed"
        ),
        pytest.param(
            record(signed_at=NOW + timedelta(hours=2)), "SIGNED_IN_FUTURE", id="clock"
        ),
        pytest.param(record({**RECORD, "id": OTHER}), "WRONG_HOLDER", id="swapped"),
        pytest.param(absence(OTHER), "WRONG_HOLDER", id="another person's absence"),
        pytest.param(record({"id": ZHANG}), "MALFORMED_RECORD", id="no record"),
        pytest.param(record([]), "MALFORMED_RECORD", id="about nobody"),
        pytest.param(response({}), "WRONG_TYPE", id="another form"),
        pytest.param(Envelope(b"not a jws"), "MALFORMED", id="not signed"),
    ],
)
async def test_what_does_not_verify_is_a_finding_and_no_certificate(
    envelope: Envelope, code: str
) -> None:
    answer = await asked(agency_of(Sends((envelope,))))

    assert (answer.outcome, answer.certificates, codes(answer)) == (
        SourceOutcome.UNVERIFIED,
        (),
        [code],
    )


async def test_a_good_record_is_shown_beside_a_refused_one() -> None:
    answer = await asked(agency_of(Sends((record(), TAMPERED))))

    assert (answer.outcome, len(answer.certificates), codes(answer)) == (
        SourceOutcome.UNVERIFIED,
        1,
        ["BAD_SIGNATURE"],
    )


async def test_an_absence_beside_a_record_contradicts_it() -> None:
    answer = await asked(agency_of(Sends((record(), absence()))))

    assert (answer.outcome, codes(answer)) == (
        SourceOutcome.UNVERIFIED,
        ["CONTRADICTION"],
    )


async def test_a_signed_body_must_repeat_the_nonce() -> None:
    body = {"n": "mine", "results": [{"idNumber": ZHANG, "records": [RECORD]}]}
    sent = (response(body),)

    fresh = await asked(agency_of(Sends(sent, "mine"), *RESPONSE_FORM))
    replayed = await asked(agency_of(Sends(sent, "another"), *RESPONSE_FORM))

    assert [fresh.outcome, replayed.outcome] == [
        SourceOutcome.ANSWERED,
        SourceOutcome.UNVERIFIED,
    ]
    assert codes(replayed) == ["REPLAYED"]


async def test_a_signed_body_that_leaves_the_person_out_is_not_believed() -> None:
    body = {"n": "mine", "results": [{"idNumber": OTHER, "records": []}]}

    answer = await asked(agency_of(Sends((response(body),), "mine"), *RESPONSE_FORM))

    assert codes(answer) == ["UNSIGNED_ABSENCE"]


async def test_another_persons_record_inside_a_signed_body_is_not_believed() -> None:
    swapped = {**RECORD, "id": OTHER}
    body = {"n": "mine", "results": [{"idNumber": ZHANG, "records": [swapped]}]}

    answer = await asked(agency_of(Sends((response(body),), "mine"), *RESPONSE_FORM))

    assert (answer.certificates, codes(answer)) == ((), ["WRONG_HOLDER"])


@pytest.mark.parametrize(
    ("envelope", "code"),
    [
        pytest.param(record({**RECORD, "id": "12345678"}), [], id="its own type"),
        pytest.param(absence("12345678"), [], id="an absence of its own type"),
    ],
)
async def test_a_number_is_believed_for_its_own_id_type(
    envelope: Envelope, code: list[str]
) -> None:
    permit = Identity(IdType.TAIWAN_COMPATRIOT_PERMIT, "12345678")

    answer = await asked(agency_of(Sends((envelope,))), permit)

    assert codes(answer) == code


@pytest.mark.parametrize(
    "envelope",
    [
        pytest.param(record({**RECORD, "id": "12345678"}), id="a record"),
        pytest.param(absence("12345678"), id="an absence"),
    ],
)
async def test_the_same_number_of_another_id_type_is_another_person(
    envelope: Envelope,
) -> None:
    home_return = Identity(IdType.HOME_RETURN_PERMIT, "12345678")

    answer = await asked(agency_of(Sends((envelope,))), home_return)

    assert codes(answer) == ["WRONG_HOLDER"]


async def test_a_suspended_agency_is_not_asked() -> None:
    connector = Sends((record(),))

    answer = await asked(agency_of(connector, SUSPENDED))

    assert (answer.outcome, connector.asked) == (SourceOutcome.SUSPENDED, [])


async def test_an_id_type_the_agency_does_not_know_is_skipped() -> None:
    connector = Sends((record(),))
    passport = Identity(IdType.PASSPORT, "E1234567")

    answers = await agency_of(connector).ask([passport, HOLDER], 5.0)

    assert [a.outcome for a in answers] == [
        SourceOutcome.SKIPPED,
        SourceOutcome.ANSWERED,
    ]
    assert connector.asked == [[HOLDER]]


async def test_a_record_seen_before_is_refused_once_its_key_is_not_in_force() -> None:
    agency = agency_of(
        Sends((record(),)), ("[signature]", "[cache]\nttl_seconds = 0\n[signature]")
    )
    before = await asked(agency)
    agency._bundle = TrustBundle.of([trusted(KEY, state=KeyState.COMPROMISED)])

    after = await asked(agency)

    assert [before.outcome, after.outcome] == [
        SourceOutcome.ANSWERED,
        SourceOutcome.UNVERIFIED,
    ]
    assert codes(after) == ["KEY_NOT_IN_FORCE"]


async def test_a_kept_answer_is_asked_for_again_once_its_key_is_not_in_force() -> None:
    connector = Sends((record(),))
    agency = agency_of(connector)
    await asked(agency)
    agency._bundle = TrustBundle.of([trusted(KEY, state=KeyState.SUSPENDED)])

    after = await asked(agency)

    assert (after.outcome, len(connector.asked)) == (SourceOutcome.UNVERIFIED, 2)


async def test_health_follows_the_last_answer() -> None:
    connector = Sends((record(),))
    agency = agency_of(
        connector, ("[signature]", "[cache]\nttl_seconds = 0\n[signature]")
    )
    states = [agency.health.is_answering]
    await asked(agency)
    states.append(agency.health.is_answering)
    connector.envelopes = (TAMPERED,)
    await asked(agency)
    states.append(agency.health.is_answering)

    assert states == [None, True, False]


async def test_a_probe_says_whether_the_server_speaks() -> None:
    assert await agency_of(Sends(())).probe() is False
