"""The agencies' private keys, and the trust bundle that knows their public halves.

``prepare_keys`` keeps whatever is still in force, so that preparing twice changes
nothing. Each agency also gets a stray key that no bundle knows, for the faults.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    generate_private_key as generate_rsa_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from sandbox.agency import (
    SM2_SIGNER_ID,
    AgencyId,
    algorithms,
    collection_body_of,
    items_of,
)
from sandbox.errors import NotPreparedError
from signing.algorithms import Algorithm
from signing.errors import TrustBundleError
from signing.sign import PrivateKey, SigningKey
from signing.sm2.keys import SignatureForm, Sm2PublicKey
from signing.sm2.sign import Sm2PrivateKey, read_private_pem
from signing.trust import TrustBundle, TrustedKey, read_trust_bundle

TRUST_FILE = "trust.toml"
KEYS_FOLDER = "keys"
IN_FORCE_BEFORE = timedelta(days=366)
"""How far back a new key's window begins: a replayed answer must be stale, not
signed outside the window."""
IN_FORCE_AFTER = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys one agency can sign with, honestly and otherwise."""

    own: SigningKey
    stray: SigningKey  # under a key id that no bundle has
    forged: SigningKey  # the stray private key under the agency's own key id
    other: SigningKey  # another agency's valid key
    misnamed: SigningKey  # the own key under another signer id, if it has one


def prepare_keys(directory: Path, now: datetime, *, with_sm2: bool = False) -> None:
    """Make the keys that are missing or not in force, and write the trust bundle."""
    wanted = algorithms(with_sm2=with_sm2)
    folder = directory / KEYS_FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = _known_keys(directory)
    tables = []
    for agency in AgencyId:
        trusted = known.get(agency)
        if (
            trusted is None
            or trusted.algorithm is not wanted[agency]
            or not _is_kept(folder, trusted, now)
        ):
            kid = _next_kid(folder, agency)
            key = _make_key(folder, kid, wanted[agency])
            window = (now - IN_FORCE_BEFORE, now + IN_FORCE_AFTER)
        else:
            key = _read_key(folder, trusted.kid, trusted.algorithm)
            window = (trusted.not_before, trusted.not_after)
        tables.append(_trust_table(agency, key, window))
        stray = _stray_kid(agency, key.algorithm)
        if not _key_path(folder, stray).exists():
            _make_key(folder, stray, key.algorithm)
    (directory / TRUST_FILE).write_text("\n".join(tables), encoding="utf-8")


def load_keyring(directory: Path, agency: AgencyId) -> Keyring:
    """Read what ``agency`` signs with.

    Raises:
        NotPreparedError: the keys or the trust bundle are not there.
    """
    folder = directory / KEYS_FOLDER
    known = _known_keys(directory)
    other = next(one for one in AgencyId if one is not agency)
    if agency not in known or other not in known:
        raise NotPreparedError(directory)
    try:
        own = _read_key(folder, known[agency].kid, known[agency].algorithm)
        stray = _read_key(folder, _stray_kid(agency, own.algorithm), own.algorithm)
        others = _read_key(folder, known[other].kid, known[other].algorithm)
    except FileNotFoundError:
        raise NotPreparedError(directory) from None
    forged = SigningKey(own.kid, own.algorithm, stray.private_key)
    return Keyring(own, stray, forged, others, _misnamed(own))


def signs_by_sm2(directory: Path) -> bool:
    """Say whether Fire Rescue was prepared to sign by SM2."""
    key = _known_keys(directory).get(AgencyId.FIRE_RESCUE)
    return key is not None and key.algorithm is Algorithm.SM2


def _misnamed(own: SigningKey) -> SigningKey:
    key = own.private_key
    if not isinstance(key, Sm2PrivateKey):
        return own
    renamed = key.public.used_as(f"{SM2_SIGNER_ID} ", key.public.form)
    return SigningKey(own.kid, own.algorithm, key.used_as(renamed))


def read_trust(directory: Path) -> TrustBundle | None:
    """Return the bundle that was written, ``None`` if there is none to be used."""
    try:
        text = (directory / TRUST_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        return read_trust_bundle(text)
    except TrustBundleError:
        # Preparing again writes a new one.
        return None


def _known_keys(directory: Path) -> Mapping[AgencyId, TrustedKey]:
    bundle = read_trust(directory)
    if bundle is None:
        return {}
    bodies = {collection_body_of(agency): agency for agency in AgencyId}
    return {
        bodies[key.institution]: key
        for key in bundle.keys.values()
        if key.institution in bodies
    }


def _is_kept(folder: Path, trusted: TrustedKey, now: datetime) -> bool:
    """Say whether a key is in force and its private half is there."""
    path = _key_path(folder, trusted.kid)
    return trusted.not_before <= now < trusted.not_after and path.exists()


def _next_kid(folder: Path, agency: AgencyId) -> str:
    """Return a key id that was never used here: a key id means one key for good."""
    number = 1
    while _key_path(folder, f"{agency}-{number}").exists():
        number += 1
    return f"{agency}-{number}"


def _stray_kid(agency: AgencyId, algorithm: Algorithm) -> str:
    return f"{agency}-stray{'-sm2' if algorithm is Algorithm.SM2 else ''}"


def _key_path(folder: Path, kid: str) -> Path:
    return folder / f"{kid}.pem"


def _make_key(folder: Path, kid: str, algorithm: Algorithm) -> SigningKey:
    private_key = _generate(algorithm)
    pem = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = _key_path(folder, kid)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    return SigningKey(kid, algorithm, private_key)


def _generate(algorithm: Algorithm) -> PrivateKey:
    match algorithm:
        case Algorithm.ED25519:
            return Ed25519PrivateKey.generate()
        case Algorithm.ES256:
            return generate_private_key(SECP256R1())
        case Algorithm.PS256:
            return generate_rsa_key(public_exponent=65537, key_size=2048)
        case Algorithm.SM2:
            return _named(Sm2PrivateKey.generate())


def _named(key: Sm2PrivateKey) -> Sm2PrivateKey:
    """Return ``key`` as Fire Rescue signs by it."""
    return key.used_as(key.public.used_as(SM2_SIGNER_ID, SignatureForm.RAW))


def _read_key(folder: Path, kid: str, algorithm: Algorithm) -> SigningKey:
    pem = _key_path(folder, kid).read_bytes()
    if (by_sm2 := read_private_pem(pem)) is not None:
        return SigningKey(kid, algorithm, _named(by_sm2))
    private_key = load_pem_private_key(pem, password=None)
    # A key of another kind is refused by ``SigningKey``.
    return SigningKey(kid, algorithm, private_key)  # type: ignore[arg-type]


def _trust_table(
    agency: AgencyId, key: SigningKey, window: tuple[datetime, datetime]
) -> str:
    not_before, not_after = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in window)
    public = key.private_key.public_key()
    particular = (
        f'sm2_signer_id = "{public.signer_id}"\nsm2_signature = "{public.form}"\n'
        if isinstance(public, Sm2PublicKey)
        else ""
    )
    scope = ", ".join(f'"{item.code}"' for item in items_of(agency))
    return f'''[[key]]
kid = "{key.kid}"
institution = "{collection_body_of(agency)}"
algorithm = "{key.algorithm}"
{particular}not_before = {not_before}
not_after = {not_after}
state = "active"
scope = [{scope}]
public_key = """
{key.public_pem()}"""
'''
