"""Read what one agency sent, and remember what verified.

The way of bytes: ``signing.envelope.verify`` by the trust bundle, ``decode``, and then
the sum of it as an ``Answer``. A record that verified before under the same key is
known by its digest and not verified again; whether its key is still in force and its
signature still fresh is asked each time. What was sent before anybody asked is judged
as of when it came, of whatever age.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from connectors.answer import (
    Answer,
    AttestedCertificate,
    RecordFault,
    RefusedRecord,
    SourceOutcome,
)
from connectors.attempts import counted
from connectors.binding import Bound
from connectors.collection.judge import RECORDS
from connectors.connector import Collected, Reply
from connectors.decoding.decode import DecodedEnvelope, Decoder, refused
from connectors.decoding.faults import fault_of_the_list, refused_reason
from connectors.decoding.readers import RecordError
from connectors.decoding.record_cache import RecordCache
from connectors.decoding.said import Found, said_of
from connectors.decoding.versions import newest_versions
from connectors.manifest import Manifest
from policy.catalogue import Catalogue
from policy.certificate import CertificateRecord
from policy.evidence import AccountState, Attestation
from policy.identity import Identity
from signing.envelope import Envelope, Freshness, SignatureProof, verify
from signing.errors import SigningError
from signing.trust import TrustBundle, TrustedKey


class ReplyReader:
    """Reads one agency's replies, by the keys in force."""

    def __init__(
        self,
        manifest: Manifest,
        decoder: Decoder,
        catalogue: Catalogue,
        bundle: TrustBundle,
    ) -> None:
        self.bundle = bundle
        """The keys in force."""
        self.account = manifest.account
        """How the operator treats the agency."""
        signature = manifest.signature
        self.freshness = Freshness(
            max_age=timedelta(seconds=signature.max_age_seconds),
            skew=timedelta(seconds=signature.skew_seconds),
        )
        self._agency = manifest.id
        self._decoder = decoder
        self._catalogue = catalogue
        self._kept_bytes = manifest.cache.bytes_each
        self._record_cache = RecordCache(manifest.cache.bytes_each)
        self._attestations: dict[str, tuple[TrustedKey, Attestation]] = {}

    def put_in_force(self, bundle: TrustBundle, account: AccountState) -> None:
        """Judge by these keys and this account from now on."""
        self.bundle = bundle
        self.account = account

    def forget(self) -> None:
        """Verify everything anew that comes from now on."""
        self._record_cache = RecordCache(self._kept_bytes)
        self._attestations.clear()

    def answers_of(
        self,
        holders: Sequence[Identity],
        reply: Reply,
        now: datetime,
        latency: float,
    ) -> list[Answer]:
        """Return what a reply's envelopes say of each of ``holders``, in order."""
        # A body that covers a batch comes with each of its people; read once, it is
        # read for all of them, refused or not.
        read: dict[bytes, DecodedEnvelope | RefusedRecord] = {}
        asked = {holder.number: holder for holder in holders}
        answers = []
        for holder, envelopes in zip(holders, reply.envelopes, strict=True):
            # The same bytes twice are one record.
            distinct = {envelope.digest: envelope for envelope in envelopes}
            for digest, envelope in distinct.items():
                if digest not in read:
                    sent = None if reply.collected is None else reply.collected[digest]
                    read[digest] = self._read(envelope, now, asked, sent)
            found = [(envelope, read[d]) for d, envelope in distinct.items()]
            answers.append(self._answer(holder, found, reply, now, latency))
        return answers

    def read_sent(
        self,
        holder: Identity,
        sent: Sequence[tuple[Envelope, Collected]],
        now: datetime,
    ) -> Answer:
        """Read what the agency sent of one certificate, as of when each of it came."""
        collected = {envelope.digest: one for envelope, one in sent}
        asked = {holder.number: holder}
        found = [(came, self._read(came, now, asked, one)) for came, one in sent]
        envelopes = tuple(envelope for envelope, _ in sent)
        reply = Reply([envelopes], collected=collected)
        return self._answer(holder, found, reply, now, latency=0)

    def are_in_force(
        self,
        proofs: Sequence[SignatureProof],
        at: datetime,
        freshness: Freshness | None,
    ) -> bool:
        """Say whether proofs made before are still ones."""
        try:
            for proof in proofs:
                proof.require_in_force(self.bundle, at, freshness)
        except SigningError:
            return False
        return True

    def _read(
        self,
        envelope: Envelope,
        now: datetime,
        asked: Mapping[str, Identity],
        sent: Collected | None,
    ) -> DecodedEnvelope | RefusedRecord:
        """Verify and decode ``envelope``, or recognise it as verified before.

        What was ``sent`` before is judged as of when it came, of whatever age.
        """
        digest = envelope.digest
        at = now if sent is None else sent.at
        freshness = self.freshness if sent is None else None
        known = self._record_cache.get(digest)
        if known is not None and self.are_in_force([known.proof], at, freshness):
            return known
        try:
            proof = verify(
                envelope,
                self.bundle,
                types=self._decoder.types if sent is None else RECORDS,
                at=at,
                freshness=freshness,
                kept=None if sent is None else sent.kept,
            )
            reading = self._decoder.decode(proof, asked)
        except SigningError as error:
            return refused(error, digest)
        except RecordError as error:
            return RefusedRecord(RecordFault.MALFORMED_RECORD, str(error), None, digest)
        # What is signed over our nonce never comes again, so it is not worth keeping;
        # what was sent does, whatever it was signed over.
        if sent is not None or (reading.nonce is None and reading.bound is None):
            self._record_cache.keep(reading)
        return reading

    def _answer(
        self,
        holder: Identity,
        found: Found,
        reply: Reply,
        now: datetime,
        latency: float,
    ) -> Answer:
        """Sum up what an agency's envelopes say of one person."""
        said = said_of(holder, found, reply)
        judged = newest_versions(
            [self._attested(*one, now, reply.collected) for one in said.records],
            self._catalogue,
        )
        certificates, undecided = judged.certificates, judged.undecided
        refusals = [*said.refusals, *judged.faults]
        for outdated in judged.outdated:
            said.held.pop(outdated, None)
        fault = fault_of_the_list(
            said.absent, said.held.values(), certificates, refusals
        )
        if fault is not None and not (
            reply.unsigned is not None and fault.code == RecordFault.UNSIGNED_ABSENCE
        ):
            refusals.append(fault)
            if fault.code == RecordFault.CONTRADICTION:
                # Which of them is no more, nobody can tell.
                certificates, undecided = [], [*certificates, *undecided]
        if refusals:
            outcome = SourceOutcome.UNVERIFIED
        else:
            outcome = SourceOutcome.NONE if said.absent else SourceOutcome.ANSWERED
        return Answer(
            agency=self._agency,
            outcome=outcome,
            certificates=tuple(certificates),
            undecided=tuple(undecided),
            refusals=tuple(refusals),
            reason=refused_reason(refusals) if refusals else None,
            retrieved_at=_came_at(found, reply.collected, now),
            is_complete=not refusals
            and (said.absent or said.is_whole or bool(said.held)),
            proofs=tuple(said.proofs),
            latency_seconds=latency,
            attempts=counted(),
            is_collected=reply.collected is not None,
            sequence=said.sequence if reply.collected is None else reply.sequence,
        )

    def _attested(
        self,
        record: CertificateRecord,
        envelope: Envelope,
        reading: DecodedEnvelope,
        now: datetime,
        sent: Mapping[bytes, Collected] | None,
    ) -> AttestedCertificate:
        collected = None if sent is None else sent[envelope.digest]
        return AttestedCertificate(
            agency=self._agency,
            record=record,
            attestation=self._attestation_by(reading.proof.key),
            proof=reading.proof,
            envelope=envelope,
            retrieved_at=now if collected is None else collected.at,
            is_envelope_shared=len(reading.holdings) > 1,
            collected=collected,
            bound=None if collected is not None else _bound_of(reading),
        )

    def _attestation_by(self, key: TrustedKey) -> Attestation:
        """Return what a signature by ``key`` attests; made once for each key."""
        kept = self._attestations.get(key.kid)
        if kept is not None and kept[0] is key:
            return kept[1]
        attestation = Attestation(
            institution=key.institution,
            scope=key.scope,
            key_in_force=True,
            account=self.account,
        )
        self._attestations[key.kid] = key, attestation
        return attestation


def _came_at(
    found: Found,
    sent: Mapping[bytes, Collected] | None,
    now: datetime,
) -> datetime | None:
    """Return when the newest of what there is came; ``None`` if nothing was sent."""
    if sent is None:
        return now
    return max((sent[envelope.digest].at for envelope, _ in found), default=None)


def _bound_of(reading: DecodedEnvelope) -> Bound | None:
    """Return the question that an answer to us repeats, or its nonce alone."""
    if reading.bound is None and reading.nonce is not None:
        return Bound(reading.nonce)
    return reading.bound
