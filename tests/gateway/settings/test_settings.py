"""Options: read once, refused by name, overruled by the environment."""

import hashlib
from pathlib import Path

import pytest

from gateway.errors import StartError
from gateway.settings.settings import load_settings, read_certificate_id_key

CONFIG = """
manifests = "manifests"
trust_bundle = "trust.toml"
certificate_id_key_file = "id.key"
pseudonym_key_file = "pseudonym.key"

[[tokens]]
caller = "hr-platform"
sha256 = "{digest}"
""".format(digest=hashlib.sha256(b"open sesame").hexdigest())


@pytest.fixture(name="config")
def _config(tmp_path: Path) -> Path:
    path = tmp_path / "gateway.toml"
    path.write_text(CONFIG)
    return path


def test_paths_are_taken_from_the_files_folder(config: Path) -> None:
    settings = load_settings(config, {})

    assert settings.trust_bundle == str(config.parent / "trust.toml")


def test_an_absolute_path_stays_as_it_is(config: Path) -> None:
    settings = load_settings(config, {"GATEWAY_TRUST_BUNDLE": "/etc/trust.toml"})

    assert settings.trust_bundle == "/etc/trust.toml"


def test_the_environment_overrules_the_file(config: Path) -> None:
    settings = load_settings(
        config, {"GATEWAY_PORT": "9000", "GATEWAY_GRAPHIQL": "false", "HOME": "/"}
    )

    assert (settings.port, settings.graphiql) == (9000, False)


def test_a_file_of_sqlite_is_taken_from_the_files_folder(config: Path) -> None:
    settings = load_settings(config, {"GATEWAY_DATABASE_URL": "sqlite:///a/b.db"})

    assert settings.database_url == f"sqlite:///{config.parent}/a/b.db"


def test_an_address_of_postgresql_stays_as_it_is(config: Path) -> None:
    url = "postgresql://gateway@db.example/gateway?ssl=verify-full"

    assert load_settings(config, {"GATEWAY_DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        pytest.param(
            "GATEWAY_PROT",
            "1",
            "unknown variable GATEWAY_PROT; the nearest option is GATEWAY_PORT",
            id="misspelt",
        ),
        pytest.param("GATEWAY_PORT", "many", "GATEWAY_PORT: ", id="not a number"),
        pytest.param(
            "GATEWAY_DATABASE_URL",
            "mysql://gateway@db.example/gateway",
            "GATEWAY_DATABASE_URL: ",
            id="a database that is not known",
        ),
        pytest.param(
            "GATEWAY_DATABASE_URL",
            "sqlite:///",
            "GATEWAY_DATABASE_URL: ",
            id="a database that forgets",
        ),
        pytest.param("GATEWAY_PORT", "65536", "GATEWAY_PORT: ", id="over the most"),
        pytest.param(
            "GATEWAY_TOKENS", "x", "unknown variable GATEWAY_TOKENS", id="a table"
        ),
    ],
)
def test_a_variable_that_cannot_be_stops_the_start(
    config: Path, variable: str, value: str, says: str
) -> None:
    with pytest.raises(StartError) as refused:
        load_settings(config, {variable: value})

    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param(
            'manifests = "manifests"',
            'manifest = "manifests"',
            "unknown key 'manifest'; the nearest known one is 'manifests'",
            id="misspelt",
        ),
        pytest.param('trust_bundle = "trust.toml"\n', "", "trust_bundle", id="missing"),
        pytest.param('sha256 = "', 'sha256 = "x', "sha256", id="no digest"),
        pytest.param(
            'caller = "hr-platform"',
            'caller = "hr-platform"\nname = "x"',
            "unknown key 'tokens.name'",
            id="misspelt in a table",
        ),
    ],
)
def test_a_file_that_cannot_be_stops_the_start(
    config: Path, old: str, new: str, says: str
) -> None:
    config.write_text(CONFIG.replace(old, new))

    with pytest.raises(StartError) as refused:
        load_settings(config, {})

    assert says in str(refused.value)


def test_a_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="No such file"):
        load_settings(tmp_path / "absent.toml", {})


@pytest.mark.parametrize("end", ["", "\n"], ids=["as it is", "with a line feed"])
def test_the_id_key_is_64_bytes_in_hexadecimal(tmp_path: Path, end: str) -> None:
    path = tmp_path / "id.key"
    path.write_text("ab" * 64 + end)

    assert read_certificate_id_key(path) == b"\xab" * 64


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("ab" * 63, id="one byte too few"),
        pytest.param("ab" * 65, id="one byte too many"),
        pytest.param("xy" * 64, id="no hexadecimal"),
        pytest.param("", id="empty"),
    ],
)
def test_an_id_key_that_does_not_do_is_refused_with_the_remedy(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "id.key"
    path.write_text(text)

    with pytest.raises(StartError, match="openssl rand -hex 64"):
        read_certificate_id_key(path)


def with_networks(config: Path, networks: str) -> Path:
    """Add networks in which agencies may be."""
    table = f"\n[registration]\nallowed_networks = {networks}\n"
    config.write_text(CONFIG + table)
    return config


def test_networks_of_agencies_are_read(config: Path) -> None:
    path = with_networks(config, '["10.20.0.0/16", "fd12::/16"]')

    networks = load_settings(path, {}).registration.networks

    assert [str(network) for network in networks] == ["10.20.0.0/16", "fd12::/16"]


def test_a_network_that_is_none_stops_the_start(config: Path) -> None:
    path = with_networks(config, '["10.20.0.1/16"]')

    with pytest.raises(StartError, match=r"allowed_networks: '10\.20\.0\.1/16' is no"):
        load_settings(path, {})
