"""Check one signed record offline, years later if need be, and show every check.

The trust bundle is all that is needed: no gateway, no agency, no network. It says
whether the bytes are a trusted key's. With the agency's manifest the record is read,
too: whether it is one, which item of the annex it is about, and whether that key and
that institution may attest it. What was not asked for is said, and what to ask with.
"""

from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from connectors.answer import RecordFault, RefusedRecord
from connectors.decoding.decode import DecodedEnvelope, Decoder
from connectors.decoding.readers import RecordError
from connectors.errors import ManifestError
from connectors.manifest import Manifest, read_manifest
from gateway.errors import StartError
from gateway.trust import fault_of, read_bundle
from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord
from policy.row import row_of
from signing import checks
from signing.envelope import Envelope, Freshness, PayloadType, VerifiedPayload, verify
from signing.errors import Check, Refusal
from signing.report import CheckOutcome, CheckResult, examine
from signing.trust import TrustBundle, TrustedKey

RECORD = "RECORD"
INSTITUTION = "INSTITUTION"
SKEW = timedelta(minutes=1)
ANY_TYPE = frozenset(PayloadType)
OF_THE_RECORD = (Check.SCOPE, INSTITUTION, RECORD)
NOT_ASKED = "not asked for"
OPTIONS: Mapping[str, str] = MappingProxyType(
    {Check.FRESHNESS: "--max-age-seconds", Check.SCOPE: "--manifest or --item"}
)
"""What runs a check that is left out by default."""


@dataclass(frozen=True, slots=True)
class Row:
    """One check and its outcome."""

    check: str
    outcome: CheckOutcome
    reason: str = ""
    option: str = ""
    """What runs the check, where it was not asked for."""


@dataclass(frozen=True, slots=True)
class Examination:
    """Every check of one envelope, and the key it names."""

    rows: tuple[Row, ...]
    key: TrustedKey | None
    """``None`` if the envelope names none of the bundle."""
    doubt: str | None
    """In what the key contradicts the annex of today."""

    @property
    def is_believed(self) -> bool:
        """Whether no check failed; one that was not asked for does not count."""
        return all(row.outcome is not CheckOutcome.FAILED for row in self.rows)

    @property
    def is_key_proven(self) -> bool:
        """Whether the signature is the key's, and the key not just a name."""
        return Row(Check.SIGNATURE, CheckOutcome.PASSED) in self.rows

    @property
    def not_checked(self) -> tuple[Row, ...]:
        """The checks that were not run."""
        return tuple(row for row in self.rows if row.outcome is CheckOutcome.NOT_RUN)


def examine_file(  # noqa: PLR0913 - one argument an option of the command
    file: Path,
    trust: Path,
    *,
    body: Path | None,
    item: str | None,
    manifest: Path | None,
    at: datetime,
    max_age: timedelta | None,
) -> Examination:
    """Check the JWS in ``file``.

    One end of a line at the end of the file (LF, or CR LF) and a byte order mark at its
    start are the editor's, not the signer's, and are left out; anything else that does
    not belong is refused.

    Raises:
        StartError: a file cannot be read, ``trust`` is no trust bundle, ``manifest``
            no manifest, or both a manifest and an item are given.
    """
    if item is not None and manifest is not None:
        raise StartError("give --item or --manifest: a manifest finds the item itself")
    signature = _read(file).removeprefix(BOM_UTF8)
    if signature.endswith(b"\n"):
        signature = signature[:-1].removesuffix(b"\r")
    envelope = Envelope(signature, None if body is None else _read(body))
    bundle = read_bundle(trust)
    freshness = None if max_age is None else Freshness(max_age=max_age, skew=SKEW)
    agency, decoder = _read_manifest(manifest)
    types = ANY_TYPE if decoder is None else decoder.types
    results = examine(
        envelope, bundle, types=types, at=at, freshness=freshness, item_code=item
    )
    rows = [_row(result, results) for result in results]
    if agency is None or decoder is None:
        rows += _not_run((INSTITUTION, RECORD), NOT_ASKED, "--manifest")
    elif any(row.outcome is CheckOutcome.FAILED for row in rows):
        rows[-1:] = _not_run(OF_THE_RECORD, "what is not believed is not read")
    else:
        proof = verify(envelope, bundle, types=types, at=at, freshness=freshness)
        rows[-1:] = _rows_of_record(proof, agency, decoder)
    key = _key(envelope, bundle, results)
    doubt = None if key is None else fault_of(key, load_catalogue())
    return Examination(tuple(rows), key, doubt)


