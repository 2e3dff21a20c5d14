"""Ten thousand invented holders an agency, the same on every machine.

The agencies' holders overlap: each agency takes a window of one population, and the
windows share their middle, so that there are people with one, two and three sources.
Area codes 310190 to 310199 are assigned to no district, so no resident number made
here is a living person's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from types import MappingProxyType

from policy.catalogue import Item
from policy.certificate import CertificateState
from policy.gb11643 import check_character
from policy.identity import Identity, IdType
from policy.level import Level
from sandbox.agency import AgencyId, items_of
from sandbox.certificates import (
    VALIDITY_YEARS,
    Entry,
    Holder,
    examined,
    qualification,
    special_operation,
    years_after,
)

EXAMINED_EVERY = 4
"""Of one person in so many the examination is on file."""
VERSION = 2
"""Raised whenever the same arguments yield other records."""
SEED = 2022_0219
MAX_HOLDERS = 50_000
"""Serial numbers beyond twice this many are left to the story persons."""

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_FIRST = "嘉子雨思文明海志宏建晓丽春秋梓若清安永新"
_SECOND = "涵轩宁然峰杰敏燕华强军芳兰波涛琳怡航远诚"
_FIRST_BIRTH = date(1964, 1, 1)
_BIRTH_DAYS = 40 * 365
_AREAS = 10
_SEQUENCES = 999
_LEAPS = 16
_BAD_STATES = (
    CertificateState.SUSPENDED,
    CertificateState.REVOKED,
    CertificateState.CANCELLED,
    CertificateState.LAPSED,
    CertificateState.TRANSFERRED,
    CertificateState.WITHDRAWN,
    CertificateState.OTHER,
)
_WINDOW_QUARTERS: Mapping[AgencyId, int] = MappingProxyType(
    {
        AgencyId.EMERGENCY_MANAGEMENT: 0,
        AgencyId.FIRE_RESCUE: 1,
        AgencyId.TRANSPORT: 2,
    }
)


def window_of(agency: AgencyId, holders: int) -> range:
    """Return which persons of the population hold something of ``agency``."""
    start = holders * _WINDOW_QUARTERS[agency] // 4
    return range(start, start + holders)


def person(index: int) -> Holder:
    """Return one invented person."""
    return _person(index, _draw(index))


def _person(index: int, draw: Random) -> Holder:
    name = draw.choice(_SURNAMES) + draw.choice(_FIRST) + draw.choice(_SECOND)
    type_, area = _document(index)
    # Area, sequence and what the day leaves over together distinguish every index.
    # Drawn freely, two people in ten thousand would share a number.
    leap, sequence = divmod(index // _AREAS, _SEQUENCES)
    days = draw.randrange(0, _BIRTH_DAYS, _LEAPS) + leap
    born = _FIRST_BIRTH + timedelta(days=days)
    first = f"{area}{born:%Y%m%d}{sequence + 1:03}"
    return Holder(Identity(type_, first + check_character(first)), name)


def entries(agency: AgencyId, holders: int, today: date) -> Iterator[Entry]:
    """Yield every certificate of the agency's synthetic holders, as of ``today``."""
    items = items_of(agency)
    for index in window_of(agency, holders):
        draw = _draw(index)
        holder = _person(index, draw)
        match agency:
            case AgencyId.EMERGENCY_MANAGEMENT:
                yield from _special_operations(holder, items, index, today, draw)
            case AgencyId.TRANSPORT | AgencyId.FIRE_RESCUE:
                yield from _qualifications(holder, items, index, today, draw)


def _draw(index: int) -> Random:
    """Return the source of one person's particulars: first who it is, then the rest."""
    return Random(SEED * 1_000_003 + index)  # noqa: S311 - invented data


def _document(index: int) -> tuple[IdType, str]:
    """Return the kind of document and its area code: one in fifty is no resident's."""
    match index % 100:
        case 17:
            area = ("810000", "820000", "830000")[index // 100 % 3]
            return IdType.HK_MACAO_TAIWAN_RESIDENCE_PERMIT, area
        case 67:
            return IdType.FOREIGN_PERMANENT_RESIDENT_CARD, "931840"
        case _:
            return IdType.RESIDENT_ID, f"31019{index % _AREAS}"


def _special_operations(
    holder: Holder, items: tuple[Item, ...], index: int, today: date, draw: Random
) -> Iterator[Entry]:
    held = draw.sample(items, k=draw.choices((1, 2, 3), (70, 25, 5))[0])
    for place, item in enumerate(held):
        first_issued_on = issued_on = today - timedelta(days=draw.randrange(30, 3300))
        while (renewed_on := years_after(issued_on, VALIDITY_YEARS)) <= today:
            issued_on = renewed_on
        licence = special_operation(
            item,
            holder,
            first_issued_on=first_issued_on,
            issued_on=issued_on,
            reviewed=years_after(issued_on, 3) <= today,
            serial=index * 4 + place,
            state=_state(draw),
        )
        if index % EXAMINED_EVERY == 0:
            examination = examined(issued_on, index * 4 + place)
            licence = replace(licence, examination=examination)
        yield Entry(licence)


def _qualifications(
    holder: Holder, items: tuple[Item, ...], index: int, today: date, draw: Random
) -> Iterator[Entry]:
    """Yield one to three levels of one item, climbed a year or more apart."""
    item = draw.choice(items)
    issued_on = today - timedelta(days=draw.randrange(1100, 3300))
    for level in item.levels[: draw.choices((1, 2, 3), (60, 30, 10))[0]]:
        yield Entry(
            qualification(
                item,
                Level(level),
                holder,
                issued_on=issued_on,
                serial=index,
                state=_state(draw),
            )
        )
        issued_on += timedelta(days=draw.randrange(365, 500))


def _state(draw: Random) -> CertificateState:
    if draw.random() < 0.95:  # noqa: PLR2004 - most certificates are in order
        return CertificateState.VALID
    return draw.choice(_BAD_STATES)
