"""Make the evidence bundle of a decision, or of a certificate, from the database alone.

No agency is asked, and for a decision neither a manifest nor the trust bundle is read:
all that is needed was kept when it was relied on. What a certificate is worth by itself
is traced when its bundle is made, and kept in the log, by who is handed in to read it.
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from bureau.evidence.bundle import (
    FACTS,
    LogShown,
    Material,
    Subject,
    SubjectKind,
    bundle_of,
)
from bureau.evidence.making import EvidenceRefusal, MadeBundle, NotMadeError
from bureau.evidence.worth import Worths
from bureau.ledger.evidence import SealedEvidence, UnreadableEvidenceError, Vault
from bureau.transparency.log import AlteredRowError, LoggedRow
from gateway.errors import StartError
from gateway.settings.settings import Settings
from gateway.transparency.keys import read_keys
from policy.calendar import SHANGHAI
from signing.transparency.checkpoints import read_checkpoint
from signing.transparency.notes import NoteError
from store.ledger.bases import StoredWorths
from store.ledger.bundled import Bundled, StoredBundles
from store.store import Store
from store.transparency.checkpoints import StoredCheckpoints
from store.transparency.finding import StoredRows

TRIES, BETWEEN_SECONDS = 16, 0.25
"""How often it is looked whether the log has what was just kept: for four seconds."""


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
    keys = read_keys(settings)
    if keys is None:
        raise StartError("the log is signed by nobody: set transparency.key_file")
    return "".join(f"log {key}\n" for key in keys.own) + "quorum none\n"


class StoredEvidenceMaker:
    """Implements ``bureau.evidence.making.EvidenceMaker``."""

    def __init__(
        self,
        store: Store,
        vault: Vault | None,
        policy: str | None,
        worths: Worths | None = None,
    ) -> None:
        """Make bundles of ``store``; ``policy`` says whom to trust for its log.

        Without ``worths`` nothing is said of what a certificate is worth.
        """
        self._worths = worths
        self._kept_worths = StoredWorths(store)
        self._bundles = StoredBundles(store)
        self._checkpoints = StoredCheckpoints(store)
        self._rows = StoredRows(store)
        self._vault = vault
        self._policy = policy

    async def make(self, subject: Subject, as_of: date, now: datetime) -> MadeBundle:
        """See ``EvidenceMaker``; a day to come is taken for today."""
        as_of = min(as_of, now.astimezone(SHANGHAI).date())
        if self._vault is None:
            raise NotMadeError(
                EvidenceRefusal.NO_KEY,
                "evidence_key_file is not set; evidence cannot be read",
            )
        if self._policy is None:
            raise NotMadeError(
                EvidenceRefusal.NOT_SIGNED,
                "the log is signed by nobody: set transparency.key_file",
            )
        bundled = await self._bundled(subject, as_of)
        await self._add_worth(bundled, as_of, now)
        came: dict[str, bytes | None] = dict(bundled.sent)
        for digest, sealed in bundled.sealed.items():
            came[digest] = None if sealed is None else _opened(self._vault, sealed)
        shown, size = await self._log(self._policy)
        material = Material(
            subject=subject,
            as_of=as_of,
            made_at=now,
            log=shown,
            rows=[await self._logged(*row, size) for row in bundled.rows],
            came=came,
        )
        return await asyncio.to_thread(_made, material)

    async def _bundled(self, subject: Subject, as_of: date) -> Bundled:
        until = datetime.combine(as_of + timedelta(days=1), time.min, SHANGHAI)
        if subject.kind is SubjectKind.DECISION:
            found = await self._bundles.of_decision(int(subject.id), until)
        else:
            found = await self._bundles.of_certificate(subject.id, until)
        if found is None:
            raise NotMadeError(
                EvidenceRefusal.UNKNOWN, f"of {subject.id} nothing was kept by {as_of}"
            )
        return found

    async def _add_worth(self, bundled: Bundled, as_of: date, now: datetime) -> None:
        """Add what a certificate is worth by itself, once the signed log has that."""
        sent = bundled.versions
        if self._worths is None or sent is None:
            return
        today = now.astimezone(SHANGHAI).date()
        basis = await self._worths.of(sent, as_of, today)
        if basis is None:
            return
        facts = await self._kept_worths.keep(sent.certificate, basis, now)
        if await self._are_logged(facts):
            rows = [(FACTS, fact) for fact in facts]
            bundled.rows += [row for row in rows if row not in bundled.rows]

    async def _are_logged(self, facts: Sequence[int]) -> bool:
        """Wait until facts are in the signed log; say whether they are by now.

        Nobody may be appending, where a bundle is made beside no gateway.
        """
        latest = self._checkpoints.latest
        for _ in range(TRIES):
            kept = await latest(witnessed=True) or await latest()
            size = 0 if kept is None else kept.size
            try:
                for fact in facts:
                    await self._logged(FACTS, fact, size)
            except NotMadeError as error:
                if error.refusal is not EvidenceRefusal.PENDING:
                    raise
                await asyncio.sleep(BETWEEN_SECONDS)
            else:
                return True
        return False

    async def _log(self, policy: str) -> tuple[LogShown, int]:
        """Return the newest checkpoint that counts, and how long the log was then."""
        latest = self._checkpoints.latest
        kept = await latest(witnessed=True) or await latest()
        if kept is None:
            raise NotMadeError(
                EvidenceRefusal.NOT_SIGNED,
                "the log was never signed: set its key, and start the gateway",
            )
        try:
            checkpoint, _ = read_checkpoint(kept.note.encode())
        except NoteError as error:
            raise NotMadeError(
                EvidenceRefusal.ALTERED,
                f"the checkpoint of {kept.size} is none: {error}",
            ) from None
        shown = LogShown(origin=checkpoint.origin, policy=policy, checkpoint=kept.note)
        return shown, kept.size

    async def _logged(self, source: str, id_: int, size: int) -> LoggedRow:
        try:
            found = await self._rows.find(source, id_, size)
        except AlteredRowError as error:
            raise NotMadeError(
                EvidenceRefusal.ALTERED, f"{error}; see: gateway audit verify"
            ) from None
        if found is None:
            raise NotMadeError(
                EvidenceRefusal.PENDING,
                f"row {id_} of {source} is not in the signed log yet; try again in a "
                "second",
            )
        return found


def _opened(vault: Vault, sealed: SealedEvidence) -> bytes:
    try:
        return vault.open(sealed)
    except UnreadableEvidenceError:
        raise NotMadeError(
            EvidenceRefusal.OTHER_KEY,
            f"the bytes of {sealed.digest} were sealed under another key; put the "
            "former key below the present one",
        ) from None


def _made(material: Material) -> MadeBundle:
    text = bundle_of(material)
    return MadeBundle(
        text=text,
        digest=json.loads(text)["digest"],
        made_at=material.made_at,
        erased=sum(came is None for came in material.came.values()),
    )
