"""Check a gateway's receipt offline, with the answer it came in, and name what differs.

The file is the answer's body as it came, or ``extensions.receipt`` alone; the keys are
what ``/receipts/keys`` publishes. The document, the variables and the caller are
compared if they are given: a receipt has commitments to them, and not themselves.
"""

from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import orjson
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bureau.receipts.compared import NOT_SHOWN, Compared, Part, Shown, compared
from gateway.callers.key_set import IssuerKey, KeySetError, read_key_set
from gateway.errors import StartError
from gateway.graphql_http.strict_json import Json, StrictJSONError, read_json
from gateway.providers.public_halves import read_sm2_jwk
from gateway.verify.verify import SKEW, Examination, Row
from signing import base64url
from signing.algorithms import Algorithm, PublicKey
from signing.envelope import Envelope, Freshness, PayloadType, verify
from signing.errors import Check, SigningError, TrustBundleError
from signing.report import CheckOutcome, CheckResult, examine
from signing.sm2.keys import Sm2PublicKey
from signing.trust import KeyState, TrustBundle, TrustedKey

CHECKPOINT = "CHECKPOINT"
GATEWAY = "certificate-gateway"
TYPES = frozenset({PayloadType.RECEIPT})
OPTIONS: Mapping[Part, str] = {
    Part.DATA: "the whole answer",
    Part.ERRORS: "the whole answer",
    Part.DOCUMENT: "--document",
    Part.VARIABLES: "--variables",
    Part.CALLER: "--caller",
}
"""What is to be given so that a part is compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is given beside the file."""

    document: Path | None = None
    variables: Path | None = None
    caller: str | None = None


class _Parts(msgspec.Struct):
    """The parts of an answer exactly as they came."""

    data: msgspec.Raw = msgspec.Raw()
    errors: msgspec.Raw = msgspec.Raw()


@dataclass(frozen=True, slots=True)
class Receipted:
    """A receipt, and the answer around it as far as there is one."""

    jws: str
    salt: bytes | None
    data: bytes | None
    errors: bytes | None


def receipt_in(content: bytes) -> Receipted | None:
    """Return the receipt in a file's content; ``None`` if there is none."""
    text = content.removeprefix(BOM_UTF8).strip()
    try:
        found = read_json(text) if text.startswith(b"{") else None
    except StrictJSONError:
        return None
    extensions = found.get("extensions") if isinstance(found, dict) else None
    inner = extensions.get("receipt") if isinstance(extensions, dict) else None
    receipt = found if inner is None else inner
    jws = receipt.get("jws") if isinstance(receipt, dict) else None
    if not isinstance(receipt, dict) or not isinstance(jws, str):
        return None
    salt = _salt(receipt.get("salt"))
    if inner is None:
        return Receipted(jws, salt, None, None)
    # Read strictly above, so that each part is there once.
    parts = msgspec.json.decode(text, type=_Parts)
    return Receipted(jws, salt, bytes(parts.data), bytes(parts.errors) or None)


def examine_receipt(
    receipt: Receipted,
    keys: Path,
    beside: Beside,
    *,
    at: datetime,
    max_age: timedelta | None,
) -> Examination:
    """Check a receipt by the ``keys`` that its gateway publishes, and all beside it.

    Raises:
        StartError: a file cannot be read, or is not what it should be.
    """
    shown = _shown(receipt, beside)
    bundle = _bundle(keys)
    envelope = Envelope(receipt.jws.encode("utf-8", "surrogatepass"))
    freshness = None if max_age is None else Freshness(max_age=max_age, skew=SKEW)
    results = examine(envelope, bundle, types=TYPES, at=at, freshness=freshness)
    rows = [_row(result) for result in results if result.check is not Check.SCOPE]
    if any(row.outcome is CheckOutcome.FAILED for row in rows):
        reason = "what is not believed is not read"
        unread = [*(str(part) for part in Part), CHECKPOINT]
        rows += [Row(name, CheckOutcome.NOT_RUN, reason) for name in unread]
        return Examination(tuple(rows), None, None)
    proof = verify(envelope, bundle, types=TYPES, at=at, freshness=freshness)
    rows += [_row_of_part(one) for one in compared(proof.content, shown)]
    rows.append(_checkpoint(proof.content))
    return Examination(tuple(rows), proof.key, None)


def _row(result: CheckResult) -> Row:
    if result.outcome is CheckOutcome.FAILED:
        return Row(result.check, result.outcome, f"{result.refusal}: {result.detail}")
    if result.check is Check.FRESHNESS and result.outcome is CheckOutcome.NOT_RUN:
        return Row(result.check, result.outcome, "not asked for", "--max-age-seconds")
    return Row(result.check, result.outcome, result.detail)


