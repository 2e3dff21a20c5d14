"""Read the signed bytes that a decision rests on, and erase a person's, or old ones."""

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

from bureau.ledger.entries import is_text
from bureau.ledger.evidence import UnreadableEvidenceError
from bureau.look_ups.audit import AuditEvent, AuditRecord
from connectors.errors import StoreUnavailableError
from gateway.errors import StartError
from gateway.privacy.keys import read_pseudonyms, read_vault
from gateway.settings.settings import Settings
from policy.calendar import SHANGHAI
from policy.identity import IdentityError, parse_identity
from store.audit.log import open_audit_log
from store.ledger.evidence import StoredEvidence
from store.store import open_store

MAX_REASON = 500
READER = "gateway evidence show"


async def show(
    settings: Settings, digest: str, now: datetime, write: Callable[[bytes], object]
) -> None:
    """Write the bytes of ``digest`` as they came; that they were read is on the log.

    Raises:
        StartError: they are not kept, or cannot be read.
    """
    if settings.evidence_key_file is None:
        raise StartError("evidence_key_file is not set; evidence cannot be read")
    vault = read_vault(Path(settings.evidence_key_file))
    async with (
        open_store(settings.database_url) as store,
        open_audit_log(store) as log,
    ):
        try:
            await log.write(AuditRecord(at=now, event=AuditEvent.READ, caller=READER))
            found = await StoredEvidence(store).find(digest)
        except StoreUnavailableError as error:
            raise StartError(f"the database is away: {error}") from None
    if found is None:
        raise StartError(f"no bytes of digest {digest} are kept, or they were erased")
    try:
        write(vault.open(found))
    except UnreadableEvidenceError:
        raise StartError(
            f"the bytes of {digest} are not what was sealed under a key of "
            f"{settings.evidence_key_file}; put the former key below the present one"
        ) from None


async def erase(
    settings: Settings,
    *,
    id_number: str | None,
    before: date | None,
    reason: str,
    now: datetime,
) -> int:
    """Erase the bytes that rest on a person, or those from before a day; how many.

    Raises:
        StartError: it is not said whose, or why, or the database is away.
    """
    if not is_text(reason, MAX_REASON):
        raise StartError("state a reason of 1 to 500 characters, no identity number")
    async with open_store(settings.database_url) as store:
        evidence = StoredEvidence(store)
        try:
            if before is not None:
                start = datetime.combine(before, time.min, SHANGHAI)
                return await evidence.erase_before(start, reason, now)
            people = _pseudonyms_of(id_number or "", settings)
            return await evidence.erase_of_person(people, reason, now)
        except StoreUnavailableError as error:
            raise StartError(f"nothing is erased: {error}") from None


def _pseudonyms_of(id_number: str, settings: Settings) -> list[str]:
    pseudonyms = read_pseudonyms(Path(settings.pseudonym_key_file))
    try:
        return pseudonyms.all_of(parse_identity(id_number))
    except IdentityError:
        # Not repeated: it is somebody's.
        raise StartError("what was read is no identity number") from None
