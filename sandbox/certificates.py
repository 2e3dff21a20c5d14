"""Compose certificates as an agency would issue them, in the annex's words.

Used by the synthetic population and by the story persons alike, so that a story
differs from an ordinary record only where its author says so.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from policy.catalogue import Item
from policy.certificate import CertificateRecord, CertificateState
from policy.examination import Examination
from policy.identifiers import mod_37_36
from policy.identity import Identity
from policy.level import Level
from sandbox.faults import Fault

VALIDITY_YEARS = 6
REVIEW_YEARS = 3
LICENCE_TYPE = "SB01"
LICENCE_ISSUER = "1131SB"


@dataclass(frozen=True, slots=True)
class Holder:
    """A person as the registries know them; invented."""

    identity: Identity
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A certificate in a registry, and what is wrong with its signing, if anything."""

    record: CertificateRecord
    fault: Fault | None = None


def years_after(day: date, years: int) -> date:
    """Return the same day ``years`` later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


SITE = "上海市安全生产科学研究所考试点"
EXAMINED_BEFORE = timedelta(days=14)
"""So long before the issue a person is examined."""


def examined(issued_on: date, serial: int) -> Examination:
    """Return the examination before a licence's issue, by its ``serial`` number."""
    held_on = issued_on - EXAMINED_BEFORE
    return Examination(
        held_on=held_on,
        site=SITE,
        batch=f"{held_on:%Y%m}-{serial % 40 + 1:02}",
        assessor=f"KPY-{serial % 90 + 10:06}",
        theory=str(80 + serial % 20),
        practice="合格",
    )


def special_operation(  # noqa: PLR0913 - each is a thing of its own on the licence
    item: Item,
    holder: Holder,
    *,
    first_issued_on: date,
    issued_on: date,
    reviewed: bool,
    serial: int,
    state: CertificateState = CertificateState.VALID,
) -> CertificateRecord:
    """Return a licence of six years from ``issued_on``, its review due after three.

    Once ``reviewed``, the next review falls together with the renewal. The number is
    "T" and the holder's identity number, so several licences of one person share it.
    """
    valid_until = years_after(issued_on, VALIDITY_YEARS)
    return CertificateRecord(
        number="T" + holder.identity.number,
        holder=holder.identity,
        holder_name=holder.name,
        title=item.title.zh,
        category=item.category.zh,
        item=item.name.zh,
        item_code=item.code,
        level=Level.UNGRADED,
        first_issued_on=first_issued_on,
        issued_on=issued_on,
        valid_from=issued_on,
        valid_until=valid_until,
        review_due_on=valid_until if reviewed else years_after(issued_on, REVIEW_YEARS),
        state=state,
        authority=item.authority.name.zh,
        evaluation_body=item.evaluation_body.name.zh,
        collection_body=item.collection_body.name.zh,
        licence_id=_licence_id(serial),
    )


def qualification(  # noqa: PLR0913 - each is a thing of its own on the certificate
    item: Item,
    level: Level,
    holder: Holder,
    *,
    issued_on: date,
    serial: int,
    state: CertificateState = CertificateState.VALID,
) -> CertificateRecord:
    """Return a graded qualification for life, with a number of 16 digits."""
    return CertificateRecord(
        number=_qualification_number(issued_on, level, serial),
        holder=holder.identity,
        holder_name=holder.name,
        title=item.title.zh,
        category=item.category.zh,
        item=item.name.zh,
        item_code=item.code,
        level=level,
        first_issued_on=issued_on,
        issued_on=issued_on,
        valid_from=issued_on,
        valid_until=None,
        review_due_on=None,
        state=state,
        authority=item.authority.name.zh,
        evaluation_body=item.evaluation_body.name.zh,
        collection_body=item.collection_body.name.zh,
        licence_id=None,
    )


def _qualification_number(issued_on: date, level: Level, serial: int) -> str:
    """Year, place of examination (09 is Shanghai), level as digit 11, serial."""
    grade = level.removeprefix("LEVEL_")
    return (
        f"{issued_on.year % 100:02}09{serial // 100_000:06}{grade}{serial % 100_000:05}"
    )


def _licence_id(serial: int) -> str:
    """Return an electronic licence id, which must say nothing about the holder."""
    parts = (LICENCE_TYPE, LICENCE_ISSUER, f"{serial:012}", "001")
    return ".".join(("1.2.156.3005.2", *parts, mod_37_36("".join(parts))))
