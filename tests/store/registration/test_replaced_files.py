"""An agency of the operator's files gives way to a connector of its body, for good."""

from collections.abc import Awaitable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.manifest import Manifest, read_manifest
from connectors.registration.connector import Connector
from connectors.registration.lifecycle import ConnectorState
from connectors.registration.refusals import RefusalCode, RegistrationError
from connectors.registration.rules import Configured
from signing.sign import SigningKey
from signing.trust import KeyState, TrustBundle, TrustedKey
from tests.store.registration.office import (
    ITEM,
    NOON,
    OPERATOR,
    SECOND,
    Office,
    make_key,
    named,
    open_office,
)

FILE, NEW = "of-a-file", "transport"
BODY = "shanghai-transport-qualification-centre"
FIRE = Path("sandbox/agencies/fire-rescue.toml").read_text("utf-8")
FIRE_FILE = "fire-of-a-file"


def known(
    key: SigningKey, institution: str = BODY, state: KeyState = KeyState.ACTIVE
) -> TrustedKey:
    """Return a key of the operator's bundle."""
    return TrustedKey(
        kid=key.kid,
        institution=institution,
        algorithm=key.algorithm,
        public_key=load_pem_public_key(key.public_pem().encode()),  # type: ignore[arg-type]  # of this algorithm
        not_before=NOON.replace(year=2025),
        not_after=NOON.replace(year=2030),
        state=state,
        scope=frozenset({ITEM}),
    )


def files(*manifests: str, key: TrustedKey | None = None) -> Configured:
    """Return what the operator's files have."""
    keys = [known(make_key("of-the-bundle")) if key is None else key]
    return Configured([read_manifest(text) for text in manifests], TrustBundle.of(keys))


@pytest.fixture(name="office")
def _office(engine: AsyncEngine) -> Office:
    return open_office(engine, configured=files(named(FILE)))


async def refusal(step: Awaitable[object]) -> tuple[RefusalCode, str]:
    with pytest.raises(RegistrationError) as refused:
        await step
    return refused.value.code, refused.value.detail


async def submitted(office: Office, **changes: object) -> Connector:
    """Submit what takes the file's place; it signs with the key of the bundle."""
    draft = await office.drafted(**{"replaces": FILE, **changes})
    return await office.office.connectors.submit(office.step(draft))


async def active(office: Office, **changes: object) -> Connector:
    """Take the file's place."""
    steps = office.office.connectors
    one = await submitted(office, **changes)
    one = await steps.check(office.step(one, OPERATOR))
    one = await steps.approve(office.step(one, SECOND))
    return await steps.activate(office.step(one, SECOND))


async def test_a_file_gives_way_and_its_key_goes_on_to_sign(office: Office) -> None:
    before = await office.store.state()
    made = await active(office)
    after = await office.store.state()

    assert (made.state, made.keys) == (ConnectorState.ACTIVE, ())
    assert (before.replaced_files, after.replaced_files) == (
        *(frozenset(), frozenset({FILE})),
    )


async def test_it_does_not_come_back_when_its_successor_retires(
    office: Office,
) -> None:
    made = await active(office)
    await office.office.connectors.retire(office.step(made, SECOND))

    assert (await office.store.state()).replaced_files == frozenset({FILE})


async def test_its_successor_is_replaced_in_turn(
    office: Office,
) -> None:
    await active(office)
    made = await active(office, manifest=named("transport-2"), replaces=NEW)
    first = await office.store.connector(NEW)

    assert first is not None
    assert (first.state, made.state) == (ConnectorState.RETIRED, ConnectorState.ACTIVE)
    assert (await office.store.state()).replaced_files == frozenset({FILE})


async def test_its_id_stays_taken_when_the_file_is_gone(
    office: Office, engine: AsyncEngine
) -> None:
    await active(office)
    without = open_office(engine)

    code = await refusal(without.drafted(manifest=named(FILE)))
    assert code == (RefusalCode.ID_TAKEN, FILE)


async def test_a_file_gives_way_once(office: Office) -> None:
    made = await active(office)
    await office.office.connectors.retire(office.step(made, SECOND))

    again = submitted(office, manifest=named("transport-2"))

    assert await refusal(again) == (RefusalCode.REPLACES_UNUSABLE, f"'{FILE}'")


async def test_a_file_of_another_body_does_not_give_way(engine: AsyncEngine) -> None:
    office = open_office(engine, configured=files(named(FILE), FIRE))

    code = await refusal(submitted(office, replaces="fire-rescue"))

    assert code == (RefusalCode.REPLACES_UNUSABLE, "fire-rescue")


async def test_what_the_operator_froze_in_its_file_does_not_move_away(
    engine: AsyncEngine,
) -> None:
    frozen: Manifest = read_manifest(f'account = "FROZEN"\n{named(FILE)}')
    office = open_office(engine, configured=Configured([frozen], TrustBundle({})))

    code = await refusal(submitted(office))

    assert code == (RefusalCode.REPLACES_UNUSABLE, f"{FILE}: FROZEN")


async def test_rows_of_the_file_that_nobody_would_answer_for_are_not_left_out(
    engine: AsyncEngine,
) -> None:
    text = FIRE.replace("http://127.0.0.1:9103", "https://fire.example.cn")
    office = open_office(
        engine,
        configured=files(text.replace('id = "fire-rescue"', f'id = "{FIRE_FILE}"')),
    )

    left = submitted(office, manifest=text, items=("4-07-05-04.1",), replaces=FIRE_FILE)

    assert await refusal(left) == (RefusalCode.ROWS_LEFT_OUT, "4-07-05-04.2")


async def test_beside_another_file_of_the_body_none_gives_way(
    engine: AsyncEngine,
) -> None:
    office = open_office(engine, configured=files(named(FILE), named("beside")))

    assert await refusal(submitted(office)) == (
        *(RefusalCode.OVERLAPPING_CLAIM, "beside"),
    )


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(known(make_key("x"), "fire-rescue"), id="another body's"),
        pytest.param(known(make_key("x"), state=KeyState.RETIRED), id="retired"),
    ],
)
async def test_without_a_key_of_its_own_in_the_bundle_it_proves_one(
    engine: AsyncEngine, key: TrustedKey
) -> None:
    office = open_office(engine, configured=files(named(FILE), key=key))
    code = await refusal(submitted(office))
    draft = await office.store.connector(NEW)
    assert draft is not None
    proved = await office.prove(draft, make_key("its-own"))
    done = await office.office.connectors.submit(office.step(proved))

    assert code == (RefusalCode.NO_KEY, NEW)
    assert done.state is ConnectorState.SUBMITTED


async def test_of_two_that_take_its_place_the_second_is_refused(
    office: Office,
) -> None:
    second = await submitted(office, manifest=named("transport-2"))
    await active(office)

    checked = office.office.connectors.check(office.step(second, OPERATOR))

    assert await refusal(checked) == (RefusalCode.REPLACES_UNUSABLE, f"'{FILE}'")
