"""What an operator writes about callers is understood, or stops the start by name."""

import hashlib
from pathlib import Path

import pytest

from gateway.callers.wiring import refuse_unusable_callers
from gateway.errors import StartError
from gateway.settings.settings import load_settings
from tests.gateway.callers.minting import ES256, jwk, key_set

REQUIRED = """
manifests = "manifests"
trust_bundle = "trust.toml"
certificate_id_key_file = "id.key"
pseudonym_key_file = "pseudonym.key"
"""
ISSUER = """
[[issuers]]
name = "bureau"
issuer = "https://id.example"
audience = "https://gateway.example"
algorithms = ["ES256"]
jwks_file = "jwks.json"
"""
CERTIFICATE = f"""
[[client_certificates]]
caller = "metro-batch"
sha256 = "{"0" * 64}"
"""


OWN_TLS = """
[tls]
certificate_file = "gateway.pem"
key_file = "gateway.key"
client_ca_file = "clients.pem"
"""
TOKEN = f"""
[[tokens]]
caller = "demo"
sha256 = "{hashlib.sha256(b"shown").hexdigest()}"
scopes = ["identity:read"]
"""
SHOWN = 'graphiql_token = "shown"\ngraphiql_id_number = "310199199304120011"\n'
TRIED = """
mode = "demo"
graphiql_stories = "stories.json"
"""
UNSEEN = (
    "graphiql_id_number: whoever loads the page sees it; leave it out, or set "
    "graphiql_token to a token with identity:read"
)


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    (tmp_path / "jwks.json").write_bytes(key_set(jwk("es256-1", ES256)))
    (tmp_path / "empty.json").write_bytes(b'{"keys": []}')
    return tmp_path


def refuse(folder: Path, text: str) -> None:
    """Read a configuration as the start does."""
    path = folder / "gateway.toml"
    tokens = "" if "[[tokens]]" in text else "tokens = []\n"
    path.write_text(REQUIRED + tokens + text, "utf-8")
    refuse_unusable_callers(load_settings(path, {}))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing about callers"),
        pytest.param(ISSUER, id="an issuer by file"),
        pytest.param(
            ISSUER.replace(
                'jwks_file = "jwks.json"', 'jwks_url = "https://id.example/jwks"'
            ),
            id="an issuer by address",
        ),
        pytest.param(
            ISSUER.replace(
                'jwks_file = "jwks.json"', 'jwks_url = "http://127.0.0.1:9/jwks"'
            ),
            id="an issuer on this machine",
        ),
        pytest.param(
            ISSUER + ISSUER.replace("bureau", "other").replace("//id", "//id2"),
            id="two issuers with one key",
        ),
        pytest.param(
            'client_certificate_proxies = ["10.0.0.0/8"]\n' + CERTIFICATE + OWN_TLS,
            id="certificates behind a proxy",
        ),
        pytest.param(
            '[agency_callers]\naudience = "https://gateway.example"\n'
            'scopes = ["connectors:register"]\n',
            id="agencies",
        ),
        pytest.param(SHOWN + TOKEN, id="a number for whom the page's token lets see"),
        pytest.param(
            TRIED + TOKEN + '[graphiql_tokens]\naudit = "shown"\n',
            id="a demo's people, and its tokens by role",
        ),
        pytest.param(
            '[roles]\nclerk = []\n[role_districts]\nclerk = ["310115"]\n',
            id="a role with a district",
        ),
        pytest.param(
            ISSUER + 'districts = ["310115"]\ndistricts_claim = "district"\n',
            id="an issuer with districts",
        ),
    ],
)
def test_a_configuration_that_fits_together_starts(folder: Path, text: str) -> None:
    refuse(folder, text)


def changed(old: str, new: str) -> str:
    assert old in ISSUER
    return ISSUER.replace(old, new)


