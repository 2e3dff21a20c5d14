"""The log is read by what is asked for, a page at a time, and says that it was read."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bureau.caller import Purpose
from bureau.look_ups.audit import AuditEvent, AuditRecord, AuditSelection
from connectors.answer import SourceOutcome
from connectors.elements import Elements
from policy.identity import parse_identity
from tests.bureau.look_ups.office import FIVE, LOOKED_UP, PSEUDONYMS, Log
from tests.connectors.agency import NOW, ZHANG
from tests.resolvers.answered import Asked, executed
from tests.resolvers.kept_pages import pages

PERSON = PSEUDONYMS.of(parse_identity(ZHANG))
OFFICER = PSEUDONYMS.of_officer("张三")
IDS = "{ auditRecords%s { nodes { id } pageInfo { hasNextPage hasPreviousPage "
IDS += "startCursor endCursor } } }"


@dataclass
class Kept(Log):
    """A log with records on it, that notes what it is asked."""

    kept: list[AuditRecord] = field(default_factory=list)
    asked: list[tuple[AuditSelection, int, int | None]] = field(default_factory=list)

    async def page(
        self, selection: AuditSelection, *, first: int, before: int | None
    ) -> Sequence[AuditRecord]:
        self.asked.append((selection, first, before))
        return self.kept[:first]


def read(text: str, log: Kept) -> Any:
    """Return what is shown of the log, or the refusals."""
    found = executed(Asked([], log=log), text, clock=lambda: NOW)
    if found.errors:
        return [one.message for one in found.errors]
    return (found.data or {})["auditRecords"]


def selected(stated: str) -> AuditSelection:
    log = Kept()
    read(IDS % f"(filter: {{{stated}}})", log)
    ((selection, _, _),) = log.asked
    return selection


def test_a_record_is_shown_whole() -> None:
    log = Kept(kept=[replace(LOOKED_UP, id=7, elements=FIVE)])
    removed = replace(LOOKED_UP, districts=None, kept_from=NOW, removed=3, id=8)

    found = read(
        """{ auditRecords { nodes { id at event caller districts requestId person
          purpose caseNumber organisation officer matterCode matterName businessNumber
          operation document sources { agency outcome } certificates keptFrom removed
          } } }""",
        log,
    )
    log.kept = [removed]
    after = read("{ auditRecords { nodes { districts keptFrom removed } } }", log)

    assert found["nodes"] == [
        {
            "id": "7",
            "at": "2026-05-04T08:00:00+00:00",
            "event": "LOOKED_UP",
            "caller": "hr",
            "districts": ["310104", "310115"],
            "requestId": "request-1",
            "person": LOOKED_UP.person,
            "purpose": "SUBSIDY_CLAIM",
            "caseNumber": "17-2026-1",
            "organisation": "浦东新区人力资源和社会保障局",
            "officer": "0f" * 32,
            "matterCode": "000514009000",
            "matterName": "职业技能提升补贴申领",
            "businessNumber": "2026-17",
            "operation": "HolderCheck",
            "document": "mark",
            "sources": [{"agency": "transport", "outcome": SourceOutcome.NONE.value}],
            "certificates": 0,
            "keptFrom": None,
            "removed": None,
        }
    ]
    assert after["nodes"] == [
        {"districts": None, "keptFrom": "2026-03-01T08:00:00+00:00", "removed": 3}
    ]


def test_nothing_stated_selects_everything() -> None:
    assert selected("") == AuditSelection()
    assert selected('caseNumber: " ", organisation: ""') == AuditSelection()


def test_everything_stated_selects() -> None:
    found = selected(
        """event: READ, caller: "c", requestId: "r", purpose: RECOVERY,
        caseNumber: " 17", organisation: " o", officer: "p", matterCode: "m ",
        businessNumber: "　b", person: "q", from: "2026-01-01T00:00:00Z",
        to: "2026-02-01T00:00:00Z\""""
    )

    assert found == AuditSelection(
        event=AuditEvent.READ,
        caller="c",
        request_id="r",
        purpose=Purpose.RECOVERY,
        case_number="17",
        elements=Elements(organisation="o", matter_code="m", business_number="b"),
        officers=["p"],
        people=["q"],
        from_=datetime(2026, 1, 1, tzinfo=UTC),
        to=datetime(2026, 2, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("stated", "people", "officers"),
    [
        (f'idNumber: "{ZHANG}"', [PERSON], None),
        (f'idNumber: "{ZHANG}", person: "{PERSON}"', [PERSON], None),
        (f'idNumber: "{ZHANG}", person: "another"', [], None),
        ('officerName: " 张三"', None, [OFFICER]),
        (f'officerName: "张三", officer: "{OFFICER}"', None, [OFFICER]),
        ('officerName: "张三", officer: "another"', None, []),
    ],
)
def test_a_person_is_selected_by_their_pseudonyms_alone(
    stated: str, people: list[str] | None, officers: list[str] | None
) -> None:
    found = selected(stated)

    assert (found.people, found.officers) == (people, officers)


def test_a_number_that_is_none_is_refused_and_nothing_read() -> None:
    log = Kept()

    (message,) = read(IDS % '(filter: {idNumber: "1"})', log)

    assert " / " in message
    assert (log.asked, log.records) == ([], [])


def test_reading_is_on_the_log_about_whom_it_is_and_before_anything_is_shown() -> None:
    log = Kept()

    read(IDS % f'(filter: {{idNumber: "{ZHANG}"}})', log)
    read(IDS % "", log)

    about, all_of_it = log.records
    assert (about.event, about.caller, about.at) == (AuditEvent.READ, "clerk", NOW)
    assert (about.person, all_of_it.person) == (PERSON, None)


def test_a_log_that_takes_no_record_is_not_read() -> None:
    log = Kept(takes=False)

    assert len(read(IDS % "", log)) == 1
    assert log.asked == []


@pages
def test_a_page_says_whether_there_is_more(
    stated: str, first: int, before: int | None, shown: str, page: tuple[bool, bool]
) -> None:
    log = Kept(kept=[replace(LOOKED_UP, id=one) for one in (3, 2, 1)])

    found = read(IDS % stated, log)

    ((_, asked, after),) = log.asked
    assert (asked, after) == (first, before)
    assert [one["id"] for one in found["nodes"]] == list(shown)
    assert found["pageInfo"] == {
        "hasNextPage": page[0],
        "hasPreviousPage": page[1],
        "startCursor": shown[0],
        "endCursor": shown[-1],
    }


@pytest.mark.parametrize(
    "stated",
    ["(first: 0)", "(first: 1001)", '(after: "x")', f'(after: "{"1" * 19}")'],
)
def test_a_page_that_cannot_be_is_refused_in_words(stated: str) -> None:
    log = Kept()

    (message,) = read(IDS % stated, log)

    assert message.startswith(("first is ", "after is no cursor"))
    assert (log.asked, log.records) == ([], [])


def test_an_empty_page_has_no_cursors() -> None:
    found = read(IDS % "", Kept())

    assert (found["pageInfo"]["startCursor"], found["pageInfo"]["endCursor"]) == (
        *(None, None),
    )
