"""Say which logs and which witnesses are believed (c2sp.org/tlog-policy).

A policy is a text of lines: ``log``, ``witness``, ``group`` and one ``quorum``. It
accepts a checkpoint that one of its logs signed and whose cosigners make the quorum.
What is not signed by enough is refused, and told who is missing: no setting here, and
no witness that is away, makes it less.

Stricter than the specification in three ways: the last line ends, so that a file that
was cut off is refused; a log's key is no witness's, since that would be the log's own
word; and keys and names are UTF-8.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from signing.transparency.checkpoints import Checkpoint, Cosigned, signers
from signing.transparency.notes import (
    Kind,
    Note,
    NoteError,
    VerifierKey,
    read_verifier_key,
)

POLICY_LIMIT = 262_144
"""Bytes of a policy; what is longer is not read."""
MEMBERS_LIMIT = 64
"""Logs, witnesses and groups of a policy, of each. The specification asks for 32."""
NO_QUORUM = "none"
_WITNESSES = (Kind.COSIGNATURE_ED25519, Kind.COSIGNATURE_ML_DSA_44)
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_SPACE = re.compile("[ \t]+")
_DECIMAL = re.compile("[1-9][0-9]{0,3}")


class PolicyFileError(ValueError):
    """A text is no policy; the message says which line, and why."""


class QuorumError(ValueError):
    """A checkpoint is not signed by those who have to; nothing is believed of it."""

    def __init__(self, why: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.missing = missing
        """The witnesses that the quorum lacks, by their names in the policy."""


class Log(NamedTuple):
    """A log that is believed; its key's name is its origin."""

    key: VerifierKey
    url: str | None


class Witness(NamedTuple):
    """A witness by its name in the policy."""

    name: str
    key: VerifierKey
    url: str | None


class Group(NamedTuple):
    """Of whose members a number has to cosign."""

    threshold: int
    members: tuple[str, ...]


class Accepted(NamedTuple):
    """Who signed a checkpoint that a policy accepts."""

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, datetime]
    """When each of the policy's witnesses says that it cosigned."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Whose signatures are believed, and how many it takes."""

    logs: tuple[Log, ...]
    witnesses: Mapping[str, Witness]
    groups: Mapping[str, Group]
    quorum: str
    """A witness, a group, or ``none``."""

    def is_met(self, cosigners: Collection[str]) -> bool:
        """Say whether these witnesses are enough."""
        return not self.missing(cosigners)

    def missing(self, cosigners: Collection[str]) -> tuple[str, ...]:
        """Return the witnesses that the quorum lacks; none, and it is met.

        Of a group that has not enough, those who did not cosign; not all of them have
        to, where the group does not ask for all.
        """
        return () if self.quorum == NO_QUORUM else self._missing(self.quorum, cosigners)

    def _missing(self, name: str, cosigners: Collection[str]) -> tuple[str, ...]:
        """Return whom a witness or a group lacks; each name is in one group only."""
        group = self.groups.get(name)
        if group is None:
            return () if name in cosigners else (name,)
        found = [self._missing(member, cosigners) for member in group.members]
        if sum(not lacking for lacking in found) >= group.threshold:
            return ()
        return tuple(witness for lacking in found for witness in lacking)

    def accept(self, checkpoint: Checkpoint, note: Note) -> Accepted:
        """Return who signed a checkpoint, if that is enough.

        That the times of cosignatures are past is not checked: the caller has the
        clock.

        Raises:
            QuorumError: no log of the policy signed it, or too few witnesses did.
            NoteError: a signature of one of them does not fit.
        """
        keys = [log.key for log in self.logs if log.key.name == checkpoint.origin]
        logs = [signer.key for signer in signers(checkpoint, note, keys)]
        if not logs:
            raise QuorumError(
                f"a checkpoint of {checkpoint.origin} is signed by no log of the policy"
            )
        seen = self.cosigners(checkpoint, note)
        if missing := self.missing(seen):
            raise QuorumError(
                f"the quorum {self.quorum} is not met; there is no cosignature of "
                + ", ".join(missing),
                missing,
            )
        return Accepted(tuple(logs), seen)

    def cosigners(self, checkpoint: Checkpoint, note: Note) -> dict[str, datetime]:
        """Return which witnesses cosigned, and when they say that they did.

        Raises:
            NoteError: a cosignature of one of them does not fit.
        """
        names = {witness.key: name for name, witness in self.witnesses.items()}
        return {names[key]: at for key, at in _timed(signers(checkpoint, note, names))}


