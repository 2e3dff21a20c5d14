"""An answer is the sum of what verified: nothing else becomes a certificate."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.agency import Agency
from connectors.answer import Answer, SourceOutcome
from connectors.connector import Reply
from connectors.elements import Told
from connectors.errors import UnreachableError
from policy.catalogue import load_catalogue
from policy.identity import Identity, IdType, parse_identity
from signing.envelope import Envelope
from signing.trust import KeyState, TrustBundle
from tests.connectors.agency import (
    BUNDLE,
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
from tests.connectors.guard.slow_agency import Notes

HOLDER = parse_identity(ZHANG)
SECOND = {**RECORD, "number": "0000124", "level": "x"}
TAMPERED = Envelope(record().signature[:-8] + b"AAAAAAAA")
RESPONSE_FORM = (
    ('form = "record"', 'form = "response"'),
    ("[response]\n", '[request]\nnonce = "n"\n[response]\nnonce = "n"\n'),
    ('absence = "absence"\n', ""),
)


@dataclass
class Sends:
    """A connector that sends what it is given."""

    envelopes: tuple[Envelope, ...]
    nonce: str | None = None
    asked: list[Sequence[Identity]] = field(default_factory=list)

    def can_ask(self, id_type: IdType) -> bool:
        return id_type is not IdType.PASSPORT

    async def fetch(
        self,
        holders: Sequence[Identity],
        told: Told | None = None,  # noqa: ARG002 - tells nobody
    ) -> Reply:
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


COUNTING = ('state = "state"', 'state = "state"\nheld = "held"')
ONE_OF_TWO = record({**RECORD, "held": 2})
OTHER_OF_TWO = record({**SECOND, "held": 2})


@pytest.mark.parametrize(
    ("envelopes", "outcome", "is_complete", "code"),
    [
        pytest.param(
            (ONE_OF_TWO, OTHER_OF_TWO), SourceOutcome.ANSWERED, True, [], id="both"
        ),
        pytest.param(
            (ONE_OF_TWO,), SourceOutcome.UNVERIFIED, False, ["INCOMPLETE"], id="one"
        ),
        pytest.param(
            (ONE_OF_TWO, ONE_OF_TWO),
            SourceOutcome.UNVERIFIED,
            False,
            ["INCOMPLETE"],
            id="one, twice",
        ),
        pytest.param(
            (ONE_OF_TWO, TAMPERED),
            SourceOutcome.UNVERIFIED,
            False,
            ["BAD_SIGNATURE"],
            id="one and a refused one",
        ),
        pytest.param((record(),), SourceOutcome.ANSWERED, False, [], id="not counted"),
        pytest.param((absence(),), SourceOutcome.NONE, True, [], id="an absence"),
    ],
)
async def test_an_answer_is_complete_if_signed_bytes_say_so(
    envelopes: tuple[Envelope, ...],
    outcome: SourceOutcome,
    is_complete: bool,
    code: list[str],
) -> None:
    answer = await asked(agency_of(Sends(envelopes), COUNTING))

    assert (answer.outcome, answer.is_complete, codes(answer)) == (
        outcome,
        is_complete,
        code,
    )


async def test_a_signed_body_is_complete() -> None:
    body = {"n": "mine", "results": [{"idNumber": ZHANG, "records": [RECORD]}]}

    answer = await asked(agency_of(Sends((response(body),), "mine"), *RESPONSE_FORM))

    assert answer.is_complete


async def test_the_same_bytes_twice_are_one_certificate() -> None:
    same = record()

    answer = await asked(agency_of(Sends((same, same))))

    assert len(answer.certificates) == 1


async def test_a_kept_absence_is_asked_for_again_once_it_is_stale() -> None:
    connector = Sends((absence(),))
    agency = agency_of(
        connector, ("[signature]", "[cache]\nttl_seconds = 3600\n[signature]")
    )
    await asked(agency)
    agency._clock = lambda: NOW + timedelta(days=60)

    after = await asked(agency)

    assert (after.outcome, len(connector.asked)) == (SourceOutcome.UNVERIFIED, 2)


async def test_a_shared_body_is_read_once_for_all_its_people() -> None:
    bodies = response({"n": "mine", "results": "x"})
    connector = Sends((bodies,), "mine")
    people = [HOLDER, parse_identity(OTHER)]

    answers = await agency_of(connector, *RESPONSE_FORM).ask(people, 5.0)

    assert [codes(answer) for answer in answers] == [["MALFORMED_RECORD"]] * 2
    assert answers[0].refusals[0] is answers[1].refusals[0]


@pytest.mark.parametrize("account", ["FROZEN", "COLLECTION_CANCELLED"])
async def test_a_suspended_agency_is_not_asked(account: str) -> None:
    connector = Sends((record(),))
    state = ('id = "transport"', f'id = "transport"\naccount = "{account}"')

    answer = await asked(agency_of(connector, state))

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


def changed(**changes: Any) -> TrustBundle:
    return TrustBundle.of([replace(trusted(), **changes)])


OUT_OF_FORCE = [
    pytest.param(changed(state=KeyState.RETIRED), "KEY_NOT_IN_FORCE", id="key retired"),
    pytest.param(
        changed(state=KeyState.SUSPENDED), "KEY_NOT_IN_FORCE", id="key suspended"
    ),
    pytest.param(
        changed(state=KeyState.COMPROMISED), "KEY_NOT_IN_FORCE", id="key compromised"
    ),
    pytest.param(
        changed(not_after=NOW - timedelta(seconds=1)),
        "KEY_OUTSIDE_WINDOW",
        id="window over",
    ),
    pytest.param(TrustBundle({}), "UNKNOWN_KEY", id="key taken out"),
    pytest.param(
        changed(public_key=signing_key().private_key.public_key()),
        "BAD_SIGNATURE",
        id="another key of this kid",
    ),
    pytest.param(changed(scope=frozenset({"1.1"})), "OUT_OF_SCOPE", id="scope cut"),
    pytest.param(
        changed(institution="shanghai-fire-training-detachment"),
        "FOREIGN_KEY",
        id="of another institution",
    ),
]


@pytest.mark.parametrize(("bundle", "code"), OUT_OF_FORCE)
async def test_a_record_seen_before_is_judged_by_the_bundle_of_now(
    bundle: TrustBundle, code: str
) -> None:
    agency = agency_of(
        Sends((record(),)), ("[signature]", "[cache]\nttl_seconds = 0\n[signature]")
    )
    before = await asked(agency)
    agency._reader.bundle = bundle

    after = await asked(agency)

    assert [before.outcome, after.outcome] == [
        SourceOutcome.ANSWERED,
        SourceOutcome.UNVERIFIED,
    ]
    assert (after.certificates, codes(after)) == ((), [code])


@pytest.mark.parametrize(("bundle", "code"), OUT_OF_FORCE)
async def test_a_kept_answer_is_asked_for_again_under_the_bundle_of_now(
    bundle: TrustBundle, code: str
) -> None:
    connector = Sends((record(),))
    agency = agency_of(connector)
    await asked(agency)
    agency._reader.bundle = bundle

    after = await asked(agency)

    assert (after.certificates, codes(after)) == ((), [code])
    assert len(connector.asked) == 2


async def test_a_record_seen_before_that_is_still_in_force_is_not_read_again() -> None:
    agency = agency_of(
        Sends((record(),)), ("[signature]", "[cache]\nttl_seconds = 0\n[signature]")
    )

    before, after = [await asked(agency) for _ in range(2)]

    assert after.certificates[0].proof is before.certificates[0].proof


async def test_an_attestation_is_of_the_key_that_signed() -> None:
    """What is kept of a key is not kept for another key of its name."""
    agency = agency_of(
        Sends((record(),)), ("[signature]", "[cache]\nttl_seconds = 0\n[signature]")
    )
    before = await asked(agency)
    wider = frozenset({"4-02-01-01", "1.1"})
    agency._reader.bundle = changed(scope=wider)

    after = await asked(agency)

    assert [answer.certificates[0].attestation.scope for answer in (before, after)] == [
        {"4-02-01-01"},
        wider,
    ]


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
