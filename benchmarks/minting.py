"""Sign what the agencies answer, once a day, and keep it in a folder.

The corpus of an agency has one line a person: the number, a tab, and the entry of
the answer. Keys are derived from the agencies' names, so the same day gives the same
bytes; they are worth nothing to anybody, since no other trust bundle has them. Beside
honest people there are forged ones, one a kind of ``Forgery``, whom every server has
to see through before it is timed.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.people import AGENCIES, certificates, id_number, items_of
from policy.calendar import SHANGHAI
from signing import base64url
from signing.algorithms import Algorithm
from signing.envelope import PayloadType
from signing.sign import SigningKey, sign

VERSION = 3
"""Raised whenever the same sizes yield other bytes."""
WIDE_CERTIFICATES = 200
FORGED_AGENCY = "emergency-management"
IN_FORCE = timedelta(days=366)
MAX_AGE_SECONDS = 2 * 86_400
"""Signatures bear the day's first moment, and a run may last beyond midnight."""


class Forgery(StrEnum):
    """What is wrong with the first record of a person at the first agency."""

    ALTERED = "altered"
    """Another day of issue under the honest signature."""
    FOREIGN_KEY = "foreign-key"
    """Signed by another agency."""
    STALE = "stale"
    """Signed longer ago than is believed."""
    FROM_THE_FUTURE = "from-the-future"
    UNSIGNED = "unsigned"
    """``alg`` is ``none``, and there is no signature."""
    UNKNOWN_KEY = "unknown-key"
    ABSENCE = "absence"
    """A record whose header says that it is an absence."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many people of each kind there are; their indices follow each other."""

    holders: int
    wide: int
    unknown: int
    checked: int = 20
    """Whom only the comparison of answers asks about, so that the rest stay unseen."""

    @property
    def checked_from(self) -> int:
        """The index of the first person of the comparison."""
        return self.holders

    @property
    def forged_from(self) -> int:
        """The index of the first forged person."""
        return self.checked_from + self.checked

    @property
    def wide_from(self) -> int:
        """The index of the first person with many certificates."""
        return self.forged_from + len(Forgery)

    @property
    def unknown_from(self) -> int:
        """The index of the first person of whom all agencies say they hold nothing."""
        return self.wide_from + self.wide

    @property
    def end(self) -> int:
        """The index after the last person."""
        return self.unknown_from + self.unknown


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder with what the agencies answer, and its day."""

    folder: Path
    sizes: Sizes
    today: date

    def of_agency(self, agency: str) -> Path:
        """Return the file the agency answers from."""
        return self.folder / f"{agency}.corpus"

    @property
    def trust_bundle(self) -> Path:
        """The trust bundle of the gateway."""
        return self.folder / "trust.toml"


@cache
def signing_key(agency: str) -> SigningKey:
    """Return an agency's key."""
    seed = hashlib.sha256(f"certificate-gateway benchmark {agency}".encode()).digest()
    private_key = Ed25519PrivateKey.from_private_bytes(seed)
    return SigningKey(f"{agency}-1", Algorithm.ED25519, private_key)


def mint(folder: Path, sizes: Sizes, today: date) -> Corpus:
    """Return the corpus in ``folder``, which is made anew if it is another day's."""
    corpus = Corpus(folder, sizes, today)
    stamp = json.dumps([VERSION, today.isoformat(), asdict(sizes)])
    stamp_file = folder / "minted.json"
    if stamp_file.exists() and stamp_file.read_text("utf-8") == stamp:
        return corpus
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    corpus.trust_bundle.write_text(trust_bundle(today), "utf-8")
    with ProcessPoolExecutor() as pool:
        list(pool.map(_write, [corpus] * len(AGENCIES), AGENCIES))
    stamp_file.write_text(stamp, "utf-8")
    return corpus


