"""Remember the newest version of each certificate, within bounds.

A certificate is known by keyed marks of its holder, number and item, its version by
when it was signed and by digests: nothing of what it says is kept. The store has the
same for all gateways (``VersionStore``); it is read at the start, followed, and written
behind, so no answer waits for it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import islice
from operator import attrgetter
from typing import NamedTuple, Protocol

from bureau.transparency.inclusion import NOT_WRITTEN
from policy.certificate import CertificateRecord
from signing.trust import KeyState, TrustBundle

KEPT = 50_000
"""Of how many certificates a process remembers the version; each is some 700 bytes."""
UNSAVED = 20_000
"""How many of them may wait to be written; what comes beyond is known here only."""
SAVED_AGAIN_AFTER = timedelta(hours=1)
"""Where only the signature is new, the store's moment may be so much older."""

_FACTS = (
    *("holder_name", "title", "category", "item", "item_code", "level"),
    *("first_issued_on", "issued_on", "valid_from", "valid_until", "review_due_on"),
    *("state", "state_since", "status_index", "licence_id"),
    *("authority", "evaluation_body", "collection_body"),
)
_facts = attrgetter(*_FACTS)
_WORDS = "\x1f".join(["%s"] * len(_FACTS))
"""The facts as one text; a format takes half the time of texts that are joined."""

_of_examination = attrgetter(
    *("held_on", "site", "batch", "assessor", "theory", "practice")
)


def said_of(record: CertificateRecord) -> str:
    """Return a digest of what ``record`` says, beside by what it is found.

    What was sent of its state beside it is left out.
    """
    words = _WORDS % _facts(record)
    # What was kept of records without one stays what it was.
    if (examination := record.examination) is not None:
        words = "\x1f".join((words, *map(str, _of_examination(examination))))
    return blake2b(words.encode(), digest_size=8).hexdigest()


class SeenVersion(NamedTuple):
    """The newest version that was seen of a certificate."""

    signed_at: datetime
    said: str
    """As ``said_of`` the record; empty if several were signed in that second."""
    digest: str
    """The first characters of the envelope's; empty likewise."""
    key_id: str
    seen_at: datetime
    """When a gateway first had a version that says this, or knew of it."""
    saved: datetime | None = None
    """The moment of signing that the store has of what it says, if it does."""
    row: int | None = None
    """A number that the row with these bytes has at most; ``None`` without one."""


def is_vouched_for(seen: SeenVersion, bundle: TrustBundle) -> bool:
    """Say whether ``seen`` counts still: not if others have the key that signed it."""
    key = bundle.keys.get(seen.key_id)
    return key is None or key.state is not KeyState.COMPROMISED


Seen = Mapping[str, SeenVersion]
"""Versions by the certificate's mark."""


class VersionStore(Protocol):
    """What all gateways saw; the store implements it."""

    async def keep(self, seen: Seen) -> tuple[Seen, range]:
        """Keep what is newer than what is there; return what is there and newer.

        Beside it, from the last row's number before to the last that was given.

        Raises:
            StoreUnavailableError: nothing of it is kept.
        """

    async def of(self, marks: Iterable[str]) -> Seen:
        """Return what is known of certificates.

        Raises:
            StoreUnavailableError: the database is away.
        """


class VersionMemory:
    """The newest versions that this process knows."""

    def __init__(self, kept: int = KEPT) -> None:
        self._most = kept
        self._known: dict[str, SeenVersion] = {}
        """The one that was noted last stands last."""
        self._unsaved: dict[str, SeenVersion] = {}
        self._under_way: Seen = {}
        """What is being written."""
        self.get = self._known.get

    def __len__(self) -> int:
        """Return of how many certificates a version is known."""
        return len(self._known)

    def note(self, mark: str, seen: SeenVersion) -> None:
        """Know that ``seen`` is the newest version, and have it kept."""
        known = self._known.get(mark)
        if known is not None and known.said == seen.said:
            row = known.row if known.digest == seen.digest else None
            seen = seen._replace(seen_at=known.seen_at, saved=known.saved, row=row)
        self._put(mark, seen)
        is_kept = (
            seen.saved is not None and seen.signed_at - seen.saved < SAVED_AGAIN_AFTER
        )
        if not is_kept and (len(self._unsaved) < UNSAVED or mark in self._unsaved):
            self._unsaved[mark] = seen

    def learn(self, found: Seen) -> None:
        """Know what the store has, where it is newer."""
        for mark, seen in found.items():
            known = self._known.get(mark)
            if known is None or known.signed_at <= seen.signed_at:
                if seen.saved != seen.signed_at:
                    seen = seen._replace(saved=seen.signed_at)  # noqa: PLW2901
                self._put(mark, seen)

    def take_unsaved(self, most: int) -> Seen:
        """Return some of what is to be kept; the caller sees to it."""
        some = dict(islice(self._unsaved.items(), most))
        for mark in some:
            del self._unsaved[mark]
        self._under_way = some
        return some

    def give_back(self, unsaved: Seen) -> None:
        """Have kept later what could not be kept now."""
        self._under_way = {}
        self._unsaved = {**unsaved, **self._unsaved}

    def row_of(self, mark: str, digest: str) -> int | None:
        """Return a number that the row of a version has at most.

        ``None`` if none is kept of these bytes, ``NOT_WRITTEN`` while they wait.
        """
        known = self._known.get(mark)
        if known is None or known.digest != digest:
            return None
        waits = self._unsaved.get(mark) or self._under_way.get(mark)
        if known.row is None and waits is not None and waits.digest == digest:
            return NOT_WRITTEN
        return known.row

    def _put(self, mark: str, seen: SeenVersion) -> None:
        self._known.pop(mark, None)
        self._known[mark] = seen
        if len(self._known) > self._most:
            del self._known[next(iter(self._known))]
