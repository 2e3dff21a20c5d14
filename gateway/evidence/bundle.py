"""Make the evidence bundle of a decision, or of a certificate, from the database alone.

No agency is asked, and neither a manifest nor the trust bundle is read: all that is
needed was kept when it was relied on. That a bundle was made goes on the audit log.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from bureau.evidence.bundle import (
    LogShown,
    Material,
    Subject,
    SubjectKind,
    bundle_of,
)
from bureau.ledger.evidence import UnreadableEvidenceError, Vault
from bureau.look_ups.audit import AuditEvent, AuditRecord
from bureau.transparency.log import AlteredRowError, LoggedRow
from connectors.errors import StoreUnavailableError
from gateway.errors import StartError
from gateway.privacy.keys import read_vault
from gateway.settings.settings import Settings
from gateway.transparency.keys import read_keys
from policy.calendar import SHANGHAI
from signing.transparency.checkpoints import read_checkpoint
from signing.transparency.notes import NoteError
from store.audit.log import open_audit_log
from store.ledger.bundled import Bundled, StoredBundles
from store.store import Store, open_store
from store.transparency.checkpoints import StoredCheckpoints
from store.transparency.finding import StoredRows

READER = "gateway evidence bundle"


def subject_of(stated: str) -> Subject:
    """Return what is meant: a decision by its number, else a certificate by its id."""
    is_number = stated.isascii() and stated.isdecimal()
    kind = SubjectKind.DECISION if is_number else SubjectKind.CERTIFICATE
    return Subject(kind, stated)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: of what, as of which day, and whom to trust for the log."""

    subject: Subject
    as_of: date
    policy: str


def policy_shown(settings: Settings, stated: Path | None) -> str:
    """Return whom a bundle says to trust: as stated, as configured, or the log alone.

    Raises:
        StartError: a file cannot be read, or the log is signed by nobody.
    """
    configured = settings.transparency.policy_file
    path = stated or (None if configured is None else Path(configured))
    if path is not None:
        try:
            return path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise StartError(f"{path}: {error}") from None
    keys = read_keys(settings.transparency)
    if keys is None:
        raise StartError("the log is signed by nobody: set transparency.key_file")
    return f"log {keys.key}\nquorum none\n"


async def make_bundle(settings: Settings, asked: Asked, now: datetime) -> bytes:
    """Return the bundle that was asked for; that it was made is on the audit log.

    Raises:
        StartError: there is no such thing, it is not in the log yet or is not what was
            logged, its signed bytes cannot be read, or the database is away.
    """
    if settings.evidence_key_file is None:
        raise StartError("evidence_key_file is not set; evidence cannot be read")
    vault = read_vault(Path(settings.evidence_key_file))
    try:
        async with AsyncExitStack() as opened:
            store = await opened.enter_async_context(open_store(settings.database_url))
            log = await opened.enter_async_context(open_audit_log(store))
            await log.write(AuditRecord(at=now, event=AuditEvent.READ, caller=READER))
            return await assemble(store, vault, asked, now)
    except StoreUnavailableError as error:
        raise StartError(f"the database is away: {error}") from None


async def assemble(store: Store, vault: Vault, asked: Asked, now: datetime) -> bytes:
    """Put a bundle together of what a database has.

    Raises:
        StartError: see ``make_bundle``.
        StoreUnavailableError: the database is away.
    """
    until = datetime.combine(asked.as_of + timedelta(days=1), time.min, SHANGHAI)
    bundled = await _bundled(StoredBundles(store), asked.subject, until)
    if bundled is None:
        raise StartError(f"of {asked.subject.id} nothing was kept by {asked.as_of}")
    shown, size = await _log(StoredCheckpoints(store), asked.policy)
    came: dict[str, bytes | None] = dict(bundled.sent)
    for digest, sealed in bundled.sealed.items():
        try:
            came[digest] = None if sealed is None else vault.open(sealed)
        except UnreadableEvidenceError:
            raise StartError(
                f"the bytes of {digest} were sealed under another key; put the former "
                "key below the present one"
            ) from None
    material = Material(
        subject=asked.subject,
        as_of=asked.as_of,
        made_at=now,
        log=shown,
        rows=[await _logged(StoredRows(store), *row, size) for row in bundled.rows],
        came=came,
    )
    return await asyncio.to_thread(bundle_of, material)


async def _bundled(
    bundles: StoredBundles, subject: Subject, until: datetime
) -> Bundled | None:
    match subject.kind:
        case SubjectKind.DECISION:
            return await bundles.of_decision(int(subject.id), until)
        case SubjectKind.CERTIFICATE:
            return await bundles.of_certificate(subject.id, until)


async def _log(checkpoints: StoredCheckpoints, policy: str) -> tuple[LogShown, int]:
    """Return the newest checkpoint that counts, and how long the log was then."""
    kept = await checkpoints.latest(witnessed=True) or await checkpoints.latest()
    if kept is None:
        raise StartError("the log was never signed: set its key, and start the gateway")
    try:
        checkpoint, _ = read_checkpoint(kept.note.encode())
    except NoteError as error:
        raise StartError(f"the checkpoint of {kept.size} is none: {error}") from None
    shown = LogShown(origin=checkpoint.origin, policy=policy, checkpoint=kept.note)
    return shown, kept.size


async def _logged(rows: StoredRows, source: str, id_: int, size: int) -> LoggedRow:
    try:
        found = await rows.find(source, id_, size)
    except AlteredRowError as error:
        raise StartError(f"{error}; see: gateway audit verify") from None
    if found is None:
        raise StartError(
            f"row {id_} of {source} is not in the signed log yet; try again in a second"
        )
    return found