def trust_bundle(today: date) -> str:
    """Return the trust bundle that knows the agencies' keys."""
    tables = []
    for agency, institution in AGENCIES.items():
        key = signing_key(agency)
        scope = ", ".join(f'"{item.code}"' for item in items_of(agency))
        tables.append(
            f'[[key]]\nkid = "{key.kid}"\ninstitution = "{institution}"\n'
            f'algorithm = "{key.algorithm}"\n'
            f"not_before = {today - IN_FORCE}T00:00:00Z\n"
            f"not_after = {today + IN_FORCE}T00:00:00Z\n"
            f'state = "active"\nscope = [{scope}]\n'
            f'public_key = """\n{key.public_pem()}"""\n'
        )
    return "\n".join(tables)


def _write(corpus: Corpus, agency: str) -> None:
    with corpus.of_agency(agency).open("w", encoding="utf-8") as file:
        for index in range(corpus.sizes.end):
            records, absence = _answer(corpus, agency, index)
            entry = {
                "idNumber": id_number(index),
                "records": records,
                "absence": absence,
            }
            file.write(f"{entry['idNumber']}\t{_json(entry).decode()}\n")


def _answer(corpus: Corpus, agency: str, index: int) -> tuple[list[str], str | None]:
    sizes, key = corpus.sizes, signing_key(agency)
    signed_at = datetime.combine(corpus.today, datetime.min.time(), SHANGHAI)
    if index >= sizes.unknown_from:
        absence = {"idType": "RESIDENT_ID", "idNumber": id_number(index)}
        return [], _token(_json(absence), key, PayloadType.ABSENCE, signed_at)
    records = list(_records(corpus, agency, index, key, signed_at))
    if sizes.forged_from <= index < sizes.wide_from and agency == FORGED_AGENCY:
        forgery = list(Forgery)[index - sizes.forged_from]
        records[0] = _forged(corpus, index, forgery, signed_at)
    return records, None


def _records(
    corpus: Corpus, agency: str, index: int, key: SigningKey, signed_at: datetime
) -> Iterator[str]:
    held = 2
    if corpus.sizes.wide_from <= index:
        place = list(AGENCIES).index(agency)
        share, rest = divmod(WIDE_CERTIFICATES, len(AGENCIES))
        held = share + (place < rest)
    for certificate in certificates(index, agency, corpus.today, held):
        payload = _json(certificate.payload())
        yield _token(payload, key, PayloadType.RECORD, signed_at)


def _forged(corpus: Corpus, index: int, forgery: Forgery, signed_at: datetime) -> str:
    key = signing_key(FORGED_AGENCY)
    certificate = certificates(index, FORGED_AGENCY, corpus.today)[0]
    payload = _json(certificate.payload())
    if forgery is Forgery.UNSIGNED:
        moment = int(signed_at.timestamp())
        parts = {
            "alg": "none",
            "kid": key.kid,
            "typ": PayloadType.RECORD,
            "iat": moment,
        }
        head = _json(parts)
        return b".".join(
            (base64url.encode(head), base64url.encode(payload), b"")
        ).decode()
    type_ = PayloadType.ABSENCE if forgery is Forgery.ABSENCE else PayloadType.RECORD
    if forgery is Forgery.FOREIGN_KEY:
        key = signing_key("transport")
    if forgery is Forgery.UNKNOWN_KEY:
        key = SigningKey("nobody-1", Algorithm.ED25519, key.private_key)
    if forgery is Forgery.STALE:
        signed_at -= timedelta(days=30)
    if forgery is Forgery.FROM_THE_FUTURE:
        signed_at += timedelta(days=30)
    token = _token(payload, key, type_, signed_at)
    if forgery is not Forgery.ALTERED:
        return token
    header, _, signature = token.split(".")
    altered = _json(certificate.with_days(1).payload())
    return f"{header}.{base64url.encode(altered).decode()}.{signature}"


def signed(
    agency: str,
    content: object,
    signed_at: datetime,
    type_: PayloadType = PayloadType.RECORD,
) -> str:
    """Return what an agency signs, as a compact JWS."""
    return _token(_json(content), signing_key(agency), type_, signed_at)


def _token(
    payload: bytes, key: SigningKey, type_: PayloadType, signed_at: datetime
) -> str:
    return sign(payload, key, type=type_, signed_at=signed_at).signature.decode()


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