def _row(result: CheckResult, results: Iterable[CheckResult]) -> Row:
    """Return a check of the envelope with its reason, or what would run it."""
    if result.outcome is CheckOutcome.FAILED:
        return Row(result.check, result.outcome, f"{result.refusal}: {result.detail}")
    if result.outcome is CheckOutcome.PASSED:
        return Row(result.check, result.outcome)
    needed = Check.KEY if result.check is Check.SCOPE else Check.SIGNING_TIME
    if result.check in OPTIONS and _passed(needed, results):
        return Row(result.check, result.outcome, NOT_ASKED, OPTIONS[result.check])
    return Row(result.check, result.outcome, "needs what a check above did not find")


def _rows_of_record(
    proof: VerifiedPayload, agency: Manifest, decoder: Decoder
) -> list[Row]:
    """Return the checks of what is said, now that it is known who says it."""
    institution = proof.key.institution
    if institution == agency.collection_body:
        signer = Row(INSTITUTION, CheckOutcome.PASSED, institution)
    else:
        reason = f"signed by {institution}, collected by {agency.collection_body}"
        signer = _failed(INSTITUTION, RecordFault.FOREIGN_KEY, reason)
    try:
        reading = decoder.decode(proof)
    except RecordError as error:
        shape = _failed(RECORD, RecordFault.MALFORMED_RECORD, str(error))
        return [*_not_run((Check.SCOPE,), "there is no record"), signer, shape]
    refusals = [
        refusal
        for holding in reading.holdings.values()
        for refusal in holding.refusals
        if refusal.code != RecordFault.FOREIGN_KEY
    ]
    shape = Row(RECORD, CheckOutcome.PASSED)
    for refusal in refusals:
        if refusal.code != Refusal.OUT_OF_SCOPE:
            shape = _failed(RECORD, refusal.code, refusal.reason)
    return [_scope_row(reading, refusals, signer), signer, shape]


def _scope_row(
    reading: DecodedEnvelope, refusals: list[RefusedRecord], signer: Row
) -> Row:
    for refusal in refusals:
        if refusal.code == Refusal.OUT_OF_SCOPE:
            return _failed(Check.SCOPE, refusal.code, refusal.reason)
    if signer.outcome is CheckOutcome.FAILED:
        return Row(Check.SCOPE, CheckOutcome.NOT_RUN, "another institution's key")
    holdings = reading.holdings.values()
    records = [record for holding in holdings for record in holding.records]
    if not records:
        return Row(Check.SCOPE, CheckOutcome.PASSED, "says that there is none")
    items = {_item_code(record) for record in records}
    if None in items:
        reason = "a record is about no item of the annex"
        return Row(Check.SCOPE, CheckOutcome.NOT_RUN, reason)
    return Row(Check.SCOPE, CheckOutcome.PASSED, ", ".join(sorted(map(str, items))))


def _item_code(record: CertificateRecord) -> str | None:
    """Return the row of the annex whose scope the decoder asked for."""
    catalogue = load_catalogue()
    if record.item_code in catalogue.items:
        return record.item_code
    item = row_of(record, catalogue).item
    return None if item is None else item.code


def _failed(check: str, code: str, reason: str) -> Row:
    return Row(check, CheckOutcome.FAILED, f"{code}: {reason}")


def _not_run(names: Iterable[str], reason: str, option: str = "") -> list[Row]:
    return [Row(name, CheckOutcome.NOT_RUN, reason, option) for name in names]


def _passed(check: Check, results: Iterable[CheckResult]) -> bool:
    return CheckResult(check, CheckOutcome.PASSED) in results


def _key(
    envelope: Envelope, bundle: TrustBundle, results: Iterable[CheckResult]
) -> TrustedKey | None:
    """Return the key that the envelope names."""
    if not _passed(Check.KEY, results):
        return None
    header = checks.header(checks.form(envelope.signature, envelope.body))
    return checks.known_key(header, bundle)


def _read_manifest(path: Path | None) -> tuple[Manifest, Decoder] | tuple[None, None]:
    if path is None:
        return None, None
    try:
        agency = read_manifest(_read(path).decode())
        return agency, Decoder(agency, load_catalogue())
    except (ManifestError, UnicodeDecodeError) as error:
        raise StartError(f"{path}: {error}") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StartError(f"{path}: {error.strerror}") from None
