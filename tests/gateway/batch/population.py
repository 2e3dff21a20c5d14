"""What the sandbox's synthetic holders would state, and how that has to come out."""

from datetime import date
from itertools import cycle, islice

from policy.certificate import CertificateRecord
from policy.level import Level
from sandbox.agency import AgencyId
from sandbox.population import entries
from sandbox.prepare import prepared_day
from tests.conftest import HOLDERS
from tests.contracts.people import nobodies
from tests.running import Agencies

WRONG_NAME = "查无此人"


def records(agencies: Agencies) -> list[CertificateRecord]:
    """Return every certificate of the synthetic holders, agency by agency in turn."""
    today: date = prepared_day(agencies.folder)
    return [entry.record for id_ in AgencyId for entry in entries(id_, HOLDERS, today)]


def night_of_one_agency(agencies: Agencies) -> list[tuple[list[str], str, str]]:
    """Return claims about 500 people: an agency's 300, and 200 whom nobody knows."""
    today: date = prepared_day(agencies.folder)
    agency = AgencyId.EMERGENCY_MANAGEMENT
    held = {e.record.holder: e.record for e in entries(agency, HOLDERS, today)}
    made = [claim_of(place, record) for place, record in enumerate(held.values())]
    unknown = [
        (["", WRONG_NAME, one.number, "1.2", "", "", ""], "NOT_FOUND", "")
        for one in nobodies(500 - len(made))
    ]
    return made + unknown


def claims(agencies: Agencies, count: int) -> list[tuple[list[str], str, str]]:
    """Return so many rows of claims, each with its outcome and its wrong fields.

    Of each ten one has another name, and one, if it is of an ungraded licence, a grade.
    """
    repeated = islice(cycle(records(agencies)), count)
    return [claim_of(place, record) for place, record in enumerate(repeated)]


def claim_of(place: int, record: CertificateRecord) -> tuple[list[str], str, str]:
    """Return the row of one claim, its outcome and its wrong field."""
    name, level = record.holder_name, record.level
    outcome, wrong = "MATCH", ""
    match place % 10:
        case 3:
            name, outcome, wrong = WRONG_NAME, "MISMATCH", "NAME"
        case 6 if level is Level.UNGRADED:
            level, outcome, wrong = Level.LEVEL_2, "MISMATCH", "LEVEL"
    row = [
        str(place),
        str(name),
        record.holder.number,
        str(record.item_code),
        str(level),
        str(record.issued_on),
        record.number,
    ]
    return row, outcome, wrong
