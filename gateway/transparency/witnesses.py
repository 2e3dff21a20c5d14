"""Ask the witnesses of a policy to cosign a checkpoint (c2sp.org/tlog-witness).

Each is asked at its address with a proof from what it is thought to have seen last; one
that has seen something else says so, and is asked once more from there. What it answers
is believed as far as its signature goes, over this checkpoint, of about now. A witness
that is away, late, wrong or lying is an outcome, never an exception: who wants a quorum
looks at the signatures that came (``Policy.accept``).

Nothing is kept here. Whoever asks keeps what each has seen, to save a request.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import NamedTuple, TypeAlias

import aiohttp
from yarl import URL

from signing.transparency.checkpoints import Checkpoint, signers
from signing.transparency.notes import Note, NoteError, Signature, read_signatures
from signing.transparency.policies import Policy, Witness
from signing.transparency.witnessing import Submission

SECONDS = 5.0
"""How long a witness may take, for all that it is asked."""
ANSWER_LIMIT = 65_536
"""Bytes of an answer; a cosignature of ML-DSA-44 takes some 3,300."""
LINES_LIMIT = 16
"""Signatures of an answer."""
CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far the time of a cosignature may be from ours."""
ATTEMPTS = 3
"""Times that a witness is asked: with what was thought, and with what it says."""
HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    # Nothing is inflated, so nothing grows.
    "Accept-Encoding": "identity",
}
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


Prover: TypeAlias = Callable[[int, int], Awaitable[Sequence[bytes]]]
"""Returns the proof that the log of a size goes on from a smaller one."""


class Trouble(StrEnum):
    """Why a witness did not cosign."""

    AWAY = "AWAY"
    """It cannot be reached, or breaks off."""
    LATE = "LATE"
    """It did not answer in time."""
    REFUSED = "REFUSED"
    """It does not know the log or its key, or cannot answer now."""
    CONFLICT = "CONFLICT"
    """It has seen another history of this log. Somebody has to look at once."""
    AHEAD = "AHEAD"
    """It has seen a longer log: another gateway published, or ours was restored."""
    ILLEGIBLE = "ILLEGIBLE"
    """What it says cannot be read, or is more than is read."""
    FORGED = "FORGED"
    """A signature that claims to be its own does not fit."""
    UNSIGNED = "UNSIGNED"
    """It agreed, and no signature of a key of the policy was there."""
    WRONG_CLOCK = "WRONG_CLOCK"
    """The time that it signed is not of now."""


class Outcome(NamedTuple):
    """What came of asking at one address."""

    url: str
    names: tuple[str, ...]
    """The policy's witnesses there; one may have several keys."""
    signatures: tuple[Signature, ...] = ()
    """Those that are right."""
    seen: int | None = None
    """The size that it has seen now, as far as that is known."""
    trouble: Trouble | None = None
    detail: str = ""


class _TroubleError(Exception):
    """An address is given up."""

    def __init__(
        self, trouble: Trouble, detail: str = "", seen: int | None = None
    ) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.detail = detail
        self.seen = seen


class _Answer(NamedTuple):
    status: int
    body: bytes


async def ask_witnesses(  # noqa: PLR0913 - everything is handed in
    note: Note,
    checkpoint: Checkpoint,
    prove: Prover,
    policy: Policy,
    session: aiohttp.ClientSession,
    *,
    now: Callable[[], datetime],
    seen: Mapping[str, int] | None = None,
    seconds: float = SECONDS,
) -> list[Outcome]:
    """Ask all witnesses of ``policy`` that have an address, at once.

    ``note`` is ``checkpoint`` with the log's signatures, ``prove`` proves its log, and
    ``seen`` is what each address is thought to have seen (``Outcome.seen``).
    """
    places: dict[str, list[Witness]] = {}
    for witness in policy.witnesses.values():
        if witness.url is not None:
            places.setdefault(witness.url, []).append(witness)
    known = seen or {}
    async with asyncio.TaskGroup() as group:
        asked = [
            group.create_task(
                _Asking(
                    note, checkpoint, prove, session, now, url, witnesses, seconds
                ).outcome(known.get(url, 0))
            )
            for url, witnesses in places.items()
        ]
    return [task.result() for task in asked]