def _row_of_part(one: Compared) -> Row:
    is_shown = one.outcome is not CheckOutcome.NOT_RUN or one.reason != NOT_SHOWN
    return Row(one.part, one.outcome, one.reason, "" if is_shown else OPTIONS[one.part])


def _checkpoint(claims: object) -> Row:
    """Say which checkpoint the receipt names; a log is needed to look for it there."""
    match claims:
        case {"log": {"checkpoint": None, "witnesses": witnesses}}:
            told = f"the receipt names none; witnesses: {witnesses}"
        case {
            "log": {
                "checkpoint": {"origin": origin, "size": size, "root": root},
                "witnesses": witnesses,
            }
        }:
            told = f"{origin}, size {size}, root {root}; witnesses: {witnesses}"
        case _:
            return Row(
                CHECKPOINT, CheckOutcome.FAILED, "the receipt has none that can be read"
            )
    return Row(CHECKPOINT, CheckOutcome.NOT_RUN, told)


def _shown(receipt: Receipted, beside: Beside) -> Shown:
    document, variables = beside.document, beside.variables
    try:
        text = None if document is None else read(document).decode()
    except UnicodeDecodeError:
        raise StartError(f"{document}: a document is UTF-8") from None
    return Shown(
        salt=receipt.salt,
        data=receipt.data,
        errors=receipt.errors,
        document=text,
        variables=None if variables is None else _variables(variables),
        caller=beside.caller,
    )


def _variables(path: Path) -> Mapping[str, object]:
    try:
        content = read_json(read(path).removeprefix(BOM_UTF8))
    except StrictJSONError as error:
        raise StartError(f"{path}: {error}") from None
    if not isinstance(content, dict):
        raise StartError(f"{path}: variables are a JSON object")
    return content


def _salt(stated: Json) -> bytes | None:
    """Return the salt; none of its bytes if it is not written as it should be."""
    if not isinstance(stated, str):
        return None
    try:
        return base64url.decode(stated.encode("utf-8", "surrogatepass"), "salt")
    except SigningError:
        return b""


def _bundle(path: Path) -> TrustBundle:
    """Return a gateway's published keys, as good for any day as their being there."""
    try:
        sm2, others = _apart(read(path))
        found = {} if others is None else read_key_set(others)
        return TrustBundle.of(
            [*sm2, *(_trusted(kid, _public(kid, key)) for kid, key in found.items())]
        )
    except (KeySetError, TrustBundleError) as error:
        raise StartError(
            f"{path}: {error}; a receipt is checked by the keys of the gateway that "
            "signed it, published at /receipts/keys"
        ) from None


def _apart(text: bytes) -> tuple[list[TrustedKey], bytes | None]:
    """Return the keys of SM2, which no library reads, and a set of the others.

    Raises:
        TrustBundleError: one of SM2 cannot be used.
    """
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return [], text
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        return [], text
    ours, others = [], []
    for entry in entries:
        key = read_sm2_jwk(entry) if isinstance(entry, dict) else None
        if key is None:
            others.append(entry)
        else:
            ours.append(_trusted(str(entry.get("kid")), key))
    return ours, None if ours and not others else orjson.dumps({"keys": others})


def _public(kid: str, key: IssuerKey) -> PublicKey:
    """Return a published key of another kind than SM2.

    Raises:
        TrustBundleError: receipts are not signed with such keys.
    """
    public = key.key.public_key
    match public:
        case Ed25519PublicKey() | EllipticCurvePublicKey():
            return public
        case _:
            raise TrustBundleError(f"the key {kid!r} is none that signs receipts")


def _trusted(kid: str, public: PublicKey) -> TrustedKey:
    """Return a published key.

    Raises:
        TrustBundleError: it is a weak one.
    """
    match public:
        case Ed25519PublicKey():
            algorithm = Algorithm.ED25519
        case Sm2PublicKey():
            algorithm = Algorithm.SM2
        case _:
            algorithm = Algorithm.ES256
    return TrustedKey(
        kid=kid,
        institution=GATEWAY,
        algorithm=algorithm,
        public_key=public,
        not_before=datetime.min.replace(tzinfo=UTC),
        not_after=datetime.max.replace(tzinfo=UTC),
        state=KeyState.ACTIVE,
        scope=frozenset(),
    )


def read(path: Path) -> bytes:
    """Return a file's content.

    Raises:
        StartError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise StartError(f"{path}: {error.strerror}") from None
