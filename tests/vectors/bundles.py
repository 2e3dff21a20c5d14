"""The trust bundle of the vectors, and bundles that must not load."""

from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.vectors import mint


@dataclass(frozen=True, kw_only=True)
class BadBundle:
    """A bundle that is refused, with a part of the sentence that says why."""

    name: str
    what: str
    said: str
    text: str

    @property
    def file(self) -> str:
        """Return the name of its file."""
        return f"{self.name}.toml"


SM2: dict[str, dict[str, str | None]] = {
    mint.SM2: {},
    mint.SM2_DER: {"sm2_signature": '"der"'},
    mint.SM2_SIGNED_DATA: {"sm2_signature": '"signed-data"'},
    mint.SM2_ID: {"sm2_signer_id": f'"{mint.SIGNER_IDS[mint.SM2_ID].decode()}"'},
    mint.SM2_EMPTY_ID: {"sm2_signer_id": '""'},
}
"""What the bundle says of each key of SM2 beside the key."""


def table(**changes: str | None) -> str:
    entries = {
        "kid": '"test-transport-1"',
        "institution": '"shanghai-transport-qualification-centre"',
        "algorithm": '"EdDSA"',
        "not_before": "2026-01-01T00:00:00Z",
        "not_after": "2028-01-01T00:00:00Z",
        "state": '"active"',
        "scope": '["4-02-01-01"]',
        "public_key": quoted(mint.public_pem(mint.TRANSPORT)),
    }
    lines = [
        f"{name} = {value}"
        for name, value in (entries | changes).items()
        if value is not None
    ]
    return "\n".join(["[[key]]", *lines, ""])


def quoted(pem: str) -> str:
    return f'"""\n{pem}"""'


def trust() -> str:
    """Return the bundle under which the vectors are asked about."""
    tables = [
        table(
            kid=f'"{mint.SAFETY}"',
            institution='"shanghai-work-safety-institute"',
            algorithm='"ES256"',
            scope='["1.1", "1.2"]',
            public_key=quoted(mint.public_pem(mint.SAFETY)),
        ),
        table(),
        table(
            kid=f'"{mint.FIRE}"',
            institution='"shanghai-fire-training-detachment"',
            algorithm='"PS256"',
            scope='["4-07-05-04.1", "4-07-05-04.2"]',
            public_key=quoted(mint.public_pem(mint.FIRE)),
        ),
    ]
    for state in ("suspended", "retired", "compromised"):
        kid = f"test-{state}-1"
        pem = quoted(mint.public_pem(kid))
        tables.append(table(kid=f'"{kid}"', state=f'"{state}"', public_key=pem))
    tables += [
        table(
            kid=f'"{kid}"',
            institution='"shanghai-transport-qualification-centre"',
            algorithm='"SM2"',
            public_key=quoted(mint.public_pem(kid)),
            **particular,
        )
        for kid, particular in SM2.items()
    ]
    note = "# Public halves of TEST KEYS. Nothing but these vectors may trust them.\n"
    return "\n".join([note, *tables])


def _ed25519_pem(raw: bytes) -> str:
    key = Ed25519PublicKey.from_public_bytes(raw)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return quoted(pem.decode())


def bad() -> Iterator[BadBundle]:
    """Return the bundles that are refused as a whole."""
    texts = {
        "small-order": (
            "an Ed25519 key of order 1, under which anybody can sign anything",
            "small order",
            table(public_key=_ed25519_pem((1).to_bytes(32, "little"))),
        ),
        "small-order-8": (
            "an Ed25519 key of order 8",
            "small order",
            table(
                public_key=_ed25519_pem(
                    bytes.fromhex(
                        "26e8958fc2b227b045c3f489f2ef98f0"
                        "d5dfac05d3c63339b13802886d53fc05"
                    )
                )
            ),
        ),
        "small-order-not-reduced": (
            "an Ed25519 key of order 1, spelled as y = p + 1",
            "small order",
            table(public_key=_ed25519_pem((2**255 - 18).to_bytes(32, "little"))),
        ),
        "rsa-1024": (
            "an RSA key of 1,024 bits",
            "1024 bits, 2048 to 8192 allowed",
            table(algorithm='"PS256"', public_key=_rsa_1024()),
        ),
        "key-of-another-kind": (
            "a P-256 key for EdDSA",
            "none for EdDSA",
            table(public_key=quoted(mint.public_pem(mint.SAFETY))),
        ),
        "private-key": (
            "a private key (a TEST KEY) where the public one belongs",
            "no PEM text of a PUBLIC KEY",
            table(public_key=_private_pem()),
        ),
        "kid-twice": (
            "two keys of one kid",
            "'test-transport-1' occurs twice",
            table() + "\n" + table(),
        ),
        "unknown-entry": (
            "an entry with a typing error",
            "unknown entry 'scopes'; the nearest known one is 'scope'",
            table(scopes="[]"),
        ),
        "missing-entry": (
            "no scope",
            "key 1: scope missing",
            table(scope=None),
        ),
        "unknown-algorithm": (
            "an algorithm of secrets for a public key",
            "algorithm is 'HS256', one of EdDSA, ES256, PS256, SM2 allowed",
            table(algorithm='"HS256"'),
        ),
        "no-time-zone": (
            "a window that begins at no moment anywhere in particular",
            "not_before has no time zone",
            table(not_before="2026-01-01T00:00:00"),
        ),
        "window-backwards": (
            "a window that ends before it begins",
            "ends before it begins",
            table(not_after="2025-01-01T00:00:00Z"),
        ),
        "scope-a-string": (
            "a string for a scope, which would be read letter by letter",
            "scope is a str, not a list",
            table(scope='"4-02-01-01"'),
        ),
        "empty": ("no key at all", "no [[key]] table", "# nothing\n"),
    }
    for name, (what, said, text) in texts.items():
        yield BadBundle(name=f"bundle-{name}", what=what, said=said, text=text)


def _rsa_1024() -> str:
    key = RSAPublicNumbers(65537, 2**1023 + 1).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return quoted(pem.decode())


def _private_pem() -> str:
    key = mint.private_key(mint.TRANSPORT)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return quoted(pem.decode())
