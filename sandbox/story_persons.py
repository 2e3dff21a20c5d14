"""All story persons: one for each thing worth seeing or testing."""

from datetime import date

from sandbox.agency import AgencyId
from sandbox.certificates import Entry
from sandbox.policy_stories import of_examinations, of_standing, of_the_annex
from sandbox.stories import Story
from sandbox.wire_stories import of_documents, of_numbers, of_signatures, of_sm2


def persons(today: date, *, with_sm2: bool = False) -> tuple[Story, ...]:
    """Return every story person as of ``today``."""
    return (
        *of_the_annex(today),
        *of_standing(today),
        *of_examinations(today),
        *of_signatures(today),
        *of_documents(today),
        *of_numbers(today),
        *(of_sm2(today) if with_sm2 else ()),
    )


def entries(
    agency: AgencyId, today: date, *, with_sm2: bool = False
) -> tuple[Entry, ...]:
    """Return what the story persons hold at one agency."""
    return tuple(
        certificate.entry
        for story in persons(today, with_sm2=with_sm2)
        for certificate in story.certificates
        if certificate.agency is agency
    )