@dataclass(frozen=True, slots=True)
class _Asking:
    """One address that is asked."""

    note: Note
    checkpoint: Checkpoint
    prove: Prover
    session: aiohttp.ClientSession
    now: Callable[[], datetime]
    url: str
    witnesses: Sequence[Witness]
    seconds: float

    async def outcome(self, seen: int) -> Outcome:
        """Return what came of it."""
        names = tuple(witness.name for witness in self.witnesses)
        if not _is_address(self.url):
            detail = "this is no address of http or https"
            return Outcome(self.url, names, trouble=Trouble.AWAY, detail=detail)
        try:
            async with asyncio.timeout(self.seconds):
                body = await self._cosigned(seen)
            signatures = self._right_ones(body)
        except _TroubleError as error:
            return Outcome(self.url, names, (), error.seen, error.trouble, error.detail)
        except TimeoutError:
            return Outcome(self.url, names, trouble=Trouble.LATE)
        except (aiohttp.ClientError, OSError) as error:
            kind = type(error).__name__
            return Outcome(self.url, names, trouble=Trouble.AWAY, detail=kind)
        return Outcome(self.url, names, signatures, self.checkpoint.size)

    async def _cosigned(self, seen: int) -> bytes:
        """Return the body of the answer that agrees.

        Raises:
            _TroubleError: there is none.
        """
        size = self.checkpoint.size
        for _ in range(ATTEMPTS):
            old = min(seen, size)
            proof = await self.prove(old, size)
            status, body = await self._post(Submission(old, proof, str(self.note)))
            match status:
                case HTTPStatus.OK:
                    return body
                case HTTPStatus.UNPROCESSABLE_ENTITY:
                    raise _TroubleError(Trouble.CONFLICT, f"from size {old}", old)
                case HTTPStatus.CONFLICT:
                    seen = _size_in(body)
                case _:
                    raise _TroubleError(Trouble.REFUSED, f"HTTP {status}")
            if seen > size:
                raise _TroubleError(Trouble.AHEAD, f"at size {seen}", seen)
            if seen == old:
                raise _TroubleError(Trouble.CONFLICT, f"at size {seen}", seen)
        raise _TroubleError(Trouble.REFUSED, "it says another size each time", seen)

    async def _post(self, submission: Submission) -> _Answer:
        """Return status and body.

        Raises:
            _TroubleError: the answer is too long.
        """
        async with self.session.post(
            f"{self.url.rstrip('/')}/add-checkpoint",
            data=str(submission).encode(),
            headers=HEADERS,
            allow_redirects=False,
            auto_decompress=False,
        ) as response:
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > ANSWER_LIMIT:
                    detail = f"over {ANSWER_LIMIT} bytes"
                    raise _TroubleError(Trouble.ILLEGIBLE, detail)
            return _Answer(response.status, bytes(body))

    def _right_ones(self, body: bytes) -> tuple[Signature, ...]:
        """Return the signatures in an answer that are right.

        Those of keys that the policy has not got are passed over. One that is not right
        refuses them all: who signs wrongly once is not believed the other time.

        Raises:
            _TroubleError: there are none.
        """
        note = Note(self.note.text, _signatures_in(body))
        keys = [witness.key for witness in self.witnesses]
        try:
            cosigned = signers(self.checkpoint, note, keys)
        except NoteError as error:
            raise _TroubleError(Trouble.FORGED, str(error)) from None
        if not cosigned:
            raise _TroubleError(Trouble.UNSIGNED)
        now = self.now()
        for one in cosigned:
            if len(note.of(one.key)) != 1:
                raise _TroubleError(Trouble.ILLEGIBLE, "two signatures of one key")
            if one.at is None or abs(one.at - now) > CLOCK_TOLERANCE:
                raise _TroubleError(Trouble.WRONG_CLOCK, f"it says {one.at}")
        return tuple(line for one in cosigned for line in note.of(one.key))


def _is_address(url: str) -> bool:
    """Say whether somebody may be asked there."""
    try:
        parsed = URL(url)
    except ValueError:
        return False
    return parsed.scheme in ("http", "https") and bool(parsed.host)


def _signatures_in(body: bytes) -> list[Signature]:
    """Return the signatures that an answer has.

    Raises:
        _TroubleError: it has something else.
    """
    try:
        *lines, rest = body.decode("utf-8", "strict").split("\n")
        if rest or not 0 < len(lines) <= LINES_LIMIT:
            raise _TroubleError(Trouble.ILLEGIBLE, "no lines of signatures")
        return read_signatures(lines)
    except (UnicodeDecodeError, NoteError) as error:
        raise _TroubleError(Trouble.ILLEGIBLE, str(error)[:200]) from None


def _size_in(body: bytes) -> int:
    """Return the size that an answer says.

    Raises:
        _TroubleError: it says none.
    """
    said = _SIZE.fullmatch(body)
    if said is None:
        raise _TroubleError(Trouble.ILLEGIBLE, "no size")
    return int(said[1])
