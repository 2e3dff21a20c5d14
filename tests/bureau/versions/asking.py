"""Agencies that send what they are given, and the versions that are known of it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bureau.certificate_ids import CertificateIds
from bureau.versions.held import Versions
from bureau.versions.memory import Seen, SeenVersion
from connectors.agency import Agency
from connectors.answer import Answer
from connectors.errors import StoreUnavailableError
from policy.catalogue import load_catalogue
from signing.envelope import Envelope, PayloadType
from signing.sign import sign
from signing.trust import TrustBundle
from tests.connectors.agency import (
    BUNDLE,
    KEY,
    NOW,
    RECORD,
    SIGNED_AT,
    ZHANG,
    believed,
    record,
)
from tests.connectors.test_agency import HOLDER, Sends, agency_of, asked

IDS = ("a1", "b1", "c1")
CATALOGUE = load_catalogue()
REVOKES = ('01 = "VALID"', '01 = "VALID"\n03 = "REVOKED"')
COUNTS = ('state = "state"', 'state = "state"\nheld = "held"')
BODY = CATALOGUE.items["4-02-01-01"].evaluation_body.name.zh
SAYS = ('item = "item"', 'item = "item"\nevaluation_body = "body"')
NO_CACHE = ("[signature]", "[cache]\nttl_seconds = 0\n[signature]")


def signed(minutes: float, **changes: object) -> Envelope:
    """Return a record that was signed so many minutes before ``SIGNED_AT``."""
    content: dict[str, Any] = {**RECORD, "held": 1, "body": BODY, **changes}
    return record(content, signed_at=SIGNED_AT - timedelta(minutes=minutes))


def none_signed(minutes: float) -> Envelope:
    """Return a signed absence of so many minutes before ``SIGNED_AT``."""
    payload = json.dumps({"id": ZHANG}).encode()
    at = SIGNED_AT - timedelta(minutes=minutes)
    return sign(payload, KEY, type=PayloadType.ABSENCE, signed_at=at)


@dataclass
class Kept:
    """Implements ``VersionStore`` in memory."""

    seen: dict[str, SeenVersion] = field(default_factory=dict)
    is_away: bool = False

    async def keep(self, seen: Seen) -> tuple[Seen, range]:
        self.seen.update(seen)
        return {}, range(0)

    async def of(self, marks: Iterable[str]) -> Seen:
        if self.is_away:
            raise StoreUnavailableError
        return {mark: self.seen[mark] for mark in marks if mark in self.seen}


@dataclass
class Asking:
    """A gateway before agencies which answer for the same row."""

    connectors: list[Sends]
    kept: Kept = field(default_factory=Kept)
    told: list[tuple[str, str]] = field(default_factory=list)
    bundle: TrustBundle = BUNDLE
    changes: Sequence[tuple[str, str]] = (NO_CACHE,)
    versions: Versions = field(init=False)
    agencies: list[Agency] = field(init=False)

    def __post_init__(self) -> None:
        self.versions = Versions(
            self.kept,
            mark=CertificateIds(b"i" * 64).mark,
            catalogue=CATALOGUE,
            told=lambda agency, code: self.told.append((agency, code)),
        )
        self.agencies = [
            agency_of(
                connector,
                *(REVOKES, COUNTS, SAYS, *self.changes),
                ('id = "transport"', f'id = "{id_}"'),
                bundle=self.bundle,
            )
            for id_, connector in zip(IDS, self.connectors, strict=False)
        ]

    async def answers(self, *sent: Sequence[Envelope]) -> list[Answer]:
        """Return what the agencies answer, each of them sending its part."""
        for connector, envelopes in zip(self.connectors, sent, strict=True):
            connector.envelopes = tuple(envelopes)
        found = [await asked(agency) for agency in self.agencies]
        return self.held(found)

    def held(self, answers: Sequence[Answer]) -> list[Answer]:
        return self.versions.hold(
            HOLDER, self.agencies, answers, bundle=self.bundle, now=NOW
        )


def asking(agencies: int = 1, **more: Any) -> Asking:
    return Asking([Sends(()) for _ in range(agencies)], **more)


def shown(answers: Sequence[Answer]) -> list[tuple[str, bytes, list[bytes]]]:
    """Return what is shown: by whom, and over what older versions."""
    return [
        (
            one.agency,
            one.envelope.digest,
            [old.envelope.digest for old in one.supersedes],
        )
        for answer in answers
        for one in answer.certificates
    ]


def collected(gateway: Asking, envelope: Envelope) -> Seen:
    """Return ``envelope`` as it is known where it is collected."""
    proof = believed(envelope)
    (holding,) = gateway.agencies[0].decoder.decode(proof).holdings.values()
    return gateway.versions.as_seen(holding.records[0], proof, NOW)
