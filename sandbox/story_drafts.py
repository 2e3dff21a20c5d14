"""The words that describe story persons: holders, certificates, verdicts.

Whatever is not said about a certificate is in order.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeAlias

from policy.catalogue import load_catalogue
from policy.certificate import CertificateRecord, CertificateState
from policy.eligibility import EligibilityOutcome
from policy.identity import Identity, IdType
from policy.level import Level
from sandbox.agency import agency_of
from sandbox.certificates import Entry, Holder, qualification, special_operation
from sandbox.faults import Fault
from sandbox.stories import Story, StoryCertificate, Verdict

Draft: TypeAlias = Callable[[Holder, int], StoryCertificate]
"""A certificate as a story states it, before its holder and serial number are known."""
Change: TypeAlias = Callable[[CertificateRecord], CertificateRecord]

FIRST_SERIAL = 9_000_000
"""Serial numbers from here on belong to story persons."""
LOW_VOLTAGE = "1.2"
HIGH_VOLTAGE = "1.1"
WELDING = "2.1"
SCAFFOLDING = "3.1"
CHLOR_ALKALI = "9.2"
DRIVER = "4-02-01-01"
FIRE_MONITORING = "4-07-05-04.1"
FIRE_MAINTENANCE = "4-07-05-04.2"

ELIGIBLE = Verdict(EligibilityOutcome.ELIGIBLE)


def story(
    place: int, id_: str, zh: str, en: str, holder: Holder, *drafts: Draft
) -> Story:
    """Return a story; ``place`` sets its serial numbers apart from the others'."""
    first = FIRST_SERIAL + place * 100
    certificates = tuple(
        draft(holder, serial) for serial, draft in enumerate(drafts, start=first)
    )
    return Story(id_, zh, en, holder, certificates)


def resident(number: str, name: str) -> Holder:
    """Return a holder known by a resident identity card."""
    return Holder(Identity(IdType.RESIDENT_ID, number), name)


def ago(today: date, days: int) -> date:
    """Return the day ``days`` before ``today``."""
    return today - timedelta(days=days)


def ineligible(*clauses: str) -> Verdict:
    """Return the verdict that ``clauses`` are unmet and all others met."""
    return Verdict(EligibilityOutcome.INELIGIBLE, clauses)


def _unchanged(record: CertificateRecord) -> CertificateRecord:
    return record


def in_state(state: CertificateState) -> Change:
    """Change the state the registry states."""
    return lambda record: replace(record, state=state)


def as_item(code: str, category: str, item: str) -> Change:
    """Make the certificate one of another item of the same title."""
    return lambda record: replace(record, item_code=code, category=category, item=item)


def licence(  # noqa: PLR0913 - each is one thing a story may be about
    code: str,
    first_issued_on: date,
    *,
    renewed_on: date | None = None,
    reviewed: bool = False,
    change: Change = _unchanged,
    fault: Fault | None = None,
    verdict: Verdict = ELIGIBLE,
) -> Draft:
    """Tell of a special-operations licence, renewed or in its first six years."""
    item = load_catalogue().items[code]

    def draft(holder: Holder, serial: int) -> StoryCertificate:
        record = special_operation(
            item,
            holder,
            first_issued_on=first_issued_on,
            issued_on=renewed_on or first_issued_on,
            reviewed=reviewed,
            serial=serial,
        )
        return StoryCertificate(agency_of(item), Entry(change(record), fault), verdict)

    return draft


def graded(  # noqa: PLR0913 - each is one thing a story may be about
    code: str,
    level: Level,
    issued_on: date,
    *,
    change: Change = _unchanged,
    fault: Fault | None = None,
    verdict: Verdict = ELIGIBLE,
) -> Draft:
    """Tell of a graded qualification."""
    item = load_catalogue().items[code]

    def draft(holder: Holder, serial: int) -> StoryCertificate:
        record = qualification(item, level, holder, issued_on=issued_on, serial=serial)
        return StoryCertificate(agency_of(item), Entry(change(record), fault), verdict)

    return draft
