"""Put an evidence bundle together: one file that proves what it shows.

``certificate-gateway-evidence@v1``, as ``docs/evidence.md`` has it: rows of the log of
hashes with what proves that they are there, the signed bytes that they are about, and
what they come to. Everything but the signed bytes is read out of the rows, so a bundle
says nothing that is not committed to. It is JSON in one spelling (keys sorted, no white
space, one end of a line), with the SHA-256 of itself, so that a bit which turned over
on some disk is told from a forgery.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bureau.evidence.facts import KEY, moment
from bureau.transparency.log import LoggedRow
from policy.edition import canonical, digest_of
from policy.trace import FORMAT as TRACE
from signing import base64url

FORMAT = "certificate-gateway-evidence@v1"
FACTS = "logged_facts"


class SubjectKind(StrEnum):
    """What a bundle is about."""

    DECISION = "DECISION"
    CERTIFICATE = "CERTIFICATE"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a bundle is about: a decision by its number, or a certificate by its id."""

    kind: SubjectKind
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogShown:
    """The log that a bundle's rows are in: whose it is, and how long it was."""

    origin: str
    policy: str
    """Whom to trust for it (C2SP tlog-policy)."""
    checkpoint: str
    """The signed note, with what witnesses cosigned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a bundle is made of."""

    subject: Subject
    as_of: date
    made_at: datetime
    log: LogShown
    rows: Sequence[LoggedRow]
    came: Mapping[str, bytes | None]
    """Signed bytes as they came, by their digest; ``None`` for what was erased."""


def bundle_of(material: Material) -> bytes:
    """Return the bundle that ``material`` makes."""
    rows = [json.loads(one.row) for one in material.rows]
    facts = [one["row"] for one in rows if one["source"] == FACTS]
    log = material.log
    said: dict[str, Any] = {
        "format": FORMAT,
        "subject": {"kind": material.subject.kind, "id": material.subject.id},
        "asOf": material.as_of.isoformat(),
        "madeAt": moment(material.made_at),
        "log": {
            "origin": log.origin,
            "policy": log.policy,
            "checkpoint": log.checkpoint,
        },
        "rows": [_shown(one) for one in material.rows],
        "records": [*_records(material, rows)],
        "states": [*_states(material, rows)],
        "keys": [
            {**fact["body"], "keptAt": fact["at"]}
            for fact in facts
            if fact["body"].get("format") == KEY
        ],
        "verdict": _verdict(rows),
        "trace": next(
            (
                fact["body"]["trace"]
                for fact in facts
                if fact["body"].get("format") == TRACE
            ),
            None,
        ),
    }
    whole = {**said, "digest": digest_of(canonical(said))}
    return f"{canonical(whole)}\n".encode()


def _shown(one: LoggedRow) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "row": one.row.decode(),
        "salt": _b64(one.salt),
        "commitments": [*map(_b64, one.commitments)],
        "position": one.position,
        "index": one.index,
        "proof": [*map(_b64, one.proof)],
    }


def _records(material: Material, rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Yield the signed bytes that are no change of state."""
    states = {one["row"]["digest"] for one in rows if one["source"] == "state_changes"}
    for digest, came in material.came.items():
        if digest not in states:
            kid = None if came is None else kid_of(came)
            yield {"digest": digest, "envelope": _came(came), "kid": kid}


def _states(material: Material, rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for one in rows:
        if one["source"] == "state_changes":
            digest, kid = one["row"]["digest"], one["row"]["key_id"]
            came = material.came.get(digest)
            yield {"digest": digest, "envelope": _came(came), "kid": kid}


def _verdict(rows: Sequence[Any]) -> dict[str, Any] | None:
    """Return what was computed when the decision was recorded."""
    for one in rows:
        if one["source"] == "judgements":
            kept = one["row"]
            return {
                "outcome": kept["verdict"],
                "findings": [
                    {"clause": clause, "outcome": outcome, "zh": zh, "en": en}
                    for clause, outcome, zh, en in kept["findings"]
                ],
                "computedYuan": kept["computed_yuan"],
            }
    return None


def kid_of(came: bytes) -> str:
    """Return by which key signed bytes, which were believed, say that they are signed.

    ``came`` is ``Envelope.came``: the form, a point, and the JWS.
    """
    form, _, rest = came.partition(b".")
    jws = rest.partition(b".")[2] if form == b"detached" else rest
    header = json.loads(base64url.decode(jws.partition(b".")[0], "header"))
    return str(header["kid"])


def _came(came: bytes | None) -> str | None:
    return None if came is None else _b64(came)


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
