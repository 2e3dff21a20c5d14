"""What a certificate is worth by itself, traced from what was sent of it.

No claim is judged and nobody is asked: the signed bytes that were collected are read as
an answer is, with the changes of state that were sent, and the clauses of notice 219
are run as of a day. It takes the agency's manifest and the trust bundle, to read those
bytes; where the agency is gone, or they are believed no more, there is no trace.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from bureau.certificate_ids import CertificateIds, UnknownIdError
from bureau.evidence.facts import Basis
from bureau.ledger.tracing import basis_of, edition_by
from bureau.status import ChangesLoader, Found, KeptChange
from connectors.answer import AttestedCertificate
from connectors.connector import Collected
from connectors.live import Live
from policy.catalogue import Catalogue
from policy.eligibility import evaluate
from policy.evidence import Attestation, Evidence
from policy.identity import Identity
from policy.parameters import Parameters
from signing.envelope import Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class SentVersions:
    """What was sent of a certificate by a day, and of its state."""

    certificate: str
    """The id that was asked for."""
    connector: str
    """Who sent the newest version."""
    newest: bytes
    """The digest of that one."""
    versions: Sequence[tuple[Envelope, Collected]]
    """Each version that this connector sent."""
    changes: Sequence[KeptChange]


class Worths(Protocol):
    """Traces what certificates are worth."""

    async def of(self, sent: SentVersions, as_of: date, today: date) -> Basis | None:
        """Return what a verdict on the newest version rests on, as of a day.

        ``None`` if its bytes cannot be read by what is in force, or leave in doubt
        which version counts.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedWorths:
    """Implements ``Worths`` by the agencies in force."""

    live: Live
    ids: CertificateIds
    catalogue: Catalogue
    parameters: Parameters

    async def of(self, sent: SentVersions, as_of: date, today: date) -> Basis | None:
        """See ``Worths.of``."""
        found = await self._read(sent)
        if found is None:
            return None
        attestation = _as_of(found.attestation, as_of, today)
        evidence = Evidence(
            record=found.record,
            attestation=attestation,
            claimant=None,
            claim=None,
            as_of=as_of,
            today=as_of,
        )
        catalogue, parameters = self.catalogue, self.parameters
        return basis_of(
            found,
            evidence,
            evaluate(evidence, catalogue=catalogue, parameters=parameters),
            edition=edition_by(catalogue, parameters),
            figures_of=as_of,
            listed_by=None,
        )

    async def _read(self, sent: SentVersions) -> AttestedCertificate | None:
        agency = self.live.snapshot.registry.agency(sent.connector)
        try:
            holder = self.ids.open(sent.certificate).holder
        except UnknownIdError:
            return None
        if agency is None:
            return None
        answer = agency.read_sent(holder, sent.versions)
        loader = ChangesLoader(_Sent(sent.changes), self.ids)
        (changed,) = await loader.put_on(holder, [answer])
        return next(
            (one for one in changed.certificates if one.proof.digest == sent.newest),
            None,
        )


def _as_of(attestation: Attestation, as_of: date, today: date) -> Attestation:
    """Return what is known of the signer on a day: of its account, today's state."""
    return attestation if as_of == today else replace(attestation, account=None)


@dataclass(frozen=True, slots=True)
class _Sent:
    """Implements ``SentChanges`` by what was read already."""

    changes: Sequence[KeptChange]

    def may_concern(self, holder: Identity) -> bool:  # noqa: ARG002 - the port's
        """See ``SentChanges.may_concern``."""
        return bool(self.changes)

    async def read(self, holders: Sequence[Identity]) -> Found:
        """See ``SentChanges.read``."""
        return dict.fromkeys(holders, self.changes)

    def note(self, people: object) -> None:
        """Nobody is noted: nothing is sent here."""
