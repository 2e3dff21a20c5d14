"""Records signed one by one, and a signed absence for each person who holds nothing.

A record is signed when it is first asked for and then sent as the same bytes again,
as a registry would that signs at issue; after some hours it is signed anew, so that
it stays fresh for as long as the process runs.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from policy.certificate import CertificateRecord
from policy.identity import Identity
from sandbox.binding import Binding
from sandbox.certificates import years_after
from sandbox.faults import Fault
from sandbox.registry import Registry, Stored
from sandbox.sealing import (
    SIGNED_ANEW_AFTER,
    SIGNED_BEFORE_START,
    SIGNING_FAULTS,
    Sealer,
    to_json,
    with_payload,
)
from signing.envelope import PayloadType

MAX_KEPT = 20_000
"""Signed texts kept in memory, of about one thousand bytes each."""


@dataclass(frozen=True, slots=True)
class Words:
    """The payloads of one agency: of a record, and of an absence."""

    record: Callable[[CertificateRecord, int], dict[str, object]]
    """A record, and how many its holder has: so that none can be left out unseen."""
    absence: Callable[[Identity], dict[str, object]]


@dataclass(frozen=True, slots=True)
class SignedAnswer:
    """The answer about one person, in compact JWS."""

    holder: Identity
    records: list[str]
    absence: str | None  # only where there are no records


class SignedRecords:
    """Answers for any number of people with records signed one by one."""

    def __init__(self, registry: Registry, sealer: Sealer, words: Words) -> None:
        self._registry = registry
        self._sealer = sealer
        self._words = words
        self._signed_at = sealer.now() - SIGNED_BEFORE_START
        self._kept: OrderedDict[object, str] = OrderedDict()

    def answer(
        self,
        holders: Sequence[Identity],
        fault: Fault | None,
        binding: Binding | None = None,
    ) -> list[SignedAnswer]:
        """Return one answer a person, in the order of ``holders``.

        What is signed over a ``binding`` is signed now, and answers nothing else.
        """
        if self._sealer.now() - self._signed_at > SIGNED_ANEW_AFTER:
            self._signed_at = self._sealer.now() - SIGNED_BEFORE_START
            self._kept.clear()
        found = self._registry.find(holders)
        return [
            self._answer(holder, found[holder], fault, binding) for holder in holders
        ]

    def _answer(
        self,
        holder: Identity,
        held: list[Stored],
        fault: Fault | None,
        binding: Binding | None,
    ) -> SignedAnswer:
        if fault is Fault.WRONG_HOLDER:
            held = [self._registry.find_other(holder)]
        if held:
            records = [
                self._record(stored, len(held), fault, binding) for stored in held
            ]
            if fault is Fault.WITHHELD:
                del records[1:]
            return SignedAnswer(holder, records, None)
        if fault is Fault.UNSIGNED_ABSENCE:
            return SignedAnswer(holder, [], None)
        return SignedAnswer(holder, [], self._absence(holder, fault, binding))

    def _record(
        self,
        stored: Stored,
        held: int,
        agency_fault: Fault | None,
        binding: Binding | None,
    ) -> str:
        fault = stored.entry.fault or agency_fault

        def sign(fault: Fault | None, at: datetime) -> str:
            record = stored.entry.record
            payload = to_json(_bound(self._words.record(record, held), binding))
            token = self._sealer.token(payload, PayloadType.RECORD, at, fault)
            if fault is Fault.TAMPERED:
                words = self._words.record(tampered(record), held)
                forged = to_json(_bound(words, binding))
                return with_payload(token, forged)
            return token

        return self._keep(stored.id, fault, sign, binding)

    def _absence(
        self, holder: Identity, fault: Fault | None, binding: Binding | None
    ) -> str:
        payload = to_json(_bound(self._words.absence(holder), binding))

        def sign(fault: Fault | None, at: datetime) -> str:
            if fault is Fault.TAMPERED:
                # Somebody else's true absence with this person's number put in.
                nobody = self._words.absence(Identity(holder.type, "0"))
                truth = to_json(_bound(nobody, binding))
                token = self._sealer.token(truth, PayloadType.ABSENCE, at, fault)
                return with_payload(token, payload)
            return self._sealer.token(payload, PayloadType.ABSENCE, at, fault)

        return self._keep(holder, fault, sign, binding)

    def _keep(
        self,
        what: int | Identity,
        fault: Fault | None,
        sign: Callable[[Fault | None, datetime], str],
        binding: Binding | None,
    ) -> str:
        """Return what was signed before, or sign it."""
        signing_fault = fault if fault in SIGNING_FAULTS else None
        if binding is not None:
            return sign(signing_fault, self._sealer.now())
        name = (what, signing_fault)
        token = self._kept.get(name)
        if token is None:
            token = self._kept[name] = sign(signing_fault, self._signed_at)
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(name)
        return token


def _bound(words: dict[str, object], binding: Binding | None) -> dict[str, object]:
    return words if binding is None else {**words, "binding": binding}


def tampered(record: CertificateRecord) -> CertificateRecord:
    """Return ``record`` with its days of issue moved to make it younger."""
    first, issued = record.first_issued_on, record.issued_on
    return replace(
        record,
        first_issued_on=None if first is None else years_after(first, 1),
        issued_on=None if issued is None else years_after(issued, 1),
    )
