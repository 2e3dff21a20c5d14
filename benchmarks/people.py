"""Whom the benchmark asks about: invented people, the same on every machine.

A person is an index. Area code 310199 is assigned to no district, so no resident
number made here is a living person's. What somebody holds depends on the index and
the day alone: two certificates at each of three agencies, or for the wide phase two
hundred in all; every fifth person's licence is older than the notice, so that there
are verdicts of both kinds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from policy.catalogue import Item, load_catalogue
from policy.gb11643 import check_character
from policy.level import Level

AREA = "310199"
FIRST_BIRTH = date(1964, 1, 1)
BIRTH_DAYS = 14_000
SEQUENCES = 999
BEFORE_NOTICE = date(2019, 6, 12)
OLD_LICENCE_EVERY = 5
RECENT_DAYS = 700
VALID_DAYS = 6 * 365

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
GIVEN_NAMES = "嘉子雨思文明海志宏建晓丽春秋梓若清安永新"

AGENCIES: Mapping[str, str] = MappingProxyType(
    {
        "emergency-management": "shanghai-work-safety-institute",
        "fire-rescue": "shanghai-fire-training-detachment",
        "transport": "shanghai-transport-qualification-centre",
    }
)
"""The agencies, in the order in which answers list them, and who signs for each."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a registry states, with the wire's names for it."""

    id_number: str
    holder_name: str
    number: str
    item: Item
    level: Level
    first_issued_on: date
    issued_on: date
    held: int

    def with_days(self, days: int) -> "Certificate":
        """Return the same certificate, issued some days earlier."""
        earlier = timedelta(days=days)
        return replace(
            self,
            first_issued_on=self.first_issued_on - earlier,
            issued_on=self.issued_on - earlier,
        )

    def payload(self) -> dict[str, object]:
        """Return the record as its agency signs it."""
        graded = self.level is not Level.UNGRADED
        until = None if graded else self.issued_on + timedelta(days=VALID_DAYS)
        return {
            "idType": "RESIDENT_ID",
            "idNumber": self.id_number,
            "holderName": self.holder_name,
            "number": self.number,
            "title": self.item.title.zh,
            "category": self.item.category.zh,
            "item": self.item.name.zh,
            "itemCode": self.item.code,
            "level": self.level,
            "firstIssuedOn": self.first_issued_on.isoformat(),
            "issuedOn": self.issued_on.isoformat(),
            "validFrom": self.issued_on.isoformat(),
            "validUntil": None if until is None else until.isoformat(),
            "reviewDueOn": None if until is None else until.isoformat(),
            "state": "VALID",
            "authority": self.item.authority.name.zh,
            "evaluationBody": self.item.evaluation_body.name.zh,
            "collectionBody": self.item.collection_body.name.zh,
            "held": self.held,
        }


def id_number(index: int) -> str:
    """Return the resident number of a person."""
    sequence, day = divmod(index, BIRTH_DAYS)
    if sequence >= SEQUENCES:
        raise ValueError(f"person {index} is beyond the last sequence number")
    born = FIRST_BIRTH + timedelta(days=day)
    first = f"{AREA}{born:%Y%m%d}{sequence + 1:03}"
    return first + check_character(first)


def holder_name(index: int) -> str:
    """Return an invented name."""
    surname = SURNAMES[index % len(SURNAMES)]
    return surname + GIVEN_NAMES[index // len(SURNAMES) % len(GIVEN_NAMES)]


@cache
def items_of(agency: str) -> tuple[Item, ...]:
    """Return the annex rows an agency attests, in the annex's order."""
    return tuple(
        item
        for item in load_catalogue().items.values()
        if item.collection_body.id == AGENCIES[agency]
    )


def certificates(
    index: int, agency: str, today: date, held: int = 2
) -> list[Certificate]:
    """Return what a person holds at an agency."""
    items = items_of(agency)
    number = id_number(index)
    found = []
    for place in range(held):
        # Beyond the annex's rows nothing real has one number and item twice.
        again = place // len(items)
        licence = f"T{number}-{again}" if again else f"T{number}"
        item = items[(index + place) % len(items)]
        level = item.levels[(index + place) % len(item.levels)]
        issued = today - timedelta(days=30 + (index + place) % RECENT_DAYS)
        is_old = level is Level.UNGRADED and place == 0
        is_old = is_old and index % OLD_LICENCE_EVERY == 0
        grade = level.removeprefix("LEVEL_")
        found.append(
            Certificate(
                id_number=number,
                holder_name=holder_name(index),
                number=licence
                if level is Level.UNGRADED
                else f"{issued:%y}09000000{grade}{(index * 7 + place) % 100_000:05}",
                item=item,
                level=level,
                first_issued_on=BEFORE_NOTICE if is_old else issued,
                issued_on=issued,
                held=held,
            )
        )
    return found
