"""Programs that no one here wrote verify our credentials, and refuse what is not so.

From PyPI: sd-jwt (the reference of RFC 9901's authors), PyJWT. From npm:
@sd-jwt/sd-jwt-vc, with @sd-jwt/jwt-status-list; jose.
"""

import base64
import hashlib
import json
import subprocess
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import ECKey

from bureau.credentials.forms import OPEN_BADGE, Terms, open_badge, sd_jwt_vc
from bureau.credentials.holder_key import read_holder_key
from gateway.credentials.status_lists import payload_of
from gateway.receipts.keys import read_receipt_keys
from policy.catalogue import load_catalogue
from policy.level import Level
from signing.sd_jwt import TYPE
from signing.signer import Signer
from signing.status_list import TYPE as STATUS_LIST
from tests.gateway.receipts.signing import private
from tests.node import install
from tests.resolvers.attested import certificate
from tests.third_party.environment import make_environment

HERE = Path(__file__).parent / "wallets"
ISSUER, AUDIENCE, NONCE = "https://gateway.example", "https://employer.example", "n-1"
PLACE, NEIGHBOUR = 12_345, 12_346
SHOWN = ("level", "item_code", "title")
Case = dict[str, Any]


def holder_key() -> ECKey:
    return ECKey.import_key(private(ec.generate_private_key(ec.SECP256R1())))


HOLDER, ANOTHER = holder_key(), holder_key()


class Office:
    """Issues credentials, and signs their list."""

    def __init__(self, file: Path) -> None:
        file.write_bytes(private(Ed25519PrivateKey.generate()))
        self._keys = read_receipt_keys(file)

    @property
    def jwk(self) -> dict[str, object]:
        return {**self._keys.published[0]}

    def signer(self, type_: str) -> Signer:
        assert self._keys.signer_of is not None
        return self._keys.signer_of(type_)

    def case(self, values: Mapping[int, int], at: datetime, by: ECKey = HOLDER) -> Case:
        """Return credentials issued ``at`` a time, shown by a holder of a key."""
        terms = Terms(
            issuer=ISSUER,
            issued_at=at,
            expires_at=at + timedelta(days=90),
            status_list=f"{ISSUER}/status-lists/0",
            index=PLACE,
            holder_key=read_holder_key(json.dumps(HOLDER.as_dict(private=False))),
        )
        item = load_catalogue().items["4-02-01-01"]
        of = certificate(level=Level.LEVEL_4)
        made = sd_jwt_vc(of, item, terms)
        whole = made.issued(self.signer(TYPE).sign(made.payload, at))
        badge = self.signer(OPEN_BADGE).sign(open_badge(of, item, terms), at)
        now = datetime.now(UTC)
        told = self.signer(STATUS_LIST).sign(payload_of(ISSUER, 0, values, now), now)
        return {
            "jwk": self.jwk,
            "issuer": ISSUER,
            "audience": AUDIENCE,
            "nonce": NONCE,
            "sd_jwt": presented(whole, by),
            "badge": badge.decode(),
            "list": told.decode(),
        }


def presented(whole: str, by: ECKey) -> str:
    """Return what a holder shows of an SD-JWT, with a proof of having a key."""
    head, *disclosures, _ = whole.split("~")
    shown = [one for one in disclosures if name_of(one) in SHOWN]
    text = "~".join((head, *shown, ""))
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
    claims = {
        "iat": int(time.time()),
        "aud": AUDIENCE,
        "nonce": NONCE,
        "sd_hash": digest.rstrip(b"=").decode(),
    }
    header = {"alg": "ES256", "typ": "kb+jwt"}
    proof = jws.serialize_compact(header, json.dumps(claims).encode(), by)
    return text + proof


def name_of(disclosure: str) -> str:
    raw = base64.urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4))
    _, name, _ = json.loads(raw)
    return str(name)


def flipped(token: str) -> str:
    """Return a JWT with one bit of its signature changed, and all behind it."""
    jwt, tilde, rest = token.partition("~")
    at = jwt.rindex(".") + 5
    other = "A" if jwt[at] != "A" else "B"
    return f"{jwt[:at]}{other}{jwt[at + 1 :]}{tilde}{rest}"


def altered(sd_jwt: str) -> str:
    """Return an SD-JWT that shows another level than was signed."""
    head, *disclosures, proof = sd_jwt.split("~")
    at = next(n for n, one in enumerate(disclosures) if name_of(one) == "level")
    text = json.dumps(["c2FsdA", "level", "LEVEL_1"]).encode()
    disclosures[at] = base64.urlsafe_b64encode(text).rstrip(b"=").decode()
    return "~".join((head, *disclosures, proof))


@pytest.fixture(scope="module", name="cases")
def _cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    """Return what is right, beside what is not so by what was changed."""
    office = Office(tmp_path_factory.mktemp("office") / "receipt-key.pem")
    now = datetime.now(UTC)
    right = office.case({NEIGHBOUR: 1}, now)
    return {
        "nothing": right,
        "a bit of it": {
            **right,
            "sd_jwt": flipped(right["sd_jwt"]),
            "badge": flipped(right["badge"]),
        },
        "a bit of the list": {**right, "list": flipped(right["list"])},
        "what is disclosed": {**right, "sd_jwt": altered(right["sd_jwt"])},
        "revoked": office.case({PLACE: 1}, now),
        "suspended": office.case({PLACE: 2}, now),
        "expired": office.case({}, now - timedelta(days=91)),
        "another holder": office.case({}, now, ANOTHER),
    }


OF_BADGES = {"pyjwt, badge", "jose"}
REFUSED_BY = {
    "nothing": set[str](),
    "a bit of it": {"sd-jwt", "pyjwt", "@sd-jwt/sd-jwt-vc", *OF_BADGES},
    # sd-jwt reads neither lists nor times, PyJWT neither disclosures nor holders' keys.
    "a bit of the list": {"pyjwt", "@sd-jwt/sd-jwt-vc", *OF_BADGES},
    "what is disclosed": {"sd-jwt", "@sd-jwt/sd-jwt-vc"},
    "revoked": {"pyjwt", "@sd-jwt/sd-jwt-vc", *OF_BADGES},
    "suspended": {"pyjwt", "@sd-jwt/sd-jwt-vc", *OF_BADGES},
    "expired": {"pyjwt", "@sd-jwt/sd-jwt-vc", *OF_BADGES},
    "another holder": {"sd-jwt", "@sd-jwt/sd-jwt-vc"},
}


def judge(command: list[str], cases: dict[str, Case], packages: set[str]) -> None:
    """Compare what a program says of each case with what it has to."""
    done = subprocess.run(
        command,
        input=json.dumps([*cases.values()]),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for name, told in zip(cases, json.loads(done.stdout), strict=True):
        assert set(told) == packages
        refused = {package for package, words in told.items() if words is not None}
        assert refused == REFUSED_BY[name] & packages, (name, told)


def test_packages_of_pypi_verify_them_and_refuse_what_is_not_so(
    cases: dict[str, Case], tmp_path: Path
) -> None:
    python = make_environment(HERE / "requirements.lock", tmp_path / "venv")

    # Nothing of ours, whatever is on the path of this run.
    command = [str(python), "-I", str(HERE / "verify.py")]

    judge(command, cases, {"sd-jwt", "pyjwt", "pyjwt, badge"})


def test_packages_of_npm_verify_them_and_refuse_what_is_not_so(
    cases: dict[str, Case], tmp_path: Path
) -> None:
    script = install(HERE, "verify.mjs", tmp_path)

    judge(["node", str(script)], cases, {"@sd-jwt/sd-jwt-vc", "jose"})
