"""Make a bundle at the command line; that it was made goes on the audit log."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from bureau.certificate_ids import CertificateIds
from bureau.evidence.bundle import Subject, SubjectKind
from bureau.evidence.making import NotMadeError
from bureau.evidence.worth import TracedWorths, Worths
from bureau.look_ups.audit import AuditEvent, AuditRecord
from connectors.errors import StoreUnavailableError
from gateway.errors import StartError
from gateway.evidence.bundle import StoredEvidenceMaker
from gateway.metrics import Metrics
from gateway.privacy.keys import read_pseudonyms, read_vault
from gateway.registry.opened import open_live
from gateway.settings.settings import Settings, read_certificate_id_key
from policy.catalogue import load_catalogue
from policy.parameters import load_parameters
from store.audit.log import open_audit_log
from store.store import Store, open_store

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


async def make_bundle(
    settings: Settings, asked: Asked, now: datetime, tell: Callable[[str], None]
) -> bytes:
    """Return the bundle that was asked for; that it was made is on the audit log.

    ``tell`` is told why a bundle does not say what its certificate is worth.

    Raises:
        StartError: there is no such thing, it is not in the log yet or is not what was
            logged, its signed bytes cannot be read, or the database is away.
    """
    key = settings.evidence_key_file
    vault = None if key is None else read_vault(Path(key))
    try:
        async with AsyncExitStack() as opened:
            store = await opened.enter_async_context(open_store(settings.database_url))
            log = await opened.enter_async_context(open_audit_log(store))
            await log.write(AuditRecord(at=now, event=AuditEvent.READ, caller=READER))
            worths = None
            if asked.subject.kind is SubjectKind.CERTIFICATE:
                worths = await _worths(settings, store, opened, tell)
            maker = StoredEvidenceMaker(store, vault, asked.policy, worths)
            return (await maker.make(asked.subject, asked.as_of, now)).text
    except NotMadeError as error:
        raise StartError(str(error)) from None
    except StoreUnavailableError as error:
        raise StartError(f"the database is away: {error}") from None


async def _worths(
    settings: Settings,
    store: Store,
    opened: AsyncExitStack,
    tell: Callable[[str], None],
) -> Worths | None:
    """Open what reads certificates; what was sent is proved without it, too."""
    try:
        return await opened.enter_async_context(_open_worths(settings, store))
    except StartError as error:
        tell(f"what the certificate is worth is not said: {error}")
        return None


@asynccontextmanager
async def _open_worths(settings: Settings, store: Store) -> AsyncIterator[Worths]:
    """Open what reads certificates: of decisions all that is needed was kept."""
    ids = CertificateIds(
        read_certificate_id_key(Path(settings.certificate_id_key_file))
    )
    async with open_live(
        *(settings, store),
        ids=ids,
        pseudonyms=read_pseudonyms(Path(settings.pseudonym_key_file)),
        metrics=Metrics(),
    ) as live:
        yield TracedWorths(
            live=live,
            ids=ids,
            catalogue=load_catalogue(),
            parameters=load_parameters(),
        )
