"""Keys: kept while in force, replaced under a new id, scoped to the annex."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.agency import SM2_SIGNER_ID, AgencyId
from sandbox.errors import NotPreparedError
from sandbox.keys import load_keyring, prepare_keys, read_trust
from signing.sm2.keys import Sm2PublicKey
from signing.trust import KeyState, TrustBundle

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def files(directory: Path) -> Mapping[str, bytes]:
    """Return every file below ``directory``."""
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def trust_of(directory: Path) -> TrustBundle:
    """Read the bundle that must be there."""
    bundle = read_trust(directory)
    assert bundle is not None
    return bundle


@pytest.mark.parametrize(
    ("agency", "institution", "items"),
    [
        pytest.param(
            AgencyId.EMERGENCY_MANAGEMENT,
            "shanghai-work-safety-institute",
            28,
            id="emergency-management",
        ),
        pytest.param(
            AgencyId.TRANSPORT,
            "shanghai-transport-qualification-centre",
            1,
            id="transport",
        ),
        pytest.param(
            AgencyId.FIRE_RESCUE,
            "shanghai-fire-training-detachment",
            2,
            id="fire-rescue",
        ),
    ],
)
def test_a_key_belongs_to_the_collection_body_and_its_rows(
    tmp_path: Path, agency: AgencyId, institution: str, items: int
) -> None:
    prepare_keys(tmp_path, NOW)

    key = trust_of(tmp_path).keys[f"{agency}-1"]

    assert key.institution == institution
    assert key.state is KeyState.ACTIVE
    assert len(key.scope) == items


def test_the_bundle_holds_the_agencies_keys_and_no_stray_one(tmp_path: Path) -> None:
    prepare_keys(tmp_path, NOW)

    assert set(trust_of(tmp_path).keys) == {
        "emergency-management-1",
        "transport-1",
        "fire-rescue-1",
    }


def test_preparing_again_changes_nothing(tmp_path: Path) -> None:
    prepare_keys(tmp_path, NOW)
    before = files(tmp_path)

    prepare_keys(tmp_path, NOW + timedelta(days=300))

    assert files(tmp_path) == before


def test_a_key_out_of_its_window_is_replaced_under_another_id(tmp_path: Path) -> None:
    prepare_keys(tmp_path, NOW)

    prepare_keys(tmp_path, NOW + timedelta(days=800))

    assert set(trust_of(tmp_path).keys) == {
        "emergency-management-2",
        "transport-2",
        "fire-rescue-2",
    }
    assert load_keyring(tmp_path, AgencyId.TRANSPORT).own.kid == "transport-2"


def test_a_lost_private_key_is_replaced(tmp_path: Path) -> None:
    prepare_keys(tmp_path, NOW)
    before = trust_of(tmp_path).keys["transport-1"]
    (tmp_path / "keys" / "transport-1.pem").unlink()

    prepare_keys(tmp_path, NOW)

    assert not trust_of(tmp_path).keys["transport-1"].is_same_as(before)


def test_a_spoilt_trust_bundle_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "trust.toml").write_text("spoilt", encoding="utf-8")

    prepare_keys(tmp_path, NOW)

    assert len(trust_of(tmp_path).keys) == 3


def test_an_answer_of_forty_days_ago_is_within_the_window(tmp_path: Path) -> None:
    prepare_keys(tmp_path, NOW)

    windows = [key.not_before for key in trust_of(tmp_path).keys.values()]

    assert all(begins < NOW - timedelta(days=40) for begins in windows)


def test_a_private_key_is_its_owners_alone_to_read(tmp_path: Path) -> None:
    prepare_keys(tmp_path, NOW)

    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()}

    assert modes == {0o600}


@pytest.mark.parametrize("agency", list(AgencyId))
def test_the_keys_of_faults_are_not_the_agencys(
    tmp_path: Path, agency: AgencyId
) -> None:
    prepare_keys(tmp_path, NOW)

    ring = load_keyring(tmp_path, agency)

    assert ring.stray.kid == f"{agency}-stray"
    assert ring.forged.kid == ring.own.kid
    assert ring.forged.public_pem() == ring.stray.public_pem() != ring.own.public_pem()
    assert ring.other.kid != ring.own.kid
    assert ring.other.kid in trust_of(tmp_path).keys


@pytest.mark.parametrize("lost", ["trust.toml", "keys/transport-stray.pem"])
def test_a_folder_that_lacks_a_file_is_not_served_from(
    tmp_path: Path, lost: str
) -> None:
    prepare_keys(tmp_path, NOW)
    (tmp_path / lost).unlink()

    with pytest.raises(NotPreparedError, match="python -m sandbox prepare"):
        load_keyring(tmp_path, AgencyId.TRANSPORT)


def test_fire_rescue_signs_by_sm2_where_that_is_asked_and_by_rsa_again(
    tmp_path: Path,
) -> None:
    for with_sm2, kid, algorithm in (
        (False, "fire-rescue-1", "PS256"),
        (True, "fire-rescue-2", "SM2"),
        (True, "fire-rescue-2", "SM2"),
        (False, "fire-rescue-3", "PS256"),
    ):
        prepare_keys(tmp_path, NOW, with_sm2=with_sm2)

        keyring = load_keyring(tmp_path, AgencyId.FIRE_RESCUE)
        trusted = trust_of(tmp_path).keys[kid]
        assert (keyring.own.kid, trusted.algorithm) == (kid, algorithm)
        assert keyring.own.private_key.public_key() == trusted.public_key
        assert keyring.stray.algorithm == algorithm


def test_the_gateway_knows_the_id_under_which_fire_rescue_signs(tmp_path: Path) -> None:
    prepare_keys(tmp_path, NOW, with_sm2=True)

    key = trust_of(tmp_path).keys["fire-rescue-1"].public_key

    assert isinstance(key, Sm2PublicKey)
    assert key.signer_id == SM2_SIGNER_ID
    misnamed = load_keyring(tmp_path, AgencyId.FIRE_RESCUE).misnamed.private_key
    assert misnamed.public_key() != key
