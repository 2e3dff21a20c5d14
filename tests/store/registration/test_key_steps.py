"""A key is proved, approved, rotated, retired, and compromised from a moment on."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.registration.connector import Connector
from connectors.registration.keys import (
    RegisteredKeyState,
    fingerprint_of,
    trusted_key,
)
from connectors.registration.lifecycle import Step
from connectors.registration.refusals import RefusalCode, RegistrationError
from connectors.registration.rules import Configured, StepRequest
from signing.algorithms import Algorithm
from signing.envelope import PayloadType
from signing.sign import SigningKey, sign
from signing.sm2.keys import SignatureForm
from signing.sm2.sign import Sm2PrivateKey
from signing.trust import KeyState, TrustBundle
from tests.store.registration.office import (
    AGENCY,
    ITEM,
    NOON,
    OPERATOR,
    SECOND,
    STRANGER,
    Office,
    make_key,
    named,
    open_office,
    proof_of,
    stated,
)

DAY = timedelta(days=1)
FIRE_BODY = "shanghai-fire-training-detachment"
FIRE_MANIFEST = (
    named("fire")
    .replace(
        "shanghai-transport-qualification-centre", "shanghai-fire-training-detachment"
    )
    .replace('authority = "transport"', 'authority = "fire-rescue"')
)


@pytest.fixture(name="office")
def _office(engine: AsyncEngine) -> Office:
    return open_office(engine)


async def refusal(step: Awaitable[object]) -> tuple[RefusalCode, str]:
    with pytest.raises(RegistrationError) as refused:
        await step
    return refused.value.code, refused.value.detail


async def with_two_keys(office: Office) -> Connector:
    """Return an active connector with a second key that was approved."""
    active = await office.active()
    proved = await office.prove(active, make_key("transport-2"))
    return await office.office.keys.approve(office.step(proved, SECOND), "transport-2")


async def test_a_key_that_signed_its_challenge_is_the_connectors(
    office: Office,
) -> None:
    key = make_key("transport-1")
    proved = await office.prove(await office.drafted(), key)

    (kept,) = proved.keys
    assert (kept.kid, kept.state, kept.proved_by, kept.proved_at) == (
        *("transport-1", RegisteredKeyState.PROVED, "transport-office", NOON),
    )
    assert kept.stated == stated(key)


async def test_a_challenge_signed_by_another_key_proves_nothing(
    office: Office,
) -> None:
    draft, key = await office.drafted(), make_key("transport-1")
    challenge = await office.office.keys.challenge(AGENCY, draft.id, stated(key))
    forged = proof_of(challenge, make_key("transport-1"), NOON)

    found = await refusal(office.office.keys.prove(AGENCY, challenge.id, forged))
    assert found == (RefusalCode.PROOF_REFUSED, "BAD_SIGNATURE")
    kept = await office.store.connector(draft.id)
    assert kept == draft


@pytest.mark.parametrize(
    ("later", "code"),
    [
        pytest.param(timedelta(minutes=10), None, id="the last moment"),
        pytest.param(
            timedelta(minutes=10, microseconds=1), RefusalCode.CHALLENGE_LATE, id="late"
        ),
    ],
)
async def test_a_challenge_lasts_ten_minutes(
    office: Office, later: timedelta, code: RefusalCode | None
) -> None:
    draft, key = await office.drafted(), make_key("transport-1")
    challenge = await office.office.keys.challenge(AGENCY, draft.id, stated(key))
    office.clock.now += later
    proving = office.office.keys.prove(
        AGENCY, challenge.id, proof_of(challenge, key, office.clock.now)
    )

    if code is None:
        assert len((await proving).keys) == 1
    else:
        assert (await refusal(proving))[0] is code


async def test_a_challenge_is_answered_once(office: Office) -> None:
    draft, key = await office.drafted(), make_key("transport-1")
    challenge = await office.office.keys.challenge(AGENCY, draft.id, stated(key))
    proof = proof_of(challenge, key, NOON)
    prove = office.office.keys.prove

    outcomes = await asyncio.gather(
        prove(AGENCY, challenge.id, proof),
        prove(AGENCY, challenge.id, proof),
        return_exceptions=True,
    )

    refused = [o.code for o in outcomes if isinstance(o, RegistrationError)]
    assert refused == [RefusalCode.CHALLENGE_USED]


async def test_a_challenge_nobody_made_is_answered_by_nobody(office: Office) -> None:
    code, _ = await refusal(office.office.keys.prove(AGENCY, "none", "a.b.c"))
    assert code is RefusalCode.UNKNOWN_CHALLENGE


def signed(text: str, key: SigningKey, kind: PayloadType, at: datetime) -> str:
    return sign(text.encode(), key, type=kind, signed_at=at).signature.decode()


@pytest.mark.parametrize(
    ("kind", "changed", "at", "detail"),
    [
        pytest.param(
            PayloadType.RECORD, "", NOON, "WRONG_TYPE", id="as if it were a record"
        ),
        pytest.param(
            PayloadType.KEY_PROOF, " ", NOON, "another text was signed", id="changed"
        ),
        pytest.param(
            PayloadType.KEY_PROOF, "", NOON - DAY, "KEY_OUTSIDE_WINDOW", id="old"
        ),
    ],
)
async def test_a_proof_is_of_this_text_of_this_kind_and_now(
    office: Office, kind: PayloadType, changed: str, at: datetime, detail: str
) -> None:
    draft, key = await office.drafted(), make_key("transport-1")
    challenge = await office.office.keys.challenge(AGENCY, draft.id, stated(key))
    proof = signed(challenge.text + changed, key, kind, at)

    found = await refusal(office.office.keys.prove(AGENCY, challenge.id, proof))
    assert found == (RefusalCode.PROOF_REFUSED, detail)


async def test_a_key_of_another_institution_is_refused(office: Office) -> None:
    key = make_key("transport-1")
    await office.prove(await office.drafted(), key)
    fire = await office.drafted(manifest=FIRE_MANIFEST)
    renamed = SigningKey("fire-1", key.algorithm, key.private_key)

    code, _ = await refusal(office.prove(fire, renamed))
    assert code is RefusalCode.KEY_OF_ANOTHER_INSTITUTION


async def test_a_key_proved_by_another_meanwhile_is_refused(office: Office) -> None:
    key = make_key("transport-1")
    fire = await office.drafted(manifest=FIRE_MANIFEST)
    renamed = SigningKey("fire-1", key.algorithm, key.private_key)
    challenge = await office.office.keys.challenge(AGENCY, fire.id, stated(renamed))
    await office.prove(await office.drafted(), key)

    proof = proof_of(challenge, renamed, NOON)
    code, _ = await refusal(office.office.keys.prove(AGENCY, challenge.id, proof))
    assert code is RefusalCode.KEY_OF_ANOTHER_INSTITUTION


async def test_a_key_of_the_operators_file_is_refused(engine: AsyncEngine) -> None:
    key = make_key("of-the-file")
    known = (await open_office(engine).drafted()).id
    file = TrustBundle.of([trusted_key(stated(key), "fire-rescue", ())])
    office = open_office(engine, configured=Configured((), file))
    draft = await office.store.connector(known)
    assert draft is not None
    renamed = SigningKey("transport-1", key.algorithm, key.private_key)

    assert (await refusal(office.prove(draft, key)))[0] is RefusalCode.KEY_ID_TAKEN
    code, _ = await refusal(office.prove(draft, renamed))
    assert code is RefusalCode.KEY_OF_ANOTHER_INSTITUTION


async def test_a_key_is_registered_once(office: Office) -> None:
    key = make_key("transport-1")
    draft = await office.prove(await office.drafted(), key)
    renamed = SigningKey("transport-2", key.algorithm, key.private_key)

    code, _ = await refusal(office.prove(draft, make_key("transport-1")))
    assert code is RefusalCode.KEY_ID_TAKEN
    assert (await refusal(office.prove(draft, renamed)))[0] is RefusalCode.KEY_KNOWN


async def test_nobody_registers_a_key_for_another(office: Office) -> None:
    draft = await office.drafted()

    code, _ = await refusal(office.prove(draft, make_key("transport-1"), STRANGER))
    assert code is RefusalCode.NOT_YOURS


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"public_key": "no key"}, id="no PEM"),
        pytest.param({"kid": "名"}, id="a kid that no header takes"),
        pytest.param(
            {"kid": "310199-19600115-7008"}, id="an identity number for an id"
        ),
        pytest.param({"not_after": NOON}, id="over by now"),
        pytest.param({"not_after": NOON - 2 * DAY}, id="a window that ends first"),
        pytest.param({"not_before": datetime(2026, 1, 1)}, id="no time zone"),  # noqa: DTZ001 - that is the point
    ],
)
async def test_a_key_that_cannot_be_used_gets_no_challenge(
    office: Office, changes: dict[str, object]
) -> None:
    draft = await office.drafted()
    key = stated(make_key("transport-1"), **changes)

    code, _ = await refusal(office.office.keys.challenge(AGENCY, draft.id, key))
    assert code is RefusalCode.KEY_UNUSABLE


async def test_a_pem_is_kept_without_what_stood_around_it(office: Office) -> None:
    draft, key = await office.drafted(), make_key("transport-1")
    noisy = stated(key, public_key="a comment\n" + key.public_pem() + "\nmore")

    challenge = await office.office.keys.challenge(AGENCY, draft.id, noisy)
    assert challenge.key.public_key == key.public_pem()


async def test_a_later_key_is_believed_once_another_person_approved(
    office: Office,
) -> None:
    active = await office.active()
    proved = await office.prove(active, make_key("transport-2"), OPERATOR)
    key = proved.key("transport-2")
    assert key is not None
    assert key.trusted([ITEM]) is None
    approve = office.office.keys.approve

    own = approve(office.step(proved, OPERATOR), "transport-2")
    assert (await refusal(own))[0] is RefusalCode.SAME_OPERATOR
    approved = await approve(office.step(proved, SECOND), "transport-2")
    believed = approved.key("transport-2")
    assert believed is not None
    assert believed.is_in_force(NOON)


async def test_a_rotation_lets_both_keys_be_believed_for_a_while(
    office: Office,
) -> None:
    two = await with_two_keys(office)

    rotated = await office.office.keys.rotate(
        office.step(two), old="transport-1", new="transport-2", overlap=7 * DAY
    )

    old, new = rotated.keys
    assert [old.is_in_force(NOON + 7 * DAY), new.is_in_force(NOON + 7 * DAY)] == [
        True,
        True,
    ]
    assert not old.is_in_force(NOON + 7 * DAY + timedelta(microseconds=1))
    last = (await office.store.events(two.id))[-1]
    assert (last.step, dict(last.detail)) == (
        Step.ROTATE_KEY,
        {"key": "transport-1", "successor": "transport-2"},
    )


@pytest.mark.parametrize("days", [-1, 91])
async def test_an_overlap_has_its_limits(office: Office, days: int) -> None:
    two = await with_two_keys(office)

    rotated = office.office.keys.rotate(
        office.step(two), old="transport-1", new="transport-2", overlap=days * DAY
    )
    assert (await refusal(rotated))[0] is RefusalCode.MOMENT_UNUSABLE


async def test_a_key_nobody_approved_succeeds_no_other(office: Office) -> None:
    proved = await office.prove(await office.active(), make_key("transport-2"))

    rotated = office.office.keys.rotate(
        office.step(proved), old="transport-1", new="transport-2", overlap=DAY
    )
    assert (await refusal(rotated))[0] is RefusalCode.KEY_STATE


async def test_a_retired_key_was_believed_until_then(office: Office) -> None:
    active = await office.active()

    retired = await office.office.keys.retire(office.step(active), "transport-1")

    (key,) = retired.keys
    trusted = key.trusted([ITEM])
    assert trusted is not None
    assert (trusted.state, trusted.state_since) == (KeyState.RETIRED, NOON)
    again = office.office.keys.retire(office.step(retired), "transport-1")
    assert (await refusal(again))[0] is RefusalCode.KEY_STATE


async def test_a_compromise_holds_from_the_moment_that_is_stated(
    office: Office,
) -> None:
    active = await office.active()

    declared = await office.office.keys.compromise(
        office.step(active), "transport-1", NOON - DAY
    )

    (key,) = declared.keys
    assert (key.state, key.state_since) == (
        *(RegisteredKeyState.COMPROMISED, NOON - DAY),
    )


@pytest.mark.parametrize(
    "since",
    [NOON + timedelta(seconds=1), NOON.replace(tzinfo=None)],
    ids=["the future", "no time zone"],
)
async def test_a_compromise_is_of_the_past(office: Office, since: datetime) -> None:
    active = await office.active()

    declared = office.office.keys.compromise(office.step(active), "transport-1", since)
    assert (await refusal(declared))[0] is RefusalCode.MOMENT_UNUSABLE


async def test_a_compromise_becomes_older_and_never_younger(office: Office) -> None:
    connector = await office.active()
    for since in (NOON - DAY, NOON - 3 * DAY, NOON - 2 * DAY):
        connector = await office.office.keys.compromise(
            office.step(connector), "transport-1", since
        )

    assert connector.keys[0].state_since == NOON - 3 * DAY


async def test_a_key_of_a_retired_connector_can_turn_out_to_be_compromised(
    office: Office,
) -> None:
    active = await office.active()
    gone = await office.office.connectors.retire(office.step(active))

    declared = await office.office.keys.compromise(
        office.step(gone), "transport-1", NOON
    )
    assert declared.keys[0].state is RegisteredKeyState.COMPROMISED


async def test_a_key_that_is_not_there_is_refused(office: Office) -> None:
    active = await office.active()

    code, _ = await refusal(office.office.keys.retire(office.step(active), "other"))
    assert code is RefusalCode.UNKNOWN_KEY


async def test_a_step_on_a_key_needs_the_version_that_was_seen(office: Office) -> None:
    active = await office.active()
    asked = StepRequest(AGENCY, active.id, active.version - 1, "why")

    code, _ = await refusal(office.office.keys.retire(asked, "transport-1"))
    assert code is RefusalCode.CHANGED_MEANWHILE


def test_a_fingerprint_is_of_the_key_and_not_of_its_spelling() -> None:
    key = stated(make_key("transport-1"))
    wrapped = replace(key, kid="x", public_key="comment\n" + key.public_key)

    one, two = (trusted_key(k, "transport", ()) for k in (key, wrapped))
    assert fingerprint_of(one) == fingerprint_of(two)


def sm2_key(kid: str, signer_id: str, form: SignatureForm) -> SigningKey:
    private = Sm2PrivateKey.generate()
    return SigningKey(
        kid, Algorithm.SM2, private.used_as(private.public.used_as(signer_id, form))
    )


@pytest.mark.parametrize("form", [None, *SignatureForm])
@pytest.mark.parametrize("signer_id", [None, "", "上海市消防救援总队"])
async def test_a_key_of_sm2_states_its_signer_id_and_form(
    office: Office, signer_id: str | None, form: SignatureForm | None
) -> None:
    key = sm2_key(
        "transport-1",
        "1234567812345678" if signer_id is None else signer_id,
        form or SignatureForm.RAW,
    )
    draft = await office.drafted()
    said = stated(key, sm2_signer_id=signer_id, sm2_signature=form)
    challenge = await office.office.keys.challenge(AGENCY, draft.id, said)

    proved = await office.office.keys.prove(
        AGENCY, challenge.id, proof_of(challenge, key, NOON)
    )

    (kept,) = proved.keys
    assert kept.stated == said
    trusted = replace(kept, state=RegisteredKeyState.ACTIVE).trusted([])
    assert trusted is not None
    assert trusted.public_key == key.private_key.public_key()


@pytest.mark.parametrize(
    ("signs", "states", "why"),
    [
        (("", SignatureForm.RAW), (None, None), "it may be the signer id"),
        (("1234567812345678", SignatureForm.RAW), ("", None), "it may be the signer"),
        (("", SignatureForm.DER), ("", None), "64 expected"),
        (("", SignatureForm.RAW), ("", SignatureForm.DER), "sm2_signature = 'der'"),
    ],
)
async def test_a_proof_under_another_id_or_form_says_what_it_may_be(
    office: Office,
    signs: tuple[str, SignatureForm],
    states: tuple[str | None, SignatureForm | None],
    why: str,
) -> None:
    key, draft = sm2_key("transport-1", *signs), await office.drafted()
    said = stated(key, sm2_signer_id=states[0], sm2_signature=states[1])
    challenge = await office.office.keys.challenge(AGENCY, draft.id, said)

    code, detail = await refusal(
        office.office.keys.prove(AGENCY, challenge.id, proof_of(challenge, key, NOON))
    )

    assert code is RefusalCode.PROOF_REFUSED
    assert detail.startswith("BAD_SIGNATURE: ")
    assert why in detail


@pytest.mark.parametrize(
    ("of_sm2", "changes", "why"),
    [
        (False, {"sm2_signer_id": ""}, "sm2_signer_id is for keys of SM2 alone"),
        (False, {"sm2_signature": SignatureForm.DER}, "for keys of SM2 alone"),
        (True, {"sm2_signer_id": "x" * 8192}, "at most 8191"),
        (True, {"sm2_signer_id": "a\0"}, "characters that are none"),
        (True, {"sm2_signer_id": "\ud800"}, "characters that are none"),
        (True, {"sm2_signer_id": "11010519491231002X"}, "an identity number"),
    ],
)
async def test_an_id_or_form_that_cannot_be_is_refused_when_it_is_stated(
    office: Office, of_sm2: bool, changes: dict[str, Any], why: str
) -> None:
    key = sm2_key("transport-1", "", SignatureForm.RAW) if of_sm2 else make_key("a")
    draft = await office.drafted()

    code, detail = await refusal(
        office.office.keys.challenge(AGENCY, draft.id, stated(key, **changes))
    )

    assert code is RefusalCode.KEY_UNUSABLE
    assert why in detail