FILE = 'jwks_file = "jwks.json"'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            ISSUER + 'districts = ["310119"]\n',
            "issuer bureau: unknown district '310119'; the nearest known one is "
            "'310151'",
            id="a district that is none",
        ),
        pytest.param(
            '[role_districts]\nclerk = ["310115"]\n',
            "role_districts: unknown role 'clerk'; add it to roles",
            id="districts of no role",
        ),
        pytest.param(
            '[roles]\nclerk = []\n[role_districts]\nclerk = ["310115"]\n'
            '[agency_callers]\naudience = "https://gateway.example"\n'
            'roles = ["clerk"]\n',
            "agency_callers: a role has districts, but an agency sees by its annex "
            "rows; give agencies a role without",
            id="agencies of a district",
        ),
        pytest.param(
            changed(FILE, ""),
            "issuer bureau: set one of jwks_file and jwks_url",
            id="no keys",
        ),
        pytest.param(
            changed(FILE, f'{FILE}\njwks_url = "https://id.example/jwks"'),
            "issuer bureau: set one of jwks_file and jwks_url",
            id="keys twice",
        ),
        pytest.param(
            changed(FILE, 'jwks_url = "http://id.example/jwks"'),
            "issuer bureau: jwks_url has to begin with https://",
            id="an open address",
        ),
        pytest.param(
            changed(FILE, 'jwks_url = "file:///etc/passwd"'),
            "issuer bureau: jwks_url has to begin with https://",
            id="a file for an address",
        ),
        pytest.param(
            changed(FILE, 'jwks_url = "https://"'),
            "issuer bureau: jwks_url has to begin with https://",
            id="an address of nobody",
        ),
        pytest.param(
            changed(FILE, 'jwks_url = "https://a:b@id.example/jwks"'),
            "issuer bureau: jwks_url holds a user name or password",
            id="a password in an address",
        ),
        pytest.param(
            changed(FILE, 'jwks_url = "https://[::1/jwks"'),
            "issuer bureau: jwks_url is no address",
            id="half an address",
        ),
        pytest.param(
            changed("jwks.json", "empty.json"), "no key in it can be used", id="empty"
        ),
        pytest.param(changed("jwks.json", "no.json"), "No such file", id="no file"),
        pytest.param(
            ISSUER + ISSUER,
            "issuer bureau: its name or issuer occurs twice",
            id="an issuer twice",
        ),
        pytest.param(
            ISSUER + changed("bureau", "other"),
            "issuer other: its name or issuer occurs twice",
            id="an issuer with two names",
        ),
        pytest.param(
            changed("bureau", "agency"),
            "issuer agency: the name is the agencies'",
            id="an issuer that would speak for agencies",
        ),
        pytest.param(
            changed('["ES256"]', '["HS256"]'), "Invalid enum value 'HS256'", id="HMAC"
        ),
        pytest.param(
            changed('["ES256"]', '["none"]'), "Invalid enum value 'none'", id="none"
        ),
        pytest.param(changed('["ES256"]', "[]"), "length >= 1", id="no algorithm"),
        pytest.param(
            changed('audience = "https://gateway.example"', 'audience = ""'),
            "length >= 1",
            id="no audience",
        ),
        pytest.param(
            ISSUER + 'roles = ["reader"]\n',
            "issuer bureau: unknown role 'reader'; none is defined",
            id="an unknown role",
        ),
        pytest.param(
            changed("audience", "audiance"),
            "unknown key 'issuers.audiance'; the nearest known one is "
            "'issuers.audience'",
            id="an unknown key",
        ),
        pytest.param(
            CERTIFICATE,
            "client_certificates: nothing hands certificates on; have a proxy send "
            "Client-Cert (see docs/operating.md, client certificates), and set "
            "client_certificate_proxies to its address",
            id="certificates and no proxy",
        ),
        pytest.param(
            CERTIFICATE + OWN_TLS,
            "client_certificates: the gateway's own tls does not say whose certificate "
            "it was; have a proxy send Client-Cert (see docs/operating.md, client "
            "certificates), and set client_certificate_proxies to its address",
            id="certificates, the gateway's own TLS and no proxy",
        ),
        pytest.param(
            'client_certificate_proxies = ["proxy.example"]\n',
            "client_certificate_proxies: ",
            id="a proxy by name",
        ),
        pytest.param(
            '[agency_callers]\naudience = "a"\nscopes = ["register"]\n',
            "agency_callers: unknown scope 'register'; the nearest known one is "
            "'connectors:register'",
            id="agencies with an unknown scope",
        ),
        pytest.param(
            '[roles]\nreader = ["certificate:read"]\n',
            "roles.reader: unknown scope 'certificate:read'; the nearest known one is "
            "'certificates:read'",
            id="a role with an unknown scope",
        ),
        pytest.param(
            TOKEN + '[graphiql_tokens]\naudit = "shown"\n',
            "graphiql_tokens: whoever loads the page sees it; leave it out, or set "
            'mode = "demo"',
            id="a role's token on the page, and no demo",
        ),
        pytest.param(
            'graphiql_stories = "stories.json"\n' + TOKEN,
            "graphiql_stories: whoever loads the page sees it; leave it out, or set "
            'mode = "demo"',
            id="people on the page, and no demo",
        ),
        pytest.param(
            'graphiql_id_number = "310199199304120011"\n' + TOKEN,
            UNSEEN,
            id="a number on the page, and no token",
        ),
        pytest.param(
            SHOWN.replace('"shown"', '"other"') + TOKEN,
            UNSEEN,
            id="a number on the page, and a token of nobody",
        ),
        pytest.param(
            SHOWN + TOKEN.replace("identity:read", "certificates:read"),
            UNSEEN,
            id="a number on the page, and a token that may not see it",
        ),
    ],
)
def test_a_configuration_that_does_not_fit_stops_the_start(
    folder: Path, text: str, message: str
) -> None:
    with pytest.raises(StartError) as refused:
        refuse(folder, text)

    assert message in str(refused.value)


def test_files_are_taken_from_the_folder_of_the_configuration(folder: Path) -> None:
    path = folder / "gateway.toml"
    tls = '[tls]\ncertificate_file = "a.pem"\nkey_file = "/etc/a.key"\n'
    path.write_text(f"{REQUIRED}tokens = []\n{ISSUER}{tls}", "utf-8")

    settings = load_settings(path, {})

    assert settings.issuers[0].jwks_file == str(folder / "jwks.json")
    assert settings.tls is not None
    assert settings.tls.certificate_file == str(folder / "a.pem")
    assert settings.tls.key_file == "/etc/a.key"
    with pytest.raises(StartError, match=r"tls: .*a\.pem: No such file"):
        settings.tls.refuse_unreadable()