def read_policy(raw: bytes) -> Policy:
    """Read a policy.

    Raises:
        PolicyFileError: it is none.
    """
    if len(raw) > POLICY_LIMIT:
        raise PolicyFileError(
            f"a policy has at most {POLICY_LIMIT} bytes, not {len(raw)}"
        )
    try:
        text = raw.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise PolicyFileError("a policy is UTF-8") from error
    if _FORBIDDEN.search(text):
        raise PolicyFileError("a policy has no control characters but tab and newline")
    *lines, rest = text.split("\n")
    if rest:
        raise PolicyFileError("the last line of a policy does not end; is it cut off?")
    draft = _Draft()
    for number, line in enumerate(lines, start=1):
        items = _SPACE.split(line.strip(" \t"))
        if not items[0] or items[0].startswith("#"):
            continue
        try:
            draft.add(items)
        except (NoteError, PolicyFileError) as error:
            raise PolicyFileError(f"line {number}: {error}") from error
    if draft.quorum is None:
        raise PolicyFileError("a policy has one line 'quorum', not none")
    return Policy(tuple(draft.logs), draft.witnesses, draft.groups, draft.quorum)


@dataclass(slots=True)
class _Draft:
    """What the lines said so far."""

    logs: list[Log] = field(default_factory=list)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str | None = None
    keys: dict[bytes, str] = field(default_factory=dict)
    """The key itself, whatever its name and kind, and the word of its line."""
    grouped: set[str] = field(default_factory=set)

    def add(self, items: list[str]) -> None:
        """Take a line.

        Raises:
            PolicyFileError: it says nothing that a policy can say here.
            NoteError: a key is none.
        """
        match items:
            case ["log", vkey, *url] if len(url) <= 1:
                log = Log(read_verifier_key(vkey), _only(url))
                self._keep_key(log.key, "log")
                _require_room(len(self.logs), "logs")
                self.logs.append(log)
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._require_new(name)
                witness = Witness(name, read_verifier_key(vkey), _only(url))
                if witness.key.kind not in _WITNESSES:
                    raise PolicyFileError(f"the key of {name} is not for cosignatures")
                self._keep_key(witness.key, "witness")
                _require_room(len(self.witnesses), "witnesses")
                self.witnesses[name] = witness
            case ["group", name, threshold, _, *_]:
                self._require_new(name)
                _require_room(len(self.groups), "groups")
                self.groups[name] = self._group(threshold, items[3:])
            case ["quorum", name]:
                if self.quorum is not None:
                    raise PolicyFileError("a policy has one line 'quorum', not two")
                if name != NO_QUORUM:
                    self._require_known(name)
                self.quorum = name
            case _:
                raise PolicyFileError(
                    "a line is 'log KEY [URL]', 'witness NAME KEY [URL]', "
                    "'group NAME all|any|NUMBER NAME...' or 'quorum NAME', "
                    f"not {items[0][:40]!r} and {len(items) - 1} more"
                )

    def _keep_key(self, key: VerifierKey, word: str) -> None:
        if (before := self.keys.get(key.key)) is not None:
            raise PolicyFileError(
                f"the key of {key.name} is another {before}'s already"
            )
        self.keys[key.key] = word

    def _require_new(self, name: str) -> None:
        if name == NO_QUORUM or name in self.witnesses or name in self.groups:
            raise PolicyFileError(f"the name {name[:40]!r} is taken")

    def _require_known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise PolicyFileError(f"no line before this one names {name[:40]!r}")

    def _group(self, threshold: str, members: list[str]) -> Group:
        for name in members:
            self._require_known(name)
            if name in self.grouped:
                raise PolicyFileError(f"{name[:40]!r} is in a group already")
            self.grouped.add(name)
        most = len(members)
        if threshold in ("any", "all"):
            return Group(1 if threshold == "any" else most, tuple(members))
        needed = int(threshold) if _DECIMAL.fullmatch(threshold) else 0
        if not 1 <= needed <= most:
            raise PolicyFileError(
                f"of {most} members 'all', 'any' or 1 to {most} have to cosign, "
                f"not {threshold[:40]!r}"
            )
        return Group(needed, tuple(members))


def _only(url: list[str]) -> str | None:
    return url[0] if url else None


def _require_room(count: int, what: str) -> None:
    if count >= MEMBERS_LIMIT:
        raise PolicyFileError(f"a policy has at most {MEMBERS_LIMIT} {what}")


def _timed(cosigned: Collection[Cosigned]) -> Iterator[tuple[VerifierKey, datetime]]:
    """Yield who cosigned, and when; whatever has no time is no cosignature."""
    for key, at in cosigned:
        if at is not None:
            yield key, at
